/* SPDX-License-Identifier: Apache-2.0 */
#include "knowledge/names.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"

enum { LOOKALIKE_MIN = 8, MAX_WORDS = 64 };

/* ---- characters ---- */

/* The next code point; bytes that are not UTF-8 stand for themselves. */
static uint32_t next(const char **s)
{
    const uint8_t *p = (const uint8_t *)*s;
    const unsigned n = tmk_utf8_len(p, strnlen(*s, 4));
    uint32_t c;

    *s += n == 0 ? 1 : n;
    if (n <= 1)
        return p[0];
    c = p[0] & (0x7fu >> n);
    for (unsigned i = 1; i < n; i++)
        c = c << 6 | (p[i] & 0x3fu);
    return c;
}

/* U+00C0 to U+017F without their diacritics; a space where that is no one letter. */
static const char latin[] = "aaaaaaaceeeeiiiidnooooo ouuuuy saaaaaaaceeeeiiiidnooooo ouuuuy y"
                            "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii  jjkkklllllll"
                            "lllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

static uint32_t unadorned(uint32_t c)
{
    if (c >= 0xff01 && c <= 0xff5e) /* full width */
        return c - 0xff01 + '!';
    if (c == 0x3000 || c == 0xa0)
        return ' ';
    if (c >= 0xc0 && c < 0x180 && latin[c - 0xc0] != ' ')
        return (uint32_t)latin[c - 0xc0];
    return c;
}

static bool combining(uint32_t c)
{
    return c >= 0x300 && c <= 0x36f;
}

static bool invisible(uint32_t c)
{
    return c == 0xad || c == 0x34f || c == 0x61c || c == 0x180e || (c >= 0x200b && c <= 0x200f) ||
           (c >= 0x202a && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || (c >= 0xfe00 && c <= 0xfe0f) || c == 0xfeff;
}

/* Letters of other scripts that look Latin (a choice from Unicode TR 39, confusables). */
static const struct {
    uint16_t from;
    char to;
} doubles[] = {
    { 0x0131, 'i' }, { 0x0251, 'a' }, { 0x0261, 'g' }, { 0x0269, 'i' }, { 0x0391, 'a' }, { 0x0392, 'b' },
    { 0x0395, 'e' }, { 0x0396, 'z' }, { 0x0397, 'h' }, { 0x0399, 'i' }, { 0x039a, 'k' }, { 0x039c, 'm' },
    { 0x039d, 'n' }, { 0x039f, 'o' }, { 0x03a1, 'p' }, { 0x03a4, 't' }, { 0x03a5, 'y' }, { 0x03a7, 'x' },
    { 0x03b1, 'a' }, { 0x03b9, 'i' }, { 0x03ba, 'k' }, { 0x03bd, 'v' }, { 0x03bf, 'o' }, { 0x03c1, 'p' },
    { 0x03c5, 'u' }, { 0x03f2, 'c' }, { 0x03f3, 'j' }, { 0x0405, 's' }, { 0x0406, 'i' }, { 0x0408, 'j' },
    { 0x0410, 'a' }, { 0x0412, 'b' }, { 0x0415, 'e' }, { 0x041a, 'k' }, { 0x041c, 'm' }, { 0x041d, 'h' },
    { 0x041e, 'o' }, { 0x0420, 'p' }, { 0x0421, 'c' }, { 0x0422, 't' }, { 0x0423, 'y' }, { 0x0425, 'x' },
    { 0x0430, 'a' }, { 0x0435, 'e' }, { 0x043e, 'o' }, { 0x0440, 'p' }, { 0x0441, 'c' }, { 0x0443, 'y' },
    { 0x0445, 'x' }, { 0x0455, 's' }, { 0x0456, 'i' }, { 0x0458, 'j' }, { 0x04bb, 'h' }, { 0x04c0, 'i' },
    { 0x04cf, 'i' }, { 0x0501, 'd' }, { 0x051b, 'q' }, { 0x051d, 'w' }, { 0x0570, 'h' }, { 0x0578, 'n' },
    { 0x057d, 'u' }, { 0x0585, 'o' },
};

static int by_double(const void *key, const void *entry)
{
    const uint32_t c = *(const uint32_t *)key;
    const uint16_t from = *(const uint16_t *)entry;

    return c < from ? -1 : c > from;
}

static const char *double_of(uint32_t c)
{
    const void *d = bsearch(&c, doubles, TMK_COUNT(doubles), sizeof doubles[0], by_double);

    return d == NULL ? NULL : &doubles[(size_t)((const char *)d - (const char *)doubles) / sizeof doubles[0]].to;
}

static bool letter(uint32_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c >= 0x80;
}

static uint32_t lower(uint32_t c)
{
    return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

static char *put(char *to, uint32_t c)
{
    if (c < 0x80) {
        *to++ = (char)c;
    } else if (c < 0x800) {
        *to++ = (char)(0xc0 | c >> 6);
        *to++ = (char)(0x80 | (c & 0x3f));
    } else if (c < 0x10000) {
        *to++ = (char)(0xe0 | c >> 12);
        *to++ = (char)(0x80 | (c >> 6 & 0x3f));
        *to++ = (char)(0x80 | (c & 0x3f));
    } else {
        *to++ = (char)(0xf0 | c >> 18);
        *to++ = (char)(0x80 | (c >> 12 & 0x3f));
        *to++ = (char)(0x80 | (c >> 6 & 0x3f));
        *to++ = (char)(0x80 | (c & 0x3f));
    }
    return to;
}

/* ---- words and legal forms ---- */

static const struct {
    const char *word, *form;
    bool abbreviation; /* may end in a dot */
} forms[] = {
    { "inc", "inc", true },   { "incorporated", "inc", false },
    { "corp", "corp", true }, { "corporation", "corp", false },
    { "co", "co", true },     { "company", "co", false },
    { "ltd", "ltd", true },   { "limited", "ltd", false },
    { "llc", "llc", true },   { "llp", "llp", true },
    { "lp", "lp", true },     { "plc", "plc", true },
    { "ulc", "ulc", true },   { "gmbh", "gmbh", false },
    { "ag", "ag", true },     { "kg", "kg", true },
    { "bv", "bv", true },     { "nv", "nv", true },
    { "sa", "sa", true },     { "sas", "sas", true },
    { "sarl", "sarl", true }, { "srl", "srl", true },
    { "spa", "spa", true },   { "ab", "ab", true },
    { "as", "as", true },     { "oy", "oy", true },
    { "kk", "kk", true },     { "pty", "pty", true },
    { "pte", "pte", true },   { "sro", "sro", true },
    { "ao", "ao", true },     { "zao", "zao", true },
    { "ooo", "ooo", true },
};

static size_t form_of(const char *word)
{
    for (size_t i = 0; i < TMK_COUNT(forms); i++)
        if (strcmp(forms[i].word, word) == 0)
            return i;
    return SIZE_MAX;
}

/* Characters to folded text, words parted by one space; fold gives 0 for what is dropped and ' ' for what parts words.
 */
static char *fold_text(struct tmk_arena *a, const char *name, uint32_t (*fold)(uint32_t))
{
    char *out = tmk_arena_alloc(a, strlen(name) * 4 + 1), *to = out;

    while (*name != '\0') {
        const uint32_t c = fold(next(&name));

        if (c == ' ' && to != out && to[-1] != ' ')
            *to++ = ' ';
        else if (c != ' ' && c != 0)
            to = put(to, c);
    }
    while (to != out && to[-1] == ' ')
        to--;
    *to = '\0';
    return out;
}

/* Dots and apostrophes vanish (L.L.C.), other punctuation parts words. */
static uint32_t fold_strict(uint32_t c)
{
    c = lower(c);
    return c == '.' || c == '\'' ? 0 : letter(c) ? c : ' ';
}

static uint32_t fold_loose(uint32_t c)
{
    return combining(c) ? 0 : fold_strict(unadorned(c));
}

/* I, l and 1 cannot be told apart by eye, nor O and 0. */
static uint32_t one_shape(uint32_t c)
{
    return c == '1' || c == 'i' || c == '|' ? 'l' : c == '0' ? 'o' : c;
}

static uint32_t fold_seen(uint32_t c)
{
    const char *d = double_of(c);

    if (invisible(c) || combining(c))
        return 0;
    return fold_strict(one_shape(lower(d != NULL ? (uint32_t)*d : unadorned(c))));
}

struct words {
    char *list[MAX_WORDS];
    size_t n;
};

static struct words split(char *text)
{
    struct words w = { .n = 0 };

    for (char *word; w.n < MAX_WORDS && (word = strsep(&text, " ")) != NULL;)
        if (*word != '\0')
            w.list[w.n++] = word;
    return w;
}

static char *join(struct tmk_arena *a, const struct words *w, const char *between)
{
    char *out = tmk_arena_strdup(a, "");

    for (size_t i = 0; i < w->n; i++)
        out = tmk_arena_printf(a, "%s%s%s", out, i > 0 ? between : "", w->list[i]);
    return out;
}

/* Legal forms stand at the end; a name of nothing else keeps its first word. */
static void drop_forms(struct words *w)
{
    while (w->n > 1 && form_of(w->list[w->n - 1]) != SIZE_MAX)
        w->n--;
}

char *tmk_name_strict(struct tmk_arena *a, const char *name)
{
    struct words w = split(fold_text(a, name, fold_strict));
    size_t first = w.n;

    while (first > 1 && form_of(w.list[first - 1]) != SIZE_MAX)
        first--;
    for (size_t i = first; i < w.n; i++)
        w.list[i] = tmk_arena_strdup(a, forms[form_of(w.list[i])].form);
    return join(a, &w, " ");
}

char *tmk_name_loose(struct tmk_arena *a, const char *name)
{
    struct words w = split(fold_text(a, name, fold_loose));

    drop_forms(&w);
    return join(a, &w, "");
}

/* The eye reads "rn" as "m" and "vv" as "w". */
static void merge_pairs(char *s)
{
    char *to = s;

    for (const char *p = s; *p != '\0'; p++) {
        const bool m = p[0] == 'r' && p[1] == 'n', w = p[0] == 'v' && p[1] == 'v';

        *to++ = m ? 'm' : w ? 'w' : *p;
        p += m || w;
    }
    *to = '\0';
}

static bool form_seen(const char *word)
{
    for (size_t i = 0; i < TMK_COUNT(forms); i++) {
        const char *f = forms[i].word, *w = word;

        while (*f != '\0' && one_shape((uint8_t)*f) == (uint8_t)*w)
            f++, w++;
        if (*f == '\0' && *w == '\0')
            return true;
    }
    return false;
}

char *tmk_name_skeleton(struct tmk_arena *a, const char *name)
{
    struct words w = split(fold_text(a, name, fold_seen));
    char *s;

    while (w.n > 1 && form_seen(w.list[w.n - 1]))
        w.n--;
    s = join(a, &w, "");
    merge_pairs(s);
    return s;
}

/* ---- look-alikes ---- */

/* One character inserted, left out, changed, or two neighbours swapped. */
static bool one_off(const char *a, const char *b)
{
    size_t la = strlen(a), lb = strlen(b), i = 0, k = 0;

    while (a[i] != '\0' && a[i] == b[i])
        i++;
    while (k < la - i && k < lb - i && a[la - 1 - k] == b[lb - 1 - k])
        k++;
    la -= i + k;
    lb -= i + k;
    return (la <= 1 && lb <= 1) || (la == 2 && lb == 2 && a[i] == b[i + 1] && a[i + 1] == b[i]);
}

static bool any(const char *name, bool (*is)(uint32_t))
{
    while (*name != '\0')
        if (is(next(&name)))
            return true;
    return false;
}

static bool other_script(uint32_t c)
{
    return double_of(c) != NULL;
}

/* A dot behind a last word that is no abbreviation: "CrowdStrike." */
static bool stray_dot(const char *name)
{
    const size_t n = strlen(name);
    size_t from = n;
    char word[16] = "";

    if (n < 2 || name[n - 1] != '.')
        return false;
    while (from > 0 && name[from - 1] != ' ' && name[from - 1] != ',')
        from--;
    if (n - from >= sizeof word)
        return true;
    for (size_t i = from, k = 0; i < n; i++)
        if (name[i] != '.')
            word[k++] = (char)lower((uint8_t)name[i]);
    return form_of(word) == SIZE_MAX || !forms[form_of(word)].abbreviation;
}

/* Of two names that look the same: what makes them differ, or NULL when it is nothing but spelling. */
static const char *disguise(struct tmk_arena *a, const char *name, const char *real)
{
    if (any(name, invisible))
        return "it holds an invisible character";
    if (any(name, other_script))
        return "it holds letters of another script";
    if (stray_dot(name) && !stray_dot(real))
        return "a dot stands at its end";
    if (strcmp(tmk_name_loose(a, name), tmk_name_loose(a, real)) != 0)
        return "a character stands for another of its look";
    return NULL;
}

const char *tmk_name_imitation(struct tmk_arena *a, const char *name, const char *skeleton, const char *real,
                               const char *real_skeleton)
{
    if (strcmp(name, real) == 0 || *skeleton == '\0')
        return NULL;
    if (strcmp(skeleton, real_skeleton) == 0)
        return disguise(a, name, real);
    if (strlen(skeleton) >= LOOKALIKE_MIN && strlen(real_skeleton) >= LOOKALIKE_MIN && one_off(skeleton, real_skeleton))
        return "one letter differs";
    return NULL;
}
