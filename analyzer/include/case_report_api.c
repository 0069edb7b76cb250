/* SPDX-License-Identifier: Apache-2.0 */
/* Reports on a case: its records, handed to a writer. */
#include "include/touchmark.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "engine/case_read.h"
#include "report/writer.h"

TMK_DEFINE_CLEANUP(struct tmk_case_reader, tmk_case_reader_free);
TMK_DEFINE_CLEANUP(struct tmk_arena, tmk_arena_free);

struct reporting {
    struct tmk_case_reader *from;
    const struct tmk_writer *writer;
    void *w;
    struct tmk_report_case c;
    struct tmk_buf out; /* what is not yet in the stream */
    FILE *to;
};

static char *base64_sha256(const char *text, size_t len)
{
    TMK_CLEANUP(tmk_arena_freep) struct tmk_arena *a = tmk_arena_new();
    const struct tmk_digest d = tmk_digest_of("sha256", tmk_bytes_of(text, len));
    char *copy = strdup(tmk_base64(a, tmk_bytes_of(d.bytes, d.len)));

    if (copy == NULL)
        tmk_die_nomem();
    return copy;
}

static tmk_status flush(struct reporting *r, struct tmk_err *err)
{
    if (r->out.len > 0 && fwrite(r->out.data, 1, r->out.len, r->to) != r->out.len)
        TMK_FAIL(err, TMK_IO, TMK_NO_OFFSET, "the report cannot be written");
    r->out.len = 0;
    return TMK_OK;
}

/* Before anything is written: is every record what it should be? */
static tmk_status count_all(struct reporting *r, struct tmk_err *err)
{
    while (true) {
        tmk_autojson json_t *record = NULL;

        TMK_TRY(tmk_case_next(r->from, &record, err));
        if (record == NULL)
            return TMK_OK;
        if (r->writer->count != NULL)
            r->writer->count(r->w, record);
    }
}

static tmk_status write_pass(struct reporting *r, unsigned pass, struct tmk_err *err)
{
    TMK_TRY(tmk_case_rewind(r->from, err));
    while (true) {
        tmk_autojson json_t *record = NULL;

        TMK_TRY(tmk_case_next(r->from, &record, err));
        if (record == NULL)
            return TMK_OK;
        r->writer->record(r->w, pass, record, &r->out);
        TMK_TRY(flush(r, err));
    }
}

static tmk_status write_all(struct reporting *r, struct tmk_err *err)
{
    for (size_t i = 0; i < TMK_CASE_FILES; i++) {
        r->c.files[i].name = tmk_case_file_name(i);
        r->c.files[i].sha256 = tmk_case_file_sha256(r->from, i);
    }
    r->writer->begin(r->w, &r->out);
    TMK_TRY(flush(r, err));
    for (unsigned pass = 0; pass < r->writer->passes; pass++)
        TMK_TRY(write_pass(r, pass, err));
    r->writer->end(r->w, &r->out);
    TMK_TRY(flush(r, err));
    if (fflush(r->to) != 0)
        TMK_FAIL(err, TMK_IO, TMK_NO_OFFSET, "the report cannot be written");
    return TMK_OK;
}

static enum touchmark_exit report(struct reporting *r, uint64_t *ret_left_out, struct tmk_err *err)
{
    if (count_all(r, err) != TMK_OK)
        return TOUCHMARK_USAGE;
    if (write_all(r, err) != TMK_OK)
        return TOUCHMARK_INTERNAL;
    if (ret_left_out != NULL)
        *ret_left_out = r->writer->left_out == NULL ? 0 : r->writer->left_out(r->w);
    return TOUCHMARK_DONE;
}

enum touchmark_exit touchmark_report(const char *case_folder, const char *kind, FILE *to, uint64_t *ret_left_out,
                                     char *problem, size_t problem_size)
{
    TMK_CLEANUP(tmk_case_reader_freep) struct tmk_case_reader *from = NULL;
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf out = TMK_BUF(TMK_WRITER_MAX);
    struct reporting r = { .writer = tmk_writer_find(kind), .to = to, .out = out };
    enum touchmark_exit status = TOUCHMARK_USAGE;
    struct tmk_err err = { .msg = "no report is called so" };

    if (r.writer != NULL && tmk_case_read(case_folder, &from, &err) == TMK_OK) {
        r.from = from;
        r.c = (struct tmk_report_case){ .manifest = tmk_case_manifest(from),
                                        .coverage = tmk_case_coverage(from),
                                        .digest = base64_sha256 };
        r.w = r.writer->open(&r.c);
        status = report(&r, ret_left_out, &err);
        r.writer->close(r.w);
    }
    out = r.out;
    if (status != TOUCHMARK_DONE)
        (void)snprintf(problem, problem_size, "%s", err.msg);
    return status;
}
