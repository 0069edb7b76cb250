/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/worker.h"

#include "engine/machines.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "engine/catalogues.h"
#include "engine/holds.h"
#include "engine/items.h"
#include "engine/owners.h"
#include "engine/pool.h"
#include "engine/sandbox.h"
#include "engine/wire.h"
#include "model/json.h"

enum {
    REQUEST_MAX = 1 << 24,
    KEEP_BUFFER = 64 << 20,
    HUGE_PAGE = 2 << 20,
    ANSWER_MAX = 1 << 16,
    SIGNATURE_MOST = 1 << 20
};

struct server {
    const struct tmk_engine_config *c;
    bool image;         /* reads disk images, and nothing else */
    bool openpgp;       /* verifies the signatures of indexes */
    struct tmk_buf out; /* answers that cost little, sent together */
    uint8_t *data;      /* reused from object to object */
    size_t room;
    json_t *shared;                    /* JUDGE: what the join found */
    struct tmk_catalogues *catalogues; /* JUDGE: NULL when there are none */
    struct tmk_owners *owners;         /* the same */
    uint8_t done[TMK_BATCH_MAX][32];   /* ANALYSE: digests whose facts this batch has given */
    size_t n_done;
    struct tmk_buf beside; /* the signature of the Release in hand */
};

struct answer {
    struct tmk_answer_head head;
    const char *reason; /* NULL: none */
    const char *name;   /* of a member; NULL: none */
    json_t *keys;       /* array of base64, or NULL */
    char *body;         /* JSON text, and what belongs behind it (engine/tail.h); owned; NULL: none */
    size_t body_len;
};

/* ---- answers ---- */

static void flush(struct server *s)
{
    if (s->out.len > 0 && !tmk_write_all(TMK_WIRE_FD, s->out.data, s->out.len))
        _exit(TMK_EXIT_WIRE); /* the coordinator is gone */
    s->out.len = 0;
}

static void put(struct server *s, const void *p, size_t n)
{
    if (n > s->out.cap - s->out.len)
        flush(s);
    if (n > s->out.cap) {
        if (!tmk_write_all(TMK_WIRE_FD, p, n))
            _exit(TMK_EXIT_WIRE);
    } else if (!tmk_buf_add(&s->out, p, n)) {
        tmk_die_nomem();
    }
}

static char *lines_of(const json_t *list)
{
    struct tmk_buf b = TMK_BUF(1 << 24);
    const json_t *e;
    size_t i;

    json_array_foreach(
        list, i, e) if (json_is_string(e) &&
                        !tmk_buf_printf(
                            &b, "%s\n",
                            json_string_value(
                                e))) break; /* more than any kernel holds: what fits is enough to look modules up in */
    return (char *)b.data;
}

static void say(struct server *s, struct answer *a)
{
    tmk_autofree char *keys = lines_of(a->keys), *body = a->body;

    a->head.reason_len = a->reason == NULL ? 0 : (uint32_t)strlen(a->reason);
    a->head.name_len = a->name == NULL ? 0 : (uint32_t)strlen(a->name);
    a->head.keys_len = keys == NULL ? 0 : (uint32_t)strlen(keys);
    a->head.body_len = body == NULL ? 0 : (uint32_t)a->body_len;
    put(s, &a->head, sizeof a->head);
    put(s, a->reason, a->head.reason_len);
    put(s, a->name, a->head.name_len);
    put(s, keys, a->head.keys_len);
    put(s, body, a->head.body_len);
    a->body = NULL;
}

static void ends_as(struct answer *a, enum tmk_item_status status, const char *reason)
{
    a->head.status = status;
    a->reason = reason;
}

/* ---- analysis ---- */

/* Room for one file, kept for the next ones unless it is very large; in huge pages, or filling it is mostly page
 * faults. */
static uint8_t *room_for(struct server *s, uint64_t size)
{
    if (size <= s->room && (s->room <= KEEP_BUFFER || size > KEEP_BUFFER))
        return s->data;
    if (s->room > 0)
        (void)munmap(s->data, s->room);
    s->room = size > KEEP_BUFFER ? (size + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE : KEEP_BUFFER;
    s->data = mmap(NULL, s->room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (s->data == MAP_FAILED)
        tmk_die_nomem();
    (void)madvise(s->data, s->room, MADV_HUGEPAGE);
    return s->data;
}

static bool is_known(struct server *s, const json_t *known, const struct tmk_digest *d, const char *hex)
{
    const json_t *e;
    size_t i;

    for (i = 0; i < s->n_done; i++)
        if (memcmp(s->done[i], d->bytes, 32) == 0)
            return true;
    json_array_foreach(known, i, e) if (json_is_string(e) && strcmp(json_string_value(e), hex) == 0) return true;
    if (s->n_done < TMK_BATCH_MAX)
        memcpy(s->done[s->n_done++], d->bytes, 32);
    return false;
}

static void put_body(struct answer *a, const json_t *json)
{
    a->body = json_dumps(json, JSON_COMPACT);
    if (a->body == NULL)
        tmk_die_nomem();
    a->body_len = strlen(a->body);
}

/* Bytes that stand in the facts as a string, behind the text. */
static void put_behind(struct answer *a, enum tmk_tail kind, const json_t *bytes)
{
    if (bytes != NULL)
        a->body = tmk_tail_add(a->body, &a->body_len, kind,
                               tmk_bytes_of(json_string_value(bytes), json_string_length(bytes)));
}

static void put_facts(const struct server *s, struct answer *a, json_t *facts)
{
    tmk_autojson json_t *tags = json_incref(json_object_get(facts, "tags"));
    tmk_autojson json_t *rows = json_incref(json_object_get(facts, "rows"));

    (void)json_object_del(facts, "tags");
    (void)json_object_del(facts, "rows");
    ends_as(a, json_is_true(json_object_get(facts, "silent")) ? TMK_ITEM_NOT_EXECUTABLE : TMK_ITEM_OK, NULL);
    if (json_is_true(json_object_get(facts, "partial")))
        a->head.flags |= TMK_ANSWER_PARTIAL;
    a->keys = json_copy(json_object_get(facts, "kernel_keys"));
    if (json_object_get(facts, "machine") != NULL && a->keys != NULL)
        tmk_json_push(a->keys, json_sprintf(TMK_HIVE_MARK "%s", tmk_json_str(facts, "sha256")));
    put_body(a, facts);
    put_behind(a, TMK_TAIL_TAGS, tags);
    put_behind(a, TMK_TAIL_ROWS, rows);
    if (a->body_len > s->c->limits->max_facts_size) {
        free(TMK_TAKE(a->body));
        ends_as(a, TMK_ITEM_SKIPPED, "max_facts_size");
    }
}

/* ---- members of the object in hand ---- */

struct in_hand {
    struct server *s;
    const json_t *ask;
    uint32_t serial, slot;
};

static struct answer of_member(const struct in_hand *o, const char *name, uint64_t size)
{
    return (struct answer){ .head = { .serial = o->serial, .slot = o->slot, .flags = TMK_ANSWER_MEMBER, .size = size },
                            .name = name };
}

static void begin_member(void *ctx, const char *name, uint64_t size)
{
    const struct in_hand *o = ctx;
    struct answer a = of_member(o, name, size);

    say(o->s, &a);
    flush(o->s); /* should it end the worker, it is known which */
}

static void end_member(void *ctx, const struct tmk_member_found *m)
{
    const struct in_hand *o = ctx;
    struct answer a = of_member(o, m->name, m->size);

    a.head.members = m->members;
    if (m->reason != NULL) {
        ends_as(&a, m->unreadable ? TMK_ITEM_UNREADABLE : TMK_ITEM_SKIPPED, m->reason);
    } else {
        memcpy(a.head.sha256, m->sha256, sizeof a.head.sha256);
        a.head.flags |= TMK_ANSWER_DIGEST;
        put_facts(o->s, &a, m->facts);
    }
    say(o->s, &a);
    flush(o->s); /* what ends the worker from here on is not this one's doing */
    json_decref(a.keys);
}

static bool is_spared(void *ctx, const char *name)
{
    const struct in_hand *o = ctx;
    const json_t *e;
    size_t i;

    json_array_foreach(json_object_get(o->ask, "spared"), i,
                       e) if (json_is_string(e) && strcmp(json_string_value(e), name) == 0) return true;
    return false;
}

static enum tmk_pkg_kind package_of(const json_t *ask)
{
    return (enum tmk_pkg_kind)tmk_json_int(ask, "package", TMK_PKG_NONE);
}

static struct tmk_signature_beside beside_of(const struct server *s, const json_t *ask)
{
    const json_t *signature = json_object_get(ask, "signature");

    return (struct tmk_signature_beside){
        .bytes = tmk_bytes_of(json_is_true(signature) ? s->beside.data : NULL, s->beside.len),
        .why = json_string_value(signature),
    };
}

/* An archive that holds what is signed is looked into once more where signatures can be verified. */
static void give_on(struct answer *a)
{
    ends_as(a, TMK_ITEM_OK, NULL);
    a->head.flags |= TMK_ANSWER_IMAGE | TMK_ANSWER_SIGNED;
    a->head.image = TMK_READER_OPENPGP;
}

/* known NULL: this one is not to be shared. */
static void analyse_bytes(struct server *s, const json_t *ask, tmk_bytes data, struct answer *a)
{
    const struct tmk_digest d = tmk_digest_of("sha256", data);
    const json_t *known = json_object_get(ask, "known");
    struct in_hand hand = { s, ask, a->head.serial, a->head.slot };
    const struct tmk_sink sink = { begin_member, end_member, is_spared, &hand };
    const struct tmk_wanted want = { .lookup = json_is_true(json_object_get(ask, "lookup")),
                                     .md5 = json_is_true(json_object_get(ask, "md5")),
                                     .package = package_of(ask),
                                     .beside = beside_of(s, ask) };
    tmk_autojson json_t *facts = NULL;
    char hex[65];

    tmk_hex_to(hex, tmk_bytes_of(d.bytes, d.len));
    memcpy(a->head.sha256, d.bytes, sizeof a->head.sha256);
    a->head.flags |= TMK_ANSWER_DIGEST;
    if (known != NULL && is_known(s, known, &d, hex)) {
        a->head.flags |= TMK_ANSWER_KNOWN;
        ends_as(a, TMK_ITEM_OK, NULL);
        return;
    }
    facts = s->c->ops.analyse(s->c->ops.ctx, data, tmk_json_str(ask, "path"), hex, &want, s->c->flat ? NULL : &sink,
                              &a->head.members);
    if (s->c->ops.openpgp_missed())
        give_on(a);
    else if (facts == NULL) /* a second look, at the whole: of no format after all */
        ends_as(a, TMK_ITEM_NOT_EXECUTABLE, NULL);
    else
        put_facts(s, a, facts);
}

static bool same_file(const struct stat *a, const struct stat *b)
{
    return a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
           a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* A file that others may write is copied: a mapping is not immutable, and a digest of A with a verdict on B is the
 * worst outcome. */
static void analyse_copy(struct server *s, const json_t *ask, int fd, const struct stat *st, struct answer *a)
{
    uint8_t *data = room_for(s, (uint64_t)st->st_size);
    size_t got = 0;
    struct stat after;

    if (!tmk_read_upto(fd, data, (size_t)st->st_size, 0, &got)) {
        ends_as(a, TMK_ITEM_UNREADABLE, strerror(errno));
        return;
    }
    if (got != (uint64_t)st->st_size || fstat(fd, &after) != 0 || !same_file(st, &after))
        a->head.flags |= TMK_ANSWER_CHANGED;
    analyse_bytes(s, ask, tmk_bytes_of(data, got), a);
}

/* --frozen: nobody writes; a file that shrinks all the same ends this worker (SIGBUS), and is a fault. */
static void analyse_mapped(struct server *s, const json_t *ask, int fd, const struct stat *st, struct answer *a)
{
    const size_t size = (size_t)st->st_size;
    void *p = size == 0 ? NULL : mmap(NULL, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);

    if (p == MAP_FAILED || p == NULL) {
        analyse_copy(s, ask, fd, st, a);
        return;
    }
    analyse_bytes(s, ask, tmk_bytes_of(p, size), a);
    (void)munmap(p, size);
}

/* An open and a short read, or two; false on a read error. The views of *s are of its room. */
struct looked {
    uint8_t head[TMK_SNIFF_HEAD], more[TMK_SNIFF_DEEP];
    struct tmk_sniff s;
};

static bool look_at(int fd, uint64_t from, uint64_t n, uint8_t *to, tmk_bytes *ret)
{
    size_t got = 0;

    if (!tmk_read_upto(fd, to, n, from, &got))
        return false;
    *ret = tmk_bytes_of(to, got);
    return true;
}

static bool sniff(const struct tmk_engine_config *c, int fd, uint64_t size, struct looked *l, enum tmk_sniffed *ret)
{
    const uint64_t tail = size < TMK_SNIFF_TAIL ? size : TMK_SNIFF_TAIL;

    l->s = (struct tmk_sniff){ .size = size };
    if (!look_at(fd, 0, size < sizeof l->head ? size : sizeof l->head, l->head, &l->s.head))
        return false;
    *ret = c->ops.sniff(c->ops.ctx, &l->s);
    if (*ret == TMK_SNIFFED_TAIL && !look_at(fd, size - tail, tail, l->more, &l->s.tail))
        return false;
    if (*ret == TMK_SNIFFED_DEEP && !look_at(fd, TMK_SNIFF_DEEP_AT, TMK_SNIFF_DEEP, l->more, &l->s.deep))
        return false;
    if (*ret == TMK_SNIFFED_TAIL || *ret == TMK_SNIFFED_DEEP)
        *ret = c->ops.sniff(c->ops.ctx, &l->s);
    return true;
}

static bool read_image(void *ctx, uint64_t offset, void *to, size_t n)
{
    return tmk_read_at(*(const int *)ctx, to, n, offset);
}

/* The image and the files beside it, as they were asked for: those that are not missing have the descriptors, in order.
 */
static bool list_files(const json_t *ask, int *fds, size_t n_fds, struct tmk_disk_file *files)
{
    const json_t *list = json_object_get(ask, "beside"), *e;
    struct stat st;
    size_t k, used = 0;

    for (k = 0; k <= json_array_size(list); k++) {
        e = json_array_get(list, k - 1);
        files[k] = (struct tmk_disk_file){ .name = tmk_json_str(k == 0 ? ask : e, k == 0 ? "file" : "name"),
                                           .missing = k == 0 ? NULL : tmk_json_str(e, "missing") };
        if (files[k].missing != NULL)
            continue;
        if (used == n_fds || fstat(fds[used], &st) != 0)
            return false;
        files[k].read = (struct tmk_image_read){ read_image, &fds[used++], (uint64_t)st.st_size };
    }
    return used == n_fds;
}

static void put_wants(struct answer *a, const json_t *wants)
{
    struct tmk_buf b = TMK_BUF(ANSWER_MAX);
    const json_t *e;
    size_t i;

    json_array_foreach(wants, i, e) if (!tmk_buf_add(&b, json_string_value(e), json_string_length(e) + 1)) break;
    a->head.flags |= TMK_ANSWER_WANTS;
    a->body = (char *)b.data;
    a->body_len = b.len;
}

static bool state_of(const int *fds, size_t n, struct stat *to)
{
    for (size_t k = 0; k < n; k++)
        if (fstat(fds[k], &to[k]) != 0)
            return false;
    return true;
}

/* The image, and each file beside it that it was read with. */
static bool is_unchanged(const int *fds, size_t n, const struct stat *before)
{
    struct stat now;

    for (size_t k = 0; k < n; k++)
        if (!state_of(&fds[k], 1, &now) || !same_file(&before[k], &now))
            return false;
    return true;
}

static void analyse_image(struct server *s, const json_t *ask, int *fds, size_t n_fds, const struct tmk_sniff *sniffed,
                          struct answer *a)
{
    struct in_hand hand = { s, ask, a->head.serial, a->head.slot };
    const struct tmk_sink sink = { begin_member, end_member, is_spared, &hand };
    const size_t n = json_array_size(json_object_get(ask, "beside")) + 1;
    tmk_autofree struct tmk_disk_file *files = calloc(n, sizeof *files);
    const json_t *share = json_object_get(ask, "share");
    const struct tmk_image_ask image = {
        .kind = s->c->ops.image_kind(sniffed),
        .path = tmk_json_str(ask, "path"),
        .files = files,
        .n_files = n,
        .share = { (unsigned)json_integer_value(json_array_get(share, 0)),
                   (unsigned)json_integer_value(json_array_get(share, 1)) },
        .shareable = json_is_true(json_object_get(ask, "shareable")),
    };
    struct tmk_image_end end = { .wants = NULL };
    tmk_autojson json_t *facts = NULL;
    tmk_autofree struct stat *before = calloc(n_fds, sizeof *before);

    if (files == NULL || before == NULL)
        tmk_die_nomem();
    if (!list_files(ask, fds, n_fds, files) || image.share.n == 0 || !state_of(fds, n_fds, before))
        _exit(TMK_EXIT_WIRE);
    facts = s->c->ops.image(s->c->ops.ctx, &image, &sink, &a->head.members, &end);
    if (end.shareable) {
        a->head.flags |= TMK_ANSWER_SHAREABLE;
    } else if (facts == NULL) {
        put_wants(a, end.wants);
    } else {
        put_facts(s, a, facts);
        a->head.flags |= end.part ? TMK_ANSWER_PART : 0;
        a->head.sums = end.sums;
        if (!is_unchanged(fds, n_fds, before))
            a->head.flags |= TMK_ANSWER_CHANGED;
    }
    json_decref(end.wants);
}

/* The limit that is passed, or NULL. */
static const char *too_large(const struct tmk_limits *l, uint64_t size, enum tmk_pkg_kind package)
{
    if (size > l->max_file_size)
        return "max_file_size";
    return package != TMK_PKG_NONE && package != TMK_PKG_RPM && size > l->max_package_file ? "max_package_file" : NULL;
}

/* What bears OpenPGP signatures is for a worker that can verify them. */
static bool wants_openpgp(const json_t *ask, enum tmk_sniffed sniffed)
{
    const enum tmk_pkg_kind kind = package_of(ask);

    return sniffed == TMK_SNIFFED_OPENPGP || kind == TMK_PKG_APT_RELEASE || kind == TMK_PKG_APT_DETACHED ||
           kind == TMK_PKG_RPMDB;
}

/* Is a file looked into that is neither an image nor a worker's of another kind? */
static bool is_looked_into(const struct tmk_engine_config *c, const json_t *ask, enum tmk_sniffed sniffed)
{
    return sniffed == TMK_SNIFFED_YES || sniffed == TMK_SNIFFED_OPENPGP || c->all || package_of(ask) != TMK_PKG_NONE;
}

/* A signature is small: what is longer is cut, and none. */
static void take_signature(struct server *s, const json_t *ask, const int *fds, size_t n_fds)
{
    static uint8_t bytes[SIGNATURE_MOST];
    size_t n = 0;

    s->beside = TMK_BUF(sizeof bytes);
    if (!json_is_true(json_object_get(ask, "signature")))
        return;
    if (n_fds != 2 || !tmk_read_upto(fds[1], bytes, sizeof bytes, 0, &n))
        n = 0; /* there is one, and it cannot be read as such */
    s->beside = (struct tmk_buf){ .data = bytes, .len = n, .cap = sizeof bytes };
}

/* fds: the object's, and of an image, or a Release, those of the files beside it. */
static void analyse(struct server *s, const json_t *ask, int *fds, size_t n_fds, struct answer *a)
{
    const int fd = fds[0];
    const struct tmk_engine_config *c = s->c;
    enum tmk_sniffed sniffed = TMK_SNIFFED_NO;
    struct looked looked;
    struct stat st;

    if (fstat(fd, &st) != 0 || st.st_size < 0 || !sniff(c, fd, (uint64_t)st.st_size, &looked, &sniffed)) {
        ends_as(a, TMK_ITEM_UNREADABLE, strerror(errno));
    } else if (wants_openpgp(ask, sniffed) && !s->openpgp) {
        ends_as(a, TMK_ITEM_OK, NULL);
        a->head.flags |= TMK_ANSWER_IMAGE;
        a->head.image = TMK_READER_OPENPGP;
    } else if (sniffed == TMK_SNIFFED_IMAGE && !c->flat) {
        ends_as(a, TMK_ITEM_OK, NULL);
        if (s->image) {
            analyse_image(s, ask, fds, n_fds, &looked.s, a);
        } else {
            a->head.flags |= TMK_ANSWER_IMAGE;
            a->head.image = c->ops.image_reader(c->ops.image_kind(&looked.s));
        }
    } else if (!is_looked_into(c, ask, sniffed)) {
        ends_as(a, TMK_ITEM_NOT_EXECUTABLE, NULL);
    } else if (too_large(c->limits, (uint64_t)st.st_size, package_of(ask)) != NULL) {
        ends_as(a, TMK_ITEM_SKIPPED, too_large(c->limits, (uint64_t)st.st_size, package_of(ask)));
    } else {
        take_signature(s, ask, fds, n_fds);
        flush(s); /* should this one end the worker, those before it are answered */
        if (c->frozen)
            analyse_mapped(s, ask, fd, &st, a);
        else
            analyse_copy(s, ask, fd, &st, a);
    }
}

/* ---- judgement ---- */

static void judge(struct server *s, const json_t *ask, int facts_fd, struct answer *a)
{
    const json_int_t len = tmk_json_int(ask, "len", 0);
    tmk_autojson json_t *facts =
        len == 0 ? NULL : tmk_facts_read(facts_fd, (uint64_t)tmk_json_int(ask, "at", 0), (uint64_t)len);
    tmk_autojson json_t *record = NULL;
    const struct tmk_object object = {
        .locator = tmk_json_str(ask, "locator"),
        .display = tmk_json_str(ask, "display"),
        .status = tmk_json_str(ask, "status"),
        .reason = tmk_json_str(ask, "reason"),
        .size = (uint64_t)tmk_json_int(ask, "size", 0),
        .sha256 = tmk_json_str(ask, "sha256"),
        .same_as = tmk_json_str(ask, "same_as"),
        .part_of = tmk_json_str(ask, "part_of"),
        .fault = json_object_get(ask, "fault"),
        .holds = json_object_get(ask, "holds"),
        .sums = json_object_get(ask, "sums"),
        .changed = json_is_true(json_object_get(ask, "changed")),
        .catalogues = s->catalogues,
        .owners = s->owners,
        .facts_fd = facts_fd,
    };

    if (len != 0 && facts == NULL) {
        ends_as(a, TMK_ITEM_FAULT, "facts cannot be read");
        return;
    }
    record = s->c->ops.judge(s->c->ops.ctx, facts, &object, s->shared);
    if (s->owners != NULL && tmk_owners_unread(s->owners)) {
        ends_as(a, TMK_ITEM_FAULT, "what packages say cannot be read");
        return;
    }
    if (json_object_get(record, "partial") != NULL)
        a->head.flags |= TMK_ANSWER_PARTIAL;
    (void)json_object_del(record, "partial");
    a->head.judged = tmk_judged_as(record);
    put_body(a, record);
    ends_as(a, TMK_ITEM_OK, NULL);
}

/* What the hives of the scan say of trust, from their facts. */
static void load_machines(json_t *shared, int facts_fd)
{
    json_t *e;
    size_t i;

    json_array_foreach(json_object_get(shared, "machines"), i, e)
    {
        tmk_autojson json_t *facts =
            tmk_facts_read(facts_fd, (uint64_t)tmk_json_int(e, "at", 0), (uint64_t)tmk_json_int(e, "len", 0));
        json_t *machine = json_object_get(facts, "machine");

        if (facts == NULL)
            _exit(TMK_EXIT_WIRE);
        if (machine != NULL)
            tmk_json_put(e, "machine", json_incref(machine));
    }
}

static void load_shared(struct server *s, int facts_fd, int fd)
{
    struct stat st;

    if (s->shared != NULL)
        return;
    if (fstat(fd, &st) == 0)
        s->shared = tmk_facts_read(fd, 0, (uint64_t)st.st_size);
    if (s->shared == NULL)
        _exit(TMK_EXIT_WIRE);
    load_machines(s->shared, facts_fd);
}

/* What it is an index of stands in it; one of each is opened, once. */
static void open_index(struct server *s, int fd)
{
    struct tmk_catalogues *catalogues = s->catalogues == NULL ? tmk_catalogues_open(fd) : NULL;
    struct tmk_owners *owners = s->owners == NULL && catalogues == NULL ? tmk_owners_open(fd) : NULL;

    if (catalogues != NULL)
        s->catalogues = catalogues;
    else if (owners != NULL)
        s->owners = owners;
    else if (s->catalogues == NULL && s->owners == NULL)
        _exit(TMK_EXIT_WIRE);
}

/* ---- the loop ---- */

/* As many elements and descriptors as such a batch has; alone: an image or a Release, with those of files beside it. */
static bool is_batch(const struct tmk_request_head *h, const json_t *list, size_t n_fds, bool alone)
{
    if (json_array_size(list) != h->n)
        return false;
    return h->kind == TMK_REQUEST_ANALYSE ? n_fds == h->n || alone : n_fds >= 2 && n_fds <= 4;
}

static bool serve_batch(struct server *s, const struct tmk_request_head *h, const json_t *list, int *fds, size_t n_fds)
{
    const bool analysing = h->kind == TMK_REQUEST_ANALYSE, alone = (s->image || s->openpgp) && h->n == 1 && n_fds > 0;

    if (!is_batch(h, list, n_fds, alone))
        return false;
    if (!analysing)
        load_shared(s, fds[0], fds[1]);
    for (size_t k = 2; !analysing && k < n_fds; k++)
        open_index(s, fds[k]);
    s->n_done = 0;
    for (uint32_t k = 0; k < h->n; k++) {
        const json_t *ask = json_array_get(list, k);
        struct answer a = { .head = { .serial = h->serial, .slot = k } };

        if (analysing)
            analyse(s, ask, fds + k, alone ? n_fds : 1, &a);
        else
            judge(s, ask, fds[0], &a);
        say(s, &a);
        json_decref(a.keys);
    }
    flush(s);
    return true;
}

static bool serve_one(struct server *s)
{
    tmk_autofree char *body = NULL;
    tmk_autojson json_t *list = NULL;
    struct tmk_request_head h;
    int fds[TMK_FDS_MAX];
    size_t n_fds;
    bool ok;

    if (tmk_receive_with_fds(TMK_WIRE_FD, &h, sizeof h, fds, TMK_COUNT(fds), &n_fds) != (ssize_t)sizeof h ||
        !tmk_receive_more_fds(TMK_WIRE_FD, fds, &n_fds, h.n_fds) || h.len > REQUEST_MAX ||
        (body = malloc((size_t)h.len + 1)) == NULL || !tmk_read_all(TMK_WIRE_FD, body, h.len))
        return false;
    list = json_loadb(body, h.len, 0, NULL);
    ok = list != NULL && h.n_fds == n_fds && serve_batch(s, &h, list, fds, n_fds);
    for (size_t i = 0; i < n_fds; i++)
        (void)close(fds[i]);
    return ok;
}

void tmk_worker_main(const void *config, int kind)
{
    struct server s = { .c = config, .out = TMK_BUF(ANSWER_MAX) };
    struct tmk_hello hello = { .magic = TMK_HELLO };

    if (!tmk_digest_init())
        _exit(TMK_EXIT_DIGEST);
    s.image = kind >= TMK_WORKER_IMAGE;
    s.openpgp = kind == TMK_WORKER_OPENPGP;
    if (s.openpgp)
        (void)s.c->ops.openpgp_worker(); /* where it fails, the index's facts say so */
    if (s.image)
        s.c->ops.image_worker((unsigned)(kind - TMK_WORKER_IMAGE)); /* where it fails, the image's facts say so */
    if (!s.c->no_sandbox)
        hello.level = tmk_sandbox_enter(s.c->limits->max_object_memory);
    if (!tmk_write_all(TMK_WIRE_FD, &hello, sizeof hello))
        _exit(TMK_EXIT_WIRE);
    while (serve_one(&s))
        continue;
    _exit(0);
}
