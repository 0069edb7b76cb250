/* SPDX-License-Identifier: Apache-2.0 */
/* SBAT text: rows and fields lie within it, and reading ends. */
#include <stdlib.h>

#include "model/sbat.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tmk_reader r = rd_make(tmk_bytes_of(data, size), 0, TMK_LE);
    struct tmk_sbat_row row;
    unsigned line = 0;

    while (tmk_sbat_next(&r, &line, &row)) {
        uint32_t generation;

        if (row.n == 0 || row.line == 0 || row.offset >= size)
            abort();
        for (size_t i = 0; i < row.n && i < TMK_SBAT_FIELDS; i++)
            if (row.field[i].data < data || row.field[i].data + row.field[i].len > data + size)
                abort();
        if (row.n > 1 && tmk_sbat_generation(row.field[1], &generation) && generation == 0)
            abort();
    }
    return 0;
}
