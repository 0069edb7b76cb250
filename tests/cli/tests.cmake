# SPDX-License-Identifier: Apache-2.0
if(NOT TARGET touchmark)
  return()
endif()
# The program as a user runs it, over samples that samples/make/make.py makes.
set(samples ${CMAKE_BINARY_DIR}/samples)
set(python /usr/bin/python3)
add_test(NAME samples COMMAND ${python} ${CMAKE_SOURCE_DIR}/samples/make/make.py ${samples})
set_tests_properties(samples PROPERTIES FIXTURES_SETUP samples LABELS cli TIMEOUT 400)
file(GLOB cli_tests CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/cli/*.py)
list(FILTER cli_tests EXCLUDE REGEX "/(harness|ntfs_edit|rule_logic|rule_samples|signing)[.]py$")
# Every byte of a file changed, and each copy scanned: minutes in a release build, many times that under sanitizers, where every
# 16th must do; of installers, what is asked of all bytes of a kind needs them all.
# What other programs say of the samples, and the schema of records, is compared once: the sanitizers see the same files in
# the truth table.
if(TMK_SANITIZE)
  list(FILTER cli_tests EXCLUDE REGEX "/(byte_flips_installers|pesign|osslsigncode|jarsigner|sm_library|schema|named_cases)[.]py$")
endif()
foreach(test ${cli_tests})
  get_filename_component(name ${test} NAME_WE)
  add_test(NAME cli/${name} COMMAND ${python} ${test} $<TARGET_FILE:touchmark>
    ${samples} ${CMAKE_BINARY_DIR}/work-${name})
  set_tests_properties(cli/${name} PROPERTIES FIXTURES_REQUIRED samples LABELS cli TIMEOUT 1500
    SKIP_RETURN_CODE 77)
endforeach()
if(TMK_SANITIZE)
  set_tests_properties(cli/byte_flips PROPERTIES ENVIRONMENT TMK_FLIP_EVERY=16)
  set_tests_properties(cli/case PROPERTIES ENVIRONMENT TMK_CASE_FILES=400)
endif()
