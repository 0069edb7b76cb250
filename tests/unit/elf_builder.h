/* SPDX-License-Identifier: Apache-2.0 */
/* ELF files of either class and byte order, built from a list of sections and segments. */
#pragma once

#include <elf.h>
#include <string.h>

#include "base/cleanup.h"
#include "formats/format.h"
#include "model/json.h"

extern const struct tmk_format tmk_format_elf;

enum { ELF_ROOM = 1 << 16, ELF_PHDRS = 0x40, ELF_BODIES = 0x400, ELF_SHDRS = 0x8000, ELF_ADDRESS = 0x10000 };

struct elf_image {
    uint8_t data[ELF_ROOM];
    size_t len, body; /* body: where the next section's bytes go */
    bool is64, big;
    unsigned n_sections, n_segments;
    size_t names; /* offset of the section name table's bytes, behind all others */
};

static TMK_UNUSED void elf_put(struct elf_image *m, size_t at, unsigned size, uint64_t v)
{
    for (unsigned i = 0; i < size; i++)
        m->data[at + (m->big ? size - 1 - i : i)] = (uint8_t)(v >> (8 * i));
}

/* A word of the class's width; returns where the next stands. */
static TMK_UNUSED size_t elf_word(struct elf_image *m, size_t at, uint64_t v)
{
    const unsigned size = m->is64 ? 8 : 4;

    elf_put(m, at, size, v);
    return at + size;
}

static TMK_UNUSED void elf_begin(struct elf_image *m, bool is64, bool big, unsigned type, unsigned machine)
{
    memset(m, 0, sizeof *m);
    m->is64 = is64;
    m->big = big;
    m->len = ELF_ROOM;
    m->body = ELF_BODIES;
    m->names = 0x7000;
    memcpy(m->data, ELFMAG, SELFMAG);
    m->data[EI_CLASS] = is64 ? ELFCLASS64 : ELFCLASS32;
    m->data[EI_DATA] = big ? ELFDATA2MSB : ELFDATA2LSB;
    m->data[EI_VERSION] = EV_CURRENT;
    elf_put(m, 16, 2, type);
    elf_put(m, 18, 2, machine);
    elf_put(m, 20, 4, EV_CURRENT);
    elf_put(m, is64 ? 52 : 40, 2, is64 ? 64 : 52);
    elf_put(m, is64 ? 54 : 42, 2, is64 ? 56 : 32);
    elf_put(m, is64 ? 58 : 46, 2, is64 ? 64 : 40);
    m->n_sections = 1;
    m->names++;
}

/* Bytes into the file; returns where. */
static TMK_UNUSED size_t elf_bytes(struct elf_image *m, const void *bytes, size_t len)
{
    const size_t at = m->body;

    memcpy(&m->data[at], bytes, len);
    m->body = (at + len + 15) & ~(size_t)15;
    return at;
}

static TMK_UNUSED void elf_section_at(struct elf_image *m, const char *name, unsigned type, size_t offset, size_t size)
{
    const size_t h = ELF_SHDRS + m->n_sections++ * (m->is64 ? 64U : 40U);
    size_t at;

    elf_put(m, h, 4, m->names - 0x7000);
    elf_put(m, h + 4, 4, type);
    at = elf_word(m, h + 8, 0);
    at = elf_word(m, at, 0);
    at = elf_word(m, at, offset);
    (void)elf_word(m, at, size);
    memcpy(&m->data[m->names], name, strlen(name) + 1);
    m->names += strlen(name) + 1;
}

static TMK_UNUSED size_t elf_section(struct elf_image *m, const char *name, unsigned type, const void *bytes, size_t size)
{
    const size_t at = elf_bytes(m, bytes, size);

    elf_section_at(m, name, type, at, size);
    return at;
}

static TMK_UNUSED void elf_segment(struct elf_image *m, unsigned type, unsigned flags, size_t offset, size_t size)
{
    const size_t h = ELF_PHDRS + m->n_segments++ * (m->is64 ? 56U : 32U);

    elf_put(m, h, 4, type);
    if (m->is64) {
        elf_put(m, h + 4, 4, flags);
        elf_put(m, h + 8, 8, offset);
        elf_put(m, h + 16, 8, ELF_ADDRESS + offset);
        elf_put(m, h + 32, 8, size);
        elf_put(m, h + 40, 8, size);
    } else {
        elf_put(m, h + 4, 4, offset);
        elf_put(m, h + 8, 4, ELF_ADDRESS + offset);
        elf_put(m, h + 16, 4, size);
        elf_put(m, h + 20, 4, size);
        elf_put(m, h + 24, 4, flags);
    }
}

/* Writes the header's counts; without sections when there is none but the empty one. */
static TMK_UNUSED void elf_end(struct elf_image *m)
{
    elf_put(m, m->is64 ? 32 : 28, m->is64 ? 8 : 4, m->n_segments == 0 ? 0 : ELF_PHDRS);
    elf_put(m, m->is64 ? 56 : 44, 2, m->n_segments);
    m->len = ELF_BODIES;
    if (m->body > m->len)
        m->len = m->body;
    if (m->n_sections == 1)
        return;
    elf_section_at(m, ".shstrtab", SHT_STRTAB, 0x7000, 0x1000);
    elf_put(m, m->is64 ? 40 : 32, m->is64 ? 8 : 4, ELF_SHDRS);
    elf_put(m, m->is64 ? 60 : 48, 2, m->n_sections);
    elf_put(m, m->is64 ? 62 : 50, 2, m->n_sections - 1);
    m->len = ELF_SHDRS + m->n_sections * (m->is64 ? 64U : 40U);
}

static TMK_UNUSED struct tmk_artifact *elf_parse(const struct elf_image *m)
{
    struct tmk_artifact *a = tmk_artifact_new(tmk_bytes_of(m->data, m->len), &tmk_limits_default);
    struct tmk_err err;

    a->want_details = true;
    if (tmk_format_elf.parse(a, &err) != TMK_OK)
        tmk_json_put_str(a->format, "failed", err.msg);
    return a;
}

static TMK_UNUSED bool elf_has_finding(const struct tmk_artifact *a, const char *id)
{
    for (size_t i = 0; i < json_array_size(a->findings); i++)
        if (strcmp(tmk_json_str(json_array_get(a->findings, i), "id"), id) == 0)
            return true;
    return false;
}
