/* SPDX-License-Identifier: Apache-2.0 */
/* Kernel modules: .modinfo and the appended signature. */
#include <string.h>

#include "formats/elf_view.h"

enum { MAX_VALUE = 4096, MAX_LINES = 65536, MAX_MODINFO = 4 << 20, ID_PKCS7 = 2, INFO_LEN = 12 };

static const char trailer[] = "~Module signature appended~\n";

/* "key=value"; the claim takes the first of each key it knows, inspection shows all. */
static void modinfo_line(struct tmk_artifact *a, json_t *claim, tmk_bytes line)
{
    static const char *const keys[] = { "name",  "author",     "license", "version",     "vermagic",
                                        "description", "srcversion", "depends", "intree", "staging" };
    const uint8_t *equals = line.len == 0 ? NULL : memchr(line.data, '=', line.len);
    const size_t n = equals == NULL ? 0 : (size_t)(equals - line.data);
    json_t *value, *one;

    if (n == 0)
        return;
    value = tmk_json_text(tmk_bytes_of(equals + 1, line.len - n - 1));
    for (size_t i = 0; i < TMK_COUNT(keys); i++)
        if (n + 1 < line.len && tmk_bytes_eq(tmk_bytes_of(line.data, n), tmk_bytes_of(keys[i], strlen(keys[i])))
            && json_object_get(claim, keys[i]) == NULL)
            tmk_json_put(claim, keys[i], json_incref(value));
    if (a->want_details) {
        one = json_object();
        tmk_json_put(one, "key", tmk_json_text(tmk_bytes_of(line.data, n)));
        tmk_json_put(one, "value", json_incref(value));
        tmk_json_push(tmk_json_array_of(a->details, "modinfo"), one);
    }
    json_decref(value);
}

void tmk_elf_modinfo(struct tmk_elf *e)
{
    tmk_bytes body, line;
    json_t *claim;
    tmk_reader r;

    if (e->header.e_type != ET_REL || !tmk_elf_body(e, tmk_elf_section(e, ".modinfo"), &body))
        return;
    claim = json_object();
    tmk_json_put_str(claim, "by", "modinfo");
    r = rd_make(body, 0, e->order);
    for (size_t lines = 0; rd_left(&r) > 0; lines++) {
        if (lines == MAX_LINES || r.pos > MAX_MODINFO) {
            tmk_finding_add(e->a->findings, TMK_F_ELF015, TMK_NO_OFFSET, NULL);
            break;
        }
        if (!rd_cstr(&r, MAX_VALUE, &line)) {
            tmk_finding_add(e->a->findings, TMK_F_KMOD004, TMK_NO_OFFSET, NULL);
            break;
        }
        modinfo_line(e->a, claim, line);
    }
    tmk_json_push(e->a->claims, claim);
}

struct module_signature { /* the kernel's include/linux/module_signature.h, sig_len big-endian */
    uint8_t algo, hash, id_type, signer_len, key_id_len;
    uint32_t sig_len;
};

static bool read_info(tmk_bytes file, size_t at, struct module_signature *s)
{
    tmk_reader all = rd_make(file, 0, TMK_BE), r;

    return rd_from(&all, at, &r) && rd_u8(&r, &s->algo) && rd_u8(&r, &s->hash)
           && rd_u8(&r, &s->id_type) && rd_u8(&r, &s->signer_len) && rd_u8(&r, &s->key_id_len)
           && rd_skip(&r, 3) && rd_u32(&r, &s->sig_len);
}

void tmk_elf_module_signature(struct tmk_artifact *a)
{
    const size_t magic = sizeof trailer - 1, size = a->file.len;
    struct tmk_sigblob blob = { .kind = "kernel_module" };
    struct module_signature s;
    size_t info, total;

    if (size < magic || memcmp(a->file.data + size - magic, trailer, magic) != 0)
        return;
    if (size < magic + INFO_LEN || !read_info(a->file, size - magic - INFO_LEN, &s)) {
        tmk_finding_add(a->findings, TMK_F_KMOD001, size - magic, NULL);
        return;
    }
    info = size - magic - INFO_LEN;
    total = (size_t)s.sig_len + s.signer_len + s.key_id_len;
    if (s.sig_len == 0 || total > info || s.sig_len > a->limits->max_signature_size) {
        tmk_finding_add(a->findings, TMK_F_KMOD002, info,
                        tmk_arena_printf(a->arena, "%u", s.sig_len), NULL);
        return;
    }
    if (s.id_type == ID_PKCS7 && (s.algo | s.hash | s.signer_len | s.key_id_len) != 0)
        tmk_finding_add(a->findings, TMK_F_KMOD003, info, NULL);
    blob.offset = info - s.sig_len;
    blob.type = s.id_type;
    blob.container = (struct tmk_range){ info - total, size - (info - total) };
    a->signed_payload = (struct tmk_range){ 0, info - total };
    if (!tmk_bytes_slice(a->file, blob.offset, s.sig_len, &blob.bytes)
        || !tmk_artifact_add_blob(a, blob))
        tmk_finding_add(a->findings, TMK_F_KMOD002, info, "0", NULL);
}
