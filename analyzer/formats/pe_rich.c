/* SPDX-License-Identifier: Apache-2.0 */
/* The Rich header: undocumented, left by Microsoft's linker between the DOS stub and "PE\0\0". It starts with "DanS",
 * each word is XORed with the key that follows the clear word "Rich"; the key is a checksum of what stands before and of
 * the entries, so that a header taken from another file shows. */
#include "formats/pe_image.h"

enum { RICH = 0x68636952, DANS = 0x536e6144, RICH_START = 0x40, RICH_MAX = 0x1000, DOS_LFANEW = 0x3c };
enum { PADDING_WORDS = 4 }; /* "DanS" and three words of zero */

struct rich {
    uint32_t at;  /* of "DanS" in the file */
    uint32_t key;
    tmk_bytes clear; /* from "DanS" up to "Rich" */
};

/* How many words stand before "Rich", and its key. */
static bool find_rich(tmk_reader r, size_t *ret_words, uint32_t *ret_key)
{
    uint32_t word;

    for (*ret_words = 0; rd_u32(&r, &word); (*ret_words)++) {
        if (word == RICH)
            return rd_u32(&r, ret_key);
    }
    return false;
}

static bool decode(struct pe_image *im, struct rich *ret)
{
    size_t n, used = 0;
    uint32_t word, len = im->pe_offset;
    uint8_t *clear;
    tmk_reader r;

    if (len <= RICH_START || len - RICH_START > RICH_MAX ||
        !rd_window(&im->file, RICH_START, len - RICH_START, &r) || !find_rich(r, &n, &ret->key))
        return false;
    clear = tmk_arena_array(im->a->arena, n + 1, 4);
    for (size_t i = 0; i < n && rd_u32(&r, &word); i++) {
        word ^= ret->key;
        if (used == 0 && word != DANS)
            continue;
        if (used == 0)
            ret->at = (uint32_t)(RICH_START + 4 * i);
        for (unsigned byte = 0; byte < 4; byte++)
            clear[used++] = (uint8_t)(word >> (8 * byte));
    }
    ret->clear = tmk_bytes_of(clear, used);
    return used >= 4U * PADDING_WORDS;
}

static uint32_t rotated(uint32_t v, unsigned by)
{
    by &= 31;
    return by == 0 ? v : v << by | v >> (32 - by);
}

/* Entries: product and its build, how many objects it made. Returns their part of the checksum. */
static uint32_t read_entries(const struct rich *rich, json_t *list)
{
    tmk_reader all = rd_make(rich->clear, 0, TMK_LE), r;
    uint16_t build, product;
    uint32_t count, sum = 0;

    if (!rd_from(&all, 4ULL * PADDING_WORDS, &r))
        return 0;
    while (rd_u16(&r, &build) && rd_u16(&r, &product) && rd_u32(&r, &count)) {
        json_t *one = json_object();

        sum += rotated((uint32_t)product << 16 | build, count);
        tmk_json_put(one, "product", json_integer(product));
        tmk_json_put(one, "build", json_integer(build));
        tmk_json_put(one, "count", json_integer(count));
        tmk_json_push(list, one);
    }
    return sum;
}

/* Of the DOS header and stub, with the offset of the new header taken as zero. */
static uint32_t stub_sum(const struct pe_image *im, uint32_t len)
{
    uint32_t sum = len;

    for (uint32_t i = 0; i < len; i++)
        if (i < DOS_LFANEW || i >= DOS_LFANEW + 4)
            sum += rotated(im->a->file.data[i], i);
    return sum;
}

void pe_read_rich(struct pe_image *im)
{
    tmk_autojson json_t *entries = json_array();
    struct rich rich;
    json_t *shown;
    bool fits;

    if (!decode(im, &rich))
        return;
    im->a->pe.rich = rich.clear;
    fits = read_entries(&rich, entries) + stub_sum(im, rich.at) == rich.key;
    if (!fits)
        pe_find_num(im, TMK_F_PE025, rich.at, 0, 0);
    else /* Microsoft's linker made this file, and wrote its own version into the optional header */
        tmk_json_push(tmk_json_array_of(im->a->format, "toolchain"),
                      json_sprintf("msvc %u.%02u", im->linker & 0xffU, (unsigned)im->linker >> 8));
    if (!im->a->want_details)
        return;
    shown = json_object();
    tmk_json_put(shown, "offset", json_integer(rich.at));
    tmk_json_put(shown, "key", json_sprintf("%08x", (unsigned)rich.key));
    tmk_json_put(shown, "checksum", json_string(fits ? "match" : "differs"));
    tmk_json_put(shown, "entries", json_incref(entries));
    tmk_json_put(im->a->details, "rich", shown);
}
