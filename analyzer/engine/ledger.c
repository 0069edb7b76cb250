/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/ledger.h"

#include <string.h>
#include <sys/utsname.h>

#include "engine/sandbox.h"

enum class {
    ANALYSED,
    EXPANDED,
    PART,
    NOT_OPENED,
    SNIFFED,
    UNREADABLE,
    SKIPPED,
    INTERRUPTED,
    FAULT,
    HARD_LINK,
    N_CLASSES
};

static const char *const class_words[N_CLASSES] = {
    "analysed",   "expanded", "part",        "not_opened", "sniffed",
    "unreadable", "skipped",  "interrupted", "fault",      "hard_link"
};

struct account { /* of one source */
    uint64_t files[N_CLASSES], bytes[N_CLASSES], size;
    json_t *listed, *containers;
};

static enum class class_of(const struct tmk_item *i)
{
    static const enum class classes[TMK_ITEM_STATUS_COUNT] = {
        [TMK_ITEM_PENDING] = INTERRUPTED, [TMK_ITEM_OK] = ANALYSED,     [TMK_ITEM_NOT_EXECUTABLE] = SNIFFED,
        [TMK_ITEM_UNREADABLE] = UNREADABLE, [TMK_ITEM_SKIPPED] = SKIPPED, [TMK_ITEM_FAULT] = FAULT,
    };

    if (i->link)
        return HARD_LINK;
    if (i->part_of != NULL && (i->part || i->status == TMK_ITEM_NOT_EXECUTABLE))
        return PART;
    if (i->status == TMK_ITEM_OK && tmk_item_is_disk(i) && i->members.members == 0 && i->members.broken > 0)
        return NOT_OPENED;
    if (i->status == TMK_ITEM_OK && i->members.members > 0)
        return EXPANDED;
    return i->interrupted ? INTERRUPTED : classes[i->status];
}

static void list(struct account *a, const struct tmk_item *i, enum class c)
{
    json_t *o = json_object();

    tmk_json_put_str(o, "locator", i->locator);
    tmk_json_put_str(o, "class", class_words[c]);
    tmk_json_put_str(o, "reason", i->reason);
    tmk_json_put(o, "bytes", json_integer((json_int_t)i->size));
    tmk_json_push(a->listed, o);
}

static void put_class(json_t *classes, const char *word, uint64_t files, uint64_t bytes)
{
    if (files > 0)
        tmk_json_put(classes, word, json_pack("{sI sI}", "files", (json_int_t)files, "bytes", (json_int_t)bytes));
}

/* Members that a worker died of: {"files","bytes"} of them. */
static void count_spared(const struct tmk_item *i, uint64_t *ret_files, uint64_t *ret_bytes)
{
    const json_t *e;
    size_t k;

    *ret_files = *ret_bytes = 0;
    json_array_foreach(i->spared, k, e)
    {
        ++*ret_files;
        *ret_bytes += (uint64_t)tmk_json_int(e, "size", 0);
    }
}

static uint64_t less(uint64_t a, uint64_t b)
{
    return a < b ? 0 : a - b;
}

/*
 * An address space of its own: bytes of its members at all depths, those of containers in it among them; of a disk
 * image, besides, the disk's.
 */
static void enter_container(struct account *a, const struct tmk_item *i)
{
    const struct tmk_member_counts *m = &i->members;
    json_t *classes = json_object(), *o;
    uint64_t files, bytes;

    count_spared(i, &files, &bytes);
    put_class(classes, "analysed", less(m->members, m->sniffed + m->unread + files),
              less(m->bytes, m->sniffed_bytes + m->unread_bytes + bytes));
    put_class(classes, "sniffed", m->sniffed, m->sniffed_bytes);
    put_class(classes, "not_read", m->unread, m->unread_bytes);
    put_class(classes, "fault", files, bytes);
    o = json_pack("{ss sI sI sI sI sI so}", "locator", i->locator, "members", (json_int_t)m->members, "bytes",
                  (json_int_t)m->bytes, "sniffed", (json_int_t)m->sniffed, "sniffed_bytes",
                  (json_int_t)m->sniffed_bytes, "incomplete", (json_int_t)m->broken, "classes", classes);
    if (i->sums != NULL)
        tmk_json_put(o, "disk",
                     json_pack("{sI so}", "size", (json_int_t)tmk_space_sum(&i->sums->space), "classes",
                               tmk_space_to_json(&i->sums->space)));
    tmk_json_push(a->containers, o);
}

static void enter(struct account *a, const struct tmk_item *i)
{
    const enum class c = class_of(i);

    if (!i->member) {
        a->files[c]++;
        a->bytes[c] += c == HARD_LINK ? 0 : i->size;
        a->size += c == HARD_LINK ? 0 : i->size;
    }
    if (!i->member && !i->link && (i->members.members + i->members.broken > 0 || i->sums != NULL))
        enter_container(a, i);
    if (c != ANALYSED && c != EXPANDED && c != PART && c != SNIFFED && c != HARD_LINK)
        list(a, i, c);
}

static json_t *account_to_json(const struct account *a, const struct tmk_source *s)
{
    json_t *o = json_object(), *classes = json_object(), *pseudo = json_array();

    for (size_t c = 0; c < N_CLASSES; c++)
        if (a->files[c] > 0)
            tmk_json_put(classes, class_words[c],
                         json_pack("{sI sI}", "files", (json_int_t)a->files[c], "bytes", (json_int_t)a->bytes[c]));
    for (size_t k = 0; k < s->n_pseudo; k++)
        tmk_json_push(pseudo, json_string(s->pseudo[k]));
    tmk_json_put_str(o, "source", s->locator);
    tmk_json_put(o, "size", json_integer((json_int_t)a->size));
    tmk_json_put(o, "classes", classes);
    tmk_json_put(o, "links", json_integer((json_int_t)s->links));
    tmk_json_put(o, "special", json_integer((json_int_t)s->special));
    tmk_json_put(o, "pseudo_file_systems", pseudo);
    if (s->reference)
        tmk_json_put(o, s->packages ? "packages_only" : "catalogues_only", json_true());
    tmk_json_put(o, "listed", a->listed);
    tmk_json_put(o, "containers", a->containers);
    return o;
}

json_t *tmk_coverage_of(const struct tmk_run *r)
{
    tmk_autofree struct account *accounts = calloc(r->items.n_sources + 1, sizeof *accounts);
    json_t *o = json_object(), *sources = json_array();

    if (accounts == NULL)
        tmk_die_nomem();
    for (size_t k = 0; k < r->items.n_sources; k++)
        accounts[k] = (struct account){ .listed = json_array(), .containers = json_array() };
    for (size_t k = 0; k < r->items.n; k++)
        enter(&accounts[r->items.list[k].source], &r->items.list[k]);
    for (size_t k = 0; k < r->items.n_sources; k++)
        tmk_json_push(sources, account_to_json(&accounts[k], &r->items.sources[k]));
    tmk_json_put_str(o, "schema", "touchmark.coverage/1");
    tmk_json_put(o, "sources", sources);
    return o;
}

json_t *tmk_sandbox_words(unsigned level)
{
    json_t *list = json_array();

    if ((level & TMK_SANDBOX_LIMITS) != 0)
        tmk_json_push(list, json_string("limits"));
    if ((level & TMK_SANDBOX_LANDLOCK) != 0)
        tmk_json_push(list, json_string("landlock"));
    if ((level & TMK_SANDBOX_SECCOMP) != 0)
        tmk_json_push(list, json_string("seccomp"));
    return list;
}

static json_t *counts_to_json(const struct tmk_engine_counts *c)
{
    return json_pack("{sI sI sI sI sI sI sI sI sI sI sI sI sI}", "partial", (json_int_t)c->partial, "members",
                     (json_int_t)c->members, "incomplete_containers", (json_int_t)c->broken, "files",
                     (json_int_t)c->files, "bytes", (json_int_t)c->bytes, "executables", (json_int_t)c->objects,
                     "records", (json_int_t)c->records, "not_executable", (json_int_t)c->not_executable, "unreadable",
                     (json_int_t)c->unreadable, "skipped", (json_int_t)c->skipped, "faults", (json_int_t)c->faults,
                     "interrupted", (json_int_t)c->interrupted, "passed_over", (json_int_t)c->passed_over);
}

static json_t *host_to_json(void)
{
    struct utsname u;
    json_t *o = json_object();

    if (uname(&u) == 0) {
        tmk_json_put_str(o, "name", u.nodename);
        tmk_json_put_str(o, "system", u.sysname);
        tmk_json_put_str(o, "release", u.release);
        tmk_json_put_str(o, "machine", u.machine);
    }
    return o;
}

json_t *tmk_manifest_of(const struct tmk_run *r, const char *state, int64_t started, int64_t ended)
{
    json_t *o = json_object();

    tmk_json_put_str(o, "schema", "touchmark.manifest/1");
    tmk_json_put_str(o, "state", state);
    tmk_json_put(o, "plan", r->scan->plan == NULL ? json_object() : json_incref((json_t *)(uintptr_t)r->scan->plan));
    if (r->scan->command != NULL)
        tmk_json_put(o, "command", json_incref((json_t *)(uintptr_t)r->scan->command));
    tmk_json_put(o, "jobs", json_integer(r->jobs));
    tmk_json_put(o, "sandbox", tmk_sandbox_words(r->c->no_sandbox ? 0 : r->level));
    tmk_json_put(o, "host", host_to_json());
    tmk_json_put(o, "started", tmk_json_time(started));
    if (ended != 0)
        tmk_json_put(o, "ended", tmk_json_time(ended));
    tmk_json_put(o, "counts", counts_to_json(r->counts));
    if (r->n_shared > 0)
        tmk_json_put(o, "shared_images", json_integer((json_int_t)r->n_shared));
    if (r->n_catalogues > 0)
        tmk_json_put(o, "catalogues",
                     json_pack("{sI sI}", "catalogues", (json_int_t)r->n_catalogues, "members", (json_int_t)r->n_tags));
    if (r->n_package_roots > 0)
        tmk_json_put(o, "packages",
                     json_pack("{sI sI}", "roots", (json_int_t)r->n_package_roots, "entries", (json_int_t)r->n_rows));
    return o;
}
