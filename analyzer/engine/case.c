/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/case.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "model/json.h"

static const char PART[] = "records.ndjson.part", WHOLE[] = "records.ndjson", MANIFEST[] = "manifest.json";

static tmk_status refused(const struct tmk_case *c, const char *name, struct tmk_err *err)
{
    TMK_FAIL(err, TMK_IO, TMK_NO_OFFSET, "%s/%s: %s", c->path, name, strerror(errno));
}

static bool is_empty(int folder)
{
    const int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *d = fd < 0 ? NULL : fdopendir(fd);
    const struct dirent *e;
    bool empty = d != NULL;

    while (empty && (e = readdir(d)) != NULL)
        empty = strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0;
    if (d != NULL)
        (void)closedir(d);
    return empty;
}

/* The manifest, or NULL; a new reference. */
static json_t *manifest_in(int folder)
{
    const int fd = openat(folder, MANIFEST, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    FILE *f = fd < 0 ? NULL : fdopen(fd, "re");
    json_t *m = f == NULL ? NULL : json_loadf(f, 0, NULL);

    if (f != NULL)
        (void)fclose(f);
    return m;
}

tmk_status tmk_case_peek(const char *path, json_t **ret_manifest, struct tmk_err *err)
{
    tmk_autoclose const int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    *ret_manifest = folder < 0 ? NULL : manifest_in(folder);
    if (!json_is_object(json_object_get(*ret_manifest, "plan")))
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s holds no case", path);
    return TMK_OK;
}

tmk_status tmk_case_clock(const char *path, int64_t *ret, struct tmk_err *err)
{
    tmk_autojson json_t *manifest = NULL;
    const char *as_of;

    TMK_TRY(tmk_case_peek(path, &manifest, err));
    as_of = tmk_json_str(json_object_get(manifest, "plan"), "as_of");
    if (as_of == NULL || !tmk_time_parse(as_of, ret))
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s holds no case", path);
    return TMK_OK;
}

/* Facts of other rules or limits are not ours. */
tmk_status tmk_case_same_plan(const char *path, const json_t *there, const json_t *plan, struct tmk_err *err)
{
    const char *key;
    const json_t *v;

    json_object_foreach((json_t *)(uintptr_t)plan, key, v)
        if (json_equal(v, json_object_get(there, key)) == 0)
            TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "the scan in %s was begun with another '%s'", path, key);
    return TMK_OK;
}

/* What is there must be an unfinished scan with the same plan. */
static tmk_status check_plan(const struct tmk_case *c, const json_t *plan, struct tmk_err *err)
{
    tmk_autojson json_t *before = manifest_in(c->fd);
    const json_t *there = json_object_get(before, "plan");

    if (!json_is_object(there))
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s holds no case", c->path);
    return tmk_case_same_plan(c->path, there, plan, err);
}

static tmk_status check_content(const struct tmk_case *c, bool resume, const json_t *plan, struct tmk_err *err)
{
    const bool empty = is_empty(c->fd);

    if (flock(c->fd, LOCK_EX | LOCK_NB) != 0)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s: another scan is writing there", c->path);
    if (!empty && !resume)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s is not empty; --resume goes on with a case that was not finished", c->path);
    return empty ? TMK_OK : check_plan(c, plan, err);
}

tmk_status tmk_case_open(struct tmk_case *c, const char *path, bool resume, const json_t *plan, struct tmk_err *err)
{
    *c = (struct tmk_case){ .path = path, .fd = -1, .segments_fd = -1, .records_fd = -1 };
    if (path == NULL)
        return TMK_OK;
    if (mkdir(path, 0777) != 0 && errno != EEXIST)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s: %s", path, strerror(errno));
    c->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (c->fd < 0)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s: %s", path, strerror(errno));
    TMK_TRY(check_content(c, resume, plan, err));
    if (mkdirat(c->fd, "segments", 0777) != 0 && errno != EEXIST)
        return refused(c, "segments", err);
    c->segments_fd = openat(c->fd, "segments", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (c->segments_fd < 0)
        return refused(c, "segments", err);
    c->records_fd = openat(c->fd, PART, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);
    c->records = c->records_fd < 0 ? NULL : fdopen(c->records_fd, "we");
    return c->records == NULL ? refused(c, PART, err) : TMK_OK;
}

tmk_status tmk_case_record(struct tmk_case *c, const char *json, size_t len, struct tmk_err *err)
{
    FILE *f = c->records;

    if (c->path == NULL)
        return TMK_OK;
    return fwrite(json, 1, len, f) == len && fputc('\n', f) != EOF ? TMK_OK : refused(c, PART, err);
}

tmk_status tmk_case_put(struct tmk_case *c, const char *name, const json_t *content, struct tmk_err *err)
{
    char part[64];
    int fd;
    bool ok;

    if (c->path == NULL)
        return TMK_OK;
    (void)snprintf(part, sizeof part, "%s.part", name);
    fd = openat(c->fd, part, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (fd < 0)
        return refused(c, part, err);
    ok = json_dumpfd(content, fd, JSON_INDENT(1)) == 0 && write(fd, "\n", 1) == 1 && fsync(fd) == 0;
    ok = close(fd) == 0 && ok;
    return ok && renameat(c->fd, part, c->fd, name) == 0 ? TMK_OK : refused(c, name, err);
}

tmk_status tmk_case_drop_records(struct tmk_case *c, struct tmk_err *err)
{
    return c->path == NULL || unlinkat(c->fd, PART, 0) == 0 ? TMK_OK : refused(c, PART, err);
}

tmk_status tmk_case_finish(struct tmk_case *c, struct tmk_err *err)
{
    FILE *f = c->records;

    if (c->path == NULL)
        return TMK_OK;
    if (fflush(f) != 0 || fsync(c->records_fd) != 0 || renameat(c->fd, PART, c->fd, WHOLE) != 0)
        return refused(c, WHOLE, err);
    return TMK_OK;
}

void tmk_case_close(struct tmk_case *c)
{
    if (c->path == NULL)
        return;
    if (c->records != NULL)
        (void)fclose(c->records);
    if (c->segments_fd >= 0)
        (void)close(c->segments_fd);
    if (c->fd >= 0)
        (void)close(c->fd);
    *c = (struct tmk_case){ .path = NULL };
}
