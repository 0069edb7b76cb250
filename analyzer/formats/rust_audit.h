/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What `cargo auditable` leaves in a section ".dep-v0": zlib over JSON, the packages that were built in.
 *
 *   claim    {"by":"rust_audit","name","version","packages":N}: the package called root, and how many there are
 *   details  rust_packages [{"name","version","source"?,"kind"?}]
 */
#pragma once

#include "model/artifact.h"

/* body: the section's bytes, offset: theirs in the file. Damage is a finding. */
void tmk_rust_audit(struct tmk_artifact *a, tmk_bytes body, uint64_t offset);
