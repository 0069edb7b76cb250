/* SPDX-License-Identifier: Apache-2.0 */
/* The Rich header: undocumented, left by Microsoft's linker between the DOS stub and "PE\0\0". It
 * starts with "DanS", each word is XORed with the key that follows the clear word "Rich". */
#include "formats/pe_image.h"

enum { RICH = 0x68636952, DANS = 0x536e6144, RICH_START = 0x40, RICH_MAX = 0x1000 };

/* Where "Rich" stands and its key. */
static bool find_rich(tmk_reader r, size_t *ret_words, uint32_t *ret_key)
{
    uint32_t word;

    for (*ret_words = 0; rd_u32(&r, &word); (*ret_words)++) {
        if (word == RICH)
            return rd_u32(&r, ret_key);
    }
    return false;
}

void pe_read_rich(struct pe_image *im)
{
    size_t n, used = 0;
    uint32_t key, word, len = im->pe_offset;
    uint8_t *clear;
    tmk_reader r;

    if (len <= RICH_START || len - RICH_START > RICH_MAX ||
        !rd_window(&im->file, RICH_START, len - RICH_START, &r) || !find_rich(r, &n, &key))
        return;
    clear = tmk_arena_array(im->a->arena, n + 1, 4);
    for (size_t i = 0; i < n && rd_u32(&r, &word); i++) {
        word ^= key;
        if (used == 0 && word != DANS)
            continue;
        for (unsigned byte = 0; byte < 4; byte++)
            clear[used++] = (uint8_t)(word >> (8 * byte));
    }
    im->a->pe.rich = tmk_bytes_of(clear, used);
}
