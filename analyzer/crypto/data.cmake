# SPDX-License-Identifier: Apache-2.0
tmk_embed(tmk tmk_data_anchors ${CMAKE_SOURCE_DIR}/certs/anchors.tsv)
tmk_embed(tmk tmk_data_intermediates ${CMAKE_SOURCE_DIR}/certs/intermediates.tsv)
tmk_embed(tmk tmk_data_known_bad ${CMAKE_SOURCE_DIR}/certs/known-bad.tsv)
tmk_embed(tmk tmk_data_keyring_debian ${CMAKE_SOURCE_DIR}/certs/keyrings/debian-archive.pgp)
