/* SPDX-License-Identifier: Apache-2.0 */
/* The dynamic section: what the file needs and what it calls itself (gABI chapter 5). */
#include <string.h>

#include "formats/elf_view.h"

enum { MAX_NAME = 4096, MAX_NEEDED = 1024 };

static bool dynamic_body(const struct tmk_elf *e, tmk_bytes *ret)
{
    for (size_t i = 0; i < e->n_segments; i++)
        if (e->segments[i].p_type == PT_DYNAMIC)
            return tmk_bytes_slice(e->a->file, e->segments[i].p_offset, e->segments[i].p_filesz, ret);
    for (size_t i = 0; i < e->n_sections; i++)
        if (e->sections[i].type == SHT_DYNAMIC)
            return tmk_elf_body(e, &e->sections[i], ret);
    ret->len = 0;
    return true;
}

struct dynamic {
    uint64_t strings; /* address of the string table */
    bool has_strings, pie, needs;
};

static bool next(const struct tmk_elf *e, tmk_reader *r, uint64_t *tag, uint64_t *value)
{
    uint32_t t, v;

    if (e->is64)
        return rd_u64(r, tag) && rd_u64(r, value);
    if (!rd_u32(r, &t) || !rd_u32(r, &v))
        return false;
    *tag = t;
    *value = v;
    return true;
}

static void name_at(struct tmk_elf *e, tmk_bytes strings, uint64_t tag, uint64_t at)
{
    static const struct {
        uint64_t tag;
        const char *key;
    } keys[] = { { DT_SONAME, "soname" }, { DT_RPATH, "rpath" }, { DT_RUNPATH, "runpath" } };
    tmk_reader all = rd_make(strings, 0, e->order), r;
    tmk_bytes name;

    if (!rd_from(&all, at, &r) || !rd_cstr(&r, MAX_NAME, &name)) {
        tmk_elf_find(e, TMK_F_ELF005, TMK_NO_OFFSET);
        return;
    }
    if (tag == DT_NEEDED) {
        json_t *needed = tmk_json_array_of(e->a->format, "needed");

        if (json_array_size(needed) < MAX_NEEDED)
            tmk_json_push(needed, tmk_json_text(name));
        else if (e->found[TMK_F_ELF014] == 0) {
            e->found[TMK_F_ELF014] = 1;
            tmk_finding_add(e->a->findings, TMK_F_ELF014, TMK_NO_OFFSET, "needed libraries", "1024", NULL);
        }
    }
    for (size_t i = 0; i < TMK_COUNT(keys); i++)
        if (tag == keys[i].tag && name.len > 0)
            tmk_json_put(e->a->format, keys[i].key, tmk_json_text(name));
}

/* The string table is known only after a first pass. */
static void first_pass(const struct tmk_elf *e, tmk_bytes body, struct dynamic *d)
{
    tmk_reader r = rd_make(body, 0, e->order);
    uint64_t tag, value;

    for (uint64_t i = 0; i < e->a->limits->max_elf_dynamic && next(e, &r, &tag, &value) && tag != DT_NULL; i++) {
        if (tag == DT_STRTAB) {
            d->strings = value;
            d->has_strings = true;
        }
        if (tag == DT_FLAGS_1 && (value & DF_1_PIE) != 0)
            d->pie = true;
        d->needs = d->needs || tag == DT_NEEDED;
    }
}

static void name_pass(struct tmk_elf *e, tmk_bytes body, tmk_bytes strings)
{
    tmk_reader r = rd_make(body, 0, e->order);
    uint64_t tag, value;

    for (uint64_t i = 0; i < e->a->limits->max_elf_dynamic && next(e, &r, &tag, &value) && tag != DT_NULL; i++)
        if (tag == DT_NEEDED || tag == DT_SONAME || tag == DT_RPATH || tag == DT_RUNPATH)
            name_at(e, strings, tag, value);
}

/* Of programs only: who finds the libraries, if anybody has to. */
static void put_linking(struct tmk_elf *e, const struct dynamic *d)
{
    const bool interpreter = json_object_get(e->a->format, "interpreter") != NULL;
    const char *linking = NULL;

    if (interpreter || d->needs)
        linking = "dynamic";
    else if (e->header.e_type == ET_EXEC)
        linking = "static";
    else if (e->header.e_type == ET_DYN && d->pie)
        linking = "static_pie";
    tmk_json_put_str(e->a->format, "linking", linking);
}

void tmk_elf_dynamic(struct tmk_elf *e)
{
    tmk_bytes body = { 0 }, strings = { 0 };
    struct dynamic d = { .strings = 0 };

    if (!dynamic_body(e, &body)) {
        if (!e->debug_only)
            tmk_elf_find(e, TMK_F_ELF007, TMK_NO_OFFSET);
        return;
    }
    first_pass(e, body, &d);
    if (d.pie && e->header.e_type == ET_DYN)
        tmk_json_put_str(e->a->format, "subtype", "executable");
    if (d.has_strings && tmk_elf_at(e, d.strings, &strings))
        name_pass(e, body, strings);
    else if (d.has_strings && !e->debug_only)
        tmk_elf_find(e, TMK_F_ELF006, TMK_NO_OFFSET);
    put_linking(e, &d);
}
