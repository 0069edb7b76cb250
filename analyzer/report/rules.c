/* SPDX-License-Identifier: Apache-2.0 */
#include "report/rules.h"

#include <string.h>

#include "report/terminal.h"

static const char *const columns[] = { "rule", "vendor", "product", "weight", "witness", "scope" };

static const char *cell(const json_t *rule, size_t column)
{
    const char *text = tmk_json_str(rule, columns[column]);

    return text == NULL ? "-" : text;
}

void tmk_report_rules(const json_t *list, struct tmk_buf *out)
{
    size_t widths[TMK_COUNT(columns)], i;
    const json_t *rule;

    for (size_t c = 0; c < TMK_COUNT(columns); c++) {
        widths[c] = strlen(columns[c]);
        json_array_foreach(list, i, rule)
        {
            const size_t width = tmk_term_width(cell(rule, c));

            widths[c] = width > widths[c] ? width : widths[c];
        }
    }
    for (size_t row = 0; row <= json_array_size(list); row++)
        for (size_t c = 0; c < TMK_COUNT(columns); c++) {
            const char *text = row == 0 ? columns[c] : cell(json_array_get(list, row - 1), c);
            const bool last = c + 1 == TMK_COUNT(columns);

            tmk_term_cell(out, text, last ? tmk_term_width(text) : widths[c]);
            tmk_term_put(out, last ? "\n" : "  ");
        }
}
