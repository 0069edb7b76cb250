# SPDX-License-Identifier: Apache-2.0
# The shipped knowledge: the vendors, read and checked at build time by a tool of our own and compiled as tables, and the weights.
add_executable(tmk_vendorc analyzer/knowledge/vendorc_main.c analyzer/knowledge/vendor_set.c analyzer/knowledge/vendor_file.c
  analyzer/knowledge/yaml.c analyzer/knowledge/words.c analyzer/crypto/digest.c analyzer/base/arena.c analyzer/base/buf.c
  analyzer/base/err.c analyzer/base/reader.c analyzer/base/text.c)
target_include_directories(tmk_vendorc PRIVATE analyzer)
target_compile_definitions(tmk_vendorc PRIVATE _GNU_SOURCE)
target_link_libraries(tmk_vendorc PRIVATE PkgConfig::CYAML PkgConfig::YAML PkgConfig::JANSSON OpenSSL::Crypto tmk_warnings)

file(GLOB vendor_files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/rules/vendors/*/vendor.yaml)
add_custom_command(OUTPUT ${CMAKE_BINARY_DIR}/vendors.c
  COMMAND tmk_vendorc ${CMAKE_SOURCE_DIR}/rules/vendors ${CMAKE_BINARY_DIR}/vendors.c
  DEPENDS tmk_vendorc ${vendor_files} COMMENT "reading the vendors" VERBATIM)
target_sources(tmk PRIVATE ${CMAKE_BINARY_DIR}/vendors.c)
tmk_embed(tmk tmk_shipped_weights ${CMAKE_SOURCE_DIR}/rules/weights.yaml)
