/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/firmware_facts.h"

#include <string.h>

#include "base/text.h"
#include "crypto/digest.h"
#include "formats/pe.h"
#include "model/json.h"

static const char *const algs[] = { "sha256", "sha1", "sha224", "sha384", "sha512" };

struct hashing { /* one image */
    struct tmk_artifact *a;
    struct tmk_range file[4], *firmware;
    size_t n_file, n_firmware, pad;
};

static const char *hex_of(const struct hashing *h, const char *alg, const struct tmk_range *r, size_t n, size_t pad)
{
    const struct tmk_digest d =
        n == 0 ? (struct tmk_digest){ .len = 0 } : tmk_digest_ranges(alg, h->a->file, r, n, pad);

    return d.len == 0 ? NULL : tmk_hex(h->a->arena, tmk_bytes_of(d.bytes, d.len));
}

/* Zeros thought behind the image aside. */
static bool same_bytes(const struct hashing *h)
{
    return h->n_file == h->n_firmware && memcmp(h->file, h->firmware, h->n_file * sizeof *h->file) == 0;
}

static void put_alg(const struct hashing *h, const char *alg, json_t *out)
{
    json_t *o = json_object();
    const bool same = same_bytes(h) && h->pad == 0;
    const char *file = hex_of(h, alg, h->file, h->n_file, h->pad);

    tmk_json_put_str(o, "file", file);
    tmk_json_put_str(o, "firmware", same ? file : hex_of(h, alg, h->firmware, h->n_firmware, 0));
    tmk_json_put(out, alg, o);
}

void tmk_firmware_facts(struct tmk_artifact *a, const struct tmk_trust *trust, bool whole, json_t *facts)
{
    const char *subtype = tmk_json_str(a->format, "subtype");
    struct hashing h = { .a = a };
    json_t *out;

    if (!a->pe.present || !(whole || (subtype != NULL && strcmp(subtype, "efi") == 0)))
        return;
    h.n_file = tmk_pe_hash_ranges(a, h.file, &h.pad);
    h.n_firmware = tmk_pe_firmware_ranges(a, &h.firmware);
    out = json_object();
    for (size_t i = 0; i < sizeof algs / sizeof *algs; i++)
        if (i == 0 || tmk_trust_names_images(trust, algs[i]))
            put_alg(&h, algs[i], out);
    if (h.n_firmware == 0)
        tmk_finding_add(a->findings, TMK_F_UEFI004, TMK_NO_OFFSET, NULL);
    else if (!same_bytes(&h))
        tmk_finding_add(a->findings, TMK_F_UEFI003, TMK_NO_OFFSET,
                        tmk_json_str(json_object_get(out, "sha256"), "firmware"), NULL);
    tmk_json_put(facts, "image_hashes", out);
}
