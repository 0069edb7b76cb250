/* SPDX-License-Identifier: Apache-2.0 */
/* Certificate trust lists: heads, subjects, duplicates, and every way in which one cannot be read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "crypto/ctl.h"
#include "unit/der_builder.h"

TMK_DEFINE_CLEANUP(struct tmk_arena, tmk_arena_free);

#define OID_USAGE_CATALOGUE "\x2b\x06\x01\x04\x01\x82\x37\x0c\x01\x01"
#define OID_USAGE_ROOTS     "\x2b\x06\x01\x04\x01\x82\x37\x0a\x03\x09"
#define OID_USAGE_BAD       "\x2b\x06\x01\x04\x01\x82\x37\x0a\x03\x1e"
#define OID_MEMBER          "\x2b\x06\x01\x04\x01\x82\x37\x0c\x01\x02"
#define OID_NAMEVALUE       "\x2b\x06\x01\x04\x01\x82\x37\x0c\x02\x01"

struct parts { /* what a list is built of; NULL: left out */
    const char *version, *usage, *list_id, *sequence, *this_update, *next_update, *algorithm;
    const char *const *tags; /* NULL-terminated */
    bool attributes, extensions, junk;
};

static void put_time(struct tmk_buf *b, const char *text)
{
    if (text != NULL)
        der_put(b, 0x17, text, strlen(text));
}

static void put_subjects(struct tmk_buf *to, const struct parts *p)
{
    struct tmk_buf list = TMK_BUF(SIZE_MAX);

    for (size_t i = 0; p->tags[i] != NULL; i++) {
        struct tmk_buf s = TMK_BUF(SIZE_MAX), attribute = TMK_BUF(SIZE_MAX);

        der_put(&s, 0x04, p->tags[i], strlen(p->tags[i]));
        if (p->attributes) {
            der_put_oid(&attribute, OID_NAMEVALUE);
            der_put(&attribute, 0x31, "\x04\x01v", 3);
            der_wrap(&attribute, 0x30);
            der_put(&s, 0x31, attribute.data, attribute.len);
        }
        der_put(&list, 0x30, s.data, s.len);
        tmk_buf_free(&s);
        tmk_buf_free(&attribute);
    }
    der_put(to, 0x30, list.data, list.len);
    tmk_buf_free(&list);
}

static void put_extensions(struct tmk_buf *to)
{
    struct tmk_buf e = TMK_BUF(SIZE_MAX);

    der_put_oid(&e, OID_NAMEVALUE);
    der_put(&e, 0x01, "\xff", 1);
    der_put(&e, 0x04, "OS", 2);
    der_wrap(&e, 0x30);
    der_wrap(&e, 0x30);
    der_put(to, 0xa0, e.data, e.len);
    tmk_buf_free(&e);
}

static struct tmk_buf ctl(const struct parts *p)
{
    struct tmk_buf b = TMK_BUF(SIZE_MAX), in = TMK_BUF(SIZE_MAX);

    if (p->version != NULL)
        der_put(&b, 0x02, p->version, strlen(p->version));
    if (p->usage != NULL) {
        der_put_oid(&in, p->usage);
        der_put(&b, 0x30, in.data, in.len);
        tmk_buf_free(&in);
    }
    if (p->list_id != NULL)
        der_put(&b, 0x04, p->list_id, strlen(p->list_id));
    if (p->sequence != NULL)
        der_put(&b, 0x02, p->sequence, strlen(p->sequence));
    put_time(&b, p->this_update);
    put_time(&b, p->next_update);
    if (p->algorithm != NULL) {
        in = TMK_BUF(SIZE_MAX);
        der_put_oid(&in, p->algorithm);
        der_put(&b, 0x30, in.data, in.len);
        tmk_buf_free(&in);
    }
    if (p->tags != NULL)
        put_subjects(&b, p);
    if (p->extensions)
        put_extensions(&b);
    if (p->junk)
        der_put(&b, 0x05, NULL, 0);
    der_wrap(&b, 0x30);
    return b;
}

static const char *const three[] = { "one", "two", "three", NULL };
static const struct parts good = { .usage = OID_USAGE_CATALOGUE,
                                   .list_id = "id",
                                   .sequence = "\x07",
                                   .this_update = "260102030405Z",
                                   .next_update = "270102030405Z",
                                   .algorithm = OID_MEMBER,
                                   .tags = three,
                                   .attributes = true,
                                   .extensions = true };

static bool read_it(struct tmk_arena *a, const struct tmk_buf *b, struct tmk_ctl *ret, const char **ret_why,
                    uint64_t *ret_offset)
{
    const tmk_bytes blob = tmk_bytes_of(b->data, b->len);
    tmk_reader r = rd_make(blob, 0, TMK_BE);
    struct tmk_der content;

    assert_true(tmk_der_next(&r, &content));
    return tmk_ctl_read(a, &content, blob, 1000, ret, ret_why, ret_offset);
}

struct seen {
    size_t n, attributes, stop_at;
    char tags[64];
    uint64_t last;
};

static bool look(void *ctx, const struct tmk_ctl_subject *s)
{
    struct seen *seen = ctx;
    tmk_reader r = tmk_der_into(&s->attributes);
    struct tmk_ctl_attribute attribute;

    assert_int_equal(s->ordinal, seen->n);
    assert_true(s->offset > seen->last);
    seen->last = s->offset;
    strncat(seen->tags, (const char *)s->id.data, s->id.len);
    while (tmk_ctl_attribute_next(&r, &attribute)) {
        assert_true(tmk_der_is_oid(&attribute.type, "1.3.6.1.4.1.311.12.2.1"));
        seen->attributes++;
    }
    return ++seen->n != seen->stop_at;
}

static void everything_is_read(void **state)
{
    TMK_CLEANUP(tmk_arena_freep) struct tmk_arena *a = tmk_arena_new();
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf b = ctl(&good);
    struct tmk_ctl_extension x;
    struct tmk_ctl_walk w;
    struct seen seen = { .n = 0 };
    struct tmk_ctl c;
    const char *why;
    uint64_t offset;
    tmk_reader r;

    (void)state;
    assert_true(read_it(a, &b, &c, &why, &offset));
    assert_int_equal(c.kind, TMK_CTL_CATALOGUE);
    assert_int_equal(c.version, 0);
    assert_memory_equal(c.list_id.data, "id", 2);
    assert_int_equal(c.sequence.data[0], 7);
    assert_true(c.has_next_update);
    assert_int_equal(c.next_update - c.this_update, 365 * 86400);
    assert_string_equal(c.subject_alg, TMK_OID_CTL_MEMBER);
    w = tmk_ctl_each(&c, &tmk_limits_default, look, &seen);
    assert_true(w.complete && !w.limited && w.n == 3 && w.bad_offset == TMK_NO_OFFSET);
    assert_string_equal(seen.tags, "onetwothree");
    assert_int_equal(seen.attributes, 3);
    r = tmk_der_into(&c.extensions);
    assert_true(tmk_ctl_extension_next(&r, &x));
    assert_true(x.critical && x.value.len == 2);
    assert_false(tmk_ctl_extension_next(&r, &x));
}

static void usage_tells_the_kind(void **state)
{
    static const struct {
        const char *usage;
        enum tmk_ctl_kind kind;
    } cases[] = {
        { OID_USAGE_CATALOGUE, TMK_CTL_CATALOGUE },
        { OID_USAGE_ROOTS, TMK_CTL_ROOTS },
        { OID_USAGE_BAD, TMK_CTL_DISALLOWED },
        { OID_MEMBER, TMK_CTL_OTHER },
    };

    (void)state;
    for (size_t i = 0; i < TMK_COUNT(cases); i++) {
        TMK_CLEANUP(tmk_arena_freep) struct tmk_arena *a = tmk_arena_new();
        struct parts p = good;
        struct tmk_buf b;
        struct tmk_ctl c;
        const char *why;
        uint64_t offset;

        p.usage = cases[i].usage;
        b = ctl(&p);
        assert_true(read_it(a, &b, &c, &why, &offset));
        assert_int_equal(c.kind, cases[i].kind);
        tmk_buf_free(&b);
    }
}

static void optional_parts_may_be_absent(void **state)
{
    static const struct parts bare = { .usage = OID_USAGE_CATALOGUE,
                                       .this_update = "260102030405Z",
                                       .algorithm = OID_MEMBER };
    TMK_CLEANUP(tmk_arena_freep) struct tmk_arena *a = tmk_arena_new();
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf b = ctl(&bare);
    struct seen seen = { .n = 0 };
    struct tmk_ctl c;
    const char *why;
    uint64_t offset;

    (void)state;
    assert_true(read_it(a, &b, &c, &why, &offset));
    assert_false(c.has_next_update);
    assert_true(c.list_id.len == 0 && c.sequence.len == 0 && c.extensions.whole.len == 0);
    assert_true(tmk_ctl_each(&c, &tmk_limits_default, look, &seen).complete);
    assert_int_equal(seen.n, 0);
}

static void broken_heads_are_refused(void **state)
{
    static const struct {
        struct parts p;
        const char *why;
    } cases[] = {
        { { .usage = NULL }, "the list's usage cannot be read" },
        { { .version = "\xff", .usage = OID_MEMBER }, "the list's version cannot be read" },
        { { .usage = OID_MEMBER }, "the list's time cannot be read" },
        { { .usage = OID_MEMBER, .this_update = "26" }, "the list's time cannot be read" },
        { { .usage = OID_MEMBER, .this_update = "260102030405Z" },
          "the algorithm of the list's subjects cannot be read" },
        { { .usage = OID_MEMBER, .this_update = "260102030405Z", .algorithm = OID_MEMBER, .junk = true },
          "the list's subjects cannot be read" },
    };

    (void)state;
    for (size_t i = 0; i < TMK_COUNT(cases); i++) {
        TMK_CLEANUP(tmk_arena_freep) struct tmk_arena *a = tmk_arena_new();
        struct tmk_buf b = ctl(&cases[i].p);
        struct tmk_ctl c;
        const char *why = NULL;
        uint64_t offset = 0;

        assert_false(read_it(a, &b, &c, &why, &offset));
        assert_string_equal(why, cases[i].why);
        assert_true(offset >= 1000 && offset <= 1000 + b.len);
        tmk_buf_free(&b);
    }
}

static void a_broken_subject_is_named_by_offset(void **state)
{
    TMK_CLEANUP(tmk_arena_freep) struct tmk_arena *a = tmk_arena_new();
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf b = ctl(&good);
    struct seen seen = { .n = 0 };
    struct tmk_ctl_walk w;
    struct tmk_ctl c;
    const char *why;
    uint64_t offset;
    uint8_t *two = memmem(b.data, b.len, "two", 3);

    (void)state;
    two[-6] = 0x05; /* its OCTET STRING is none */
    assert_true(read_it(a, &b, &c, &why, &offset));
    w = tmk_ctl_each(&c, &tmk_limits_default, look, &seen);
    assert_true(!w.complete && !w.limited && w.n == 1);
    assert_int_equal(w.bad_offset, 1000 + (two - b.data) - 12);
}

static void limits_and_visitors_stop_the_walk(void **state)
{
    TMK_CLEANUP(tmk_arena_freep) struct tmk_arena *a = tmk_arena_new();
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf b = ctl(&good);
    struct tmk_limits limits = tmk_limits_default;
    struct seen seen = { .n = 0 }, stopped = { .stop_at = 1 };
    struct tmk_ctl_walk w;
    struct tmk_ctl c;
    const char *why;
    uint64_t offset;

    (void)state;
    assert_true(read_it(a, &b, &c, &why, &offset));
    w = tmk_ctl_each(&c, &limits, look, &stopped);
    assert_true(!w.complete && !w.limited && w.n == 1 && w.bad_offset == TMK_NO_OFFSET);
    limits.max_ctl_subjects = 2;
    w = tmk_ctl_each(&c, &limits, look, &seen);
    assert_true(!w.complete && w.limited && w.n == 2);
}

static void duplicates_are_counted(void **state)
{
    static const struct {
        const char *tags[6];
        uint64_t n;
        const char *first; /* text of the tag at the first duplicate; NULL: none */
    } cases[] = {
        { { NULL }, 0, NULL },
        { { "a", "b", "ab", "", NULL }, 0, NULL },
        { { "a", "b", "a", NULL }, 1, "a" },
        { { "a", "c", "b", "b", "a", NULL }, 2, "b" },
        { { "", "x", "", "", NULL }, 2, "" },
    };

    (void)state;
    for (size_t i = 0; i < TMK_COUNT(cases); i++) {
        TMK_CLEANUP(tmk_arena_freep) struct tmk_arena *a = tmk_arena_new();
        struct parts p = good;
        struct tmk_buf b;
        struct tmk_ctl c;
        const char *why;
        uint64_t offset, first;

        p.tags = cases[i].tags;
        p.attributes = false;
        b = ctl(&p);
        assert_true(read_it(a, &b, &c, &why, &offset));
        assert_int_equal(tmk_ctl_duplicates(&c, &tmk_limits_default, &first), cases[i].n);
        if (cases[i].first == NULL)
            assert_int_equal(first, TMK_NO_OFFSET);
        else
            assert_memory_equal(b.data + (first - 1000) + 12, cases[i].first, strlen(cases[i].first));
        tmk_buf_free(&b);
    }
}

/* ContentInfo { signedData, [0] SignedData { 1, {}, ContentInfo { ctl, [0] list }, signerInfos } } */
static struct tmk_buf signed_data(const char *outer, const char *inner)
{
    struct tmk_buf list = ctl(&good), content = TMK_BUF(SIZE_MAX), sd = TMK_BUF(SIZE_MAX), b = TMK_BUF(SIZE_MAX);

    der_wrap(&list, 0xa0);
    der_put_oid(&content, inner);
    assert_true(tmk_buf_add(&content, list.data, list.len));
    der_put(&sd, 0x02, "\1", 1);
    der_put(&sd, 0x31, NULL, 0);
    der_put(&sd, 0x30, content.data, content.len);
    der_put(&sd, 0x31, NULL, 0);
    der_wrap(&sd, 0x30);
    der_wrap(&sd, 0xa0);
    der_put_oid(&b, outer);
    assert_true(tmk_buf_add(&b, sd.data, sd.len));
    der_wrap(&b, 0x30);
    tmk_buf_free(&list);
    tmk_buf_free(&content);
    tmk_buf_free(&sd);
    return b;
}

static void a_list_is_found_in_signed_data(void **state)
{
    static const char signed_oid[] = "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02",
                      data_oid[] = "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01",
                      ctl_oid[] = "\x2b\x06\x01\x04\x01\x82\x37\x0a\x01";
    static const struct {
        const char *outer, *inner, *why; /* why NULL: found */
    } cases[] = {
        { signed_oid, ctl_oid, NULL },
        { data_oid, ctl_oid, "not SignedData" },
        { signed_oid, data_oid, "the content is no certificate trust list" },
    };

    (void)state;
    for (size_t i = 0; i < TMK_COUNT(cases); i++) {
        TMK_CLEANUP(tmk_arena_freep) struct tmk_arena *a = tmk_arena_new();
        struct tmk_buf b = signed_data(cases[i].outer, cases[i].inner);
        const tmk_bytes blob = tmk_bytes_of(b.data, b.len);
        struct tmk_der content;
        struct tmk_ctl c;
        const char *why;
        uint64_t offset;

        assert_int_equal(tmk_ctl_find(blob, &content, &why), cases[i].why == NULL);
        if (cases[i].why == NULL)
            assert_true(tmk_ctl_read(a, &content, blob, 0, &c, &why, &offset));
        else
            assert_string_equal(why, cases[i].why);
        for (size_t len = 0; len < b.len; len++) /* cut anywhere, it is none */
            assert_false(tmk_ctl_find(tmk_bytes_of(b.data, len), &content, &why));
        tmk_buf_free(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_is_read),
        cmocka_unit_test(usage_tells_the_kind),
        cmocka_unit_test(optional_parts_may_be_absent),
        cmocka_unit_test(broken_heads_are_refused),
        cmocka_unit_test(a_broken_subject_is_named_by_offset),
        cmocka_unit_test(limits_and_visitors_stop_the_walk),
        cmocka_unit_test(duplicates_are_counted),
        cmocka_unit_test(a_list_is_found_in_signed_data),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
