/* SPDX-License-Identifier: Apache-2.0 */
#include "formats/format.h"

#define FORMAT(n) extern const struct tmk_format tmk_format_##n;
#include "formats/formats.def"
#undef FORMAT

const struct tmk_format *const tmk_formats[] = {
#define FORMAT(n) &tmk_format_##n,
#include "formats/formats.def"
#undef FORMAT
    NULL,
};

const struct tmk_format *tmk_format_detect(const struct tmk_sniff *s)
{
    const struct tmk_format *best = NULL;
    int best_bid = 0;

    for (const struct tmk_format *const *f = tmk_formats; *f != NULL; f++) {
        const int bid = (*f)->probe(s);

        if (bid > best_bid) {
            best_bid = bid;
            best = *f;
        }
    }
    return best;
}
