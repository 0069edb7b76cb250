# SPDX-License-Identifier: Apache-2.0
if(NOT TARGET touchmark)
  return()
endif()
if(NOT TMK_SANITIZE) # the truth table scans the same samples, and the texts are printed by cli tests, too
  add_test(NAME golden/records COMMAND /usr/bin/python3 ${CMAKE_CURRENT_SOURCE_DIR}/golden/golden.py $<TARGET_FILE:touchmark>
    ${CMAKE_BINARY_DIR}/samples)
  set_tests_properties(golden/records PROPERTIES FIXTURES_REQUIRED samples LABELS golden TIMEOUT 300)
endif()
add_test(NAME golden/reports COMMAND /usr/bin/python3 ${CMAKE_CURRENT_SOURCE_DIR}/golden/reports.py $<TARGET_FILE:touchmark>
  ${CMAKE_SOURCE_DIR})
set_tests_properties(golden/reports PROPERTIES LABELS golden TIMEOUT 60)
