/* SPDX-License-Identifier: Apache-2.0 */
/* The .NET assembly's own name and version, from its metadata (ECMA-335, partition II). */
#include "base/text.h"
#include "formats/pe_image.h"

enum {
    CLI_IL_ONLY = 1,
    CLI_STRONG_NAME_SIGNED = 8,
    CLI_NATIVE_HEADER = 64, /* ManagedNativeHeader in the CLI header */
    READY_TO_RUN = 0x00525452,
    METADATA_BSJB = 0x424a5342,
    STREAMS_MAX = 64,
    STREAM_NAME_MAX = 32,
    ASSEMBLY = 0x20,
    ASSEMBLY_REF = 0x23,
    TABLES_KNOWN = ASSEMBLY_REF,
    COLUMNS_MAX = 10,
    REFERENCES_MAX = 1024,
    IDENTIFIER_MAX = 1024,
};

/* Columns of a table (II.22): below 64 the index of a table, then a coded index, then the rest. */
enum {
    CODED = 64,
    TYPE_DEF_OR_REF = CODED,
    HAS_CONSTANT,
    HAS_ATTRIBUTE,
    HAS_MARSHAL,
    HAS_SECURITY,
    MEMBER_PARENT,
    HAS_SEMANTICS,
    METHOD_DEF_OR_REF,
    MEMBER_FORWARDED,
    IMPLEMENTATION,
    ATTRIBUTE_TYPE,
    RESOLUTION_SCOPE,
    CODED_END,
    U16 = 128,
    U32,
    STR,
    GUID,
    BLOB,
    END = 0xff,
};

static const uint8_t columns[TABLES_KNOWN][COLUMNS_MAX] = {
    [0x00] = { U16, STR, GUID, GUID, GUID, END },              /* Module */
    [0x01] = { RESOLUTION_SCOPE, STR, STR, END },              /* TypeRef */
    [0x02] = { U32, STR, STR, TYPE_DEF_OR_REF, 4, 6, END },    /* TypeDef */
    [0x03] = { 4, END },                                       /* FieldPtr */
    [0x04] = { U16, STR, BLOB, END },                          /* Field */
    [0x05] = { 6, END },                                       /* MethodPtr */
    [0x06] = { U32, U16, U16, STR, BLOB, 8, END },             /* MethodDef */
    [0x07] = { 8, END },                                       /* ParamPtr */
    [0x08] = { U16, U16, STR, END },                           /* Param */
    [0x09] = { 2, TYPE_DEF_OR_REF, END },                      /* InterfaceImpl */
    [0x0a] = { MEMBER_PARENT, STR, BLOB, END },                /* MemberRef */
    [0x0b] = { U16, HAS_CONSTANT, BLOB, END },                 /* Constant */
    [0x0c] = { HAS_ATTRIBUTE, ATTRIBUTE_TYPE, BLOB, END },     /* CustomAttribute */
    [0x0d] = { HAS_MARSHAL, BLOB, END },                       /* FieldMarshal */
    [0x0e] = { U16, HAS_SECURITY, BLOB, END },                 /* DeclSecurity */
    [0x0f] = { U16, U32, 2, END },                             /* ClassLayout */
    [0x10] = { U32, 4, END },                                  /* FieldLayout */
    [0x11] = { BLOB, END },                                    /* StandAloneSig */
    [0x12] = { 2, 0x14, END },                                 /* EventMap */
    [0x13] = { 0x14, END },                                    /* EventPtr */
    [0x14] = { U16, STR, TYPE_DEF_OR_REF, END },               /* Event */
    [0x15] = { 2, 0x17, END },                                 /* PropertyMap */
    [0x16] = { 0x17, END },                                    /* PropertyPtr */
    [0x17] = { U16, STR, BLOB, END },                          /* Property */
    [0x18] = { U16, 6, HAS_SEMANTICS, END },                   /* MethodSemantics */
    [0x19] = { 2, METHOD_DEF_OR_REF, METHOD_DEF_OR_REF, END }, /* MethodImpl */
    [0x1a] = { STR, END },                                     /* ModuleRef */
    [0x1b] = { BLOB, END },                                    /* TypeSpec */
    [0x1c] = { U16, MEMBER_FORWARDED, STR, 0x1a, END },        /* ImplMap */
    [0x1d] = { U32, 4, END },                                  /* FieldRVA */
    [0x1e] = { U32, U32, END },                                /* EncLog */
    [0x1f] = { U32, END },                                     /* EncMap */
    [0x20] = { U32, U16, U16, U16, U16, U32, BLOB, STR, STR, END }, /* Assembly */
    [0x21] = { U32, END },                                     /* AssemblyProcessor */
    [0x22] = { U32, U32, U32, END },                           /* AssemblyOS */
};

/* Coded indices (II.24.2.6): how many tag bits, and which tables they choose from. */
static const struct {
    unsigned bits;
    uint64_t tables;
} coded[CODED_END - CODED] = {
    [TYPE_DEF_OR_REF - CODED] = { 2, 1ULL << 2 | 1ULL << 1 | 1ULL << 0x1b },
    [HAS_CONSTANT - CODED] = { 2, 1ULL << 4 | 1ULL << 8 | 1ULL << 0x17 },
    [HAS_ATTRIBUTE - CODED] = { 5, 1ULL << 6 | 1ULL << 4 | 1ULL << 1 | 1ULL << 2 | 1ULL << 8 |
                                       1ULL << 9 | 1ULL << 0xa | 1ULL << 0 | 1ULL << 0xe |
                                       1ULL << 0x17 | 1ULL << 0x14 | 1ULL << 0x11 |
                                       1ULL << 0x1a | 1ULL << 0x1b | 1ULL << 0x20 |
                                       1ULL << 0x23 | 1ULL << 0x26 | 1ULL << 0x27 |
                                       1ULL << 0x28 | 1ULL << 0x2a | 1ULL << 0x2c |
                                       1ULL << 0x2b },
    [HAS_MARSHAL - CODED] = { 1, 1ULL << 4 | 1ULL << 8 },
    [HAS_SECURITY - CODED] = { 2, 1ULL << 2 | 1ULL << 6 | 1ULL << 0x20 },
    [MEMBER_PARENT - CODED] = { 3, 1ULL << 2 | 1ULL << 1 | 1ULL << 0x1a | 1ULL << 6 |
                                       1ULL << 0x1b },
    [HAS_SEMANTICS - CODED] = { 1, 1ULL << 0x14 | 1ULL << 0x17 },
    [METHOD_DEF_OR_REF - CODED] = { 1, 1ULL << 6 | 1ULL << 0xa },
    [MEMBER_FORWARDED - CODED] = { 1, 1ULL << 4 | 1ULL << 6 },
    [IMPLEMENTATION - CODED] = { 2, 1ULL << 0x26 | 1ULL << 0x23 | 1ULL << 0x27 },
    [ATTRIBUTE_TYPE - CODED] = { 3, 1ULL << 6 | 1ULL << 0xa },
    [RESOLUTION_SCOPE - CODED] = { 2, 1ULL << 0 | 1ULL << 0x1a | 1ULL << 0x23 | 1ULL << 1 },
};

struct metadata {
    tmk_reader root, tables, strings, blobs;
    bool has_tables, has_strings, has_blobs;
    tmk_bytes runtime; /* the version of the runtime it was made for, "v4.0.30319" */
    uint8_t heaps; /* bit 0: wide string indices, 1: GUID, 2: blob */
    uint32_t rows[64];
};

static unsigned coded_width(const struct metadata *m, unsigned which)
{
    for (unsigned t = 0; t < 64; t++) {
        if ((coded[which].tables >> t & 1) != 0 && m->rows[t] >= 1U << (16 - coded[which].bits))
            return 4;
    }
    return 2;
}

static unsigned column_width(const struct metadata *m, uint8_t column)
{
    if (column < CODED)
        return m->rows[column] > 0xffff ? 4 : 2;
    if (column < CODED_END)
        return coded_width(m, column - CODED);
    if (column == U16)
        return 2;
    if (column == U32)
        return 4;
    return (m->heaps >> (column - STR) & 1) != 0 ? 4 : 2;
}

static uint64_t table_size(const struct metadata *m, unsigned table)
{
    uint64_t width = 0;

    for (unsigned i = 0; i < COLUMNS_MAX && columns[table][i] != END; i++)
        width += column_width(m, columns[table][i]);
    return width * m->rows[table];
}

/* "#~" (or "#-", not optimised), "#Strings" and "#Blob"; of others nothing is read. */
static void note_stream(struct metadata *m, tmk_bytes name, uint32_t offset, uint32_t size)
{
    if (tmk_bytes_eq(name, tmk_bytes_of("#~", 2)) || tmk_bytes_eq(name, tmk_bytes_of("#-", 2)))
        m->has_tables = rd_window(&m->root, offset, size, &m->tables);
    else if (tmk_bytes_eq(name, tmk_bytes_of("#Strings", 8)))
        m->has_strings = rd_window(&m->root, offset, size, &m->strings);
    else if (tmk_bytes_eq(name, tmk_bytes_of("#Blob", 5)))
        m->has_blobs = rd_window(&m->root, offset, size, &m->blobs);
}

/* The streams' headers (II.24.2.2). */
static bool read_streams(struct metadata *m)
{
    tmk_reader r = m->root;
    uint32_t magic, version_len, offset, size;
    uint16_t n;
    tmk_bytes name;

    if (!rd_u32(&r, &magic) || magic != METADATA_BSJB || !rd_skip(&r, 8) ||
        !rd_u32(&r, &version_len) || !rd_bytes(&r, version_len, &m->runtime) || !rd_skip(&r, 2) ||
        !rd_u16(&r, &n))
        return false;
    for (unsigned i = 0; i < n && i < STREAMS_MAX; i++) {
        if (!rd_u32(&r, &offset) || !rd_u32(&r, &size) || !rd_cstr(&r, STREAM_NAME_MAX, &name) ||
            !rd_align(&r, 4))
            break;
        note_stream(m, name, offset, size);
    }
    return m->has_tables && m->has_strings;
}

/* Reads the tables' header (II.24.2.6) and leaves m->tables at the first row of the first table. */
static bool read_rows(struct metadata *m)
{
    uint64_t valid, sorted;

    if (!rd_skip(&m->tables, 6) || !rd_u8(&m->tables, &m->heaps) || !rd_skip(&m->tables, 1) ||
        !rd_u64(&m->tables, &valid) || !rd_u64(&m->tables, &sorted))
        return false;
    for (unsigned t = 0; t < 64; t++) {
        if ((valid >> t & 1) != 0 && !rd_u32(&m->tables, &m->rows[t]))
            return false;
    }
    return (m->heaps & 0x40) == 0 || rd_skip(&m->tables, 4); /* extra data of edit-and-continue */
}

/* A reader at the first row of a table; false when the table is empty or out of the stream. */
static bool find_table(const struct metadata *m, unsigned table, tmk_reader *ret)
{
    uint64_t skip = 0;

    for (unsigned t = 0; t < table; t++)
        skip += table_size(m, t);
    *ret = m->tables;
    return m->rows[table] > 0 && skip <= rd_left(ret) && rd_skip(ret, (size_t)skip);
}

static bool read_index(const struct metadata *m, tmk_reader *r, uint8_t column, uint32_t *ret)
{
    uint16_t narrow;

    if (column_width(m, column) == 4)
        return rd_u32(r, ret);
    if (!rd_u16(r, &narrow))
        return false;
    *ret = narrow;
    return true;
}

static bool put_heap_string(const struct metadata *m, uint32_t index, json_t *to, const char *member)
{
    tmk_reader r;
    tmk_bytes text;

    if (!rd_from(&m->strings, index, &r) || !rd_cstr(&r, IDENTIFIER_MAX, &text))
        return false;
    if (text.len > 0)
        tmk_json_put(to, member, tmk_json_text(text));
    return true;
}

/* A blob's length takes one, two or four bytes (II.24.2.4). Index 0 is the empty blob. */
static bool read_blob(const struct metadata *m, uint32_t index, tmk_bytes *ret)
{
    uint8_t b[4] = { 0 };
    uint32_t len;
    unsigned more;
    tmk_reader r;

    if (!m->has_blobs || !rd_from(&m->blobs, index, &r) || !rd_u8(&r, &b[0]))
        return false;
    more = (b[0] & 0x80) == 0 ? 0 : (b[0] & 0x40) == 0 ? 1 : 3;
    for (unsigned i = 1; i <= more; i++)
        if (!rd_u8(&r, &b[i]))
            return false;
    len = b[0] & (more == 0 ? 0x7fU : more == 1 ? 0x3fU : 0x1fU);
    for (unsigned i = 1; i <= more; i++)
        len = len << 8 | b[i];
    return rd_bytes(&r, len, ret);
}

static bool read_version(struct pe_image *im, tmk_reader *r, const char **ret)
{
    uint16_t v[4];

    for (size_t i = 0; i < 4; i++)
        if (!rd_u16(r, &v[i]))
            return false;
    *ret = tmk_arena_printf(im->a->arena, "%u.%u.%u.%u", v[0], v[1], v[2], v[3]);
    return true;
}

/* Assembly (II.22.2): HashAlgId, four parts of the version, Flags, PublicKey, Name, Culture. */
static void read_assembly(struct pe_image *im, const struct metadata *m, tmk_reader r, bool strong)
{
    uint32_t key, name, culture;
    const char *version;
    tmk_bytes key_bytes;
    json_t *claim;

    if (!rd_skip(&r, 4) || !read_version(im, &r, &version) || !rd_skip(&r, 4) || !read_index(m, &r, BLOB, &key) ||
        !read_index(m, &r, STR, &name) || !read_index(m, &r, STR, &culture)) {
        pe_find_num(im, TMK_F_PE021, rd_offset(&r), 0, 0);
        return;
    }
    claim = json_object();
    tmk_json_put_str(claim, "by", "dotnet");
    if (!put_heap_string(m, name, claim, "assembly") || !put_heap_string(m, culture, claim, "language"))
        pe_find_num(im, TMK_F_PE021, rd_offset(&r), 0, 0);
    tmk_json_put_str(claim, "version", version);
    tmk_json_put(claim, "public_key", json_boolean(key != 0));
    tmk_json_put(claim, "strong_name", json_boolean(strong));
    if (key != 0 && read_blob(m, key, &key_bytes))
        im->a->pe.dotnet_key = key_bytes;
    tmk_json_push(im->a->claims, claim);
}

/* AssemblyRef (II.22.5): version, Flags, PublicKeyOrToken, Name, Culture, HashValue. */
static void list_references(struct pe_image *im, const struct metadata *m)
{
    json_t *list = tmk_json_array_of(im->a->details, "assembly_references");
    uint32_t key, name, culture, hash;
    const char *version;
    tmk_bytes token;
    tmk_reader r;

    if (!find_table(m, ASSEMBLY_REF, &r))
        return;
    for (uint32_t i = 0; i < m->rows[ASSEMBLY_REF] && i < REFERENCES_MAX; i++) {
        json_t *one;

        if (!read_version(im, &r, &version) || !rd_skip(&r, 4) || !read_index(m, &r, BLOB, &key) ||
            !read_index(m, &r, STR, &name) || !read_index(m, &r, STR, &culture) || !read_index(m, &r, BLOB, &hash))
            return;
        one = json_object();
        (void)put_heap_string(m, name, one, "assembly");
        tmk_json_put_str(one, "version", version);
        if (key != 0 && read_blob(m, key, &token) && token.len == 8)
            tmk_json_put(one, "public_key_token", tmk_json_hex(token));
        tmk_json_push(list, one);
    }
}

/* II.25.3.3: whether there is native code beside the intermediate one, and of which making. */
static const char *kind_of(const struct pe_image *im, const tmk_reader *cli, uint32_t flags)
{
    uint32_t rva, magic;
    tmk_reader r, native;

    if (rd_from(cli, CLI_NATIVE_HEADER, &r) && rd_u32(&r, &rva) && rva != 0)
        return pe_from_rva(im, rva, &native) && rd_u32(&native, &magic) && magic == READY_TO_RUN ? "ready_to_run"
                                                                                               : "native_image";
    return (flags & CLI_IL_ONLY) != 0 ? "il" : "mixed";
}

static void read_metadata(struct pe_image *im, struct metadata *m, uint32_t flags)
{
    const size_t before = json_array_size(im->a->claims);
    tmk_bytes runtime;
    tmk_reader r;

    if (find_table(m, ASSEMBLY, &r))
        read_assembly(im, m, r, (flags & CLI_STRONG_NAME_SIGNED) != 0);
    r = rd_make(m->runtime, 0, TMK_LE);
    if (json_array_size(im->a->claims) > before && rd_cstr(&r, m->runtime.len, &runtime) && runtime.len > 0)
        tmk_json_put(json_array_get(im->a->claims, before), "runtime", tmk_json_text(runtime));
    if (im->a->want_details)
        list_references(im, m);
}

void pe_read_dotnet(struct pe_image *im)
{
    struct metadata m = { .has_tables = false };
    const struct pe_dir dir = im->dirs[PE_DIR_CLI];
    uint32_t rva, size, flags;
    tmk_reader cli, r;

    if (dir.rva == 0 || dir.size == 0)
        return;
    if (!pe_dir_window(im, PE_DIR_CLI, &cli)) {
        pe_find_num(im, TMK_F_PE018, im->pe_offset, PE_DIR_CLI, dir.rva);
        return;
    }
    tmk_json_put(im->a->format, "dotnet", json_true());
    if (!rd_from(&cli, 8, &r) || !rd_u32(&r, &rva) || !rd_u32(&r, &size) || !rd_u32(&r, &flags) ||
        !pe_window(im, rva, size, &m.root) || !read_streams(&m) || !read_rows(&m)) {
        pe_find_num(im, TMK_F_PE021, im->pe_offset, 0, 0);
        return;
    }
    tmk_json_put_str(im->a->format, "dotnet_kind", kind_of(im, &cli, flags));
    read_metadata(im, &m, flags);
}
