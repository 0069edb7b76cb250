/* SPDX-License-Identifier: Apache-2.0 */
/* Kernel modules (.modinfo, appended signature) and Rust's dependency list. */
#include <string.h>

#include "formats/elf_view.h"
#include "formats/unpack.h"

enum { MAX_VALUE = 4096, MAX_RUST_JSON = 16 << 20, ID_PKCS7 = 2, INFO_LEN = 12 };

static const char trailer[] = "~Module signature appended~\n";

void tmk_elf_modinfo(struct tmk_elf *e)
{
    static const char *const keys[] = { "name", "author", "license", "version", "vermagic",
                                        "description" };
    tmk_bytes body, line;
    json_t *claim;
    tmk_reader r;

    if (e->header.e_type != ET_REL || !tmk_elf_body(e, tmk_elf_section(e, ".modinfo"), &body))
        return;
    claim = json_object();
    tmk_json_put_str(claim, "by", "modinfo");
    r = rd_make(body, 0, e->order);
    while (rd_left(&r) > 0) {
        if (!rd_cstr(&r, MAX_VALUE, &line)) {
            tmk_finding_add(e->a->findings, TMK_F_KMOD004, TMK_NO_OFFSET, NULL);
            break;
        }
        for (size_t i = 0; i < TMK_COUNT(keys); i++) {
            const size_t n = strlen(keys[i]);

            if (line.len > n + 1 && memcmp(line.data, keys[i], n) == 0 && line.data[n] == '='
                && json_object_get(claim, keys[i]) == NULL)
                tmk_json_put(claim, keys[i],
                             tmk_json_text(tmk_bytes_of(line.data + n + 1, line.len - n - 1)));
        }
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

/* The list names one package "root": the one that was built. */
static void rust_claim(struct tmk_artifact *a, json_t *list)
{
    json_t *packages = json_object_get(list, "packages"), *p, *claim = json_object();
    size_t i;

    tmk_json_put_str(claim, "by", "rust_audit");
    tmk_json_put(claim, "packages", json_integer((json_int_t)json_array_size(packages)));
    json_array_foreach(packages, i, p)
        if (json_is_true(json_object_get(p, "root"))) {
            tmk_json_put_str(claim, "name", tmk_json_str(p, "name"));
            tmk_json_put_str(claim, "version", tmk_json_str(p, "version"));
            break;
        }
    tmk_json_push(a->claims, claim);
}

void tmk_elf_rust(struct tmk_elf *e)
{
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf text = TMK_BUF(MAX_RUST_JSON);
    const struct tmk_elf_section *s = tmk_elf_section(e, ".dep-v0");
    tmk_autojson json_t *list = NULL;
    tmk_bytes body;
    size_t used;

    if (!tmk_elf_body(e, s, &body))
        return;
    if (tmk_unpack(TMK_PACK_ZLIB, body, &text, &used) == TMK_OK)
        list = json_loadb((const char *)text.data, text.len, 0, NULL);
    if (json_is_object(list))
        rust_claim(e->a, list);
    else
        tmk_finding_add(e->a->findings, TMK_F_ELF012, s->offset, NULL);
}
