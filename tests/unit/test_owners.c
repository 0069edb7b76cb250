/* SPDX-License-Identifier: Apache-2.0 */
/* The index of packages: a file vouches for what its kind speaks of alone, and what cannot be read is no silence. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "engine/owners.h"

/* By kind the rows that a file of it may give, as bits. */
#define BIT(row) (1U << TMK_ROW_##row)
static const unsigned may_say[TMK_PKG_KINDS] = {
    [TMK_PKG_DPKG_STATUS] = BIT(PACKAGE) | BIT(CONFFILE),
    [TMK_PKG_DPKG_LIST] = BIT(LISTED),
    [TMK_PKG_DPKG_MD5SUMS] = BIT(MD5),
    [TMK_PKG_DPKG_DIVERSIONS] = BIT(DIVERTED) | BIT(DIVERSION),
    [TMK_PKG_DPKG_ALTERNATIVE] = BIT(ALTERNATIVE),
    [TMK_PKG_DEB_CONTROL] = BIT(PACKAGE) | BIT(AT_HAND),
    [TMK_PKG_DEB_MD5SUMS] = BIT(MD5),
    [TMK_PKG_APT_RELEASE] = BIT(INDEX),
    [TMK_PKG_APT_DETACHED] = BIT(INDEX),
    [TMK_PKG_APT_PACKAGES] = BIT(DEB) | BIT(DEB_NAMED),
    [TMK_PKG_NPM] = BIT(CLAIM),
    [TMK_PKG_PYTHON_RECORD] = BIT(SHA256),
    [TMK_PKG_PYTHON_METADATA] = BIT(PACKAGE),
    [TMK_PKG_PACMAN_DESC] = BIT(PACKAGE),
    [TMK_PKG_PACMAN_FILES] = BIT(LISTED) | BIT(CONFFILE),
    [TMK_PKG_PACMAN_MTREE] = BIT(HELD) | BIT(MD5),
    [TMK_PKG_PKGINFO] = BIT(CLAIM),
    [TMK_PKG_RPM] = BIT(PACKAGE) | BIT(RPM_FILE),
    [TMK_PKG_RPMDB] = BIT(RPM_FILE) | BIT(RPM_CONFIG),
};

/* What one file may say of several packages. */
static const unsigned of_many = BIT(CONFFILE) | BIT(RPM_FILE) | BIT(RPM_CONFIG);

enum { KEY = 0x5a };

/* Facts with two rows of each sort, and of one that there is not; what each is about is at the payload's start. */
static struct tmk_owner_file add_file(struct tmk_segment *s, enum tmk_pkg_kind kind)
{
    static const char about[] = "{\"a\":1}";
    struct tmk_owner_file f = { .locator = "x", .package = "p", .kind = kind, .root = 0 };
    struct tmk_row rows[2 * (TMK_ROWS + 1)] = { { .row = 0 } };
    uint8_t payload[sizeof about - 1 + sizeof rows + sizeof(uint64_t)];
    const uint64_t n = 2 * (TMK_ROWS + 1);
    char *json = strdup("{\"facts\":1}");
    size_t len = strlen("{\"facts\":1}");
    struct tmk_err err;

    for (uint32_t k = 0; k < n; k++) {
        memset(rows[k].key, KEY, sizeof rows[k].key);
        rows[k].row = k / 2;
        rows[k].about_at = k % 2; /* the second is of no use, and not there */
        rows[k].about_len = sizeof about - 1;
    }
    memcpy(payload, about, sizeof about - 1);
    memcpy(payload + sizeof about - 1, rows, sizeof rows);
    memcpy(payload + sizeof payload - sizeof n, &n, sizeof n);
    json = tmk_tail_add(json, &len, TMK_TAIL_ROWS, tmk_bytes_of(payload, sizeof payload));
    assert_int_equal(tmk_segment_add(s, TMK_SEGMENT_FACTS, tmk_bytes_of(json, len), &f.facts_at, &err), TMK_OK);
    f.facts_len = (uint32_t)len;
    free(json);
    return f;
}

struct world {
    struct tmk_segment s;
    struct tmk_owner_file files[TMK_PKG_KINDS];
    struct tmk_owners_from from;
};

static const struct tmk_owner_root the_root = { .locator = "/", .kinds = TMK_OWNER_SYSTEM };

static int set_up(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    struct tmk_err err;

    assert_non_null(w);
    assert_int_equal(tmk_segment_open(&w->s, -1, NULL, &err), TMK_OK);
    for (unsigned k = 0; k < TMK_PKG_KINDS; k++)
        w->files[k] = add_file(&w->s, (enum tmk_pkg_kind)k);
    w->from = (struct tmk_owners_from){ &w->s, &the_root, w->files, NULL, 1, TMK_PKG_KINDS, 0 };
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;

    tmk_segment_close(&w->s);
    free(w);
    return 0;
}

static void take_rows(const struct tmk_owners *o, uint32_t root, unsigned *said)
{
    uint8_t key[TMK_ROW_KEY];
    const struct tmk_row *rows;
    size_t n;

    memset(key, KEY, sizeof key);
    for (unsigned what = 0; what < TMK_ROWS; what++) {
        rows = tmk_owners_find(o, root, key, (enum tmk_pkg_row)what, &n);
        for (size_t i = 0; i < n; i++) {
            assert_int_equal(rows[i].row, what);
            assert_true((of_many & 1U << what) != 0 || rows[i].about_at == 0);
            assert_true(i == 0 || (of_many & 1U << what) != 0 || rows[i].file != rows[i - 1].file);
            said[rows[i].file] |= 1U << what;
        }
    }
}

static void files_say_what_is_of_their_kind(void **state)
{
    const struct world *w = *state;
    unsigned said[TMK_PKG_KINDS] = { 0 };
    struct tmk_owners *o;
    struct tmk_err err;
    uint64_t n;
    int fd;

    assert_int_equal(tmk_owners_write(&w->from, &fd, &n, &err), TMK_OK);
    o = tmk_owners_open(fd);
    assert_non_null(o);
    take_rows(o, 0, said);
    take_rows(o, TMK_NO_ROOT, said);
    for (unsigned k = 0; k < TMK_PKG_KINDS; k++)
        if (said[k] != may_say[k])
            fail_msg("%s says %#x in place of %#x", tmk_pkg_kind_words[k], said[k], may_say[k]);
    tmk_owners_close(o);
    (void)close(fd);
}

/* A segment that ends before the rows. */
static void rows_that_cannot_be_read_are_an_error(void **state)
{
    struct world *w = *state;
    struct tmk_err err;
    uint64_t n;
    int fd = -1;

    assert_int_equal(ftruncate(w->s.fd, (off_t)w->files[TMK_PKG_KINDS - 1].facts_at), 0);
    assert_int_equal(tmk_owners_write(&w->from, &fd, &n, &err), TMK_IO);
    assert_true(fd < 0 || close(fd) == 0);
}

static void what_rows_are_about_is_read_or_missed(void **state)
{
    const struct world *w = *state;
    uint8_t key[TMK_ROW_KEY], self[TMK_ROW_DIGEST];
    const struct tmk_row *rows;
    struct tmk_owners *o;
    struct tmk_err err;
    uint64_t written;
    json_t *about;
    size_t n;
    int fd;

    assert_int_equal(tmk_owners_write(&w->from, &fd, &written, &err), TMK_OK);
    o = tmk_owners_open(fd);
    assert_non_null(o);
    memset(key, KEY, sizeof key);
    rows = tmk_owners_find(o, 0, key, TMK_ROW_PACKAGE, &n);
    assert_true(n > 0);
    about = tmk_owners_about(o, w->s.read_fd, rows);
    assert_int_equal(tmk_json_int(about, "a", 0), 1);
    json_decref(about);
    assert_false(tmk_owners_self(o, w->s.read_fd, rows, self)); /* it says no such thing */
    assert_false(tmk_owners_unread(o));
    assert_null(tmk_owners_about(o, -1, rows));
    assert_true(tmk_owners_unread(o));
    assert_false(tmk_owners_unread(o)); /* once */
    assert_false(tmk_owners_self(o, -1, rows, self));
    assert_true(tmk_owners_unread(o));
    tmk_owners_close(o);
    (void)close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(files_say_what_is_of_their_kind, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rows_that_cannot_be_read_are_an_error, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_rows_are_about_is_read_or_missed, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
