/* SPDX-License-Identifier: Apache-2.0 */
/* The zip directory: what a plain one gives, and a finding for each way in which readers could differ. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "containers/container.h"
#include "containers/zip.h"
#include "model/json.h"
#include "unit/zip_builder.h"

extern const struct tmk_container tmk_container_zip;

struct read { /* an archive that was built and read */
    struct tmk_arena *arena;
    struct zb built;
    json_t *findings;
    struct tmk_zip z;
    struct tmk_err err;
    tmk_status status;
    struct tmk_buf buf;
};

static struct tmk_limits limits;

static void read_it(struct read *r)
{
    r->arena = tmk_arena_new();
    r->findings = json_array();
    r->buf = TMK_BUF(0);
    r->status = tmk_zip_read(r->arena, tmk_bytes_of(r->built.out.data, r->built.out.len), &limits, r->findings, &r->z, &r->err);
}

static void done(struct read *r)
{
    tmk_arena_free(r->arena);
    json_decref(r->findings);
    tmk_buf_free(&r->buf);
    zb_free(&r->built);
}

static const char *finding(const struct read *r, size_t i)
{
    const char *id = tmk_json_str(json_array_get(r->findings, i), "id");

    return id == NULL ? "none" : id;
}

static const struct zb_member one = { .name = "one.txt", .text = "the first member" };
static const struct zb_member two = { .name = "folder/two.txt", .text = "the second", .deflate = true };
static const struct zb_member three = { .name = "three", .text = "three", .deflate = true, .descriptor = true };

static void plain(void **state)
{
    struct read r = { .built = zb_new() };
    const char *why = NULL;
    tmk_bytes got;

    (void)state;
    zb_add(&r.built, one);
    zb_add(&r.built, two);
    zb_add(&r.built, three);
    zb_add(&r.built, (struct zb_member){ .name = "folder/", .text = "" });
    zb_end(&r.built, "a comment");
    read_it(&r);
    assert_int_equal(r.status, TMK_OK);
    assert_int_equal(r.z.n, 4);
    assert_int_equal(json_array_size(r.findings), 0);
    assert_false(r.z.ambiguous);
    assert_true(tmk_zip_unpack(&r.z, &r.z.members[0], &limits, &r.buf, &got, &why));
    assert_ptr_equal(got.data, r.built.out.data + r.z.members[0].content.offset); /* stored: no copy */
    assert_true(tmk_zip_unpack(&r.z, tmk_zip_find(&r.z, "folder/two.txt"), &limits, &r.buf, &got, &why));
    assert_memory_equal(got.data, two.text, got.len);
    assert_true(tmk_zip_unpack(&r.z, tmk_zip_find(&r.z, "three"), &limits, &r.buf, &got, &why));
    assert_int_equal(got.len, 5);
    assert_true(tmk_zip_is_folder(&r.z.members[3]));
    assert_null(tmk_zip_find(&r.z, "four"));
    done(&r);
}

/* What is done to the archive, and the one finding. */
static const struct odd {
    const char *title;
    struct zb_member odd;             /* between one and two; name NULL: none */
    const char *front, *gap, *before_end, *behind, *comment;
    const char *finding;              /* the first; NULL: none at all */
    bool ambiguous;
} odds[] = {
    { "bytes before, counted in no offset", .front = "#!/bin/sh\n", .finding = "ZIP005" },
    { "bytes between", .gap = "loose", .finding = "ZIP006" },
    { "bytes in the directory", .before_end = "loose", .finding = "ZIP010", .ambiguous = true },
    { "bytes behind", .behind = "behind", .finding = "ZIP008" },
    { "a twin", .odd = { .name = "one.txt", .text = "another" }, .finding = "ZIP001", .ambiguous = true },
    { "one member listed twice", .odd = { .name = "x", .text = "x", .twice = true }, .finding = "ZIP001", .ambiguous = true },
    { "hidden", .odd = { .name = "x", .text = "x", .not_listed = true }, .finding = "ZIP004", .ambiguous = true },
    { "another local name", .odd = { .name = "x", .text = "x", .local_name = "y" }, .finding = "ZIP002" },
    { "another local method", .odd = { .name = "x", .text = "x", .local_method = 8 }, .finding = "ZIP002" },
    { "an offset that points elsewhere", .odd = { .name = "x", .text = "x", .offset_add = 1 }, .finding = "ZIP012", .ambiguous = true },
    { "another member's offset", .odd = { .name = "x", .text = "x", .offset_add = (uint32_t)-53 }, .finding = "ZIP002", .ambiguous = true },
    { "out of the folder", .odd = { .name = "../x", .text = "x" }, .finding = "ZIP015" },
    { "out of the folder, within", .odd = { .name = "a/../../x", .text = "x" }, .finding = "ZIP015" },
    { "from the root", .odd = { .name = "/etc/x", .text = "x" }, .finding = "ZIP015" },
    { "a drive", .odd = { .name = "C:x", .text = "x" }, .finding = "ZIP015" },
    { "a backslash", .odd = { .name = "a\\x", .text = "x" }, .finding = "ZIP015" },
    { "dots within a name", .odd = { .name = "a..b/..c", .text = "x" } },
    { "a second name", .odd = { .name = "x", .text = "x", .extra = "\x75\x70\6\0\1\0\0\0\0y", .extra_len = 10 }, .finding = "ZIP014" },
    { "the same second name", .odd = { .name = "x", .text = "x", .extra = "\x75\x70\6\0\1\0\0\0\0x", .extra_len = 10 } },
    { "an end record in the comment", .comment = "PK\5\6", .finding = NULL },
};

static void build(struct zb *z, const struct odd *o)
{
    struct tmk_buf all = TMK_BUF(ZB_CAP);

    zb_add(z, one);
    if (o->odd.name != NULL)
        zb_add(z, o->odd);
    zb_text(&z->out, o->gap == NULL ? "" : o->gap);
    zb_add(z, two);
    zb_text(&z->central, o->before_end == NULL ? "" : o->before_end);
    zb_end(z, o->comment == NULL ? "" : o->comment);
    zb_text(&all, o->front == NULL ? "" : o->front);
    zb_bytes(&all, z->out.data, z->out.len);
    zb_text(&all, o->behind == NULL ? "" : o->behind);
    tmk_buf_free(&z->out);
    z->out = all;
}

static void each_oddity(void **state)
{
    (void)state;
    for (size_t i = 0; i < TMK_COUNT(odds); i++) {
        const struct odd *o = &odds[i];
        struct read r = { .built = zb_new() };

        build(&r.built, o);
        read_it(&r);
        if (strcmp(o->finding == NULL ? "none" : o->finding, finding(&r, 0)) != 0)
            fail_msg("%s: %s", o->title, finding(&r, 0));
        if (r.status != TMK_OK || r.z.ambiguous != o->ambiguous)
            fail_msg("%s: status %d, ambiguous %d", o->title, r.status, r.z.ambiguous);
        done(&r);
    }
}

static void overlaps(void **state)
{
    struct read r = { .built = zb_new() };

    (void)state;
    zb_add(&r.built, one);
    zb_add(&r.built, (struct zb_member){ .name = "one.txt", .text = "the first member", .offset_add = (uint32_t) - (int)(30 + 7 + 16) });
    zb_end(&r.built, "");
    read_it(&r);
    assert_int_equal(r.status, TMK_OK);
    assert_true(r.z.members[0].overlaps && r.z.members[1].overlaps && r.z.members[0].twin);
    assert_string_equal(finding(&r, 1), "ZIP003");
    done(&r);
}

static void hidden_is_given(void **state)
{
    struct read r = { .built = zb_new() };
    const char *why;
    tmk_bytes got;

    (void)state;
    zb_add(&r.built, one);
    zb_add(&r.built, (struct zb_member){ .name = "h1", .text = "hidden", .not_listed = true });
    zb_add(&r.built, (struct zb_member){ .name = "h2", .text = "hidden", .not_listed = true, .deflate = true });
    zb_add(&r.built, (struct zb_member){ .name = "h3", .text = "h", .not_listed = true });
    zb_end(&r.built, "");
    read_it(&r);
    assert_int_equal(r.z.n_hidden, 3);
    assert_true(tmk_zip_unpack(&r.z, &r.z.hidden[1], &limits, &r.buf, &got, &why));
    assert_memory_equal(got.data, "hidden", 6);
    done(&r);
}

/* A member that cannot be unpacked, and why. */
static const struct {
    struct zb_member m;
    const char *why;
} broken[] = {
    { { .name = "x", .text = "x", .flags = 1 }, "encrypted" },
    { { .name = "x", .text = "x", .method = 12 }, "method not handled" },
    { { .name = "x", .text = "x", .crc_xor = 1 }, "its CRC does not fit" },
    { { .name = "x", .text = "x", .size_add = 1 }, "stored, but its sizes differ" },
    { { .name = "x", .text = "longer", .deflate = true, .size_add = (uint32_t)-1 }, "longer than its declared size" },
    { { .name = "x", .text = "shorter", .deflate = true, .size_add = 1 }, "shorter than its declared size" },
    { { .name = "x", .text = "no deflate", .method = 8 }, "the packed content is broken" },
    { { .name = "x", .text = "small", .deflate = true, .size_add = 1U << 20 }, "max_unpacked_ratio" },
    { { .name = "x", .text = "small", .deflate = true, .size_add = 1U << 31 }, "max_unpacked_size" },
};

static void unpack_refuses(void **state)
{
    (void)state;
    for (size_t i = 0; i < TMK_COUNT(broken); i++) {
        struct read r = { .built = zb_new() };
        const char *why = NULL;
        tmk_bytes got;

        zb_add(&r.built, broken[i].m);
        zb_end(&r.built, "");
        read_it(&r);
        assert_int_equal(r.z.n, 1);
        assert_false(tmk_zip_unpack(&r.z, &r.z.members[0], &limits, &r.buf, &got, &why));
        assert_string_equal(why, broken[i].why);
        done(&r);
    }
}

static void zip64(void **state)
{
    (void)state;
    for (unsigned ones = 0; ones < 2; ones++) {
        struct read r = { .built = zb_new() };

        zb_add(&r.built, one);
        zb_add(&r.built, two);
        zb_end64(&r.built, ones == 1);
        read_it(&r);
        assert_int_equal(r.status, TMK_OK);
        assert_int_equal(r.z.n, 2);
        assert_int_equal(json_array_size(r.findings), 0);
        assert_int_equal(r.z.zip64_end.length, TMK_ZIP64_END);
        done(&r);
    }
}

static void zip64_disagrees(void **state)
{
    struct read r = { .built = zb_new() };

    (void)state;
    zb_add(&r.built, one);
    zb_end64(&r.built, false);
    r.built.out.data[r.built.out.len - 12] = 2; /* the end record's number of members */
    read_it(&r);
    assert_string_equal(finding(&r, 0), "ZIP016");
    assert_true(r.z.ambiguous);
    done(&r);
}

static void counts_disagree(void **state)
{
    struct read r = { .built = zb_new() };

    (void)state;
    zb_add(&r.built, one);
    r.built.n = 2;
    zb_end(&r.built, "");
    read_it(&r);
    assert_string_equal(finding(&r, 0), "ZIP011");
    assert_true(r.z.ambiguous);
    done(&r);
}

/* An archive in the comment of another: both end with the file. */
static void two_ends(void **state)
{
    struct zb inner = zb_new();
    struct read r = { .built = zb_new() };

    (void)state;
    zb_end(&inner, "");
    zb_add(&r.built, one);
    zb_end(&r.built, "");
    r.built.out.data[r.built.out.len - 2] = (uint8_t)inner.out.len;
    zb_bytes(&r.built.out, inner.out.data, inner.out.len);
    read_it(&r);
    assert_string_equal(finding(&r, 0), "ZIP009");
    assert_true(r.z.ambiguous);
    zb_free(&inner);
    done(&r);
}

static void limited(void **state)
{
    struct read r = { .built = zb_new() };

    (void)state;
    limits.max_zip_members = 2;
    for (unsigned i = 0; i < 5; i++)
        zb_add(&r.built, one);
    zb_end(&r.built, "");
    read_it(&r);
    limits = tmk_limits_default;
    assert_int_equal(r.z.n, 2);
    assert_string_equal(finding(&r, 0), "ZIP013");
    done(&r);
}

/* Thousands of findings of one kind are a few, and how many more. */
static void findings_are_bounded(void **state)
{
    struct read r = { .built = zb_new() };

    (void)state;
    for (unsigned i = 0; i < 1000; i++)
        zb_add(&r.built, one);
    zb_end(&r.built, "");
    read_it(&r);
    assert_int_equal(json_array_size(r.findings), 17);
    assert_string_equal(finding(&r, 16), "ZIP017");
    done(&r);
}

static void refused(void **state)
{
    struct read r = { .built = zb_new() };

    (void)state;
    zb_text(&r.built.out, "PK\3\4 but no directory");
    read_it(&r);
    assert_int_equal(r.status, TMK_TRUNCATED);
    done(&r);
    r = (struct read){ .built = zb_new() };
    zb_add(&r.built, one);
    zb_end(&r.built, "");
    r.built.out.data[r.built.out.len - 6] ^= 1; /* the directory's offset */
    r.built.out.data[r.built.out.len - 10] ^= 1; /* its size */
    read_it(&r);
    assert_int_equal(r.status, TMK_MALFORMED);
    done(&r);
}

struct seen {
    unsigned members, not_read;
    uint64_t bytes;
};

static bool visit(void *ctx, const struct tmk_member *m)
{
    struct seen *s = ctx;

    s->members++;
    s->not_read += m->not_read != NULL;
    s->bytes += m->data.len;
    return true;
}

static void as_container(void **state)
{
    struct zb z = zb_new();
    struct seen seen = { .members = 0 };
    struct tmk_budget budget = { .members = 10, .bytes = 12, .depth = 1 };
    struct tmk_expansion e = { .limits = &limits, .budget = &budget, .visit = visit, .ctx = &seen };
    struct tmk_sniff s;

    (void)state;
    zb_add(&z, one);
    zb_add(&z, two);
    zb_add(&z, three); /* beyond the budget */
    zb_add(&z, (struct zb_member){ .name = "folder/", .text = "" });
    zb_add(&z, (struct zb_member){ .name = "secret", .text = "x", .flags = 1 });
    zb_add(&z, (struct zb_member){ .name = "hidden", .text = "hidden", .not_listed = true });
    zb_end(&z, "");
    e.data = tmk_bytes_of(z.out.data, z.out.len);
    s = tmk_sniff_of(e.data);
    assert_true(tmk_container_zip.probe(&s) > 0);
    tmk_container_zip.each(&e);
    assert_int_equal(seen.members, 5);
    assert_int_equal(seen.not_read, 2);
    assert_int_equal(seen.bytes, 16 + 10 + 6);
    assert_int_equal(budget.bytes, 2);
    zb_free(&z);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain),          cmocka_unit_test(each_oddity), cmocka_unit_test(overlaps),
        cmocka_unit_test(hidden_is_given), cmocka_unit_test(unpack_refuses), cmocka_unit_test(zip64),
        cmocka_unit_test(zip64_disagrees), cmocka_unit_test(counts_disagree), cmocka_unit_test(two_ends),
        cmocka_unit_test(limited),        cmocka_unit_test(findings_are_bounded), cmocka_unit_test(refused),
        cmocka_unit_test(as_container),
    };

    limits = tmk_limits_default;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
