/* SPDX-License-Identifier: Apache-2.0 */
/* What stands on disk when it is walked, and what has changed until it is opened; segments that were torn. */
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "engine/items.h"
#include "engine/segment.h"

static char root[64];

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *f)
{
    (void)st;
    (void)kind;
    (void)f;
    return remove(path);
}

static int setup(void **state)
{
    (void)state;
    (void)snprintf(root, sizeof root, "/tmp/tmk-items-XXXXXX");
    assert_non_null(mkdtemp(root));
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    return nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static const char *below(const char *name)
{
    static char paths[4][256];
    static unsigned turn;
    char *to = paths[turn++ % 4];

    (void)snprintf(to, 256, "%s/%s", root, name);
    return to;
}

static void put(const char *name, const char *text)
{
    FILE *f = fopen(below(name), "we");

    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static void walk(struct tmk_items *items, const struct tmk_limits *limits)
{
    const char *const sources[] = { root, NULL };
    struct tmk_err err;

    assert_int_equal(tmk_items_walk(items, &(struct tmk_walked){ .sources = sources }, limits, &err), TMK_OK);
}

static void test_a_link_in_the_way_is_not_followed(void **state)
{
    struct tmk_items items;
    const char *why = NULL;

    (void)state;
    assert_int_equal(mkdir(below("folder"), 0700), 0);
    assert_int_equal(mkdir(below("other"), 0700), 0);
    put("folder/file", "here");
    put("other/file", "elsewhere");
    walk(&items, &tmk_limits_default);
    assert_int_equal(items.n, 2);
    assert_int_equal(rename(below("folder"), below("away")), 0);
    assert_int_equal(symlink(below("other"), below("folder")), 0);
    assert_int_equal(tmk_item_open(&items.list[0], &why), -1);
    assert_non_null(strstr(why, "link"));
    tmk_items_free(&items);
}

static void test_another_file_in_its_place_is_refused(void **state)
{
    struct tmk_items items;
    const char *why = NULL;
    int fd;

    (void)state;
    put("file", "first");
    put("next", "second");
    walk(&items, &tmk_limits_default);
    fd = tmk_item_open(&items.list[0], &why);
    assert_true(fd >= 0);
    (void)close(fd);
    assert_int_equal(rename(below("next"), below("file")), 0);
    assert_int_equal(tmk_item_open(&items.list[0], &why), -1);
    assert_non_null(strstr(why, "replaced"));
    assert_int_equal(unlink(below("file")), 0);
    assert_int_equal(mkfifo(below("file"), 0600), 0);
    assert_int_equal(tmk_item_open(&items.list[0], &why), -1); /* and does not wait for a writer */
    tmk_items_free(&items);
}

static void test_a_folder_too_deep_is_said(void **state)
{
    struct tmk_limits limits = tmk_limits_default;
    struct tmk_items items;

    (void)state;
    assert_int_equal(mkdir(below("a"), 0700), 0);
    assert_int_equal(mkdir(below("a/b"), 0700), 0);
    put("a/b/file", "x");
    limits.max_directory_depth = 1;
    walk(&items, &limits);
    assert_int_equal(items.n, 1);
    assert_int_equal(items.list[0].status, TMK_ITEM_UNREADABLE);
    assert_string_equal(items.list[0].reason, "max_directory_depth");
    tmk_items_free(&items);
}

/* ---- segments ---- */

struct seen {
    unsigned n;
    char last[32];
};

static void see(void *ctx, enum tmk_segment_kind kind, uint64_t at, tmk_bytes payload)
{
    struct seen *s = ctx;

    assert_int_equal(kind, TMK_SEGMENT_FACTS);
    assert_true(at > 0 && payload.len < sizeof s->last);
    memcpy(s->last, payload.data, payload.len);
    s->last[payload.len] = 0;
    s->n++;
}

static void open_segment(struct tmk_segment *s)
{
    tmk_autoclose const int folder = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct tmk_err err;

    assert_int_equal(tmk_segment_open(s, folder, "s", &err), TMK_OK);
}

static void write_entries(unsigned n)
{
    struct tmk_segment s;
    struct tmk_err err;
    uint64_t at;

    open_segment(&s);
    for (unsigned i = 0; i < n; i++) {
        char text[32];

        (void)snprintf(text, sizeof text, "entry %u", i);
        assert_int_equal(tmk_segment_add(&s, TMK_SEGMENT_FACTS, tmk_bytes_of(text, strlen(text)), &at, &err), TMK_OK);
    }
    tmk_segment_close(&s);
}

static struct seen read_entries(size_t max)
{
    struct tmk_segment s;
    struct seen seen = { .n = 0 };
    struct tmk_err err;

    open_segment(&s);
    assert_int_equal(tmk_segment_each(&s, max, see, &seen, &err), TMK_OK);
    tmk_segment_close(&s);
    return seen;
}

static void flip(long from_end)
{
    FILE *f = fopen(below("s"), "r+e");
    int c;

    assert_non_null(f);
    assert_int_equal(fseek(f, from_end, SEEK_END), 0);
    c = fgetc(f);
    assert_int_equal(fseek(f, from_end, SEEK_END), 0);
    assert_true(fputc(c ^ 1, f) != EOF);
    assert_int_equal(fclose(f), 0);
}

static void test_a_torn_tail_is_dropped(void **state)
{
    struct stat st;

    (void)state;
    write_entries(3);
    assert_int_equal(read_entries(64).n, 3);
    assert_int_equal(stat(below("s"), &st), 0);
    for (off_t cut = 1; cut < 31; cut += 5) { /* an entry is 24 bytes and its text */
        struct seen seen;

        assert_int_equal(truncate(below("s"), st.st_size - cut), 0);
        seen = read_entries(64);
        assert_int_equal(seen.n, 2);
        assert_string_equal(seen.last, "entry 1");
        assert_int_equal(unlink(below("s")), 0);
        write_entries(3);
    }
    flip(-1);
    assert_int_equal(read_entries(64).n, 2); /* a payload that is not what was written */
    flip(-10);
    assert_int_equal(read_entries(64).n, 1);
}

static void test_an_entry_larger_than_believed_ends_the_segment(void **state)
{
    (void)state;
    write_entries(3);
    assert_int_equal(read_entries(4).n, 0);
}

static void test_another_file_is_no_segment(void **state)
{
    tmk_autoclose const int folder = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct tmk_segment s;
    struct tmk_err err;

    (void)state;
    put("s", "MZ and much more");
    assert_int_equal(tmk_segment_open(&s, folder, "s", &err), TMK_MALFORMED);
    tmk_segment_close(&s);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_a_link_in_the_way_is_not_followed),
        CASE(test_another_file_in_its_place_is_refused),
        CASE(test_a_folder_too_deep_is_said),
        CASE(test_a_torn_tail_is_dropped),
        CASE(test_an_entry_larger_than_believed_ends_the_segment),
        CASE(test_another_file_is_no_segment),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
