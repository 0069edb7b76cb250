/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One ELF file's headers in host form, whatever its class and byte order; bodies stay in the file.
 *
 * What the parser adds to the record (absent = not there):
 *   format   kind "elf", machine, class (32|64), endian, type, subtype, os_abi?, linking? (static|static_pie|dynamic),
 *            interpreter?, needed?[], soname?, rpath?, runpath?, build_id?, go_build_id?, comment?[], toolchain?[],
 *            stripped, debug_info?, debug_link?, packer?, overlay?{offset,length,kind}, bundle?{...}, compression?
 *   claims   go_buildinfo (go_info.h), rust_audit (rust_audit.h), note_package, modinfo
 *   details  headers{}, segments[], sections[], notes[], modinfo[{key,value}], go_dependencies[], rust_packages[]
 */
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
    /*
     * Looks like separate debug information: code and data are elsewhere, their headers are here. What is missing is no
     * damage then; what is there all the same is still read, so that a section header hides nothing.
     */
    bool debug_only;
    uint8_t found[TMK_F_COUNT]; /* how often each finding was raised; the first few are kept */
};

/* Reads the headers; other than TMK_OK when there is no usable ELF header. */
tmk_status tmk_elf_open(struct tmk_artifact *a, struct tmk_elf *e, struct tmk_err *err);
/* A finding without arguments; of one kind the first four of a file are kept: damage repeats itself. */
void tmk_elf_find(struct tmk_elf *e, enum tmk_finding f, uint64_t offset);
/* The first section of that name, or NULL. */
const struct tmk_elf_section *tmk_elf_section(const struct tmk_elf *e, const char *name);
/* The section's bytes; false when it has none or they lie outside the file. */
TMK_MUST_USE bool tmk_elf_body(const struct tmk_elf *e, const struct tmk_elf_section *s, tmk_bytes *ret);
/* The file's bytes from a virtual address to the end of its segment. */
TMK_MUST_USE bool tmk_elf_at(const struct tmk_elf *e, uint64_t address, tmk_bytes *ret);

/* The parts; each adds to the artifact's format and claims. */
void tmk_elf_dynamic(struct tmk_elf *e);
void tmk_elf_notes(struct tmk_elf *e);
/* elf_build.c: .comment, Go, Rust, UPX, what is hung on behind */
void tmk_elf_build(struct tmk_elf *e);
void tmk_elf_modinfo(struct tmk_elf *e);
/* elf_details.c: what inspection shows of the headers */
void tmk_elf_details(struct tmk_elf *e);
/* The signature behind a kernel module; needs no readable ELF header. */
void tmk_elf_module_signature(struct tmk_artifact *a);
