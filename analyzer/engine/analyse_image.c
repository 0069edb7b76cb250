/* SPDX-License-Identifier: Apache-2.0 */
/* The flow of one disk image: the disk within its files, its volumes, their files. */
#include <string.h>

#include "base/text.h"
#include "containers/squash.h"
#include "containers/udf.h"
#include "containers/wof.h"
#include "containers/xfs.h"
#include "crypto/digest.h"
#include "engine/expand.h"
#include "model/facts.h"
#include "model/finding.h"
#include "model/json.h"

void tmk_image_worker(unsigned reader)
{
    tmk_disk_reader_load(reader); /* first: libtsk brings some of these libraries along */
    if (!tmk_image_library_load())
        return; /* each image's facts say so */
    (void)tmk_udf_library_load();
    (void)tmk_squash_library_load();
    (void)tmk_xfs_library_load(); /* the same */
    (void)tmk_wof_library_load(); /* files that need it are told of as compressed */
}

enum { CHECK_AT_ONCE = 1 << 20 };

/* The digest of all of the disk as it reads now; len 0: some of it cannot be read. */
static void digest_disk(const struct tmk_disk *d, const struct tmk_sink *sink, struct tmk_digest *ret_md5,
                        struct tmk_digest *ret_sha1)
{
    struct tmk_digest_stream *md5 = tmk_digest_begin("md5"), *sha1 = tmk_digest_begin("sha1");
    tmk_autofree uint8_t *data = malloc(CHECK_AT_ONCE);
    uint64_t at = 0;
    bool ok = true;

    if (data == NULL || md5 == NULL || sha1 == NULL)
        tmk_die_nomem();
    while (ok && at < d->read.size) {
        const uint64_t left = d->read.size - at;
        const size_t n = left < CHECK_AT_ONCE ? (size_t)left : CHECK_AT_ONCE;

        ok = d->read.at(d->read.ctx, at, data, n);
        tmk_digest_add(md5, tmk_bytes_of(data, ok ? n : 0));
        tmk_digest_add(sha1, tmk_bytes_of(data, ok ? n : 0));
        at += n;
        if (at / CHECK_AT_ONCE % 64 == 0)
            sink->begin(sink->ctx, NULL, 0);
    }
    *ret_md5 = tmk_digest_end(md5);
    *ret_sha1 = tmk_digest_end(sha1);
    if (!ok)
        ret_md5->len = ret_sha1->len = 0;
}

/* Against one hash that was written down; whether it is the disk's. */
static bool is_as_acquired(const struct tmk_disk *d, const char *alg, const char *written, const struct tmk_digest *now)
{
    char hex[2 * TMK_DIGEST_MAX + 1];

    tmk_hex_to(hex, tmk_bytes_of(now->bytes, now->len));
    if (strcmp(hex, written) == 0)
        return true;
    tmk_finding_add(d->findings, TMK_F_IMG008, TMK_NO_OFFSET, alg, hex, written, NULL);
    return false;
}

/* On demand: has the disk the hashes that were written down when it was acquired? */
static void check_acquisition(struct tmk_disk *d, const struct tmk_sink *sink)
{
    json_t *o = json_object_get(d->about, "acquisition");
    const char *md5 = tmk_json_str(o, "md5"), *sha1 = tmk_json_str(o, "sha1");
    struct tmk_digest now_md5, now_sha1;
    bool same = true;

    if (md5 == NULL && sha1 == NULL)
        return;
    digest_disk(d, sink, &now_md5, &now_sha1);
    if (now_md5.len == 0) {
        tmk_json_put_str(o, "hashes", "unreadable");
        tmk_disk_fails(d, "its hashes are not checked");
        return;
    }
    same = md5 == NULL || is_as_acquired(d, "MD5", md5, &now_md5);
    same = (sha1 == NULL || is_as_acquired(d, "SHA-1", sha1, &now_sha1)) && same;
    tmk_json_put_str(o, "hashes", same ? "match" : "mismatch");
}

static json_t *expand(const struct tmk_context *c, struct tmk_disk *d, const struct tmk_image_ask *ask,
                      const struct tmk_place *at, struct tmk_member_counts *ret, struct tmk_image_sums *ret_sums)
{
    json_t *container;

    if (!tmk_image_library_load()) {
        tmk_finding_add(d->findings, TMK_F_IMG004, TMK_NO_OFFSET, "libtsk", NULL);
        d->broken = true;
        return NULL;
    }
    if (c->check_images)
        check_acquisition(d, at->sink);
    container = tmk_expand_image(c, &d->read, ask->share, at, d->findings, ret, ret_sums);
    if (d->broken)
        tmk_json_put(container, "complete", json_false());
    return container;
}

static json_t *facts_of(const struct tmk_context *c, struct tmk_disk *d, const struct tmk_image_ask *ask,
                        const struct tmk_place *at, struct tmk_member_counts *ret, struct tmk_image_sums *ret_sums)
{
    json_t *facts = json_object(), *container = NULL;

    if (d->part)
        tmk_finding_add(d->findings, TMK_F_IMG007, TMK_NO_OFFSET, NULL);
    else if (d->read.at != NULL)
        container = expand(c, d, ask, at, ret, ret_sums);
    if (container == NULL) {
        container = tmk_image_summary(ask->kind, false);
        ret_sums->space.bytes[TMK_SPACE_UNREAD] = d->read.at == NULL ? 0 : d->read.size;
    }
    if (ask->share.k == 0) /* of several shares the first one counts the image itself */
        ret->broken += json_is_false(json_object_get(container, "complete"));
    tmk_json_put_str(container, "kind", ask->kind);
    if (json_object_size(d->about) > 0)
        tmk_json_put(container, "disk", json_incref(d->about));
    tmk_json_put(facts, "facts", json_integer(TMK_FACTS_VERSION));
    tmk_json_put(facts, "format", json_pack("{ss}", "kind", ask->kind));
    if (d->part)
        tmk_json_put_str(json_object_get(facts, "format"), "subtype", "part");
    tmk_json_put(facts, "container", container);
    tmk_json_put(facts, "findings", json_incref(d->findings));
    return facts;
}

/* Worth several workers; all of it is read for its digest by one. */
static bool is_shareable(const struct tmk_context *c, const struct tmk_disk *d, const struct tmk_image_ask *ask)
{
    return ask->shareable && !c->check_images && !d->part && d->read.at != NULL &&
           d->read.size >= c->limits->min_shared_image;
}

static void put_spent(const struct tmk_context *c, const struct tmk_budget *left, struct tmk_image_sums *ret)
{
    ret->spent_members = left->refused ? UINT64_MAX : c->limits->max_members - left->members;
    ret->spent_bytes = left->refused ? UINT64_MAX : c->limits->max_expanded_size - left->bytes;
}

/* An image is read through its descriptors, and has no digest of its own here. */
json_t *tmk_analyse_image(void *ctx, const struct tmk_image_ask *ask, const struct tmk_sink *sink,
                          struct tmk_member_counts *ret, struct tmk_image_end *ret_end)
{
    const struct tmk_context *c = ctx;
    struct tmk_budget budget = { .members = c->limits->max_members,
                                 .bytes = c->limits->max_expanded_size,
                                 .depth = (unsigned)c->limits->max_container_depth };
    const struct tmk_place at = { .path = ask->path, .name = "", .budget = &budget, .sink = sink };
    tmk_autojson json_t *findings = json_array();
    struct tmk_disk d = { .files = ask->files, .n_files = ask->n_files, .findings = findings };
    json_t *facts = NULL;

    if (!tmk_disk_open(&d, ask->kind))
        ret_end->wants = json_incref(d.wants);
    else if (is_shareable(c, &d, ask))
        ret_end->shareable = true;
    else
        facts = facts_of(c, &d, ask, &at, ret, &ret_end->sums);
    put_spent(c, &budget, &ret_end->sums);
    ret_end->part = d.part;
    tmk_disk_close(&d);
    return facts;
}
