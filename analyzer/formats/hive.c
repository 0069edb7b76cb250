/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Windows registry hives (libregf), for what they say of trust: the certificate stores of the machine, and the trust
 * lists that it has kept. What stands in them is read where it is judged; here it is only found.
 *
 *   SystemCertificates\STORE\Certificates\SHA-1, value Blob     below Microsoft and Policies\Microsoft
 *   EnterpriseCertificates\STORE\Certificates\SHA-1             below Microsoft
 *   SystemCertificates\AuthRoot\AutoUpdate                      values EncodedCtl, DisallowedCertEncodedCtl
 */
#include <string.h>

#include <libregf.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "containers/disk_bfio.h"
#include "formats/format.h"
#include "model/json.h"

enum {
    BASE_BLOCK = 4096,
    MAX_STORES = 64,
    MAX_CERTS = 8192,
    MAX_BLOB = 1 << 20,
    MAX_LIST = 16 << 20,
    MAX_ALL = 32 << 20,
    MAX_NAME = 128
};

struct hive {
    struct tmk_artifact *a;
    json_t *machine, *counts;
    size_t certs, bytes, broken;
};

static void close_key(libregf_key_t **k)
{
    if (*k != NULL)
        (void)libregf_key_free(k, NULL);
}

static void close_value(libregf_value_t **v)
{
    if (*v != NULL)
        (void)libregf_value_free(v, NULL);
}

static void close_file(libregf_file_t **f)
{
    if (*f != NULL)
        (void)libregf_file_free(f, NULL);
}

static void close_handle(libbfio_handle_t **h)
{
    if (*h != NULL)
        (void)libbfio_handle_free(h, NULL);
}

/* The base block's signature, the version that every Windows since NT 4 writes, and the first bin behind it. */
static int probe(const struct tmk_sniff *s)
{
    tmk_reader r = rd_make(s->head, 0, TMK_LE), at;
    tmk_bytes magic;
    uint32_t major;

    if (!rd_bytes(&r, 4, &magic) || memcmp(magic.data, "regf", 4) != 0 || !rd_from(&r, 20, &at) || !rd_u32(&at, &major))
        return 0;
    return major == 1 && s->size > BASE_BLOCK ? 90 : 0;
}

/* 1: it is there, 0: it is not, -1: that cannot be told. */
static int find_key(libregf_key_t *parent, const char *path, libregf_key_t **ret)
{
    return libregf_key_get_sub_key_by_utf8_path(parent, (const uint8_t *)path, strlen(path), ret, NULL);
}

static bool has_key(struct hive *h, libregf_key_t *parent, const char *path, libregf_key_t **ret)
{
    const int found = find_key(parent, path, ret);

    h->broken += found < 0;
    return found == 1;
}

static int sub_keys(struct hive *h, libregf_key_t *key)
{
    int n = 0;

    if (libregf_key_get_number_of_sub_keys(key, &n, NULL) != 1 || n < 0) {
        h->broken++;
        return 0;
    }
    return n;
}

/* A value's bytes, in the arena; false when there is none, or it is larger than most. */
static bool value_of(struct hive *h, libregf_key_t *key, const char *name, size_t most, tmk_bytes *ret)
{
    TMK_CLEANUP(close_value) libregf_value_t *v = NULL;
    const int found = libregf_key_get_value_by_utf8_name(key, (const uint8_t *)name, strlen(name), &v, NULL);
    uint8_t *data;
    size_t size = 0;

    h->broken += found < 0;
    if (found != 1)
        return false;
    if (libregf_value_get_value_data_size(v, &size, NULL) != 1 || size == 0 || size > most ||
        size > MAX_ALL - h->bytes) {
        h->broken++;
        return false;
    }
    data = tmk_arena_alloc(h->a->arena, size);
    if (libregf_value_get_value_data(v, data, size, NULL) != 1) {
        h->broken++;
        return false;
    }
    h->bytes += size;
    *ret = tmk_bytes_of(data, size);
    return true;
}

static void put_list(struct hive *h, libregf_key_t *key, const char *value, const char *member)
{
    tmk_bytes b;

    if (value_of(h, key, value, MAX_LIST, &b))
        tmk_json_put(h->machine, member, tmk_json_base64(b));
}

static void put_cert(struct hive *h, libregf_key_t *key, const char *store)
{
    tmk_bytes b;
    json_t *o;

    if (!value_of(h, key, "Blob", MAX_BLOB, &b))
        return;
    h->certs++;
    o = json_object();
    tmk_json_put_str(o, "store", store);
    tmk_json_put(o, "blob", tmk_json_base64(b));
    tmk_json_push(tmk_json_array_of(h->machine, "certificates"), o);
    tmk_json_put(h->counts, store, json_integer(tmk_json_int(h->counts, store, 0) + 1));
}

/* The certificates of one store: each a key, named by its SHA-1. */
static void read_store(struct hive *h, libregf_key_t *store, const char *name)
{
    TMK_CLEANUP(close_key) libregf_key_t *list = NULL;
    int n;

    if (!has_key(h, store, "Certificates", &list))
        return;
    n = sub_keys(h, list);
    for (int i = 0; i < n; i++) {
        TMK_CLEANUP(close_key) libregf_key_t *key = NULL;

        if (h->certs == MAX_CERTS) {
            h->broken += (size_t)(n - i);
            return;
        }
        if (libregf_key_get_sub_key(list, i, &key, NULL) == 1)
            put_cert(h, key, name);
        else
            h->broken++;
    }
}

static bool name_of(struct hive *h, libregf_key_t *key, const char *prefix, const char **ret)
{
    uint8_t name[MAX_NAME];
    size_t size = 0;

    if (libregf_key_get_utf8_name_size(key, &size, NULL) != 1 || size == 0 || size > sizeof name ||
        libregf_key_get_utf8_name(key, name, size, NULL) != 1)
        return false;
    *ret = tmk_arena_printf(h->a->arena, "%s%s", prefix, tmk_text(h->a->arena, tmk_bytes_of(name, size - 1)));
    return true;
}

static void read_stores(struct hive *h, libregf_key_t *root, const char *path, const char *prefix)
{
    TMK_CLEANUP(close_key) libregf_key_t *all = NULL;
    int n;

    if (!has_key(h, root, path, &all))
        return;
    n = sub_keys(h, all);
    for (int i = 0; i < n && i < MAX_STORES; i++) {
        TMK_CLEANUP(close_key) libregf_key_t *store = NULL;
        const char *name;

        if (libregf_key_get_sub_key(all, i, &store, NULL) == 1 && name_of(h, store, prefix, &name))
            read_store(h, store, name);
        else
            h->broken++;
    }
    h->broken += n > MAX_STORES ? (size_t)(n - MAX_STORES) : 0;
}

static void read_trust(struct hive *h, libregf_key_t *root)
{
    TMK_CLEANUP(close_key) libregf_key_t *update = NULL;
    char number[24];

    read_stores(h, root, "Microsoft\\SystemCertificates", "");
    read_stores(h, root, "Policies\\Microsoft\\SystemCertificates", "policy ");
    read_stores(h, root, "Microsoft\\EnterpriseCertificates", "enterprise ");
    if (has_key(h, root, "Microsoft\\SystemCertificates\\AuthRoot\\AutoUpdate", &update)) {
        put_list(h, update, "EncodedCtl", "roots");
        put_list(h, update, "DisallowedCertEncodedCtl", "disallowed");
    }
    if (h->broken == 0)
        return;
    (void)snprintf(number, sizeof number, "%zu", h->broken);
    tmk_finding_add(h->a->findings, TMK_F_HIVE001, TMK_NO_OFFSET, number, NULL);
}

/* The two sequence numbers of the base block differ while changes lie in the hive's logs alone. */
static void note_dirty(const struct tmk_artifact *a)
{
    tmk_reader all = rd_make(a->file, 0, TMK_LE), r;
    uint32_t first, second;

    if (rd_from(&all, 4, &r) && rd_u32(&r, &first) && rd_u32(&r, &second) && first != second)
        tmk_finding_add(a->findings, TMK_F_HIVE005, 4, NULL);
}

/*
 * The bytes as libbfio is to read them. Its own handle on memory is not used: it reads past the end when it is asked to
 * (20170123), and libregf asks for what a bin's header says.
 */
static bool read_bytes(void *ctx, uint64_t offset, void *to, size_t n)
{
    tmk_reader all = rd_make(*(const tmk_bytes *)ctx, 0, TMK_LE), r;
    tmk_bytes got;

    if (!rd_from(&all, offset, &r) || !rd_bytes(&r, n, &got))
        return false;
    memcpy(to, got.data, n);
    return true;
}

static bool open_hive(struct tmk_bfio_file *bytes, libbfio_handle_t **handle, libregf_file_t **hive)
{
    *handle = tmk_bfio_handle(libbfio_handle_initialize, bytes);
    return *handle != NULL && libregf_file_initialize(hive, NULL) == 1 &&
           libregf_file_open_file_io_handle(*hive, *handle, LIBREGF_OPEN_READ, NULL) == 1;
}

static tmk_status parse(struct tmk_artifact *a, struct tmk_err *err)
{
    struct tmk_bfio_file bytes = { .read = { read_bytes, &a->file, a->file.len } };
    TMK_CLEANUP(close_handle) libbfio_handle_t *handle = NULL; /* freed last */
    TMK_CLEANUP(close_file) libregf_file_t *file = NULL;
    TMK_CLEANUP(close_key) libregf_key_t *root = NULL, *all = NULL;
    struct hive h = { .a = a };
    int found;

    if (!open_hive(&bytes, &handle, &file) || libregf_file_get_root_key(file, &root, NULL) != 1)
        TMK_FAIL(err, TMK_MALFORMED, 0, "the base block, or the root key it names, cannot be read");
    found = find_key(root, "Microsoft\\SystemCertificates", &all);
    if (found < 0)
        TMK_FAIL(err, TMK_MALFORMED, 0, "its keys cannot be read");
    if (found == 0) {
        a->plain = true; /* another hive, which says nothing of trust */
        return TMK_OK;
    }
    h.machine = a->machine = json_object();
    h.counts = json_object();
    read_trust(&h, root);
    note_dirty(a);
    tmk_json_put_str(a->format, "subtype", "software");
    tmk_json_put(a->format, "stores", h.counts);
    return TMK_OK;
}

const struct tmk_format tmk_format_hive = {
    .name = "hive",
    .title = "a registry hive",
    .probe = probe,
    .parse = parse,
};
