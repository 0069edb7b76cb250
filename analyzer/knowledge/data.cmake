# SPDX-License-Identifier: Apache-2.0
# The shipped knowledge, embedded: all vendor.yaml files in one text, each behind a line that names it, and the weights.
file(GLOB vendor_files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/rules/vendors/*/vendor.yaml)
add_custom_command(OUTPUT ${CMAKE_BINARY_DIR}/vendors.txt
  COMMAND ${CMAKE_COMMAND} -DOUT=${CMAKE_BINARY_DIR}/vendors.txt -DFOLDER=${CMAKE_SOURCE_DIR}/rules/vendors
    -P ${CMAKE_SOURCE_DIR}/analyzer/cmake/JoinVendors.cmake
  DEPENDS ${vendor_files} ${CMAKE_SOURCE_DIR}/analyzer/cmake/JoinVendors.cmake
  COMMENT "joining the vendors' files" VERBATIM)
tmk_embed(tmk tmk_shipped_vendors ${CMAKE_BINARY_DIR}/vendors.txt)
tmk_embed(tmk tmk_shipped_weights ${CMAKE_SOURCE_DIR}/rules/weights.yaml)
