/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An image as a machine's firmware sees it (UEFI 2.10, 32.5.3.3; EDK2, DxeImageVerificationLib): its digests against db
 * and dbx, and its SBAT rows against a level.
 */
#pragma once

#include "judge/sbat.h"
#include "judge/verdict.h"

struct tmk_image_hash {
    const char *alg, *file; /* hex, over the file in line */
    const char *firmware;   /* hex, in the firmware's order; NULL: it could not hash the image */
};

struct tmk_image {
    const struct tmk_image_hash *hashes;
    size_t n;
    const char *sbat_fault; /* why shim refuses it, or NULL */
    const char *level;      /* the name of the SBAT level; NULL: nothing is refused */
    bool sbat;              /* it has SBAT rows */
};

/* From facts.image_hashes and facts.format.sbat. level may be NULL. false: the facts hold no image for firmware. */
bool tmk_image_read(struct tmk_arena *a, const json_t *facts, const struct tmk_sbat_level *level,
                    struct tmk_image *ret);
struct tmk_image_digest { /* the one by which a list names the image */
    const char *alg, *hex;
};
/* The first row of dbx (or of what else is known to be bad) that names the image, in either order of hashing; NULL:
 * none. ret may be NULL. */
const struct tmk_distrust_row *tmk_image_refused(const struct tmk_image *im, const struct tmk_trust *trust,
                                                 int64_t time, struct tmk_image_digest *ret);
/* Does firmware hash the image as the signature's digest was made? Not, where its sections overlap or leave gaps oddly.
 */
bool tmk_image_hashes_alike(const struct tmk_image *im);
/*
 * What the image's digest alone decides: valid, when db names it and nothing speaks against it; distrusted, when dbx
 * does and the image is not signed (else each of its signatures says so). As a signature of kind "image_hash" that has
 * no signer. false: nothing.
 */
bool tmk_verdict_by_hash(struct tmk_arena *a, const struct tmk_image *im, bool is_signed, const struct tmk_trust *trust,
                         struct tmk_judge_terms terms, json_t *findings, struct tmk_signature *ret_signature,
                         struct tmk_verdict *ret);
