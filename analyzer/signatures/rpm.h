/* SPDX-License-Identifier: Apache-2.0 */
/* An rpm package's own digests, which it has whether it is signed or not. */
#pragma once

#include "model/artifact.h"

/*
 * Compares the digests that the package holds with those of its bytes; one that differs is a finding. The payload's is
 * kept (packages/rpm.h), for signatures that reach it through the header. Of an artifact that is no package, nothing.
 */
void tmk_rpm_check_digests(struct tmk_artifact *a);
