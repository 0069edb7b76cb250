/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The engine: a coordinator that walks, opens and schedules, and N sandboxed worker processes of one thread each that read and
 * parse. What analysis means is given as operations; the engine knows no format.
 */
#pragma once

#include <signal.h>
#include <stdbool.h>

#include <jansson.h>

#include "base/limits.h"
#include "containers/image.h"
#include "engine/wire.h"
#include "model/sniff.h"
#include "engine/package_rows.h"
#include "packages/packages.h"

struct tmk_catalogues;
struct tmk_owners;

struct tmk_object { /* what the coordinator knows of one object */
    const char *locator, *display, *status, *reason;
    uint64_t size;
    const char *sha256, *same_as; /* NULL when there are none */
    const char *part_of;          /* of a part of a disk image, the locator of the image that was read with it; NULL: none */
    const json_t *fault;          /* {"signal"|"exit": n} or {"budget": word}; NULL when there is none */
    const json_t *sums;           /* of a disk image: what its file systems hold; else NULL */
    const json_t *holds;          /* of a container: what is in it (engine/holds.h); NULL when there is nothing */
    bool changed;                 /* the file changed or shrank while it was read */
    struct tmk_catalogues *catalogues; /* all that vouch for files; NULL when there are none */
    struct tmk_owners *owners;    /* which package holds which file; NULL when there is no package database */
    int facts_fd;                 /* where their facts are */
};

enum tmk_sniffed { TMK_SNIFFED_NO, TMK_SNIFFED_YES, TMK_SNIFFED_TAIL /* give me the tail, too */, TMK_SNIFFED_DEEP /* what lies deep */, TMK_SNIFFED_IMAGE,
                   TMK_SNIFFED_OPENPGP /* as YES, and its signatures are OpenPGP's */ };

struct tmk_member_found { /* what came of one member of a container */
    const char *name;   /* "!/path" and so on at every depth, to follow the container's locator */
    uint64_t size;      /* bytes */
    const char *reason; /* NULL: analysed. Else a word of why it is not: "encrypted", a limit's name */
    bool unreadable;    /* of a reason: it could not be read, rather than was not to be */
    const uint8_t *sha256; /* 32 bytes; NULL with a reason */
    json_t *facts;         /* borrowed; NULL with a reason */
    struct tmk_member_counts members;
};

struct tmk_sink { /* where members go, in the container's order */
    /* About to be analysed. name NULL: nothing to say but that the work goes on. */
    void (*begin)(void *ctx, const char *name, uint64_t size);
    void (*end)(void *ctx, const struct tmk_member_found *m);
    /* Is it not to be touched, since a worker died of it? */
    bool (*spared)(void *ctx, const char *name);
    void *ctx;
};

struct tmk_wanted { /* of an object's facts, beside what is always made */
    bool lookup;               /* what catalogues are searched by */
    bool md5;                  /* what package databases know it by */
    enum tmk_pkg_kind package; /* it is a file of such a database */
    struct tmk_signature_beside beside; /* of a Release */
};

struct tmk_image_ask { /* a disk image that is to be read */
    const char *kind, *path;           /* path NULL unless needs_path */
    const struct tmk_disk_file *files; /* the image, then what it has asked for */
    size_t n_files;
    struct tmk_share share; /* which of its files */
    bool shareable;          /* several workers may be had */
};

struct tmk_image_end { /* what came of it, besides facts */
    json_t *wants; /* names of files beside it, array; not empty: it is to be asked again with them. Owned by the caller */
    bool shareable; /* several workers are to read it: there are no facts yet */
    bool part;     /* no image of its own, but a further part of one */
    struct tmk_image_sums sums;
};

struct tmk_engine_ops { /* called in a worker, behind the sandbox */
    enum tmk_sniffed (*sniff)(void *ctx, const struct tmk_sniff *s);
    /*
     * facts, or NULL when the whole shows that it is of no format known; path NULL unless needs_path.
     * Members of a catalogue are in "tags", rows of a package database in "rows", as bytes in strings; with "silent", of an
     * object that has nothing else to say, it is no object of the scan.
     */
    json_t *(*analyse)(void *ctx, tmk_bytes data, const char *path, const char sha256[65], const struct tmk_wanted *want,
                       const struct tmk_sink *sink, struct tmk_member_counts *ret);
    /* NULL when further files are wanted; members are given only then when there is nothing more to ask for */
    json_t *(*image)(void *ctx, const struct tmk_image_ask *ask, const struct tmk_sink *sink, struct tmk_member_counts *ret,
                     struct tmk_image_end *ret_end);
    const char *(*image_kind)(const struct tmk_sniff *s);
    unsigned (*image_reader)(const char *kind); /* which library reads it: a process has one of them */
    void (*image_worker)(unsigned reader);      /* readies a process for it, before its sandbox closes */
    /* Did what was analysed last bear signatures that a process of that kind could verify, and this one cannot? */
    bool (*openpgp_missed)(void);
    bool (*openpgp_worker)(void);               /* the same for a process that verifies the signatures of indexes */
    /* the record; with a member "partial" when a limit kept some of the judgement from being made, which is not of it */
    json_t *(*judge)(void *ctx, const json_t *facts, const struct tmk_object *o, const json_t *shared);
    void *ctx;
};

struct tmk_engine_config { /* const while the engine is open */
    const struct tmk_limits *limits;
    struct tmk_engine_ops ops;
    unsigned jobs;
    bool all;        /* records for objects that are no executables, too */
    bool needs_path; /* facts depend on the path: identical content is analysed for each path */
    bool flat;       /* members of containers are not analysed */
    bool frozen;     /* nobody writes to the sources: files are mapped, not copied */
    bool no_sandbox, require_sandbox;
};

struct tmk_engine;

/* Forks the process that workers come from: before any output is opened. TMK_IO when the system refuses. */
tmk_status tmk_engine_open(const struct tmk_engine_config *c, struct tmk_engine **ret, struct tmk_err *err);
void tmk_engine_close(struct tmk_engine *e);

struct tmk_progress {
    const char *stage; /* "analyse", "judge" */
    uint64_t done, total;             /* objects of this stage */
    uint64_t bytes_done, bytes_total; /* of files */
    uint64_t executables, faults;
};

struct tmk_engine_counts {
    uint64_t files, bytes, members, objects, records, not_executable, unreadable, skipped, faults;
    uint64_t partial;     /* of the objects: a budget kept some of the analysis from being made */
    uint64_t broken;      /* containers that were not read to their end */
    uint64_t interrupted; /* not reached when told to stop; not among skipped */
    uint64_t passed_over; /* symbolic links, FIFOs, devices, sockets, pseudo file systems: not opened */
    unsigned sandbox;     /* the parts that every worker had: enum tmk_sandbox_part */
};

enum { TMK_MAX_SHARDS = 65536 };

struct tmk_slice { /* the k-th of n, from 0; n 0: all of it */
    unsigned k, n;
};

/* "I/N", from 1. */
TMK_MUST_USE bool tmk_shard_parse(const char *text, struct tmk_slice *ret);

struct tmk_scan {
    const char *const *sources; /* NULL-terminated */
    const char *const *roots;      /* of systems whose package databases vouch, without records; may be NULL */
    const char *const *references; /* folders and files whose catalogues vouch, without records of their own; may be NULL */
    const char *case_folder;    /* NULL: none is written */
    bool resume;                /* go on in a case folder that holds an unfinished scan */
    struct tmk_slice shard;     /* analyse this slice alone, and judge nothing: its facts are left in the case */
    const char *const *shards;  /* case folders of all slices of this scan, whose facts are taken; NULL: none */
    const json_t *plan;         /* what must be the same for that, and stands in the manifest; NULL without a case */
    const json_t *command;      /* for the manifest; may be NULL */
    void (*record)(void *ctx, const char *json, size_t len); /* in the final order */
    void *record_ctx;
    void (*progress)(void *ctx, const struct tmk_progress *p); /* at most ten times a second; may be NULL */
    void *progress_ctx;
    json_t *(*verdict)(void *ctx, const struct tmk_engine_counts *n); /* for the manifest, when all records are out; may be NULL */
    void *verdict_ctx;
    const volatile sig_atomic_t *stop; /* not 0: give out no more work, and finish; may be NULL */
};

/*
 * Scans files and folders. TMK_CONFIG when a source cannot be opened at all, or the case folder is not to be used (nothing
 * was scanned). The records are the same, byte for byte, for any jobs, any order of the sources, and any resuming.
 */
tmk_status tmk_engine_scan(struct tmk_engine *e, const struct tmk_scan *scan, struct tmk_engine_counts *ret,
                           struct tmk_err *err);
