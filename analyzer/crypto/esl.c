/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/esl.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/schema.h"
#include "base/text.h"

enum { GUID = 16, LIST_HEADER = 28, ATTRIBUTES = 4, ATTRIBUTES_KNOWN = 0xff, EFI_TIME = 16, RSA_2048 = 256 };
enum { CERT_REVISION = 0x0200, CERT_TYPE_EFI_GUID = 0x0ef1, CERT_HEADER = 8 };

/* WIN_CERTIFICATE (8.2.2); length counts this header, too */
#define AUTH_FIELDS(F)                                                                                                 \
    F(u32, length)                                                                                                     \
    F(u16, revision)                                                                                                   \
    F(u16, type)
TMK_SCHEMA(auth, AUTH_FIELDS);

/* EFI_SIGNATURE_LIST behind its type */
#define LIST_FIELDS(F)                                                                                                 \
    F(u32, list_size)                                                                                                  \
    F(u32, header_size)                                                                                                \
    F(u32, entry_size)
TMK_SCHEMA(esl_list, LIST_FIELDS);

/* EFI_TIME (8.3); what stands between and behind does not matter to the second */
#define TIME_FIELDS(F)                                                                                                 \
    F(u16, year)                                                                                                       \
    F(u8, month)                                                                                                       \
    F(u8, day)                                                                                                         \
    F(u8, hour)                                                                                                        \
    F(u8, minute)                                                                                                      \
    F(u8, second)
TMK_SCHEMA(efi_time, TIME_FIELDS);

struct type {
    uint8_t guid[GUID];
    enum tmk_esl_kind kind;
    const char *alg;
    uint32_t size; /* of SignatureData; 0: any */
};

/* EFI_CERT_*_GUID, as stored: the first three fields little-endian */
static const struct type types[] = {
    { "\xa1\x59\xc0\xa5\xe4\x94\xa7\x4a\x87\xb5\xab\x15\x5c\x2b\xf0\x72", TMK_ESL_X509, NULL, 0 },
    { "\xe8\x66\x57\x3c\x9c\x26\x34\x4e\xaa\x14\xed\x77\x6e\x85\xb3\xb6", TMK_ESL_RSA2048, NULL, RSA_2048 },
    { "\x12\xa5\x6c\x82\x10\xcf\xc9\x4a\xb1\x87\xbe\x01\x49\x66\x31\xbd", TMK_ESL_IMAGE, "sha1", 20 },
    { "\x33\x52\x6e\x0b\x5c\xa6\xc9\x44\x94\x07\xd9\xab\x83\xbf\xc8\xbd", TMK_ESL_IMAGE, "sha224", 28 },
    { "\x26\x16\xc4\xc1\x4c\x50\x92\x40\xac\xa9\x41\xf9\x36\x93\x43\x28", TMK_ESL_IMAGE, "sha256", 32 },
    { "\x07\x53\x3e\xff\xd0\x9f\xc9\x48\x85\xf1\x8a\xd5\x6c\x70\x1e\x01", TMK_ESL_IMAGE, "sha384", 48 },
    { "\xae\x0f\x3e\x09\xc4\xa6\x50\x4f\x9f\x1b\xd4\x1e\x2b\x89\xc1\x9a", TMK_ESL_IMAGE, "sha512", 64 },
    { "\x92\xa4\xd2\x3b\xc0\x96\x79\x40\xb4\x20\xfc\xf9\x8e\xf1\x03\xed", TMK_ESL_X509_HASH, "sha256", 32 + EFI_TIME },
    { "\x6e\x87\x76\x70\xc2\x80\xe6\x4e\xaa\xd2\x28\xb3\x49\xa6\x86\x5b", TMK_ESL_X509_HASH, "sha384", 48 + EFI_TIME },
    { "\x63\xbf\x6d\x44\x02\x25\xda\x4c\xbc\xfa\x24\x65\xd2\xb0\xfe\x9d", TMK_ESL_X509_HASH, "sha512", 64 + EFI_TIME },
};

struct list {
    const struct type *type; /* NULL: not handled */
    tmk_bytes guid;
    struct esl_list head;
    uint64_t offset;
};

static const struct type *type_of(tmk_bytes guid)
{
    for (size_t i = 0; i < TMK_COUNT(types); i++)
        if (tmk_bytes_eq(guid, tmk_bytes_of(types[i].guid, GUID)))
            return &types[i];
    return NULL;
}

void tmk_guid_text(char to[37], tmk_bytes guid)
{
    static const uint8_t order[GUID] = { 3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15 };

    for (size_t i = 0; i < GUID; i++) {
        to += snprintf(to, 4, "%02x", guid.len == GUID ? guid.data[order[i]] : 0);
        if (i == 3 || i == 5 || i == 7 || i == 9)
            *to++ = '-';
    }
    *to = 0;
}

/* The signed header of an update: a time, then a WIN_CERTIFICATE_UEFI_GUID. */
static bool skip_auth(tmk_reader *r)
{
    tmk_reader in = *r;
    struct auth cert;

    if (!rd_skip(&in, EFI_TIME) || !auth_read(&in, &cert) || cert.revision != CERT_REVISION ||
        cert.type != CERT_TYPE_EFI_GUID || cert.length < CERT_HEADER + GUID || !rd_skip(&in, cert.length - CERT_HEADER))
        return false;
    *r = in;
    return true;
}

static bool at_known_type(tmk_reader r)
{
    tmk_bytes guid;

    return rd_bytes(&r, GUID, &guid) && type_of(guid) != NULL;
}

/* Attributes are a few bits of a word: no known type begins like that. */
static bool skip_attributes(tmk_reader *r)
{
    tmk_reader in = *r;
    uint32_t attributes;

    if (!rd_u32(&in, &attributes) || attributes > ATTRIBUTES_KNOWN)
        return false;
    *r = in;
    return true;
}

/* To the first list. */
static void skip_headers(tmk_reader *r)
{
    tmk_reader in = *r;

    if (at_known_type(in) || skip_auth(r))
        return;
    if (skip_attributes(&in) && (skip_auth(&in) || at_known_type(in)))
        *r = in;
}

bool tmk_esl_probe(tmk_bytes file)
{
    tmk_reader r = rd_make(file, 0, TMK_LE);

    skip_headers(&r);
    return r.pos > 0 || at_known_type(r);
}

static tmk_status read_head(tmk_reader *r, struct list *l, struct tmk_err *err)
{
    l->offset = rd_offset(r);
    if (!rd_bytes(r, GUID, &l->guid) || !esl_list_read(r, &l->head))
        TMK_FAIL(err, TMK_MALFORMED, l->offset, "the file ends within the head of a signature list");
    l->type = type_of(l->guid);
    if (l->head.list_size < LIST_HEADER || l->head.list_size - LIST_HEADER > rd_left(r))
        TMK_FAIL(err, TMK_MALFORMED, l->offset + GUID,
                 "SignatureListSize (%u) is less than its head, or passes the file's end", l->head.list_size);
    if (l->head.header_size > l->head.list_size - LIST_HEADER)
        TMK_FAIL(err, TMK_MALFORMED, l->offset + GUID + 4, "SignatureHeaderSize (%u) passes the list's end",
                 l->head.header_size);
    if (l->head.entry_size <= GUID ||
        (l->type != NULL && l->type->size != 0 && l->head.entry_size != GUID + l->type->size))
        TMK_FAIL(err, TMK_MALFORMED, l->offset + GUID + 8, "SignatureSize (%u) is not one of this type of list",
                 l->head.entry_size);
    if ((l->head.list_size - LIST_HEADER - l->head.header_size) % l->head.entry_size != 0)
        TMK_FAIL(err, TMK_MALFORMED, l->offset + GUID,
                 "SignatureListSize (%u) holds no whole number of entries of %u bytes", l->head.list_size,
                 l->head.entry_size);
    return TMK_OK;
}

/* A time of zeros: refused from ever. */
static bool read_from(tmk_bytes time, struct tmk_esl_entry *e)
{
    static const uint8_t zeros[EFI_TIME] = { 0 };
    tmk_reader r = rd_make(time, 0, TMK_LE);
    struct efi_time t;

    e->has_from = !tmk_bytes_eq(time, tmk_bytes_of(zeros, EFI_TIME));
    return !e->has_from || (efi_time_read(&r, &t) && t.year <= 9999 &&
                            tmk_time_civil(t.year, t.month, t.day, t.hour, t.minute, t.second, &e->from));
}

static tmk_status read_entry(tmk_reader *r, const struct list *l, struct tmk_esl_entry *e, struct tmk_err *err)
{
    tmk_bytes time;

    *e = (struct tmk_esl_entry){ .kind = l->type != NULL ? l->type->kind : TMK_ESL_OTHER,
                                 .alg = l->type != NULL ? l->type->alg : NULL,
                                 .type = l->guid,
                                 .offset = rd_offset(r) };
    if (!rd_bytes(r, GUID, &e->owner) || !rd_bytes(r, l->head.entry_size - GUID, &e->value))
        TMK_FAIL(err, TMK_MALFORMED, e->offset, "the file ends within an entry");
    if (e->kind != TMK_ESL_X509_HASH)
        return TMK_OK;
    if (!tmk_bytes_slice(e->value, e->value.len - EFI_TIME, EFI_TIME, &time) || !read_from(time, e))
        TMK_FAIL(err, TMK_MALFORMED, e->offset + GUID + e->value.len - EFI_TIME, "the time of revocation is none");
    e->value.len -= EFI_TIME;
    return TMK_OK;
}

tmk_status tmk_esl_read(tmk_bytes file, tmk_esl_each *each, void *ctx, struct tmk_err *err)
{
    tmk_reader r = rd_make(file, 0, TMK_LE), in;
    struct tmk_esl_entry e;
    struct list l;

    skip_headers(&r);
    while (rd_left(&r) > 0) {
        TMK_TRY(read_head(&r, &l, err));
        if (!rd_window(&r, r.pos + l.head.header_size, l.head.list_size - LIST_HEADER - l.head.header_size, &in) ||
            !rd_skip(&r, l.head.list_size - LIST_HEADER))
            TMK_FAIL(err, TMK_MALFORMED, l.offset, "the file ends within a signature list");
        while (rd_left(&in) > 0) {
            TMK_TRY(read_entry(&in, &l, &e, err));
            TMK_TRY(each(ctx, &e, err));
        }
    }
    return TMK_OK;
}
