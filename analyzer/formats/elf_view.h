/* SPDX-License-Identifier: Apache-2.0 */
/* One ELF file's headers in host form, whatever its class and byte order; bodies stay in the file. */
#pragma once

#include <gelf.h>

#include "formats/format.h"
#include "model/json.h"

struct tmk_elf_section {
    const char *name; /* in the arena; "" when unreadable */
    uint32_t type, link;
    uint64_t flags, offset, size, address;
};

struct tmk_elf {
    struct tmk_artifact *a;
    GElf_Ehdr header;
    bool is64;
    tmk_endian order;
    GElf_Phdr *segments;
    size_t n_segments;
    struct tmk_elf_section *sections;
    size_t n_sections;
};

/* Reads the headers; other than TMK_OK when there is no usable ELF header. */
tmk_status tmk_elf_open(struct tmk_artifact *a, struct tmk_elf *e, struct tmk_err *err);
/* The first section of that name, or NULL. */
const struct tmk_elf_section *tmk_elf_section(const struct tmk_elf *e, const char *name);
/* The section's bytes; false when it has none or they lie outside the file. */
TMK_MUST_USE bool tmk_elf_body(const struct tmk_elf *e, const struct tmk_elf_section *s,
                               tmk_bytes *ret);
/* The file's bytes from a virtual address to the end of its segment. */
TMK_MUST_USE bool tmk_elf_at(const struct tmk_elf *e, uint64_t address, tmk_bytes *ret);

/* The parts; each adds to the artifact's format and claims. */
void tmk_elf_dynamic(struct tmk_elf *e);
void tmk_elf_notes(struct tmk_elf *e);
void tmk_elf_go(struct tmk_elf *e);
void tmk_elf_rust(struct tmk_elf *e);
void tmk_elf_modinfo(struct tmk_elf *e);
/* The signature behind a kernel module; needs no readable ELF header. */
void tmk_elf_module_signature(struct tmk_artifact *a);
