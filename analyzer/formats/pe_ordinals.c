/* SPDX-License-Identifier: Apache-2.0 */
/* Names of functions that are imported by number by habit. imphash is of names. */
#include <strings.h>

#include "formats/pe_image.h"

static const struct ordinal {
    uint16_t number;
    const char *name;
} winsock[] = {
#define WINSOCK(number, name) { number, name },
#define OLEAUT(number, name)
#include "formats/pe_ordinals.def"
#undef WINSOCK
#undef OLEAUT
}, oleaut[] = {
#define WINSOCK(number, name)
#define OLEAUT(number, name) { number, name },
#include "formats/pe_ordinals.def"
#undef WINSOCK
#undef OLEAUT
};

/* The lists are sorted by number. */
static const char *look_up(const struct ordinal *list, size_t n, unsigned number)
{
    size_t from = 0;

    while (from < n) {
        const size_t middle = from + (n - from) / 2;

        if (list[middle].number == number)
            return list[middle].name;
        if (list[middle].number < number)
            from = middle + 1;
        else
            n = middle;
    }
    return NULL;
}

const char *pe_ordinal_name(const char *dll, unsigned number)
{
    if (strcasecmp(dll, "ws2_32.dll") == 0 || strcasecmp(dll, "wsock32.dll") == 0)
        return look_up(winsock, TMK_COUNT(winsock), number);
    if (strcasecmp(dll, "oleaut32.dll") == 0)
        return look_up(oleaut, TMK_COUNT(oleaut), number);
    return NULL;
}
