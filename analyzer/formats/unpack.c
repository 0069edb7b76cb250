/* SPDX-License-Identifier: Apache-2.0 */
#include "formats/unpack.h"

#include <elf.h>
#include <limits.h>
#include <lz4.h>
#include <lz4frame.h>
#include <lzma.h>
#include <string.h>
#define ZLIB_CONST
#include <zlib.h>
#include <zstd.h>

#include "model/json.h"

enum { CHUNK = 65536, HEAD = 64, DECODER_MEMORY = 256 << 20, WINDOW_LOG_MAX = 27 };
enum { LZ4_BLOCK = 8 << 20, LZ4_LEGACY_MAGIC = 0x184c2102 };

static const struct {
    enum tmk_packing packing;
    const char *name;
    size_t n;
    uint8_t magic[6];
} packings[] = {
    { TMK_PACK_GZIP, "gzip", 3, { 0x1f, 0x8b, 8 } },
    { TMK_PACK_XZ, "xz", 6, { 0xfd, '7', 'z', 'X', 'Z', 0 } },
    { TMK_PACK_ZSTD, "zstd", 4, { 0x28, 0xb5, 0x2f, 0xfd } },
    { TMK_PACK_LZMA, "lzma", 3, { 0x5d, 0, 0 } },
    { TMK_PACK_LZ4, "lz4", 4, { 0x02, 0x21, 0x4c, 0x18 } },
    { TMK_PACK_LZ4, "lz4", 4, { 0x04, 0x22, 0x4d, 0x18 } },
};

enum tmk_packing tmk_packing_of(tmk_bytes b)
{
    for (size_t i = 0; i < TMK_COUNT(packings); i++)
        if (b.len >= packings[i].n && memcmp(b.data, packings[i].magic, packings[i].n) == 0)
            return packings[i].packing;
    return TMK_PACK_NONE;
}

const char *tmk_packing_name(enum tmk_packing p)
{
    for (size_t i = 0; i < TMK_COUNT(packings); i++)
        if (packings[i].packing == p)
            return packings[i].name;
    return p == TMK_PACK_ZLIB ? "zlib" : "none";
}

/* Room for the next piece: up to CHUNK, less near the cap, 0 at the cap. */
static size_t make_room(struct tmk_buf *to, uint8_t **at)
{
    const size_t left = to->cap - to->len, n = left < CHUNK ? left : CHUNK;

    if (n == 0)
        return 0;
    *at = tmk_buf_reserve(to, n);
    return *at == NULL ? 0 : n;
}

static void inflate_endp(z_stream *z)
{
    (void)inflateEnd(z);
}

static tmk_status unpack_zlib(int window, tmk_bytes from, struct tmk_buf *to, size_t *used)
{
    TMK_CLEANUP(inflate_endp) z_stream z = { 0 };
    size_t fed = 0;

    if (inflateInit2(&z, window) != Z_OK)
        tmk_die_nomem();
    for (;;) {
        size_t room, piece;
        uint8_t *at;
        int rc;

        if (z.avail_in == 0 && fed < from.len) {
            piece = from.len - fed < INT_MAX ? from.len - fed : INT_MAX;
            z.next_in = from.data + fed;
            z.avail_in = (uInt)piece;
            fed += piece;
        }
        room = make_room(to, &at);
        if (room == 0)
            return TMK_LIMIT;
        z.next_out = at;
        z.avail_out = (uInt)room;
        rc = inflate(&z, Z_NO_FLUSH);
        to->len += room - z.avail_out;
        *used = fed - z.avail_in;
        if (rc == Z_STREAM_END)
            return TMK_OK;
        if (rc == Z_BUF_ERROR)
            return TMK_TRUNCATED;
        if (rc != Z_OK)
            return TMK_MALFORMED;
    }
}

static tmk_status unpack_lzma(bool alone, tmk_bytes from, struct tmk_buf *to, size_t *used)
{
    TMK_CLEANUP(lzma_end) lzma_stream z = LZMA_STREAM_INIT;

    if ((alone ? lzma_alone_decoder(&z, DECODER_MEMORY)
               : lzma_stream_decoder(&z, DECODER_MEMORY, 0)) != LZMA_OK)
        tmk_die_nomem();
    z.next_in = from.data;
    z.avail_in = from.len;
    for (;;) {
        uint8_t *at;
        const size_t room = make_room(to, &at);
        lzma_ret rc;

        if (room == 0)
            return TMK_LIMIT;
        z.next_out = at;
        z.avail_out = room;
        rc = lzma_code(&z, LZMA_RUN);
        to->len += room - z.avail_out;
        *used = from.len - z.avail_in;
        if (rc == LZMA_STREAM_END)
            return TMK_OK;
        if (rc == LZMA_BUF_ERROR)
            return TMK_TRUNCATED;
        if (rc == LZMA_MEMLIMIT_ERROR)
            return TMK_LIMIT;
        if (rc != LZMA_OK)
            return TMK_MALFORMED;
    }
}

static void zstd_freep(ZSTD_DCtx **d)
{
    (void)ZSTD_freeDCtx(*d);
}

static tmk_status unpack_zstd(tmk_bytes from, struct tmk_buf *to, size_t *used)
{
    TMK_CLEANUP(zstd_freep) ZSTD_DCtx *d = ZSTD_createDCtx();
    ZSTD_inBuffer in = { from.data, from.len, 0 };

    if (d == NULL || ZSTD_isError(ZSTD_DCtx_setParameter(d, ZSTD_d_windowLogMax, WINDOW_LOG_MAX)))
        tmk_die_nomem();
    for (;;) {
        const size_t before = in.pos;
        uint8_t *at;
        ZSTD_outBuffer out = { NULL, make_room(to, &at), 0 };
        size_t rc;

        if (out.size == 0)
            return TMK_LIMIT;
        out.dst = at;
        rc = ZSTD_decompressStream(d, &out, &in);
        to->len += out.pos;
        *used = in.pos;
        if (ZSTD_isError(rc))
            return TMK_MALFORMED;
        if (rc == 0)
            return TMK_OK;
        if (in.pos == before && out.pos == 0)
            return TMK_TRUNCATED;
    }
}

/* One block of the legacy frame; *got is what it held. */
static tmk_status unpack_lz4_block(tmk_bytes block, struct tmk_buf *to, size_t *got)
{
    const size_t left = to->cap - to->len, room = left < LZ4_BLOCK ? left : LZ4_BLOCK;
    uint8_t *at = room == 0 ? NULL : tmk_buf_reserve(to, room);
    int n;

    if (at == NULL)
        return TMK_LIMIT;
    n = LZ4_decompress_safe((const char *)block.data, (char *)at, (int)block.len, (int)room);
    if (n < 0) /* broken, or more than there is room for */
        return room < LZ4_BLOCK ? TMK_LIMIT : TMK_MALFORMED;
    to->len += (size_t)n;
    *got = (size_t)n;
    return TMK_OK;
}

static void lz4_freep(LZ4F_dctx **d)
{
    (void)LZ4F_freeDecompressionContext(*d);
}

/* LZ4 Frame Format Description 1.6: what apt keeps its lists in. */
static tmk_status unpack_lz4_frame(tmk_bytes from, struct tmk_buf *to, size_t *used)
{
    TMK_CLEANUP(lz4_freep) LZ4F_dctx *d = NULL;

    if (LZ4F_isError(LZ4F_createDecompressionContext(&d, LZ4F_VERSION)))
        tmk_die_nomem();
    for (;;) {
        uint8_t *at;
        size_t out = make_room(to, &at), in = from.len - *used, rc;

        if (out == 0)
            return TMK_LIMIT;
        rc = LZ4F_decompress(d, at, &out, from.data + *used, &in, NULL);
        to->len += out;
        *used += in;
        if (LZ4F_isError(rc))
            return TMK_MALFORMED;
        if (rc == 0)
            return TMK_OK;
        if (in == 0 && out == 0)
            return TMK_TRUNCATED;
    }
}

/*
 * LZ4 Frame Format Description, "Legacy frame", which is what kernel images are packed with: blocks of 8 MiB, each behind
 * its packed size; a shorter one is the last. Only the frame's end says that it ends, so what follows is left alone.
 */
static tmk_status unpack_lz4(tmk_bytes from, struct tmk_buf *to, size_t *used)
{
    tmk_reader r = rd_make(from, 0, TMK_LE);
    size_t got = LZ4_BLOCK;
    uint32_t word;
    tmk_bytes block;

    if (!rd_u32(&r, &word))
        return TMK_TRUNCATED;
    if (word != LZ4_LEGACY_MAGIC)
        return unpack_lz4_frame(from, to, used);
    while (got == LZ4_BLOCK && rd_left(&r) > 0) {
        tmk_status status;

        if (!rd_u32(&r, &word) || word > INT_MAX || !rd_bytes(&r, word, &block))
            return TMK_TRUNCATED;
        status = unpack_lz4_block(block, to, &got);
        if (status != TMK_OK)
            return status;
        *used = r.pos;
    }
    return TMK_OK;
}

tmk_status tmk_unpack(enum tmk_packing p, tmk_bytes from, struct tmk_buf *to, size_t *used)
{
    *used = 0;
    switch (p) {
    case TMK_PACK_GZIP:
        return unpack_zlib(16 + MAX_WBITS, from, to, used);
    case TMK_PACK_ZLIB:
        return unpack_zlib(MAX_WBITS, from, to, used);
    case TMK_PACK_XZ:
        return unpack_lzma(false, from, to, used);
    case TMK_PACK_LZMA:
        return unpack_lzma(true, from, to, used);
    case TMK_PACK_ZSTD:
        return unpack_zstd(from, to, used);
    case TMK_PACK_LZ4:
        return unpack_lz4(from, to, used);
    case TMK_PACK_NONE:
        break;
    }
    return TMK_UNSUPPORTED;
}

static bool is_module_packing(enum tmk_packing p)
{
    return p == TMK_PACK_GZIP || p == TMK_PACK_XZ || p == TMK_PACK_ZSTD;
}

/* An ELF header with e_type REL, in either byte order. */
static bool is_relocatable(tmk_bytes head)
{
    tmk_reader r;
    uint16_t type;

    if (head.len < EI_NIDENT || memcmp(head.data, ELFMAG, SELFMAG) != 0)
        return false;
    r = rd_make(head, 0, head.data[EI_DATA] == ELFDATA2MSB ? TMK_BE : TMK_LE);
    return rd_skip(&r, EI_NIDENT) && rd_u16(&r, &type) && type == ET_REL;
}

static bool head_is_module(enum tmk_packing p, tmk_bytes packed, tmk_status *ret)
{
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf head = TMK_BUF(HEAD);
    size_t used;

    *ret = tmk_unpack(p, packed, &head, &used);
    return is_relocatable(tmk_bytes_of(head.data, head.len));
}

bool tmk_unpack_probe(const struct tmk_sniff *s)
{
    const enum tmk_packing p = tmk_packing_of(s->head);
    tmk_status status;

    if (!is_module_packing(p))
        return false;
    if (head_is_module(p, s->head, &status))
        return true;
    /* zstd gives nothing before its first block is whole: only the rest of the file tells */
    return status == TMK_TRUNCATED && s->head.len < s->size;
}

bool tmk_unpack_if_packed(struct tmk_artifact *a)
{
    const enum tmk_packing p = tmk_packing_of(a->stored);
    uint64_t cap = a->limits->max_unpacked_size;
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf out = { 0 };
    tmk_status status;
    size_t used;

    if (!is_module_packing(p) || !head_is_module(p, a->stored, &status))
        return false;
    if (a->limits->max_unpacked_ratio < cap / a->stored.len)
        cap = a->limits->max_unpacked_ratio * a->stored.len;
    out = TMK_BUF((size_t)cap);
    tmk_json_put_str(a->format, "compression", tmk_packing_name(p));
    status = tmk_unpack(p, a->stored, &out, &used);
    if (status != TMK_OK) {
        tmk_finding_add(a->findings, status == TMK_LIMIT ? TMK_F_PACK001 : TMK_F_PACK002, used,
                        tmk_packing_name(p), tmk_status_tag(status), NULL);
        return false;
    }
    if (used < a->stored.len)
        tmk_finding_add(a->findings, TMK_F_PACK003, used, tmk_packing_name(p), NULL);
    a->file = tmk_arena_bytes(a->arena, tmk_bytes_of(out.data, out.len));
    return true;
}
