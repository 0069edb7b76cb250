/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the pe_*.c files only: the headers as read, and how to follow an address. */
#pragma once

#include "base/buf.h"
#include "base/schema.h"
#include "formats/pe.h"
#include "model/json.h"

/* Data directories, in the order of the PE format's table "Optional Header Data Directories". */
enum {
    PE_DIR_EXPORT,
    PE_DIR_IMPORT,
    PE_DIR_RESOURCE,
    PE_DIR_EXCEPTION,
    PE_DIR_SECURITY,
    PE_DIR_RELOC,
    PE_DIR_DEBUG,
    PE_DIR_ARCHITECTURE,
    PE_DIR_GLOBAL_POINTER,
    PE_DIR_TLS,
    PE_DIR_LOAD_CONFIG,
    PE_DIR_BOUND_IMPORT,
    PE_DIR_IAT,
    PE_DIR_DELAY_IMPORT,
    PE_DIR_CLI,
    PE_DIR_RESERVED,
    PE_DIR_COUNT
};

enum { PE_FILE_DLL = 0x2000, PE_SECTIONS_SEARCHED = 1024 };

/* IMAGE_FILE_HEADER */
#define PE_COFF_FIELDS(F)   \
    F(u16, machine)         \
    F(u16, n_sections)      \
    F(u32, timestamp)       \
    F(u32, symbols_offset)  \
    F(u32, n_symbols)       \
    F(u16, optional_size)   \
    F(u16, characteristics)
TMK_SCHEMA(pe_coff, PE_COFF_FIELDS);

struct pe_dir {
    uint32_t rva, size;
};

struct pe_image {
    struct tmk_artifact *a;
    tmk_reader file;         /* the whole file */
    uint32_t pe_offset;      /* of "PE\0\0" */
    struct pe_coff coff;
    uint16_t linker;         /* version: major in the low byte, minor in the high one */
    uint32_t entry, code_size, checksum;
    uint64_t base;
    uint32_t section_align, file_align, image_size, headers_size;
    uint16_t os_major, os_minor, subsystem_major, subsystem_minor;
    uint16_t subsystem, dll_characteristics;
    uint32_t n_dirs;         /* read into dirs; the rest is zero */
    struct pe_dir dirs[PE_DIR_COUNT];
    bool kernel_imports;     /* imports from the kernel or its hardware layer */
    bool user_imports;       /* imports from ntdll.dll */
    bool aot_export;         /* exports what .NET's native compiler does */
    struct tmk_buf imports;  /* the text that imphash digests */
    bool imports_unsure;     /* a name in it could not be read: no imphash */
    size_t name_bytes;       /* of imported and exported names so far; bounded */
    bool reproducible;       /* the time stamp is a digest, not a time */
    uint8_t found[TMK_F_COUNT]; /* how often each finding was raised; the first few are kept */
};

/* A reader from the address to the end of its section's (or the headers') bytes in the file. */
TMK_MUST_USE bool pe_from_rva(const struct pe_image *im, uint64_t rva, tmk_reader *ret);
/* As pe_from_rva, len bytes of it. */
TMK_MUST_USE bool pe_window(const struct pe_image *im, uint64_t rva, uint64_t len, tmk_reader *ret);
/* The directory's bytes, as many as its size says; false when absent or not in the file. */
TMK_MUST_USE bool pe_dir_window(const struct pe_image *im, unsigned dir, tmk_reader *ret);
/* A section's bytes in the file; false when it has none or they lie outside. */
TMK_MUST_USE bool pe_section_body(const struct pe_image *im, const struct tmk_pe_section *s, tmk_bytes *ret);
/*
 * A finding with up to two numbers as arguments, as many as its text asks for. Of one kind the first four of a file
 * are kept: damage repeats itself.
 */
void pe_find_num(struct pe_image *im, enum tmk_finding f, uint64_t offset, uint64_t a, uint64_t b);
/* A name of at most max bytes at the address, counted against the file's budget of names. */
TMK_MUST_USE bool pe_name_at(struct pe_image *im, uint64_t rva, size_t max, tmk_bytes *ret);

/* pe_describe.c: format.* from the headers; what inspect shows of them */
void pe_describe(struct pe_image *im);
void pe_detail_headers(struct pe_image *im);
/* pe_security.c: the certificate table to blobs */
void pe_read_security(struct pe_image *im);
/* pe_resource.c: version resources to claims; inspect lists all resources and shows the manifest */
void pe_read_resources(struct pe_image *im);
/* pe_version.c: one VERSIONINFO: a claim for each language table; a->company. *strings_left is a budget. */
void pe_read_version(struct pe_image *im, tmk_reader resource, uint64_t *strings_left);
/* pe_debug.c: build id, PDB path, and whether the time stamp is one */
void pe_read_debug(struct pe_image *im);
/* pe_import.c: the imphash text; names into details; sets kernel_imports and user_imports */
void pe_read_imports(struct pe_image *im);
/* pe_export.c: the library's own name; functions into details; sets aot_export */
void pe_read_exports(struct pe_image *im);
/* pe_dotnet.c: the assembly's name, version and key */
void pe_read_dotnet(struct pe_image *im);
/* pe_rich.c: the Rich header in clear, and the linker that left it */
void pe_read_rich(struct pe_image *im);
/* pe_build.c: what other tools left: Go, Rust, UPX, .NET bundles */
void pe_read_build(struct pe_image *im);
/* pe_firmware.c: shim's SBAT rows; inspect shows the levels that a shim brings */
void pe_read_sbat(struct pe_image *im);
/* pe_ordinals.c: the name by custom of a function imported by number, or NULL. */
const char *pe_ordinal_name(const char *dll, unsigned number);
