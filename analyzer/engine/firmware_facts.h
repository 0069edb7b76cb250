/* SPDX-License-Identifier: Apache-2.0 */
/* What the firmware's judgement needs to know of an image: its digests, in both orders of hashing. */
#pragma once

#include "crypto/trust.h"
#include "model/artifact.h"

/*
 * facts.image_hashes: {"sha256": {"file": hex, "firmware"?: hex}}, SHA-256 and what else db or dbx name images by.
 * firmware is absent where the sections allow no such digest; a finding says so, and where the two differ though the
 * image is padded alike. For EFI images, and for all PE images when whole is set.
 */
void tmk_firmware_facts(struct tmk_artifact *a, const struct tmk_trust *trust, bool whole, json_t *facts);
