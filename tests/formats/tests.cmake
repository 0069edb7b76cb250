# SPDX-License-Identifier: Apache-2.0
if(NOT TARGET touchmark)
  return()
endif()
# Independent parsers over the same files. Skipped, and said so, where they are not installed.
set(made ${CMAKE_BINARY_DIR}/made_pe)
add_test(NAME made_pe COMMAND /usr/bin/python3 ${CMAKE_CURRENT_SOURCE_DIR}/formats/make_pe.py ${made})
set_tests_properties(made_pe PROPERTIES FIXTURES_SETUP made_pe LABELS formats)
add_test(NAME formats/pefile COMMAND /usr/bin/python3 ${CMAKE_CURRENT_SOURCE_DIR}/formats/pefile_diff.py
  $<TARGET_FILE:touchmark> ${made} ${CMAKE_BINARY_DIR}/samples ${CMAKE_BINARY_DIR}/corpus)
set_tests_properties(formats/pefile PROPERTIES FIXTURES_REQUIRED "made_pe;samples" LABELS formats SKIP_RETURN_CODE 77 TIMEOUT 600)
if(TMK_SANITIZE) # the others see files that the sanitizers see elsewhere
  return()
endif()
add_test(NAME formats/readelf COMMAND /usr/bin/python3 ${CMAKE_CURRENT_SOURCE_DIR}/formats/readelf_diff.py
  $<TARGET_FILE:touchmark> $<TARGET_FILE:touchmark> /usr/bin/env /lib64 ${CMAKE_BINARY_DIR}/samples ${CMAKE_BINARY_DIR}/corpus)
set_tests_properties(formats/readelf PROPERTIES FIXTURES_REQUIRED "made_pe;samples" LABELS formats
  SKIP_RETURN_CODE 77 TIMEOUT 600)
add_test(NAME formats/libgsf COMMAND /usr/bin/python3 ${CMAKE_CURRENT_SOURCE_DIR}/formats/libgsf_diff.py $<TARGET_FILE:touchmark>
  ${CMAKE_BINARY_DIR}/samples)
set_tests_properties(formats/libgsf PROPERTIES FIXTURES_REQUIRED samples LABELS formats SKIP_RETURN_CODE 77 TIMEOUT 300)
