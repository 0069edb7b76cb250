/* SPDX-License-Identifier: Apache-2.0 */
/* Signature lists of firmware: what each says, whichever header stands before them; and each way in which they lie. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "crypto/esl.h"

#define SHA256_TYPE "\x26\x16\xc4\xc1\x4c\x50\x92\x40\xac\xa9\x41\xf9\x36\x93\x43\x28"
#define SHA1_TYPE   "\x12\xa5\x6c\x82\x10\xcf\xc9\x4a\xb1\x87\xbe\x01\x49\x66\x31\xbd"
#define X509_TYPE   "\xa1\x59\xc0\xa5\xe4\x94\xa7\x4a\x87\xb5\xab\x15\x5c\x2b\xf0\x72"
#define RSA_TYPE    "\xe8\x66\x57\x3c\x9c\x26\x34\x4e\xaa\x14\xed\x77\x6e\x85\xb3\xb6"
#define TBS_TYPE    "\x92\xa4\xd2\x3b\xc0\x96\x79\x40\xb4\x20\xfc\xf9\x8e\xf1\x03\xed"
#define OTHER_TYPE  "0123456789abcdef"
#define NEVER       "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define IN_2023     "\xe7\x07\x06\x02\x03\x04\x05\0\0\0\0\0\0\0\0\0" /* 2023-06-02 03:04:05 */
#define MONTH_13    "\xe7\x07\x0d\x02\x03\x04\x05\0\0\0\0\0\0\0\0\0"
enum { HEAD = 28, OWNER = 16 };

struct seen { /* what the reader gave */
    struct tmk_esl_entry list[16];
    size_t n;
};

static tmk_status keep(void *ctx, const struct tmk_esl_entry *e, struct tmk_err *err)
{
    struct seen *s = ctx;

    (void)err;
    assert_true(s->n < 16);
    s->list[s->n++] = *e;
    return TMK_OK;
}

static void put32(struct tmk_buf *b, uint32_t v)
{
    const uint8_t le[] = { (uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16), (uint8_t)(v >> 24) };

    assert_true(tmk_buf_add(b, le, sizeof le));
}

static void fill(struct tmk_buf *b, uint8_t byte, size_t n)
{
    while (n-- > 0)
        assert_true(tmk_buf_add(b, &byte, 1));
}

/* A list of n entries of `data` bytes, then the tail inside each when given. */
static void put_list(struct tmk_buf *b, const char *type, size_t data, size_t n, const char *tail)
{
    const size_t more = tail == NULL ? 0 : 16;

    assert_true(tmk_buf_add(b, type, 16));
    put32(b, (uint32_t)(HEAD + n * (OWNER + data + more)));
    put32(b, 0);
    put32(b, (uint32_t)(OWNER + data + more));
    for (size_t i = 0; i < n; i++) {
        fill(b, 0xee, OWNER);
        fill(b, (uint8_t)(0x10 + i), data);
        if (tail != NULL)
            assert_true(tmk_buf_add(b, tail, 16));
    }
}

static tmk_status read_all(const struct tmk_buf *b, struct seen *s, struct tmk_err *err)
{
    *s = (struct seen){ .n = 0 };
    *err = (struct tmk_err){ .offset = TMK_NO_OFFSET };
    return tmk_esl_read(tmk_bytes_of(b->data, b->len), keep, s, err);
}

static void every_type_is_read(void **state)
{
    static const struct {
        const char *type;
        size_t data;
        const char *tail;
        enum tmk_esl_kind kind;
        const char *alg;
        bool has_from;
    } rows[] = {
        { SHA256_TYPE, 32, NULL, TMK_ESL_IMAGE, "sha256", false },
        { SHA1_TYPE, 20, NULL, TMK_ESL_IMAGE, "sha1", false },
        { X509_TYPE, 700, NULL, TMK_ESL_X509, NULL, false },
        { RSA_TYPE, 256, NULL, TMK_ESL_RSA2048, NULL, false },
        { TBS_TYPE, 32, NEVER, TMK_ESL_X509_HASH, "sha256", false },
        { TBS_TYPE, 32, IN_2023, TMK_ESL_X509_HASH, "sha256", true },
        { OTHER_TYPE, 5, NULL, TMK_ESL_OTHER, NULL, false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tmk_buf b = TMK_BUF(1 << 16);
        struct tmk_err err;
        struct seen s;

        put_list(&b, SHA1_TYPE, 20, 1, NULL); /* one that is known, so that the start is, too */
        put_list(&b, rows[i].type, rows[i].data, 2, rows[i].tail);
        assert_int_equal(read_all(&b, &s, &err), TMK_OK);
        assert_int_equal(s.n, 3);
        assert_int_equal(s.list[2].kind, rows[i].kind);
        assert_int_equal(s.list[2].value.len, rows[i].data);
        assert_int_equal(s.list[2].value.data[0], 0x11);
        assert_int_equal(s.list[2].owner.data[0], 0xee);
        assert_int_equal(s.list[2].has_from, rows[i].has_from);
        if (rows[i].has_from)
            assert_int_equal(s.list[2].from, 1685675045);
        if (rows[i].alg != NULL)
            assert_string_equal(s.list[2].alg, rows[i].alg);
        tmk_buf_free(&b);
    }
}

/* EFI_VARIABLE_AUTHENTICATION_2: a time, and a WIN_CERTIFICATE_UEFI_GUID of 8 + 16 + 10 bytes. */
static void put_auth(struct tmk_buf *b)
{
    fill(b, 1, 16);
    put32(b, 34);
    put32(b, 0x0ef10200);
    fill(b, 0xaa, 26);
}

static void headers_are_passed(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        struct tmk_buf b = TMK_BUF(1 << 16);
        struct tmk_err err;
        struct seen s;
        size_t before;

        if ((i & 1) != 0)
            put32(&b, 0x27);
        if ((i & 2) != 0)
            put_auth(&b);
        before = b.len;
        put_list(&b, SHA256_TYPE, 32, 1, NULL);
        assert_true(tmk_esl_probe(tmk_bytes_of(b.data, b.len)));
        assert_int_equal(read_all(&b, &s, &err), TMK_OK);
        assert_int_equal(s.n, 1);
        assert_int_equal(s.list[0].offset, before + HEAD);
        tmk_buf_free(&b);
    }
}

static void lies_are_named(void **state)
{
    static const struct {
        const char *name;
        size_t at; /* where a word is changed */
        uint32_t word;
        uint64_t offset;
        const char *message;
    } rows[] = {
        { "list shorter than its head", 16, 27, 16, "SignatureListSize (27)" },
        { "list of no size", 16, 0, 16, "SignatureListSize (0)" },
        { "list past the end", 16, 125, 16, "SignatureListSize (125)" },
        { "list of almost 4 GiB", 16, 0xffffffff, 16, "SignatureListSize (4294967295)" },
        { "list of half an entry", 16, 123, 16, "no whole number of entries" },
        { "header past the list", 20, 97, 20, "SignatureHeaderSize (97)" },
        { "header of almost 4 GiB", 20, 0xfffffff0, 20, "SignatureHeaderSize (4294967280)" },
        { "header that leaves half an entry", 20, 8, 16, "no whole number of entries" },
        { "entries of no size", 24, 0, 24, "SignatureSize (0)" },
        { "entries of an owner alone", 24, 16, 24, "SignatureSize (16)" },
        { "entries of another size", 24, 96, 24, "SignatureSize (96)" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tmk_buf b = TMK_BUF(1 << 16), word = TMK_BUF(4);
        struct tmk_err err;
        struct seen s;

        put_list(&b, SHA256_TYPE, 32, 2, NULL);
        put32(&word, rows[i].word);
        memcpy(b.data + rows[i].at, word.data, 4);
        if (read_all(&b, &s, &err) != TMK_MALFORMED || err.offset != rows[i].offset ||
            strstr(err.msg, rows[i].message) == NULL)
            fail_msg("%s: at %llu, %s", rows[i].name, (unsigned long long)err.offset, err.msg);
        tmk_buf_free(&b);
        tmk_buf_free(&word);
    }
}

static void a_time_that_is_none(void **state)
{
    struct tmk_buf b = TMK_BUF(1 << 16);
    struct tmk_err err;
    struct seen s;

    (void)state;
    put_list(&b, TBS_TYPE, 32, 1, MONTH_13);
    assert_int_equal(read_all(&b, &s, &err), TMK_MALFORMED);
    assert_int_equal(err.offset, HEAD + OWNER + 32);
    tmk_buf_free(&b);
}

/* Cut at each length: whole lists are read, and nothing is read of one that is not whole. */
static void cut_at_each_length(void **state)
{
    struct tmk_buf b = TMK_BUF(1 << 16);
    size_t first;

    (void)state;
    put_list(&b, SHA1_TYPE, 20, 1, NULL);
    first = b.len;
    put_list(&b, TBS_TYPE, 32, 2, IN_2023);
    for (size_t len = 1; len <= b.len; len++) {
        struct tmk_err err = { .offset = TMK_NO_OFFSET };
        struct seen s = { .n = 0 };
        uint8_t *copy = malloc(len); /* so that a byte read behind it is seen */
        tmk_status status;

        assert_non_null(copy);
        memcpy(copy, b.data, len);
        status = tmk_esl_read(tmk_bytes_of(copy, len), keep, &s, &err);
        assert_int_equal(status, len == first || len == b.len ? TMK_OK : TMK_MALFORMED);
        assert_int_equal(s.n, len == b.len ? 3 : len >= first ? 1 : 0);
        assert_true(status == TMK_OK || err.offset <= len);
        free(copy);
    }
    tmk_buf_free(&b);
}

static void other_bytes_are_no_lists(void **state)
{
    static const char *const texts[] = { "", "-----BEGIN CERTIFICATE-----\n", "kind\tvalue\tprofiles\n", "\x27\0\0\0",
                                         "0123456789abcdef0123456789abcdef" };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_false(tmk_esl_probe(tmk_bytes_of(texts[i], strlen(texts[i]))));
}

static void guids_as_usual(void **state)
{
    char text[37];

    (void)state;
    tmk_guid_text(text, tmk_bytes_of(SHA256_TYPE, 16));
    assert_string_equal(text, "c1c41626-504c-4092-aca9-41f936934328");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_is_read), cmocka_unit_test(headers_are_passed),
        cmocka_unit_test(lies_are_named),     cmocka_unit_test(a_time_that_is_none),
        cmocka_unit_test(cut_at_each_length), cmocka_unit_test(other_bytes_are_no_lists),
        cmocka_unit_test(guids_as_usual),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
