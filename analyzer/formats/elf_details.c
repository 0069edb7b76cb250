/* SPDX-License-Identifier: Apache-2.0 */
/* The headers as inspection shows them. */
#include "formats/elf_view.h"

static void put_number(json_t *o, const char *key, uint64_t v)
{
    tmk_json_put(o, key, json_integer((json_int_t)v));
}

static void put_headers(struct tmk_elf *e)
{
    json_t *h = json_object();

    tmk_json_put(h, "entry", json_sprintf("0x%llx", (unsigned long long)e->header.e_entry));
    put_number(h, "flags", e->header.e_flags);
    put_number(h, "segments_offset", e->header.e_phoff);
    put_number(h, "sections_offset", e->header.e_shoff);
    tmk_json_put(e->a->details, "headers", h);
}

static void put_segments(struct tmk_elf *e)
{
    json_t *list = tmk_json_array_of(e->a->details, "segments");

    for (size_t i = 0; i < e->n_segments; i++) {
        json_t *o = json_object();

        put_number(o, "type", e->segments[i].p_type);
        put_number(o, "flags", e->segments[i].p_flags);
        put_number(o, "offset", e->segments[i].p_offset);
        put_number(o, "size", e->segments[i].p_filesz);
        tmk_json_put(o, "address", json_sprintf("0x%llx", (unsigned long long)e->segments[i].p_vaddr));
        put_number(o, "memory_size", e->segments[i].p_memsz);
        tmk_json_push(list, o);
    }
}

static void put_sections(struct tmk_elf *e)
{
    json_t *list = tmk_json_array_of(e->a->details, "sections");

    for (size_t i = 0; i < e->n_sections; i++) {
        json_t *o = json_object();

        tmk_json_put_str(o, "name", e->sections[i].name);
        put_number(o, "type", e->sections[i].type);
        put_number(o, "flags", e->sections[i].flags);
        put_number(o, "offset", e->sections[i].offset);
        put_number(o, "size", e->sections[i].size);
        tmk_json_push(list, o);
    }
}

void tmk_elf_details(struct tmk_elf *e)
{
    put_headers(e);
    put_segments(e);
    put_sections(e);
}
