# SPDX-License-Identifier: Apache-2.0
# The manual page and the completion for bash, made from commands.def and options.def.
add_executable(touchmark-docs analyzer/cli/docs_main.c)
target_include_directories(touchmark-docs PRIVATE analyzer/cli analyzer/include)
target_link_libraries(touchmark-docs PRIVATE tmk_warnings)

set(completion ${CMAKE_BINARY_DIR}/touchmark.bash)
add_custom_command(OUTPUT ${completion} COMMAND touchmark-docs bash > ${completion} DEPENDS touchmark-docs VERBATIM)
set(docs ${completion})
install(FILES ${completion} DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME touchmark)

find_program(SCDOC scdoc)
if(SCDOC)
  set(template ${CMAKE_SOURCE_DIR}/analyzer/cli/touchmark.1.scd)
  set(page ${CMAKE_BINARY_DIR}/touchmark.1)
  add_custom_command(OUTPUT ${page}
    COMMAND touchmark-docs man ${template} > ${page}.scd
    COMMAND ${SCDOC} < ${page}.scd > ${page}
    DEPENDS touchmark-docs ${template} VERBATIM)
  list(APPEND docs ${page})
  install(FILES ${page} DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
else()
  message(STATUS "scdoc is not there: no manual page is made")
endif()
add_custom_target(docs ALL DEPENDS ${docs})
