# SPDX-License-Identifier: Apache-2.0
# tmk_embed(target symbol file): the file's bytes as `extern const unsigned char symbol[], symbol_end[]`
# in the target; the file may be made by a custom command.
function(tmk_embed target symbol file)
  set(out ${CMAKE_CURRENT_BINARY_DIR}/embed_${symbol}.S)
  file(CONFIGURE OUTPUT ${out} @ONLY CONTENT
"    .section .rodata
    .balign 64
    .global @symbol@
    .global @symbol@_end
    .hidden @symbol@
    .hidden @symbol@_end
@symbol@:
    .incbin \"@file@\"
@symbol@_end:
    .byte 0
    .section .note.GNU-stack,\"\",@progbits
")
  set_source_files_properties(${out} PROPERTIES OBJECT_DEPENDS ${file})
  target_sources(${target} PRIVATE ${out})
endfunction()
