# SPDX-License-Identifier: Apache-2.0
# -DFOLDER -DOUT: writes every FOLDER/*/vendor.yaml into OUT, each behind "#file <id>/vendor.yaml".
file(GLOB files RELATIVE ${FOLDER} ${FOLDER}/*/vendor.yaml)
list(SORT files)
file(WRITE ${OUT} "")
foreach(f ${files})
  file(APPEND ${OUT} "#file ${f}\n")
  execute_process(COMMAND ${CMAKE_COMMAND} -E cat ${FOLDER}/${f} OUTPUT_VARIABLE text COMMAND_ERROR_IS_FATAL ANY)
  file(APPEND ${OUT} "${text}")
endforeach()
