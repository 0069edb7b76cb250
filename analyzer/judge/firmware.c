/* SPDX-License-Identifier: Apache-2.0 */
#include "judge/firmware.h"

#include <stdint.h>
#include <string.h>

#include "crypto/anchor.h"
#include "model/finding.h"

static const char *copy_of(struct tmk_arena *a, const json_t *o, const char *key)
{
    const char *s = tmk_json_str(o, key);

    return s == NULL ? NULL : tmk_arena_strdup(a, s);
}

bool tmk_image_read(struct tmk_arena *a, const json_t *facts, const struct tmk_sbat_level *level, struct tmk_image *ret)
{
    json_t *all = json_object_get(facts, "image_hashes"), *e;
    const json_t *rows = json_object_get(json_object_get(facts, "format"), "sbat");
    struct tmk_image_hash *hashes = tmk_arena_array(a, json_object_size(all) + 1, sizeof *hashes);
    const char *alg;
    size_t n = 0;

    *ret = (struct tmk_image){ .hashes = hashes };
    json_object_foreach(all, alg, e)
    {
        const char *file = copy_of(a, e, "file");

        if (file != NULL)
            hashes[n++] = (struct tmk_image_hash){ tmk_arena_strdup(a, alg), file, copy_of(a, e, "firmware") };
    }
    ret->n = n;
    if (level != NULL && !tmk_sbat_level_is_empty(level)) {
        ret->sbat_fault = tmk_sbat_refuses(a, level, rows);
        ret->level = tmk_sbat_level_name(level);
    }
    ret->sbat = rows != NULL;
    return n > 0;
}

const struct tmk_distrust_row *tmk_image_refused(const struct tmk_image *im, const struct tmk_trust *trust,
                                                 int64_t time, struct tmk_image_digest *ret)
{
    for (size_t i = 0; i < im->n; i++) {
        const struct tmk_image_hash *h = &im->hashes[i];
        const struct tmk_image_digest both[] = { { h->alg, h->file }, { h->alg, h->firmware } };

        for (size_t k = 0; k < TMK_COUNT(both); k++) {
            const struct tmk_distrust_row *bad =
                tmk_distrust_image(&trust->bad, h->alg, both[k].hex, TMK_PROFILE_UEFI, time);

            if (bad == NULL)
                continue;
            if (ret != NULL)
                *ret = both[k];
            return bad;
        }
    }
    return NULL;
}

bool tmk_image_hashes_alike(const struct tmk_image *im)
{
    for (size_t i = 0; i < im->n; i++)
        if (im->hashes[i].firmware == NULL || strcmp(im->hashes[i].firmware, im->hashes[i].file) != 0)
            return false;
    return true;
}

static const struct tmk_efi_hash *allowed(const struct tmk_image *im, const struct tmk_trust *trust,
                                          struct tmk_image_digest *ret)
{
    const struct tmk_efi_hash *h = NULL;

    for (size_t i = 0; i < im->n && h == NULL; i++) {
        *ret = (struct tmk_image_digest){ im->hashes[i].alg, im->hashes[i].firmware };
        if (ret->hex != NULL)
            h = tmk_efi_db_image(&trust->efi, ret->alg, ret->hex);
    }
    return h;
}

static void refuse(struct tmk_verdict *v, json_t *findings, enum tmk_finding f, const char *reason, const char *source)
{
    v->status = TMK_SIG_DISTRUSTED;
    v->reason = reason;
    tmk_check_set(v->checks, TMK_CHECK_REVOCATION, TMK_RESULT_FAIL, reason);
    tmk_finding_add(findings, f, TMK_NO_OFFSET, reason, source, NULL);
}

static void fill_checks(struct tmk_signature *s, const struct tmk_image_digest *d)
{
    struct tmk_check_row *row = &s->checks[TMK_CHECK_DIGEST];

    for (enum tmk_check c = 0; c < TMK_CHECK_COUNT; c++)
        tmk_check_set(s->checks, c, TMK_RESULT_NOT_APPLICABLE, NULL);
    row->result = TMK_RESULT_PASS;
    row->expected = row->actual = d->hex;
    row->clause = "UEFI 2.10, 32.5.3.3";
}

bool tmk_verdict_by_hash(struct tmk_arena *a, const struct tmk_image *im, bool is_signed, const struct tmk_trust *trust,
                         struct tmk_judge_terms terms, json_t *findings, struct tmk_signature *ret_signature,
                         struct tmk_verdict *ret)
{
    struct tmk_image_digest d = { .alg = NULL };
    const struct tmk_distrust_row *bad = tmk_image_refused(im, trust, INT64_MAX, &d);
    const struct tmk_efi_hash *row = bad != NULL ? NULL : allowed(im, trust, &d);

    if (row == NULL && (bad == NULL || is_signed))
        return false;
    *ret_signature = (struct tmk_signature){
        .kind = "image_hash", .where = bad != NULL ? "dbx" : "db", .digest_alg = d.alg, .signer = { .cert = -1 }
    };
    fill_checks(ret_signature, &d);
    *ret = (struct tmk_verdict){ .profile = TMK_PROFILE_UEFI, .status = TMK_SIG_VALID, .judged_time = terms.as_of };
    memcpy(ret->checks, ret_signature->checks, sizeof ret->checks);
    if (bad != NULL) {
        refuse(ret, findings, TMK_F_TRUST005, bad->reason, bad->source);
        return true;
    }
    ret->reason = tmk_arena_printf(a, "firmware runs it for its digest alone, which is in %s", row->source);
    tmk_check_set(ret->checks, TMK_CHECK_ANCHOR, TMK_RESULT_PASS, NULL);
    tmk_finding_add(findings, TMK_F_UEFI007, TMK_NO_OFFSET, row->source, NULL);
    if (im->sbat_fault != NULL)
        refuse(ret, findings, TMK_F_UEFI005, im->sbat_fault, im->level);
    return true;
}
