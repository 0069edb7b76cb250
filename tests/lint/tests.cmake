# SPDX-License-Identifier: Apache-2.0
foreach(name check_layers spdx)
  add_test(NAME lint/${name} COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/lint/${name}.sh ${CMAKE_SOURCE_DIR})
  set_tests_properties(lint/${name} PROPERTIES LABELS lint)
endforeach()
