# SPDX-License-Identifier: Apache-2.0
if(TMK_SANITIZE) # the sources are the same in every build
  return()
endif()
# tests/lint/x.sh SOURCE BINARY and x.py SOURCE BINARY: a lint each; one whose tool is not installed says so and is skipped.
file(GLOB lints CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/lint/*.sh ${CMAKE_CURRENT_SOURCE_DIR}/lint/*.py)
foreach(lint ${lints})
  get_filename_component(name ${lint} NAME_WE)
  set(runner sh)
  if(lint MATCHES "\\.py$")
    set(runner /usr/bin/python3)
  endif()
  add_test(NAME lint/${name} COMMAND ${runner} ${lint} ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR})
  set_tests_properties(lint/${name} PROPERTIES LABELS lint SKIP_RETURN_CODE 77 TIMEOUT 600)
endforeach()
