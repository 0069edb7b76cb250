# SPDX-License-Identifier: Apache-2.0
# The shipped policies, embedded; analyzer/judge/policy.def lists them.
file(GLOB policy_files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/rules/policies/*.yaml)
foreach(policy ${policy_files})
  get_filename_component(policy_id ${policy} NAME_WE)
  string(REPLACE "-" "_" policy_id ${policy_id})
  tmk_embed(tmk tmk_policy_${policy_id} ${policy})
endforeach()
# The shipped SBAT levels; certs/README.md says where they were read.
tmk_embed(tmk tmk_data_sbat_automatic ${CMAKE_SOURCE_DIR}/certs/sbat-automatic.csv)
tmk_embed(tmk tmk_data_sbat_latest ${CMAKE_SOURCE_DIR}/certs/sbat-latest.csv)
