/* SPDX-License-Identifier: Apache-2.0 */
#include "report/bar.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "report/terminal.h"

enum { CELLS = 64 };

/* Of a cell's bytes the kind that is worst to overlook is drawn: the order tells. */
enum kind { COVERED, ZEROS, SIGNATURE, FIELDS, LOOSE, SLACK, N_KINDS };

static const struct {
    const char *cell, *text;
    enum tmk_colour colour;
} kinds[] = {
    [COVERED] = { "\u2588", "covered by the signature", TMK_GREEN },
    [ZEROS] = { "\u00b7", "zeros that nothing covers", TMK_PLAIN },
    [SIGNATURE] = { "\u2592", "the signature itself", TMK_PLAIN },
    [FIELDS] = { "\u2502", "fields that the hash leaves out", TMK_YELLOW },
    [LOOSE] = { "\u2591", "attributes that nobody signs", TMK_YELLOW },
    [SLACK] = { "!", "slack, gaps and what lies behind", TMK_RED },
};

static enum kind kind_of(const char *why)
{
    static const struct {
        const char *why;
        enum kind kind;
    } words[] = {
        { "certificate_table", SIGNATURE },
        { "signature", SIGNATURE },
        { "signature_block", SIGNATURE },
        { "signature_trailer", SIGNATURE },
        { "signature_member", SIGNATURE },
        { "checksum", FIELDS },
        { "certificate_table_entry", FIELDS },
        { "signature_member_header", FIELDS },
        { "cabinet_header", FIELDS },
        { "cabinet_reserve", FIELDS },
        { "archive_structure", FIELDS },
        { "compound_header", FIELDS },
        { "compound_allocation", FIELDS },
        { "compound_directory", FIELDS },
        { "unauthenticated_attributes", LOOSE },
    };

    for (size_t i = 0; i < TMK_COUNT(words); i++)
        if (why != NULL && strcmp(why, words[i].why) == 0)
            return words[i].kind;
    return SLACK; /* what has no word here is not played down */
}

static void legend(const uint64_t bytes[N_KINDS], bool colour, struct tmk_buf *out)
{
    for (size_t k = 0; k < N_KINDS; k++) {
        if (bytes[k] == 0)
            continue;
        tmk_term_put(out, "    ");
        tmk_term_colour(out, colour, kinds[k].colour);
        tmk_term_put(out, kinds[k].cell);
        tmk_term_colour(out, colour, TMK_PLAIN);
        if (!tmk_buf_printf(out, " %10llu  ", (unsigned long long)bytes[k]))
            tmk_die_nomem();
        tmk_term_put(out, kinds[k].text);
        tmk_term_put(out, "\n");
    }
}

void tmk_report_bar(const json_t *record, bool colour, struct tmk_buf *out)
{
    const json_t *ranges = json_object_get(record, "unsigned_ranges"), *r;
    const uint64_t size = (uint64_t)tmk_json_int(record, "size", 0);
    enum kind cells[CELLS] = { COVERED };
    uint64_t bytes[N_KINDS] = { size };
    size_t i;

    if (json_array_size(ranges) == 0 || size == 0)
        return;
    json_array_foreach(ranges, i, r)
    {
        const uint64_t from = (uint64_t)tmk_json_int(r, "offset", 0), n = (uint64_t)tmk_json_int(r, "length", 0);
        const enum kind why = kind_of(tmk_json_str(r, "why"));
        const enum kind k = why == SLACK && json_is_true(json_object_get(r, "zero")) ? ZEROS : why;

        if (n == 0 || from >= size || n > size - from)
            continue; /* of the unpacked module, not of the file as it is stored */
        bytes[k] += n;
        bytes[COVERED] -= n;
        for (uint64_t c = from * CELLS / size; c <= (from + n - 1) * CELLS / size; c++)
            cells[c] = k > cells[c] ? k : cells[c];
    }
    tmk_term_put(out, "    ");
    for (i = 0; i < CELLS; i++) {
        tmk_term_colour(out, colour, kinds[cells[i]].colour);
        tmk_term_put(out, kinds[cells[i]].cell);
        tmk_term_colour(out, colour, TMK_PLAIN);
    }
    tmk_term_put(out, "\n");
    legend(bytes, colour, out);
}
