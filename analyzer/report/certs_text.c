/* SPDX-License-Identifier: Apache-2.0 */
#include "report/certs_text.h"

#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/text.h"
#include "model/json.h"

enum { MAX_TEXT = 16 << 20, ID = 16, DAY = 10 };

static const char *or_empty(const json_t *o, const char *key)
{
    const char *s = tmk_json_str(o, key);

    return s == NULL ? "" : s;
}

/* What the trust list holds against a root, in few words. */
static void put_constraints(struct tmk_buf *b, const json_t *a)
{
    static const struct {
        const char *key, *word;
    } rows[] = {
        { "disabled_from", "disabled from" },
        { "notbefore", "signers until" },
        { "removed_ekus", "not for" },
        { "exempt", "exempt:" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *v = tmk_json_str(a, rows[i].key);

        if (v != NULL && !tmk_buf_printf(b, "; %s %.*s", rows[i].word, i < 2 ? (int)DAY : (int)strlen(v), v))
            tmk_die_nomem();
    }
    if (tmk_json_str(a, "name_constraints") != NULL && !tmk_buf_puts(b, "; name constraints"))
        tmk_die_nomem();
}

static void put_anchor(struct tmk_buf *b, const json_t *a)
{
    if (!tmk_buf_printf(b, "%.*s  %-23s  %.*s  %s", (int)ID, or_empty(a, "sha256"), or_empty(a, "profile"), (int)DAY,
                        or_empty(a, "not_after"), or_empty(a, "subject")))
        tmk_die_nomem();
    put_constraints(b, a);
    if (!tmk_buf_puts(b, "\n"))
        tmk_die_nomem();
}

static char *take(struct tmk_buf *b)
{
    char *text = strdup(b->data == NULL ? "" : (const char *)b->data);

    if (text == NULL)
        tmk_die_nomem();
    return text;
}

char *tmk_certs_table_text(const json_t *lists)
{
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf b = TMK_BUF(MAX_TEXT);
    const json_t *anchors = json_object_get(lists, "anchors"), *bad = json_object_get(lists, "known_bad"), *e;
    const json_t *images = json_object_get(lists, "db_images");
    size_t i;

    if (!tmk_buf_printf(&b, "%zu anchors (certs show ID tells all of one)\n", json_array_size(anchors)))
        tmk_die_nomem();
    json_array_foreach(anchors, i, e) put_anchor(&b, e);
    if (!tmk_buf_printf(&b, "%zu known-bad certificates and images\n", json_array_size(bad)))
        tmk_die_nomem();
    json_array_foreach(bad, i, e) if (!tmk_buf_printf(&b, "%-12s  %s  %s  %.*s  %s (%s)\n", or_empty(e, "kind"),
                                                      or_empty(e, "value"), or_empty(e, "profiles"), (int)DAY,
                                                      or_empty(e, "from"), or_empty(e, "reason"),
                                                      or_empty(e, "source"))) tmk_die_nomem();
    if (!tmk_buf_printf(&b, "%zu intermediates, which vouch for nothing and only lead to an anchor\n",
                        json_array_size(json_object_get(lists, "intermediates"))))
        tmk_die_nomem();
    if (json_array_size(images) > 0 && !tmk_buf_printf(&b, "%zu images in db\n", json_array_size(images)))
        tmk_die_nomem();
    json_array_foreach(images, i, e)
    {
        if (!tmk_buf_printf(&b, "%-12s  %s  (%s)\n", or_empty(e, "kind"), or_empty(e, "value"), or_empty(e, "source")))
            tmk_die_nomem();
    }
    return take(&b);
}

/* "  + CN=...  disabled from 2024-01-01": a root that is new, gone or otherwise held. */
static void put_root(struct tmk_buf *b, const char *mark, const json_t *o)
{
    static const char *const keys[] = { "ekus", "removed_ekus", "disabled_from", "notbefore", "notbefore_ekus" };
    const char *id = tmk_json_str(o, "sha256");
    const json_t *e;
    size_t i;
    bool ok = tmk_buf_printf(b, "  %s %.*s  %s", mark, (int)ID, id != NULL ? id : or_empty(o, "sha1"),
                             or_empty(o, "subject"));

    for (i = 0; i < sizeof keys / sizeof *keys; i++)
        ok = ok && (tmk_json_str(o, keys[i]) == NULL || tmk_buf_printf(b, "; %s %s", keys[i], or_empty(o, keys[i])));
    if (json_is_false(json_object_get(o, "certificate")))
        ok = ok && tmk_buf_puts(b, "; its certificate is not at hand");
    json_array_foreach(json_object_get(o, "changes"), i, e) ok =
        ok && tmk_buf_printf(b, "\n      %s: '%s', now '%s'", or_empty(e, "what"), or_empty(e, "before"),
                             or_empty(e, "after"));
    if (!ok || !tmk_buf_puts(b, "\n"))
        tmk_die_nomem();
}

static void put_roots(struct tmk_buf *b, const json_t *report, const char *key, const char *title, const char *mark)
{
    const json_t *list = json_object_get(report, key), *e;
    size_t i;

    if (json_array_size(list) > 0 && !tmk_buf_printf(b, "%zu %s\n", json_array_size(list), title))
        tmk_die_nomem();
    json_array_foreach(list, i, e) put_root(b, mark, e);
}

static void put_lists(struct tmk_buf *b, const json_t *report)
{
    const json_t *e;
    size_t i;

    json_array_foreach(json_object_get(report, "lists"), i, e)
    {
        const bool good = strcmp(or_empty(e, "signature"), "verified") == 0;

        if (!tmk_buf_printf(b, "%s: a list of %s of %.*s, signed by %s: %s%s\n", or_empty(e, "file"),
                            strcmp(or_empty(e, "kind"), "roots") == 0 ? "roots" : "what is disallowed", (int)DAY,
                            or_empty(e, "this_update"), *or_empty(e, "signer") != 0 ? or_empty(e, "signer") : "nobody",
                            good ? "" : "SIGNATURE NOT VERIFIED: ", or_empty(e, "signature")))
            tmk_die_nomem();
    }
}

static void put_distrusted(struct tmk_buf *b, const json_t *report)
{
    const json_t *list = json_object_get(report, "distrusted"), *e;
    size_t i, known = 0;

    json_array_foreach(list, i, e) known += json_is_true(json_object_get(e, "known"));
    if (json_array_size(list) > 0 &&
        !tmk_buf_printf(b, "%zu rows of known-bad certificates, %zu of them known before\n", json_array_size(list),
                        known))
        tmk_die_nomem();
    json_array_foreach(list, i, e) if (!json_is_true(json_object_get(e, "known")) &&
                                       !tmk_buf_printf(b, "  + %s %s %s %.*s  %s\n", or_empty(e, "kind"),
                                                       or_empty(e, "value"), or_empty(e, "profiles"), (int)DAY,
                                                       or_empty(e, "from"), or_empty(e, "reason"))) tmk_die_nomem();
}

char *tmk_import_text(const json_t *report)
{
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf b = TMK_BUF(MAX_TEXT);
    const json_t *e;
    size_t i;

    put_lists(&b, report);
    put_roots(&b, report, "added", "roots added", "+");
    put_roots(&b, report, "changed", "roots changed", "~");
    put_roots(&b, report, "missing", "shipped roots that the list does not name: they are trusted no more under it",
              "-");
    put_distrusted(&b, report);
    if (!tmk_buf_printf(&b, "%lld roots as they are shipped; %lld further certificates\n",
                        (long long)tmk_json_int(report, "same", 0), (long long)tmk_json_int(report, "certificates", 0)))
        tmk_die_nomem();
    json_array_foreach(json_object_get(report, "notes"), i,
                       e) if (!tmk_buf_printf(&b, "note: %s\n", json_string_value(e))) tmk_die_nomem();
    return take(&b);
}

static void put_value(struct tmk_buf *b, const json_t *v)
{
    const json_t *e;
    bool ok = true;
    size_t i;

    if (json_is_string(v))
        ok = tmk_buf_puts(b, json_string_value(v));
    else if (json_is_integer(v))
        ok = tmk_buf_printf(b, "%lld", (long long)json_integer_value(v));
    else if (json_is_boolean(v))
        ok = tmk_buf_puts(b, json_is_true(v) ? "yes" : "no");
    json_array_foreach(v, i, e)
    {
        ok = ok && (i == 0 || tmk_buf_puts(b, ", "));
        put_value(b, e);
    }
    if (!ok)
        tmk_die_nomem();
}

char *tmk_members_text(const json_t *object)
{
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf b = TMK_BUF(MAX_TEXT);
    const char *key;
    json_t *v;

    json_object_foreach((json_t *)(uintptr_t)object, key, v)
    {
        if (!tmk_buf_printf(&b, "%-20s ", key))
            tmk_die_nomem();
        put_value(&b, v);
        if (!tmk_buf_puts(&b, "\n"))
            tmk_die_nomem();
    }
    return take(&b);
}
