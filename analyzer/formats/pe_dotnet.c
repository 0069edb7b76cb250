/* SPDX-License-Identifier: Apache-2.0 */
/* The .NET assembly's own name and version, from its metadata (ECMA-335, partition II). */
#include "base/text.h"
#include "formats/pe_image.h"

enum {
    CLI_STRONG_NAME_SIGNED = 8,
    METADATA_BSJB = 0x424a5342,
    STREAMS_MAX = 64,
    STREAM_NAME_MAX = 32,
    ASSEMBLY = 0x20,
    COLUMNS_MAX = 9,
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

static const uint8_t columns[ASSEMBLY][COLUMNS_MAX] = {
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
    tmk_reader root, tables, strings;
    bool has_tables, has_strings;
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

/* The streams' headers (II.24.2.2): "#~" (or "#-", not optimised) and "#Strings". */
static bool read_streams(struct metadata *m)
{
    tmk_reader r = m->root;
    uint32_t magic, version_len, offset, size;
    uint16_t n;
    tmk_bytes name;

    if (!rd_u32(&r, &magic) || magic != METADATA_BSJB || !rd_skip(&r, 8) ||
        !rd_u32(&r, &version_len) || !rd_skip(&r, version_len) || !rd_skip(&r, 2) ||
        !rd_u16(&r, &n))
        return false;
    for (unsigned i = 0; i < n && i < STREAMS_MAX; i++) {
        if (!rd_u32(&r, &offset) || !rd_u32(&r, &size) || !rd_cstr(&r, STREAM_NAME_MAX, &name) ||
            !rd_align(&r, 4))
            break;
        if (name.len == 2 && name.data[0] == '#' && (name.data[1] == '~' || name.data[1] == '-'))
            m->has_tables = rd_window(&m->root, offset, size, &m->tables);
        else if (tmk_bytes_eq(name, tmk_bytes_of("#Strings", 8)))
            m->has_strings = rd_window(&m->root, offset, size, &m->strings);
    }
    return m->has_tables && m->has_strings;
}

/* Moves m->tables to the first row of Assembly (II.24.2.6); false when there is none. */
static bool find_assembly(struct metadata *m)
{
    uint64_t valid, sorted, skip = 0;

    if (!rd_skip(&m->tables, 6) || !rd_u8(&m->tables, &m->heaps) || !rd_skip(&m->tables, 1) ||
        !rd_u64(&m->tables, &valid) || !rd_u64(&m->tables, &sorted))
        return false;
    for (unsigned t = 0; t < 64; t++) {
        if ((valid >> t & 1) != 0 && !rd_u32(&m->tables, &m->rows[t]))
            return false;
    }
    if ((m->heaps & 0x40) != 0 && !rd_skip(&m->tables, 4)) /* extra data of edit-and-continue */
        return false;
    for (unsigned t = 0; t < ASSEMBLY; t++)
        skip += table_size(m, t);
    return m->rows[ASSEMBLY] > 0 && skip <= rd_left(&m->tables) &&
           rd_skip(&m->tables, (size_t)skip);
}

static bool read_index(struct metadata *m, uint8_t column, uint32_t *ret)
{
    uint16_t narrow;

    if (column_width(m, column) == 4)
        return rd_u32(&m->tables, ret);
    if (!rd_u16(&m->tables, &narrow))
        return false;
    *ret = narrow;
    return true;
}

static bool put_heap_string(struct metadata *m, uint32_t index, json_t *claim, const char *member)
{
    tmk_reader r;
    tmk_bytes text;

    if (!rd_from(&m->strings, index, &r) || !rd_cstr(&r, IDENTIFIER_MAX, &text))
        return false;
    if (text.len > 0)
        tmk_json_put(claim, member, tmk_json_text(text));
    return true;
}

/* Assembly (II.22.2): HashAlgId, four parts of the version, Flags, PublicKey, Name, Culture. */
static void read_assembly(struct pe_image *im, struct metadata *m, bool strong)
{
    uint16_t v[4];
    uint32_t key, name, culture;
    bool good = rd_skip(&m->tables, 4);
    json_t *claim;

    for (size_t i = 0; i < 4; i++)
        good = good && rd_u16(&m->tables, &v[i]);
    if (!good || !rd_skip(&m->tables, 4) || !read_index(m, BLOB, &key) ||
        !read_index(m, STR, &name) || !read_index(m, STR, &culture))
        return;
    claim = json_object();
    tmk_json_put_str(claim, "by", "dotnet");
    if (!put_heap_string(m, name, claim, "assembly") ||
        !put_heap_string(m, culture, claim, "language"))
        tmk_finding_add(im->a->findings, TMK_F_PE021, rd_offset(&m->tables), NULL);
    tmk_json_put_str(claim, "version",
                     tmk_arena_printf(im->a->arena, "%u.%u.%u.%u", v[0], v[1], v[2], v[3]));
    tmk_json_put(claim, "public_key", json_boolean(key != 0));
    tmk_json_put(claim, "strong_name", json_boolean(strong));
    tmk_json_push(im->a->claims, claim);
}

void pe_read_dotnet(struct pe_image *im)
{
    struct metadata m = { .has_tables = false };
    uint32_t rva, size, flags;
    tmk_reader r;

    if (!pe_dir_window(im, PE_DIR_CLI, &r))
        return;
    tmk_json_put(im->a->format, "dotnet", json_true());
    if (!rd_skip(&r, 8) || !rd_u32(&r, &rva) || !rd_u32(&r, &size) || !rd_u32(&r, &flags) ||
        !pe_window(im, rva, size, &m.root) || !read_streams(&m)) {
        tmk_finding_add(im->a->findings, TMK_F_PE021, im->pe_offset, NULL);
        return;
    }
    if (find_assembly(&m))
        read_assembly(im, &m, (flags & CLI_STRONG_NAME_SIGNED) != 0);
}
