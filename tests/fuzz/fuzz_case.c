/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A case as somebody may hand it over: the input is manifest, coverage and records, a JSON object a line. Whatever they
 * say, every writer ends, gives the same bytes twice, and lets no byte of a record become markup.
 */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "engine/case_read.h"
#include "report/writer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_RECORDS = 64 };

struct input {
    json_t *head[2], *records[MAX_RECORDS];
    size_t n_head, n;
};

static char *no_digest(const char *text, size_t len)
{
    (void)text;
    (void)len;
    return strdup("AAAA");
}

static void take_line(struct input *in, tmk_bytes line)
{
    struct tmk_err err;

    if (in->n_head < 2)
        in->head[in->n_head++] = json_loadb((const char *)line.data, line.len, 0, NULL);
    else if (in->n < MAX_RECORDS && tmk_case_record_parse(line, &in->records[in->n], &err) == TMK_OK)
        in->n++;
}

static void split(struct input *in, const uint8_t *data, size_t size)
{
    while (size > 0) {
        const uint8_t *newline = memchr(data, '\n', size);
        const size_t n = newline == NULL ? size : (size_t)(newline - data);

        take_line(in, tmk_bytes_of(data, n));
        data += newline == NULL ? n : n + 1;
        size -= newline == NULL ? n : n + 1;
    }
}

static struct tmk_buf write_all(const struct tmk_writer *w, const struct input *in)
{
    const struct tmk_report_case c = { .manifest = in->head[0], .coverage = in->head[1], .digest = no_digest };
    struct tmk_buf out = TMK_BUF(TMK_WRITER_MAX);
    void *state = w->open(&c);

    for (size_t i = 0; i < in->n && w->count != NULL; i++)
        w->count(state, in->records[i]);
    w->begin(state, &out);
    for (unsigned pass = 0; pass < w->passes; pass++)
        for (size_t i = 0; i < in->n; i++)
            w->record(state, pass, in->records[i], &out);
    w->end(state, &out);
    w->close(state);
    return out;
}

/* Scripts on a page: two of data, and its own. */
static size_t scripts_in(const struct tmk_buf *page)
{
    size_t n = 0;

    for (const char *at = (const char *)page->data; (at = strstr(at, "<script")) != NULL; at++)
        n++;
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = { .n = 0 };

    split(&in, data, size);
    for (size_t i = 0; tmk_writer_at(i) != NULL; i++) {
        struct tmk_buf one = write_all(tmk_writer_at(i), &in), two = write_all(tmk_writer_at(i), &in);

        if (one.len != two.len || memcmp(one.data, two.data, one.len) != 0)
            abort();
        if (strcmp(tmk_writer_at(i)->name, "html") == 0 && scripts_in(&one) != 3)
            abort();
        tmk_buf_free(&one);
        tmk_buf_free(&two);
    }
    json_decref(in.head[0]);
    json_decref(in.head[1]);
    for (size_t i = 0; i < in.n; i++)
        json_decref(in.records[i]);
    return 0;
}
