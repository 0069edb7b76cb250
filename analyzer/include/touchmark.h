/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libtouchmark: what is it, who made it, in whose jurisdiction, and how do we know?
 *
 * The one installed header. A session is configured once (rules and trust are loaded), then scans
 * sources and hands out records, one JSON object each
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
#pragma GCC visibility push(default) /* all else in the library is hidden */

#define TOUCHMARK_VERSION "0.1.0"

/* Exit statuses of the program (the public contract); functions below return them too. */
enum touchmark_exit {
    TOUCHMARK_DONE = 0,       /* complete, nothing at or above the threshold */
    TOUCHMARK_FINDINGS = 1,   /* findings at or above the threshold */
    TOUCHMARK_USAGE = 2,      /* usage or configuration: nothing was scanned */
    TOUCHMARK_INCOMPLETE = 3, /* unreadable, faults, budgets; what was done is in the results */
    TOUCHMARK_INTERNAL = 4
};

enum { TOUCHMARK_MAX_RULES = 16 };

enum touchmark_level { TOUCHMARK_ERROR, TOUCHMARK_WARN, TOUCHMARK_INFO, TOUCHMARK_DEBUG };

struct touchmark_config {
    /* lists are NULL-terminated or NULL */
    const char *const *trust;    /* further anchors, files or folders */
    const char *const *distrust; /* known-bad tables or certificates, files */
    const char *const *catalogues; /* folders and files whose catalogues vouch for what is scanned; they give no records */
    const char *const *package_roots; /* roots of systems whose package databases vouch for files below them; they give no records */
    const char *const *keyrings;   /* OpenPGP keyrings beside the shipped ones, files */
    const char *const *revocation; /* CRLs and OCSP answers, files or folders */
    const char *const *db;       /* firmware's signature databases, in the place of the shipped rows; files */
    const char *const *dbx;      /* what firmware refuses; files */
    const char *sbat_level;      /* NULL ("automatic"), "automatic", "latest", "none" or a file */
    const char *const *rules;    /* YARA rules beside the shipped ones, files or folders, at most TOUCHMARK_MAX_RULES */
    const char *const *limits;   /* NAME=VALUE */
    const char *policy;          /* a shipped policy's name or a file; NULL: nothing is judged */
    const char *profile;         /* NULL (by the object), "codesign" or "uefi" */
    const char *hashes;          /* md5,sha1,sha256,sha384,sha512; NULL: SHA-256 alone */
    bool has_as_of;
    int64_t as_of;               /* unix seconds; else the time the session was opened */
    unsigned jobs;               /* 0: as many as processors */
    bool no_shipped_rules;       /* match the further rules alone */
    bool no_sandbox, require_sandbox; /* without any; not without all that there is */
    bool deleted;                /* deleted files of disk images, too */
    bool check_images;           /* read the whole of acquired images (E01), and compare with the hashes they bring */
    bool flat;                   /* members of containers are not looked at */
    bool frozen;                 /* nobody writes to the sources: they are mapped, not copied */
    bool strict;                 /* bytes in a certificate table that nothing covers make its signatures fail */
    bool details;                /* records carry "details" (inspect) */
    bool all;                    /* a record for every file, executable or not */
    const char *case_folder;     /* NULL, or where the case is written */
    const char *shard;           /* "I/N": analyse this slice alone and leave its facts in case_folder, which is given, as is as_of */
    const char *const *shards;   /* case folders of all slices of this scan: their facts are taken. NULL-terminated or NULL */
    bool resume;                 /* go on in a case folder that holds an unfinished scan, as of its time */
    const char *const *command;  /* for the manifest: argv, or NULL */
};

struct touchmark_session;

/*
 * Loads everything. NULL on failure, and problem (of problem_size bytes) says why: file, line and the nearest right
 * word where it is about configuration.
 */
struct touchmark_session *touchmark_open(const struct touchmark_config *config, char *problem, size_t problem_size);
void touchmark_close(struct touchmark_session *s);

struct touchmark_summary {
    uint64_t files, bytes, objects, records, not_executable, unreadable, skipped, faults;
    uint64_t partial; /* objects of which a budget kept something from being seen */
    uint64_t members, broken; /* files in containers, at all depths; containers not read to their end */
    uint64_t interrupted; /* not reached when told to stop */
    uint64_t passed_over; /* symbolic links, FIFOs, devices, sockets, pseudo file systems: not opened */
    bool full_sandbox;    /* every worker had all parts of its sandbox */
    uint64_t restricted, conflict, permitted, undetermined; /* outcomes under the policy */
    uint64_t review; /* of the undetermined, those where evidence points to a rule */
};

struct touchmark_progress {
    const char *stage;                /* "analyse", "judge" */
    uint64_t done, total;             /* objects of this stage */
    uint64_t bytes_done, bytes_total; /* of files, in the first stage */
    uint64_t executables, faults;
};

/* Calls back at most ten times a second while scanning. Before touchmark_scan. */
void touchmark_on_progress(struct touchmark_session *s, void (*progress)(void *ctx, const struct touchmark_progress *p), void *ctx);
/* Lets a scan finish with what it has: nothing more is begun. May be called from a signal handler. */
void touchmark_stop(struct touchmark_session *s);

/*
 * Scans files and folders (NULL-terminated list). record is called once a record, in the final order; json is one line without
 * its newline. DONE, INCOMPLETE, USAGE (a source cannot be opened at all; nothing was scanned) or INTERNAL.
 */
enum touchmark_exit touchmark_scan(struct touchmark_session *s, const char *const *sources,
                                   void (*record)(void *ctx, const char *json, size_t len), void *ctx,
                                   struct touchmark_summary *ret, char *problem, size_t problem_size);

/* {"anchors":[...],"known_bad":[...]} as JSON text; the caller frees it. */
char *touchmark_certs_json(const struct touchmark_session *s);
/* That as a table for people; the caller frees it. */
char *touchmark_certs_text(const char *json);
/* Of that, the one anchor whose SHA-256 begins with id; NULL when *ret_n, how many do, is not 1. The caller frees it. */
char *touchmark_certs_find(const char *json, const char *id, bool text, size_t *ret_n);
/*
 * What files of trust (lists, stores, certificates; NULL-terminated) would change, as JSON: lists, added, changed, missing, same, distrusted,
 * certificates, notes. force: a list whose signature does not hold, too; it is marked wherever it is named. folder: NULL, or where they are
 * written as tables for --trust. NULL: problem says why. The caller frees it.
 */
char *touchmark_certs_import(const struct touchmark_session *s, const char *const *paths, bool force, const char *folder, char *problem,
                             size_t problem_size);
/* That for people; the caller frees it. */
char *touchmark_import_text(const char *json);
/* The certificates in a record with details, as text or a JSON array; the caller frees it. */
char *touchmark_record_certs(const char *json, size_t len, bool text);
/* The rules at hand, shipped and further ones, as JSON text, one rule an object; the caller frees it. */
char *touchmark_rules_json(const struct touchmark_session *s);
/* The same as a table for people; the caller frees it. */
char *touchmark_rules_text(const char *json);
/*
 * Lints YARA rules: a file, a folder, or the shipped ones when path is NULL. message is called once a complaint, with one line of text.
 * DONE (none), FINDINGS, or USAGE: they do not compile, and problem names file, line and reason.
 */
enum touchmark_exit touchmark_rules_check(const char *path, void (*message)(void *ctx, const char *text), void *ctx,
                                          char *problem, size_t problem_size);
/*
 * The language of texts for people, from then on: Simplified Chinese for a locale as "zh_CN.UTF-8", else (NULL, too) English.
 * Records and messages of what is wrong stay English. Call it before anything is shown.
 */
void touchmark_language(const char *locale);
/* A text of the program itself in that language; the text itself where there is none. Valid for good. */
const char *touchmark_text(const char *english);
/*
 * Scans samples with the rules at hand: below folder, on every file of positive/RULE/ that rule must fire, on those of negative/ and benign/
 * none may. *ret becomes JSON text: {"objects","rules":[{"rule","vendor","product","positive","missed","negative","benign",
 * "us_per_mb"}],"failures":[{"rule","file","what"}],"coverage":[{"vendor", facts by kind of evidence}]}; the caller frees it. The session must
 * give a record for every file (config.all). DONE, FINDINGS (something failed), INCOMPLETE, or USAGE and INTERNAL with a problem and no JSON.
 */
enum touchmark_exit touchmark_rules_test(struct touchmark_session *s, const char *folder, char **ret, char *problem, size_t problem_size);
/* That for people; the caller frees it. */
char *touchmark_rules_test_text(const char *json);
/*
 * What files of known makers say of the weights of evidence: labels is a table (path below folder, package, project, vendor or "-"; parted by
 * tabs). *ret becomes JSON text: {"packages","unlabelled","evidence":[{"id","source","log10_lr","prior","packages","of_known_makers","hits",
 * "wrong","interval","folds" or "why"}]}; the caller frees it. DONE, INCOMPLETE, or USAGE and INTERNAL with a problem and no JSON.
 */
enum touchmark_exit touchmark_rules_fit(struct touchmark_session *s, const char *labels, const char *folder, char **ret, char *problem,
                                        size_t problem_size);
/* One record as text for people (`verify`, `inspect`); the caller frees it. NULL when json is no record. */
char *touchmark_verify_text(const char *json, size_t len, bool colour);
char *touchmark_inspect_text(const char *json, size_t len, bool colour);

/*
 * The table of a scan: a line an object worth a look, worst first, then a summary. It takes a stream of records and holds
 * counts and a bounded number of rows; what is cut is counted.
 */
struct touchmark_table;
struct touchmark_table_config {
    size_t columns; /* of the terminal; 0: nothing is cut */
    bool colour;
    bool every; /* a line for every record, as it comes */
};
struct touchmark_table *touchmark_table_new(const struct touchmark_table_config *config);
/* Takes a record in. What is to be printed at once, or NULL; the caller frees it. */
char *touchmark_table_add(struct touchmark_table *t, const char *json, size_t len);
/*
 * What is left to print: rows and summary; the caller frees it. seconds: how long the scan took, 0: not said. verdict: the
 * case verdict as JSON, or NULL under no policy.
 */
char *touchmark_table_end(struct touchmark_table *t, const struct touchmark_summary *s, double seconds, const char *verdict);
void touchmark_table_free(struct touchmark_table *t);

/* What was understood of a policy (shipped name or file), as JSON text; the caller frees it. NULL: problem says why. */
char *touchmark_policy_json(const char *name_or_path, char *problem, size_t problem_size);
/* The shipped policies: name, title, digest; the caller frees it. NULL: problem says why. */
char *touchmark_policies_json(char *problem, size_t problem_size);
/* Either of them as text for people; the caller frees it. */
char *touchmark_policy_text(const char *json);
/*
 * The verdict on all that was scanned, as JSON text: {"policy","verdict","because","not_recognisable"}; verdict is restricted,
 * clear or inconclusive. status: what touchmark_scan returned. NULL when no policy judges; the caller frees it.
 */
char *touchmark_case_verdict(const struct touchmark_session *s, enum touchmark_exit status);
/* The record's primary signature status ("unsigned" when there is none); static text. */
const char *touchmark_record_status(const char *json, size_t len);

/*
 * The command that a case was made by, its words ending with NULL, in one piece of memory, which is the caller's (free); NULL
 * and a problem when there is no such case.
 */
const char **touchmark_case_command(const char *case_folder, char *problem, size_t problem_size);

/*
 * A report on a finished or interrupted case folder, written to a stream. kind: "html" (one page that needs nothing else) or "csv". USAGE: the
 * case cannot be used (damaged, of another version, unfinished), and nothing was written; INTERNAL: it was written in part. problem says why.
 * ret_left_out (may be NULL): records that are in the case and not in the report, which says so itself.
 */
enum touchmark_exit touchmark_report(const char *case_folder, const char *kind, FILE *to, uint64_t *ret_left_out, char *problem,
                                     size_t problem_size);

/*
 * Why a record of a case says what it says, and the smallest set of facts that would change it, as JSON text; the caller frees it. policy: another than
 * the case's, or NULL. NULL: problem says why (no such record; judged with other knowledge than is here).
 */
char *touchmark_explain_case(const char *case_folder, const char *locator, const char *policy, char *problem, size_t problem_size);
/* The same of a record that the session has just made; NULL when json is no record. */
char *touchmark_explain_record(const struct touchmark_session *s, const char *json, size_t len);
/* Either of them in plain words; the caller frees it. */
char *touchmark_explain_text(const char *json, bool colour);

struct touchmark_replacement_config {
    const char *claim;                           /* a file */
    const char *const *candidate, *const *replaces; /* NULL-terminated; replaces may be NULL */
    bool without_likeness, without_revocation;   /* what is not checked there is waived */
};
/*
 * Judges a candidate by a claim, under the session's policy: a row a check, as JSON text that the caller frees. DONE (accept), FINDINGS (reject),
 * INCOMPLETE (undetermined); USAGE or INTERNAL: *ret_json is NULL and problem says why.
 */
enum touchmark_exit touchmark_replacement(struct touchmark_session *s, const struct touchmark_replacement_config *c, char **ret_json,
                                          char *problem, size_t problem_size);
/* That for people; the caller frees it. */
char *touchmark_replacement_text(const char *json, bool colour);
/* A claim as a candidate would have it, for its supplier to confirm; as touchmark_scan, *ret_text is the caller's. */
enum touchmark_exit touchmark_claim_init(struct touchmark_session *s, const char *const *candidate, char **ret_text, char *problem,
                                         size_t problem_size);

/* Seconds since 1970 of an RFC 3339 time or date; false when it is neither. */
bool touchmark_time_parse(const char *text, int64_t *ret);
/* The nearest word of a NULL-terminated list, or NULL. */
const char *touchmark_nearest(const char *written, const char *const *words);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
