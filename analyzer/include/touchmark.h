/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libtouchmark: what is it, who made it, in whose jurisdiction, and how do we know?
 *
 * The one installed header. A session is configured once (rules, trust, policy, knowledge are loaded
 * and the worker zygote is forked), then scans sources and hands out records, one JSON object each
 * (schema touchmark.record/1). Nothing here prints; nothing opens a network connection.
 * One session a process; not thread-safe.
 */
#ifndef TOUCHMARK_H
#define TOUCHMARK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TOUCHMARK_VERSION "0.1.0"

/* Exit statuses of the program (the public contract); functions below return them too. */
enum touchmark_exit {
    TOUCHMARK_DONE = 0,       /* complete, nothing at or above the threshold */
    TOUCHMARK_FINDINGS = 1,   /* findings at or above the threshold */
    TOUCHMARK_USAGE = 2,      /* usage or configuration: nothing was scanned */
    TOUCHMARK_INCOMPLETE = 3, /* unreadable, faults, budgets; what was done is in the results */
    TOUCHMARK_INTERNAL = 4
};

enum touchmark_level { TOUCHMARK_ERROR, TOUCHMARK_WARN, TOUCHMARK_INFO, TOUCHMARK_DEBUG };

struct touchmark_progress {
    uint64_t files_seen, files_done, objects, bytes_done;
    uint64_t files_total;  /* 0 while walking is not finished */
    double seconds;
    const char *stage;     /* "scan" or "judge" */
};

struct touchmark_config {
    /* lists are NULL-terminated or NULL */
    const char *const *trust;    /* --trust: further anchors, files or folders */
    const char *const *rules;    /* --rules: further YARA rules, files or folders */
    const char *const *limits;   /* --limit NAME=VALUE */
    const char *policy;          /* --policy: name or file; NULL: "inventory" */
    const char *profile;         /* NULL (by the object), or "codesign", "uefi" */
    const char *hashes;          /* --hashes md5,sha1,sha384,sha512; NULL: SHA-256 alone */
    bool has_as_of;
    int64_t as_of;               /* unix seconds; else the time the session was opened */
    unsigned jobs;               /* 0: as many as processors */
    bool no_sandbox, require_sandbox;
    bool frozen;                 /* the source cannot change: files may be mapped */
    bool strict;
    bool details;                /* records carry "details" (inspect) */
    bool all;                    /* a record for every object, executable or not */
    void (*message)(void *ctx, enum touchmark_level level, const char *text);
    void (*progress)(void *ctx, const struct touchmark_progress *p); /* at most 10 times a second */
    void *ctx;
};

struct touchmark_session;

/*
 * Loads everything and forks the zygote. NULL on failure, and *ret_problem (of problem_size bytes)
 * says why: file, line and the nearest right word where it is about configuration.
 */
struct touchmark_session *touchmark_open(const struct touchmark_config *config, char *ret_problem,
                                         size_t problem_size);
void touchmark_close(struct touchmark_session *s);

struct touchmark_scan {
    const char *const *sources;  /* NULL-terminated; files or folders */
    const char *case_dir;        /* NULL: no case folder is written */
    const char *command_line;    /* for the manifest */
    /* Called once a record, in the final order; json is one line without its newline. May be NULL. */
    void (*record)(void *ctx, const char *json, size_t len);
    void *ctx;
};

struct touchmark_summary {
    uint64_t files, bytes, objects, records, not_executable, unreadable, skipped, faults;
    uint64_t restricted, permitted, undetermined, conflict; /* policy outcomes */
    uint64_t bad_signatures; /* objects with a signature that is neither valid nor unknown */
    double seconds;
    bool interrupted;
    const char *case_verdict; /* "restricted", "clear", "inconclusive" */
};

/* Returns DONE, INCOMPLETE, USAGE (a source cannot be opened at all, nothing scanned) or INTERNAL. */
enum touchmark_exit touchmark_run(struct touchmark_session *s, const struct touchmark_scan *scan,
                                  struct touchmark_summary *ret);
/* Asks a running scan to stop: async-signal-safe. What is done stays in a usable case folder. */
void touchmark_interrupt(void);

/* Reports: records to bytes. format: "table", "ndjson", "verify", "inspect". */
struct touchmark_report;
struct touchmark_report_options {
    FILE *out;
    bool color;
    unsigned columns; /* terminal width; 0: do not cut */
    bool json;        /* verify and inspect: JSON instead of text */
    bool quiet;
};
struct touchmark_report *touchmark_report_new(const char *format, const struct touchmark_report_options *o);
void touchmark_report_record(struct touchmark_report *r, const char *json, size_t len);
void touchmark_report_end(struct touchmark_report *r, const struct touchmark_summary *s);
void touchmark_report_free(struct touchmark_report *r);
const char *const *touchmark_report_formats(void); /* NULL-terminated */

/* Tables for `certs list|show` and `rules list`, as JSON text the caller frees. NULL on failure. */
char *touchmark_certs_json(const struct touchmark_session *s, const char *profile);
char *touchmark_rules_json(const struct touchmark_session *s);
/* Compiles and lints rules below a path: one message each; returns DONE, FINDINGS or USAGE. */
enum touchmark_exit touchmark_rules_check(const char *path,
                                          void (*message)(void *ctx, enum touchmark_level level, const char *text),
                                          void *ctx);

struct touchmark_limit {
    const char *name, *unit, *text;
    uint64_t value;
};
const struct touchmark_limit *touchmark_limits(void); /* ends with a NULL name */

/* Seconds since 1970 of an RFC 3339 time or date; false when it is neither. */
bool touchmark_time_parse(const char *text, int64_t *ret);
/* Columns a UTF-8 text takes on a terminal. */
size_t touchmark_text_width(const char *utf8);
/* The nearest word of a NULL-terminated list, or NULL. */
const char *touchmark_nearest(const char *written, const char *const *words);

#ifdef __cplusplus
}
#endif
#endif
