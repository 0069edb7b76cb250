/* SPDX-License-Identifier: Apache-2.0 */
#include "formats/magic.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "model/json.h"

enum { DOS_LFANEW = 0x3c, EOCD_SIZE = 22, EOCD_COMMENT_MAX = 65535, BUNDLE_SEARCHED = 16 << 20 };
enum { UPX_VERSION_MAX = 8 };

static const struct {
    const char *name;
    uint16_t at;
    uint8_t n;
    uint8_t bytes[16];
} magics[] = {
    { "elf", 0, 4,
      "\x7f"
      "ELF" },
    { "zip", 0, 4, "PK\3\4" },
    { "zip", 0, 4, "PK\5\6" },
    { "7z", 0, 6, "7z\xbc\xaf\x27\x1c" },
    { "rar", 0, 7, "Rar!\x1a\7" },
    { "cab", 0, 8, "MSCF\0\0\0\0" },
    { "nsis", 4, 16, "\xef\xbe\xad\xdeNullsoftInst" },
    { "inno_setup", 0, 4, "zlb\x1a" },
    { "inno_setup", 0, 8, "idska32\x1a" },
    { "gzip", 0, 3, "\x1f\x8b\x08" },
    { "bzip2", 0, 4, "BZh9" },
    { "xz", 0, 6,
      "\xfd"
      "7zXZ\0" },
    { "zstd", 0, 4, "\x28\xb5\x2f\xfd" },
    { "lz4", 0, 4, "\x04\x22\x4d\x18" },
    { "ole", 0, 8, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" },
    { "ar", 0, 8, "!<arch>\n" },
    { "ar", 0, 8, "!<thin>\n" },
    { "rpm", 0, 4, "\xed\xab\xee\xdb" },
    { "tar", 257, 5, "ustar" },
    { "cpio", 0, 5, "07070" },
    { "squashfs", 0, 4, "hsqs" },
    { "iso9660", 0, 5, "CD001" },
    { "pdf", 0, 5, "%PDF-" },
    { "sqlite", 0, 16, "SQLite format 3" },
    { "mach_o", 0, 4, "\xcf\xfa\xed\xfe" },
    { "mach_o", 0, 4, "\xce\xfa\xed\xfe" },
    { "wasm", 0, 4, "\0asm" },
    { "script", 0, 2, "#!" },
    { "png", 0, 8, "\x89PNG\r\n\x1a\n" },
    { "xml", 0, 5, "<?xml" },
};

static bool is_pe(tmk_bytes b)
{
    tmk_reader all = rd_make(b, 0, TMK_LE), r;
    uint32_t lfanew, signature;

    return b.len >= 2 && b.data[0] == 'M' && b.data[1] == 'Z' && rd_from(&all, DOS_LFANEW, &r) && rd_u32(&r, &lfanew) &&
           rd_from(&all, lfanew, &r) && rd_u32(&r, &signature) && signature == 0x4550;
}

const char *tmk_magic_name(tmk_bytes b)
{
    for (size_t i = 0; i < TMK_COUNT(magics); i++) {
        tmk_bytes there;

        if (tmk_bytes_slice(b, magics[i].at, magics[i].n, &there) &&
            memcmp(there.data, magics[i].bytes, magics[i].n) == 0)
            return magics[i].name;
    }
    return is_pe(b) ? "pe" : NULL;
}

/* A zip archive may stand behind anything: it is found from its end record (APPNOTE.TXT 4.3.16). */
static bool ends_as_zip(tmk_bytes b)
{
    const size_t furthest = b.len > EOCD_SIZE + EOCD_COMMENT_MAX ? b.len - EOCD_SIZE - EOCD_COMMENT_MAX : 0;
    tmk_reader all = rd_make(b, 0, TMK_LE), r;
    uint16_t comment;

    if (b.len < EOCD_SIZE)
        return false;
    for (size_t at = b.len - EOCD_SIZE + 1; at-- > furthest;)
        if (memcmp(b.data + at, "PK\5\6", 4) == 0 && rd_from(&all, at + EOCD_SIZE - 2, &r) && rd_u16(&r, &comment) &&
            comment == b.len - at - EOCD_SIZE)
            return true;
    return false;
}

static size_t zeros_at_start(tmk_bytes b)
{
    size_t n = 0;

    while (n < b.len && b.data[n] == 0)
        n++;
    return n;
}

static const char *kind_of(tmk_bytes b)
{
    const size_t zeros = zeros_at_start(b);
    const char *name;
    tmk_bytes rest;

    if (zeros == b.len || !tmk_bytes_slice(b, zeros, b.len - zeros, &rest))
        return "zeros";
    name = tmk_magic_name(b); /* some magics start with zeros */
    if (name == NULL)
        name = tmk_magic_name(rest);
    if (name == NULL && ends_as_zip(b))
        name = "zip";
    return name == NULL ? "data" : name;
}

static bool is_executable(const char *kind)
{
    return strcmp(kind, "pe") == 0 || strcmp(kind, "elf") == 0 || strcmp(kind, "mach_o") == 0;
}

void tmk_put_overlay(struct tmk_artifact *a, uint64_t start, uint64_t end)
{
    json_t *overlay;
    const char *kind;
    tmk_bytes b;
    char length[24];

    if (end <= start || !tmk_bytes_slice(a->file, start, end - start, &b))
        return;
    kind = json_object_get(a->format, "bundle") != NULL ? "dotnet_bundle" : kind_of(b);
    overlay = json_object();
    tmk_json_put(overlay, "offset", json_integer((json_int_t)start));
    tmk_json_put(overlay, "length", json_integer((json_int_t)b.len));
    tmk_json_put_str(overlay, "kind", kind);
    tmk_json_put(a->format, "overlay", overlay);
    (void)snprintf(length, sizeof length, "%zu", b.len);
    if (is_executable(kind))
        tmk_finding_add(a->findings, TMK_F_PACK004, start, length, kind, NULL);
}

/* 7-bit length, low groups first, as .NET's BinaryWriter writes strings; identifiers are short. */
static bool bundle_id(tmk_reader *r, tmk_bytes *ret)
{
    uint8_t len;

    return rd_u8(r, &len) && len < 0x80 && rd_bytes(r, len, ret);
}

static bool read_bundle(struct tmk_artifact *a, uint64_t at)
{
    tmk_reader all = rd_make(a->file, 0, TMK_LE), r;
    uint32_t major, minor, files;
    json_t *bundle;
    tmk_bytes id;

    /* header_fixed_t of the host's corehost/bundle/header.h */
    if (!rd_from(&all, at, &r) || !rd_u32(&r, &major) || !rd_u32(&r, &minor) || !rd_u32(&r, &files) ||
        !bundle_id(&r, &id))
        return false;
    bundle = json_object();
    tmk_json_put_str(bundle, "kind", "dotnet_single_file");
    tmk_json_put(bundle, "offset", json_integer((json_int_t)at));
    tmk_json_put(bundle, "files", json_integer(files));
    tmk_json_put_str(bundle, "version", tmk_arena_printf(a->arena, "%u.%u", major, minor));
    tmk_json_put(bundle, "id", tmk_json_text(id));
    tmk_json_put(a->format, "bundle", bundle);
    return true;
}

bool tmk_put_dotnet_bundle(struct tmk_artifact *a, tmk_bytes data)
{
    /* SHA-256 of ".net core bundle"; the header's offset stands before it, 0 in a host that carries nothing */
    static const uint8_t marker[] = { 0x8b, 0x12, 0x02, 0xb9, 0x6a, 0x61, 0x20, 0x38, 0x72, 0x7b, 0x93,
                                      0x02, 0x14, 0xd7, 0xa0, 0x32, 0x13, 0xf5, 0xb9, 0xe6, 0xef, 0xae,
                                      0x33, 0x18, 0xee, 0x3b, 0x2d, 0xce, 0x24, 0xb3, 0x6a, 0xae };
    const size_t searched = data.len < BUNDLE_SEARCHED ? data.len : BUNDLE_SEARCHED;
    const uint8_t *found = searched == 0 ? NULL : memmem(data.data, searched, marker, sizeof marker);
    uint64_t at;
    tmk_reader r;

    if (found == NULL || found - data.data < 8)
        return false;
    r = rd_make(tmk_bytes_of(found - 8, 8), 0, TMK_LE);
    return rd_u64(&r, &at) && at != 0 && read_bundle(a, at);
}

const char *tmk_upx_name(struct tmk_arena *arena, tmk_bytes head, size_t at)
{
    size_t from = at, digits = 0;

    if (at == 0 || at > head.len || head.data[at - 1] != 0)
        return "upx";
    for (from--; from > 0 && digits < UPX_VERSION_MAX; from--, digits++)
        if (head.data[from - 1] != '.' && (head.data[from - 1] < '0' || head.data[from - 1] > '9'))
            break;
    return digits < 3 ? "upx" : tmk_arena_printf(arena, "upx %s", tmk_arena_strndup(arena, head.data + from, digits));
}
