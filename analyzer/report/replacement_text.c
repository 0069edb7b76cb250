/* SPDX-License-Identifier: Apache-2.0 */
#include "report/replacement_text.h"

#include <string.h>

#include "base/err.h"
#include "report/language.h"
#include "report/terminal.h"

enum { WORD = 13 }; /* columns */

static const struct {
    const char *result, *shown;
    enum tmk_colour colour;
} words[] = {
    { "pass", "pass", TMK_GREEN },
    { "fail", "FAIL", TMK_RED },
    { "undetermined", "UNDETERMINED", TMK_YELLOW },
    { "not_checked", "NOT CHECKED", TMK_YELLOW },
    { "waived", "waived", TMK_YELLOW },
    { "not_applicable", "-", TMK_DIM },
    { "accept", "accept", TMK_GREEN },
    { "reject", "REJECT", TMK_RED },
};

static void put_word(struct tmk_buf *out, const char *result, size_t width, bool colour)
{
    for (size_t i = 0; result != NULL && i < sizeof words / sizeof words[0]; i++)
        if (strcmp(words[i].result, result) == 0) {
            tmk_term_colour(out, colour, words[i].colour);
            if (width == 0)
                tmk_term_put(out, tmk_tr(words[i].shown));
            else
                tmk_term_cell(out, tmk_tr(words[i].shown), width);
            tmk_term_colour(out, colour, TMK_PLAIN);
            return;
        }
    tmk_term_cell(out, result == NULL ? "-" : result, width);
}

static void put_objects(struct tmk_buf *out, const json_t *row, const char *key)
{
    const json_t *list = json_object_get(row, key), *v;
    const long long count = (long long)tmk_json_int(row, "count", 0);
    size_t i;

    json_array_foreach(list, i, v)
    {
        tmk_term_cell(out, "", WORD + 2);
        tmk_term_put(out, strcmp(key, "told") == 0 ? tmk_tr("told: ") : "");
        tmk_term_text(out, json_string_value(v));
        tmk_term_put(out, "\n");
    }
    if (strcmp(key, "objects") == 0 && count > (long long)json_array_size(list)) {
        tmk_term_cell(out, "", WORD + 2);
        if (!tmk_buf_printf(out, tmk_tr("and %lld more\n"), count - (long long)json_array_size(list)))
            tmk_die_nomem();
    }
}

static void put_row(struct tmk_buf *out, const json_t *row, bool colour)
{
    const char *because = tmk_json_str(row, "because");

    tmk_term_put(out, "  ");
    put_word(out, tmk_json_str(row, "result"), WORD, colour);
    tmk_term_text(out, tmk_tr(tmk_json_str(row, "what")));
    tmk_term_put(out, "\n");
    if (because != NULL) {
        tmk_term_cell(out, "", WORD + 2);
        tmk_term_text(out, tmk_tr(because));
        tmk_term_put(out, "\n");
    }
    put_objects(out, row, "objects");
    put_objects(out, row, "told");
}

static void put_claim(struct tmk_buf *out, const json_t *claim)
{
    static const char *const keys[] = { "vendor", "entity", "product", "version" };

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        tmk_term_put(out, "  ");
        tmk_term_cell(out, tmk_tr(keys[i]), WORD);
        tmk_term_text(out, tmk_json_str(claim, keys[i]));
        tmk_term_put(out, "\n");
    }
}

void tmk_report_replacement(const json_t *replacement, bool colour, struct tmk_buf *out)
{
    const char *result = tmk_json_str(replacement, "result");
    const json_t *row;
    size_t i;

    tmk_term_put(out, tmk_tr("claimed\n"));
    put_claim(out, json_object_get(replacement, "claim"));
    if (!tmk_buf_printf(out, tmk_tr("checked (%lld executables)\n"),
                        (long long)tmk_json_int(replacement, "executables", 0)))
        tmk_die_nomem();
    json_array_foreach(json_object_get(replacement, "rows"), i, row) put_row(out, row, colour);
    if (tmk_json_int(replacement, "passed_over", 0) > 0 &&
        !tmk_buf_printf(out, tmk_tr("passed over: %lld links and special files; what they lead to was not looked at\n"),
                        (long long)tmk_json_int(replacement, "passed_over", 0)))
        tmk_die_nomem();
    tmk_term_put(out, tmk_tr("result: "));
    put_word(out, result, 0, colour);
    tmk_term_put(out, result != NULL && strcmp(result, "accept") == 0
                          ? tmk_tr("; that says who made it and that it is what was claimed, not that it is harmless\n")
                          : "\n");
}
