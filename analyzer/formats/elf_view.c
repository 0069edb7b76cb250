/* SPDX-License-Identifier: Apache-2.0 */
#include "formats/elf_view.h"

#include <stdio.h>
#include <string.h>

TMK_DEFINE_CLEANUP(Elf, elf_end);

enum { MAX_SEGMENTS = 65535, MAX_SECTION_NAME = 256, FOUND_SHOWN = 4 };

static void read_segments(Elf *elf, struct tmk_elf *e)
{
    size_t n = 0;
    GElf_Phdr p;

    if (elf_getphdrnum(elf, &n) != 0) {
        tmk_finding_add(e->a->findings, TMK_F_ELF001, e->header.e_phoff, NULL);
        return;
    }
    if (n > MAX_SEGMENTS) {
        tmk_finding_add(e->a->findings, TMK_F_ELF014, e->header.e_phoff, "segments", "65535", NULL);
        n = MAX_SEGMENTS;
    }
    /* e_phentsize is at least 32: no count passes what the file can hold */
    if (n > e->a->file.len / 32)
        n = e->a->file.len / 32;
    e->segments = tmk_arena_array(e->a->arena, n, sizeof *e->segments);
    for (size_t i = 0; i < n; i++) {
        if (gelf_getphdr(elf, (int)i, &p) == NULL) {
            tmk_finding_add(e->a->findings, TMK_F_ELF001, e->header.e_phoff, NULL);
            return;
        }
        e->segments[e->n_segments++] = p;
    }
}

/* sh_name is an offset into the string section's body; no string runs past that body. */
static void name_sections(struct tmk_elf *e, const uint32_t *names, size_t strndx)
{
    tmk_bytes body = { 0 }, name;
    tmk_reader all, r;

    for (size_t i = 0; i < e->n_sections; i++)
        e->sections[i].name = "";
    if (strndx == 0 || strndx >= e->n_sections || !tmk_elf_body(e, &e->sections[strndx], &body)) {
        if (strndx != 0)
            tmk_finding_add(e->a->findings, TMK_F_ELF003, e->header.e_shoff, NULL);
        return;
    }
    all = rd_make(body, 0, e->order);
    for (size_t i = 0; i < e->n_sections; i++)
        if (rd_from(&all, names[i], &r) && rd_cstr(&r, MAX_SECTION_NAME, &name))
            e->sections[i].name = tmk_arena_strndup(e->a->arena, name.data, name.len);
}

static void read_sections(Elf *elf, struct tmk_elf *e)
{
    size_t n = 0, strndx = 0;
    uint32_t *names;
    GElf_Shdr s;

    if (elf_getshdrnum(elf, &n) != 0 || (n == 0 && e->header.e_shnum != 0)) {
        tmk_finding_add(e->a->findings, TMK_F_ELF002, e->header.e_shoff, NULL);
        return;
    }
    if (n > e->a->limits->max_elf_sections) {
        tmk_finding_add(e->a->findings, TMK_F_ELF004, e->header.e_shoff, NULL);
        n = e->a->limits->max_elf_sections;
    }
    if (n > e->a->file.len / 40) /* sizeof(Elf32_Shdr) */
        n = e->a->file.len / 40;
    e->sections = tmk_arena_array(e->a->arena, n, sizeof *e->sections);
    names = tmk_arena_array(e->a->arena, n, sizeof *names);
    for (size_t i = 0; i < n; i++) {
        if (gelf_getshdr(elf_getscn(elf, i), &s) == NULL) {
            tmk_finding_add(e->a->findings, TMK_F_ELF002, e->header.e_shoff, NULL);
            break;
        }
        names[i] = s.sh_name;
        e->sections[e->n_sections++] = (struct tmk_elf_section){
            NULL, s.sh_type, s.sh_link, s.sh_flags, s.sh_offset, s.sh_size, s.sh_addr,
        };
    }
    if (elf_getshdrstrndx(elf, &strndx) != 0)
        strndx = e->header.e_shstrndx;
    name_sections(e, names, strndx);
}

tmk_status tmk_elf_open(struct tmk_artifact *a, struct tmk_elf *e, struct tmk_err *err)
{
    TMK_CLEANUP(elf_endp) Elf *elf = NULL;
    const struct tmk_elf_section *text;
    /* libelf takes char *, but a descriptor opened on memory for reading never writes to it */
    const union {
        const uint8_t *in;
        char *out;
    } image = { .in = a->file.data };

    *e = (struct tmk_elf){ .a = a };
    if (a->file.len < EI_NIDENT || elf_version(EV_CURRENT) == EV_NONE)
        TMK_FAIL(err, TMK_TRUNCATED, 0, "no ELF header");
    elf = elf_memory(image.out, a->file.len);
    if (elf == NULL || elf_kind(elf) != ELF_K_ELF || gelf_getehdr(elf, &e->header) == NULL)
        TMK_FAIL(err, TMK_MALFORMED, 0, "the ELF header is unusable");
    e->is64 = gelf_getclass(elf) == ELFCLASS64;
    e->order = e->header.e_ident[EI_DATA] == ELFDATA2MSB ? TMK_BE : TMK_LE;
    read_segments(elf, e);
    read_sections(elf, e);
    text = tmk_elf_section(e, ".text");
    e->debug_only = text != NULL && text->type == SHT_NOBITS && tmk_elf_section(e, ".debug_info") != NULL;
    return TMK_OK;
}

void tmk_elf_find(struct tmk_elf *e, enum tmk_finding f, uint64_t offset)
{
    if (e->found[f] >= FOUND_SHOWN)
        return;
    e->found[f]++;
    tmk_finding_add(e->a->findings, f, offset, NULL);
}

const struct tmk_elf_section *tmk_elf_section(const struct tmk_elf *e, const char *name)
{
    for (size_t i = 0; i < e->n_sections; i++)
        if (strcmp(e->sections[i].name, name) == 0)
            return &e->sections[i];
    return NULL;
}

bool tmk_elf_body(const struct tmk_elf *e, const struct tmk_elf_section *s, tmk_bytes *ret)
{
    return s != NULL && s->type != SHT_NOBITS && tmk_bytes_slice(e->a->file, s->offset, s->size, ret);
}

bool tmk_elf_at(const struct tmk_elf *e, uint64_t address, tmk_bytes *ret)
{
    for (size_t i = 0; i < e->n_segments; i++) {
        const GElf_Phdr *p = &e->segments[i];
        tmk_bytes body;

        if (p->p_type != PT_LOAD || address < p->p_vaddr || address - p->p_vaddr >= p->p_filesz ||
            !tmk_bytes_slice(e->a->file, p->p_offset, p->p_filesz, &body))
            continue;
        return tmk_bytes_slice(body, address - p->p_vaddr, p->p_filesz - (address - p->p_vaddr), ret);
    }
    return false;
}
