/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/store.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "crypto/der.h"

enum { MAX_EKUS = 64, MAX_NAME = 1024, FILE_MAGIC = 0x54524543 };

struct tmk_store_props tmk_store_props_none(void)
{
    return (struct tmk_store_props){
        .ekus = "", .removed_ekus = "", .notbefore_ekus = "", .friendly_name = "", .sha256 = ""
    };
}

/* As certs/anchors.tsv spells them. */
static const char *eku_word(struct tmk_arena *a, tmk_bytes oid)
{
    static const struct {
        const char *oid, *word;
    } rows[] = {
        { "1.3.6.1.5.5.7.3.1", "server_auth" },        { "1.3.6.1.5.5.7.3.2", "client_auth" },
        { "1.3.6.1.5.5.7.3.3", "code_signing" },       { "1.3.6.1.5.5.7.3.4", "email_protection" },
        { "1.3.6.1.5.5.7.3.5", "ipsec_end_system" },   { "1.3.6.1.5.5.7.3.6", "ipsec_tunnel" },
        { "1.3.6.1.5.5.7.3.7", "ipsec_user" },         { "1.3.6.1.5.5.7.3.8", "time_stamping" },
        { "1.3.6.1.5.5.7.3.9", "ocsp_signing" },       { "1.3.6.1.5.5.8.2.2", "ike_intermediate" },
        { "1.3.6.1.4.1.311.10.3.4", "microsoft_efs" }, { "1.3.6.1.4.1.311.10.3.12", "microsoft_document_signing" },
    };
    const char *text = tmk_der_oid_text(a, oid);

    for (size_t i = 0; i < TMK_COUNT(rows); i++)
        if (strcmp(rows[i].oid, text) == 0)
            return rows[i].word;
    return text;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

const char *tmk_eku_words(struct tmk_arena *a, tmk_bytes der)
{
    tmk_reader r = rd_make(der, 0, TMK_BE);
    const char *words[MAX_EKUS], *all = "";
    struct tmk_der e;
    size_t n = 0;

    if (!tmk_der_take(&r, TMK_DER_SEQUENCE, &e))
        return NULL;
    r = tmk_der_into(&e);
    while (n < MAX_EKUS && tmk_der_take(&r, TMK_DER_OID, &e))
        words[n++] = eku_word(a, e.value);
    if (rd_left(&r) > 0)
        return NULL;
    qsort(words, n, sizeof *words, by_text);
    for (size_t i = 0; i < n; i++)
        all = tmk_arena_printf(a, "%s%s%s", all, i == 0 ? "" : "|", words[i]);
    return all;
}

/* FILETIME: 100 ns since 1601, little-endian. */
static bool file_time(tmk_bytes value, int64_t *ret)
{
    tmk_reader r = rd_make(value, 0, TMK_LE);
    uint64_t t;

    if (!rd_u64(&r, &t) || rd_left(&r) > 0 || t > INT64_MAX)
        return false;
    *ret = (int64_t)(t / 10000000) - 11644473600;
    return true;
}

static void set_ekus(struct tmk_arena *a, struct tmk_store_props *p, const char **to, tmk_bytes value)
{
    const char *words = tmk_eku_words(a, value);

    if (words == NULL)
        p->broken = "a list of extended key usages cannot be read";
    else
        *to = words;
}

static void set_time(struct tmk_store_props *p, bool *has, int64_t *to, tmk_bytes value)
{
    if (!file_time(value, to))
        p->broken = "a time cannot be read";
    else
        *has = true;
}

static const char *one_line(char *text)
{
    for (char *c = text; *c != 0; c++)
        if ((unsigned char)*c < ' ')
            *c = ' ';
    return text;
}

void tmk_store_prop(struct tmk_arena *a, struct tmk_store_props *p, uint32_t id, tmk_bytes value)
{
    switch (id) {
    case TMK_PROP_EKUS:
        p->has_ekus = true;
        set_ekus(a, p, &p->ekus, value);
        break;
    case TMK_PROP_DISALLOWED_EKUS:
        set_ekus(a, p, &p->removed_ekus, value);
        break;
    case TMK_PROP_NOT_BEFORE_EKUS:
        set_ekus(a, p, &p->notbefore_ekus, value);
        break;
    case TMK_PROP_DISALLOWED_FILETIME:
        set_time(p, &p->has_disabled, &p->disabled_from, value);
        break;
    case TMK_PROP_NOT_BEFORE_FILETIME:
        set_time(p, &p->has_notbefore, &p->notbefore, value);
        break;
    case TMK_PROP_FRIENDLY_NAME:
        if (value.len <= MAX_NAME)
            p->friendly_name = one_line(tmk_text_utf16(a, value, TMK_LE));
        break;
    case TMK_PROP_AUTH_ROOT_SHA256:
        if (value.len == 32)
            p->sha256 = tmk_hex(a, value);
        break;
    case TMK_PROP_ROOT_NAME_CONSTRAINTS:
        p->name_constraints = value;
        break;
    case TMK_PROP_DISALLOWED_CA_FILETIME:
        p->broken = "CERT_DISALLOWED_CA_FILETIME is not handled";
        break;
    default:
        break;
    }
}

bool tmk_store_is_file(tmk_bytes head)
{
    tmk_reader r = rd_make(head, 0, TMK_LE);
    uint32_t version, magic;

    return rd_u32(&r, &version) && rd_u32(&r, &magic) && version == 0 && magic == FILE_MAGIC;
}

struct tmk_store tmk_store_open(tmk_bytes bytes)
{
    struct tmk_store s = { .r = rd_make(bytes, 0, TMK_LE), .marked = tmk_store_is_file(bytes) };

    s.broken = s.marked && !rd_skip(&s.r, 8);
    return s;
}

bool tmk_store_next(struct tmk_arena *a, struct tmk_store *s, struct tmk_store_element *ret)
{
    uint32_t id, encoding, length;
    tmk_bytes value;

    *ret = (struct tmk_store_element){ .props = tmk_store_props_none() };
    while (rd_left(&s->r) > 0) {
        /* the end mark is id 0 and eight bytes of zero, here read as encoding and length */
        if (!rd_u32(&s->r, &id) || !rd_u32(&s->r, &encoding) || !rd_u32(&s->r, &length)) {
            s->broken = true;
            return false;
        }
        if (id == 0 && s->marked)
            return false;
        if (!rd_bytes(&s->r, length, &value)) {
            s->broken = true;
            return false;
        }
        if (id >= TMK_PROP_CERT && id <= TMK_PROP_CTL) {
            ret->id = id;
            ret->der = value;
            return true;
        }
        tmk_store_prop(a, &ret->props, id, value);
    }
    s->broken = s->broken || s->marked;
    return false;
}
