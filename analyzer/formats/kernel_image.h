/* SPDX-License-Identifier: Apache-2.0 */
/* A Linux x86 boot image: its built-in trusted keys. */
#pragma once

#include "model/json.h"
#include "model/artifact.h"

/*
 * When a->file is a bzImage, unpacks its kernel and pushes the certificates of the built-in
 * keyring as base64 DER. Anything else is left alone.
 */
void tmk_kernel_image_keys(struct tmk_artifact *a, json_t *kernel_keys);
