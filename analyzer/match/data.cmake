# SPDX-License-Identifier: Apache-2.0
# The shipped rules, compiled at build time by a tool of our own and embedded.
add_executable(tmk_packc analyzer/match/packc_main.c analyzer/match/build.c analyzer/match/gate_plan.c
  analyzer/match/literal.c analyzer/match/prove.c analyzer/base/buf.c analyzer/base/err.c analyzer/base/reader.c)
target_include_directories(tmk_packc PRIVATE analyzer)
target_compile_definitions(tmk_packc PRIVATE _GNU_SOURCE)
target_link_libraries(tmk_packc PRIVATE PkgConfig::YARA tmk_warnings)
if(HYPERSCAN_FOUND)
  target_link_libraries(tmk_packc PRIVATE PkgConfig::HYPERSCAN)
  target_compile_definitions(tmk_packc PRIVATE TMK_HAVE_HYPERSCAN=1)
endif()

file(GLOB rule_sources CONFIGURE_DEPENDS rules/vendors/*/*.yar)
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/no-rules)
set(rule_folder ${CMAKE_BINARY_DIR}/no-rules)
if(rule_sources)
  set(rule_folder ${CMAKE_SOURCE_DIR}/rules/vendors)
endif()
add_custom_command(OUTPUT ${CMAKE_BINARY_DIR}/shipped.pack
  COMMAND tmk_packc ${rule_folder} ${CMAKE_BINARY_DIR}/shipped.pack
  DEPENDS tmk_packc ${rule_sources} COMMENT "compiling the shipped rules" VERBATIM)
tmk_embed(tmk tmk_shipped_pack ${CMAKE_BINARY_DIR}/shipped.pack)
