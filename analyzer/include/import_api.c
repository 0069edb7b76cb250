/* SPDX-License-Identifier: Apache-2.0 */
/* certs import, certs list --diff: files of trust to rows, what they change, and a folder of tables. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "crypto/import.h"
#include "include/session_trust.h"
#include "include/touchmark.h"
#include "model/json.h"
#include "report/certs_text.h"

enum { MAX_ROWS = 256 << 20 };
static const char ANCHORS_HEAD[] = "sha256\tsubject\tname_der_base64\tspki_der_base64\tserial\tski\tpathlen\tnot_"
                                   "before\tnot_after\tuefi_role\tlisted\tlist_ekus\t"
                                   "list_removed_ekus\tlist_disabled_from\tlist_notbefore\tlist_notbefore_ekus\tname_"
                                   "constraints_base64\texempt\tsource\tsha1\n";
static const char BAD_HEAD[] = "kind\tvalue\tprofiles\tfrom\treason\tsource\n";

struct part { /* a file of the folder */
    const char *name, *head;
    char kind; /* of the rows that go there */
};
static const struct part parts[] = {
    { "anchors.tsv", ANCHORS_HEAD, 'A' },
    { "known-bad.tsv", BAD_HEAD, 'B' },
    { "certificates.pem", "", 'U' },
};

/* From which lists the anchors come: a list of roots stands in the place of the shipped one wherever its table is read.
 */
static bool put_lists(FILE *f, tmk_bytes rows)
{
    const char *at = (const char *)rows.data;
    bool ok = true;

    while (ok && at != NULL && *at != 0) {
        const char *stop = strchr(at, '\n');

        if (at[0] == 'L')
            ok = fprintf(f, TMK_IMPORT_LIST "%.*s\n", (int)((stop == NULL ? strlen(at) : (size_t)(stop - at)) - 2),
                         at + 2) >= 0;
        at = stop == NULL ? NULL : stop + 1;
    }
    return ok;
}

/* base64 of n characters as PEM, whose lines hold 64. */
static bool put_pem(FILE *f, const char *base64, size_t n)
{
    bool ok = fputs("-----BEGIN CERTIFICATE-----\n", f) >= 0;

    for (size_t i = 0; ok && i < n; i += 64)
        ok = fprintf(f, "%.*s\n", (int)(n - i < 64 ? n - i : 64), base64 + i) >= 0;
    return ok && fputs("-----END CERTIFICATE-----\n", f) >= 0;
}

static tmk_status put_rows(FILE *f, const struct part *part, tmk_bytes rows)
{
    const char *at = (const char *)rows.data, *end = at + rows.len;
    bool ok = (part->kind != 'A' || put_lists(f, rows)) && fputs(part->head, f) >= 0;

    while (ok && at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        const size_t n = stop == NULL ? (size_t)(end - at) : (size_t)(stop - at);

        if (n > 2 && at[0] == part->kind)
            ok = part->kind == 'U' ? put_pem(f, at + 2, n - 2) : fprintf(f, "%.*s\n", (int)(n - 2), at + 2) >= 0;
        at += n + 1;
    }
    return ok ? TMK_OK : TMK_IO;
}

static bool has_rows(tmk_bytes rows, char kind)
{
    const char mark[] = { '\n', kind, '\t', 0 };

    return rows.len > 2 && (rows.data[0] == (uint8_t)kind || strstr((const char *)rows.data, mark) != NULL);
}

static tmk_status write_part(const char *folder, const struct part *part, tmk_bytes rows, struct tmk_err *err)
{
    tmk_autofree char *path = NULL;
    tmk_status status = TMK_IO;
    FILE *f;

    if (asprintf(&path, "%s/%s", folder, part->name) < 0)
        tmk_die_nomem();
    f = fopen(path, "wxe");
    if (f != NULL) {
        status = put_rows(f, part, rows);
        status = fclose(f) == 0 ? status : TMK_IO;
    }
    if (status != TMK_OK)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "-o %s: %s", path, strerror(errno));
    return TMK_OK;
}

static tmk_status write_folder(const char *folder, tmk_bytes rows, struct tmk_err *err)
{
    if (mkdir(folder, 0777) != 0 && errno != EEXIST)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "-o %s: %s", folder, strerror(errno));
    for (size_t i = 0; i < TMK_COUNT(parts); i++)
        if (has_rows(rows, parts[i].kind))
            TMK_TRY(write_part(folder, &parts[i], rows, err));
    return TMK_OK;
}

static tmk_status read_all(const struct tmk_trust *t, const char *const *paths, bool force, struct tmk_buf *all,
                           struct tmk_err *err)
{
    for (; *paths != NULL; paths++) {
        TMK_CLEANUP(tmk_buf_free) struct tmk_buf one = TMK_BUF(MAX_ROWS);
        const struct tmk_import_query q = { .option = "certs", .path = *paths, .force = force };

        TMK_TRY(tmk_import_read(t, &q, &one, err));
        if (!tmk_buf_add(all, one.data, one.len))
            TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "certs %s: more than can be imported at once", *paths);
    }
    return TMK_OK;
}

char *touchmark_certs_import(const struct touchmark_session *s, const char *const *paths, bool force,
                             const char *folder, char *problem, size_t problem_size)
{
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf rows = TMK_BUF(MAX_ROWS);
    const struct tmk_trust *t = tmk_session_trust(s);
    struct tmk_err err = { .code = TMK_OK };
    tmk_autojson json_t *report = NULL;
    tmk_status status = read_all(t, paths, force, &rows, &err);

    if (status == TMK_OK && folder != NULL)
        status = write_folder(folder, tmk_bytes_of(rows.data, rows.len), &err);
    if (status != TMK_OK) {
        (void)snprintf(problem, problem_size, "%s", err.msg);
        return NULL;
    }
    report = tmk_import_report(t, tmk_bytes_of(rows.data, rows.len));
    return json_dumps(report, JSON_INDENT(1));
}

char *touchmark_import_text(const char *json)
{
    tmk_autojson json_t *report = json_loads(json, 0, NULL);

    return tmk_import_text(report);
}
