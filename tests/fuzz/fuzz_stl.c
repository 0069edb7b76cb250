/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a trust list, a serialized store's file and a registry value: what is read is bounded, and texts are lines. */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "crypto/trust_list.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_props(const struct tmk_store_props *p)
{
    const char *const texts[] = { p->ekus, p->removed_ekus, p->notbefore_ekus, p->friendly_name, p->sha256 };

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (texts[i] == NULL || strpbrk(texts[i], "\t\n") != NULL)
            abort();
}

static void visit(void *ctx, const struct tmk_trust_subject *s)
{
    const tmk_bytes *all = ctx;

    if (s->id.len > all->len)
        abort();
    check_props(&s->props);
}

static void read_store(struct tmk_arena *a, tmk_bytes bytes)
{
    struct tmk_store s = tmk_store_open(bytes);
    struct tmk_store_element e;

    while (tmk_store_next(a, &s, &e)) {
        if (e.der.len > bytes.len)
            abort();
        check_props(&e.props);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct tmk_trust *trust;
    struct tmk_arena *a = tmk_arena_new();
    struct tmk_certs certs = { .n = 0 };
    struct tmk_err err = { .code = TMK_OK };
    tmk_bytes all = tmk_bytes_of(data, size);
    struct tmk_trust_list l;
    const char *why = NULL;

    if (trust == NULL && tmk_trust_new(&trust, &err) != TMK_OK)
        abort();
    if (tmk_trust_list_read(trust, a, all, &certs, &l, &why)) {
        if (l.fault == NULL) /* nobody here can sign for a root that may vouch */
            abort();
        if (tmk_trust_list_each(&l, a, visit, &all) && l.ctl.subjects.whole.len > size)
            abort();
    } else if (why == NULL) {
        abort();
    }
    read_store(a, all);
    tmk_certs_free(&certs);
    tmk_arena_free(a);
    return 0;
}
