/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is known of one object's bytes while a worker looks at it. Formats fill it; signatures and
 * match read it; it ends as facts (model/facts.h). Views borrow from the file's bytes, everything
 * else lives in the arena or is an owned json_t.
 */
#pragma once

#include "base/arena.h"
#include "base/limits.h"
#include "model/finding.h"

struct tmk_range { /* [offset, offset + length) of the file */
    uint64_t offset, length;
};

/* A signature as the format holds it: raw bytes, not yet read. */
struct tmk_sigblob {
    const char *kind;  /* a row of signatures/sigkinds.def: "authenticode", "kernel_module" */
    tmk_bytes bytes;   /* the DER, with what slack the container leaves behind it */
    uint64_t offset;   /* of bytes in the file */
    unsigned entry;    /* ordinal among the file's blobs */
    uint16_t revision, type; /* WIN_CERTIFICATE wRevision and wCertificateType; 0 elsewhere */
    const char *refused; /* NULL, or why it stands for nothing though its digest may fit; static */
    struct tmk_range container; /* with the header: the whole WIN_CERTIFICATE or module trailer */
};

struct tmk_gap { /* bytes that no signature of the format covers */
    struct tmk_range range;
    const char *why; /* static: "checksum", "sector_slack" */
};
struct tmk_ole;

/* One page of a PE file as page hashes see it (0x1000 whatever SectionAlignment says). */
struct tmk_pe_layout {
    bool present;
    bool pe32plus;
    uint32_t checksum_offset;       /* of OptionalHeader.CheckSum, 4 bytes */
    uint32_t security_entry_offset; /* of DataDirectory[4], 8 bytes; 0 when the header has no such entry */
    struct tmk_range security;      /* the certificate table as declared; length 0 when none */
    bool security_in_file;          /* the declared table lies wholly within the file */
    uint32_t size_of_headers;
    struct tmk_range section_table; /* the section headers */
    tmk_bytes imports;              /* "dll.name,..." in lower case: its MD5 is the imphash; or empty */
    tmk_bytes rich;                 /* the Rich header in clear: its MD5 is the Rich hash; or empty */
    tmk_bytes dotnet_key;           /* the assembly's public key; or empty */
    uint16_t n_sections;            /* sections read into the array */
    struct tmk_pe_section {
        char name[9];               /* NUL-terminated raw name */
        uint32_t virtual_size, virtual_address, raw_size, raw_offset, characteristics;
    } *sections;                    /* in the arena, in header order */
};

struct tmk_zip;
struct tmk_rpm_package;
struct tmk_keyrings;

struct tmk_artifact {
    struct tmk_arena *arena;
    const struct tmk_limits *limits;
    tmk_bytes stored;  /* the object as it lies in its source */
    tmk_bytes file;    /* what is analysed: stored, or its unpacked form (module in .xz) */
    const char *kind;  /* format name: "pe", "elf"; static */
    bool want_details; /* inspect: fill details as well */

    json_t *format;    /* record "format"; owned, never NULL */
    json_t *claims;    /* record "identity.claimed": array of {"by",...}; owned */
    json_t *details;   /* inspect's view: sections, imports...; owned; filled when want_details */
    json_t *findings;  /* owned */

    struct tmk_pe_layout pe;
    const struct tmk_zip *zip; /* a zip-based package: its directory (containers/zip.h); NULL elsewhere */
    json_t *machine;   /* a hive: what it says of trust (model/facts.h); owned; NULL elsewhere */
    bool plain;        /* a container with nothing to say of its own */
    bool limited;      /* a limit, rather than the file, kept it from being read */
    struct tmk_sigblob *blobs; /* in the arena */
    size_t n_blobs;
    struct tmk_gap *gaps; /* in the arena, in file order; of formats that tell (msi, cab) */
    size_t n_gaps, room_gaps;
    struct tmk_rpm_package *rpm; /* of an rpm package, else NULL; in the arena */
    struct tmk_ole *ole;  /* of a compound file (containers/ole.h), else NULL */
    struct tmk_range signed_payload; /* kernel module: what its signature covers */

    /* what OpenPGP signatures are verified by; NULL: none is */
    const struct tmk_keyrings *keyrings;
    int64_t now; /* unix seconds: whose keys have expired by then */

    /* what the rules may ask (external variables), as UTF-8, NULL when absent */
    const char *company;
};

/* An empty artifact over the bytes; a new arena. Free with tmk_artifact_free. */
struct tmk_artifact *tmk_artifact_new(tmk_bytes stored, const struct tmk_limits *limits);
void tmk_artifact_free(struct tmk_artifact *a);
/* Appends a blob; the file's n_blobs-th. Bounded by limits.max_signatures: false beyond. */
TMK_MUST_USE bool tmk_artifact_add_blob(struct tmk_artifact *a, struct tmk_sigblob blob);
/*
 * Appends a gap behind the last one; joined with it where they touch and have the same reason. Beyond
 * limits.max_unsigned_ranges the last one reaches to the file's end: never is more called covered than is.
 */
void tmk_artifact_add_gap(struct tmk_artifact *a, uint64_t offset, uint64_t length, const char *why);
