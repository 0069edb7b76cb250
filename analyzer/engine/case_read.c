/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/case_read.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "base/lines.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "model/json.h"

enum { MANIFEST, COVERAGE, RECORDS, FILES };

static const char *const names[FILES] = { "manifest.json", "coverage.json", "records.ndjson" };

struct tmk_case_reader {
    char *path;
    int folder, records;
    struct stat before; /* of the records */
    json_t *manifest, *coverage;
    struct tmk_lines lines;
    struct tmk_digest_stream *hashing; /* during the first pass */
    char sha256[FILES][65];
};

static void put_sha256(char to[65], struct tmk_digest d)
{
    tmk_hex_to(to, tmk_bytes_of(d.bytes, d.len));
}

static int open_file(const struct tmk_case_reader *r, const char *name, struct stat *ret)
{
    const int fd = openat(r->folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);

    if (fd >= 0 && (fstat(fd, ret) != 0 || !S_ISREG(ret->st_mode))) {
        (void)close(fd);
        errno = EINVAL;
        return -1;
    }
    return fd;
}

/* A JSON object of the folder, of a schema. */
static tmk_status load(struct tmk_case_reader *r, size_t file, const char *schema, json_t **ret, struct tmk_err *err)
{
    struct stat s;
    tmk_autoclose const int fd = open_file(r, names[file], &s);
    tmk_autofree char *text = NULL;
    const char *found;
    json_error_t wrong;

    if (fd < 0)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s/%s: %s", r->path, names[file], strerror(errno));
    if (s.st_size > TMK_CASE_RECORD_MAX)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s/%s: larger than %d bytes", r->path, names[file],
                 TMK_CASE_RECORD_MAX);
    text = malloc((size_t)s.st_size + 1);
    if (text == NULL)
        tmk_die_nomem();
    if (!tmk_read_at(fd, text, (size_t)s.st_size, 0))
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s/%s: cannot be read", r->path, names[file]);
    *ret = json_loadb(text, (size_t)s.st_size, JSON_REJECT_DUPLICATES, &wrong);
    if (*ret == NULL)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s/%s:%d: %s", r->path, names[file], wrong.line, wrong.text);
    found = tmk_json_str(*ret, "schema");
    if (found == NULL || strcmp(found, schema) != 0)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s/%s: of the schema '%.64s', not '%s'", r->path, names[file],
                 found == NULL ? "" : found, schema);
    put_sha256(r->sha256[file], tmk_digest_of("sha256", tmk_bytes_of(text, (size_t)s.st_size)));
    return TMK_OK;
}

static tmk_status check_state(const struct tmk_case_reader *r, struct tmk_err *err)
{
    const char *state = tmk_json_str(r->manifest, "state");

    if (state != NULL && strcmp(state, "unfinished") == 0)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET,
                 "%s: its scan was not finished: `touchmark scan --resume -o %s` goes on with it", r->path, r->path);
    if (state != NULL && strcmp(state, "shard") == 0)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s: one shard of a scan: `touchmark merge` joins all of them",
                 r->path);
    if (state == NULL || (strcmp(state, "finished") != 0 && strcmp(state, "interrupted") != 0))
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s/%s: no state is called '%.32s'", r->path, names[MANIFEST],
                 state == NULL ? "" : state);
    return TMK_OK;
}

static void hash_block(void *ctx, tmk_bytes block)
{
    struct tmk_case_reader *r = ctx;

    if (r->hashing != NULL)
        tmk_digest_add(r->hashing, block);
}

static tmk_status open_records(struct tmk_case_reader *r, struct tmk_err *err)
{
    r->records = open_file(r, names[RECORDS], &r->before);
    if (r->records < 0)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s/%s: %s", r->path, names[RECORDS], strerror(errno));
    tmk_lines_begin(&r->lines, r->records, TMK_CASE_RECORD_MAX);
    r->lines.seen = hash_block;
    r->lines.seen_ctx = r;
    r->hashing = tmk_digest_begin("sha256");
    return TMK_OK;
}

static tmk_status open_all(struct tmk_case_reader *r, struct tmk_err *err)
{
    r->folder = open(r->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (r->folder < 0)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s: %s", r->path, strerror(errno));
    if (faccessat(r->folder, names[MANIFEST], F_OK, 0) != 0)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s: no case folder: it holds no %s", r->path, names[MANIFEST]);
    if (flock(r->folder, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s: a scan is writing there", r->path);
    TMK_TRY(load(r, MANIFEST, "touchmark.manifest/1", &r->manifest, err));
    TMK_TRY(check_state(r, err));
    TMK_TRY(load(r, COVERAGE, "touchmark.coverage/1", &r->coverage, err));
    return open_records(r, err);
}

tmk_status tmk_case_read(const char *path, struct tmk_case_reader **ret, struct tmk_err *err)
{
    struct tmk_case_reader *r = calloc(1, sizeof *r);
    tmk_status status;

    if (r == NULL || (r->path = strdup(path)) == NULL)
        tmk_die_nomem();
    r->folder = r->records = -1;
    status = open_all(r, err);
    if (status != TMK_OK)
        tmk_case_reader_free(r);
    else
        *ret = r;
    return status;
}

void tmk_case_reader_free(struct tmk_case_reader *r)
{
    if (r == NULL)
        return;
    if (r->hashing != NULL)
        (void)tmk_digest_end(r->hashing);
    json_decref(r->manifest);
    json_decref(r->coverage);
    tmk_lines_free(&r->lines);
    if (r->records >= 0)
        (void)close(r->records);
    if (r->folder >= 0)
        (void)close(r->folder);
    free(r->path);
    free(r);
}

const json_t *tmk_case_manifest(const struct tmk_case_reader *r)
{
    return r->manifest;
}

const json_t *tmk_case_coverage(const struct tmk_case_reader *r)
{
    return r->coverage;
}

tmk_status tmk_case_record_parse(tmk_bytes line, json_t **ret, struct tmk_err *err)
{
    static const char *const needed[] = { "schema", "kind", "locator", "status" };
    tmk_autojson json_t *record = NULL;
    json_error_t wrong;

    *ret = NULL;
    record = json_loadb((const char *)line.data, line.len, JSON_REJECT_DUPLICATES, &wrong);
    if (record == NULL)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s", wrong.text);
    for (size_t i = 0; i < TMK_COUNT(needed); i++) {
        const char *text = tmk_json_str(record, needed[i]);

        if (text == NULL || text[0] == 0)
            TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "a record without '%s'", needed[i]);
    }
    if (strcmp(tmk_json_str(record, "schema"), "touchmark.record/1") != 0)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "of the schema '%.64s', not 'touchmark.record/1'",
                 tmk_json_str(record, "schema"));
    *ret = json_incref(record);
    return TMK_OK;
}

static tmk_status check_same(const struct tmk_case_reader *r, struct tmk_err *err)
{
    struct stat now;

    if (fstat(r->records, &now) != 0 || now.st_size != r->before.st_size ||
        now.st_mtim.tv_sec != r->before.st_mtim.tv_sec || now.st_mtim.tv_nsec != r->before.st_mtim.tv_nsec)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s/%s: changed while it was read", r->path, names[RECORDS]);
    return TMK_OK;
}

static tmk_status at_end(struct tmk_case_reader *r, struct tmk_err *err)
{
    const json_int_t counted = tmk_json_int(json_object_get(r->manifest, "counts"), "records", -1);

    if (r->hashing != NULL)
        put_sha256(r->sha256[RECORDS], tmk_digest_end(TMK_TAKE(r->hashing)));
    if (counted < 0 || (uint64_t)counted != r->lines.number)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s/%s: %llu records, but the manifest counts %lld", r->path,
                 names[RECORDS], (unsigned long long)r->lines.number, (long long)counted);
    return check_same(r, err);
}

tmk_status tmk_case_next(struct tmk_case_reader *r, json_t **ret, struct tmk_err *err)
{
    struct tmk_err why;
    tmk_bytes line;
    bool end = false;

    *ret = NULL;
    if (tmk_lines_next(&r->lines, &line, &end, &why) != TMK_OK)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s/%s:%llu: %s", r->path, names[RECORDS],
                 (unsigned long long)r->lines.number + 1, why.msg);
    if (end)
        return at_end(r, err);
    if (tmk_case_record_parse(line, ret, &why) != TMK_OK)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s/%s:%llu: %s", r->path, names[RECORDS],
                 (unsigned long long)r->lines.number, why.msg);
    return TMK_OK;
}

tmk_status tmk_case_rewind(struct tmk_case_reader *r, struct tmk_err *err)
{
    tmk_lines_rewind(&r->lines);
    if (r->hashing != NULL) { /* the first pass was left before its end */
        (void)tmk_digest_end(r->hashing);
        r->hashing = tmk_digest_begin("sha256");
    }
    return check_same(r, err);
}

const char *tmk_case_file_name(size_t i)
{
    return names[i];
}

const char *tmk_case_file_sha256(const struct tmk_case_reader *r, size_t i)
{
    return r->sha256[i];
}
