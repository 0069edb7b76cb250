/* SPDX-License-Identifier: Apache-2.0 */
#include "formats/script.h"

#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "model/json.h"

enum { MAX_LINE = 256, LOOKS_LIKE = 60 };

#define POWERSHELL                                                                                                     \
    {                                                                                                                  \
        0x1f, 0xcc, 0x3b, 0x60, 0x59, 0x4b, 0x08, 0x4e, 0xb7, 0x24, 0xd2, 0xc6, 0x29, 0x7e, 0xf3, 0x51                 \
    }

static const struct tmk_script_form forms[] = {
    { "powershell", "# SIG # Begin signature block", "# SIG # End signature block", "# ", "", false, false, false,
      POWERSHELL },
    { "powershell_xml", "<!-- SIG # Begin signature block -->", "<!-- SIG # End signature block -->", "<!-- ", " -->",
      false, true, false, POWERSHELL },
    { "mof", "/* SIG # Begin signature block */", "/* SIG # End signature block */", "/* ", " */", false, true, false,
      POWERSHELL },
    { "vbscript",
      "'' SIG '' Begin signature block",
      "'' SIG '' End signature block",
      "'' SIG '' ",
      "",
      true,
      true,
      false,
      { 0x4e, 0xf0, 0x29, 0x16, 0x99, 0x27, 0xb5, 0x4d, 0x8f, 0xe5, 0xac, 0xe1, 0x0f, 0x17, 0xeb, 0xab } },
    { "jscript",
      "// SIG // Begin signature block",
      "// SIG // End signature block",
      "// SIG // ",
      "",
      true,
      true,
      false,
      { 0x10, 0xe0, 0xc9, 0x06, 0xce, 0x38, 0xd4, 0x11, 0xa2, 0xa3, 0x00, 0x10, 0x4b, 0xd3, 0x50, 0x90 } },
    { "wsf",
      "<signature>",
      "</signature>",
      "** SIG ** ",
      "",
      true,
      true,
      true,
      { 0x70, 0x05, 0x61, 0x1a, 0xce, 0x38, 0xd4, 0x11, 0xa2, 0xa3, 0x00, 0x10, 0x4b, 0xd3, 0x50, 0x90 } },
};

const char *tmk_script_text_name(enum tmk_script_text t)
{
    static const char *const names[] = { "8-bit or utf-8", "utf-8 with byte order mark", "utf-16le", "utf-16be" };

    return names[t];
}

/* ---- lines ---- */

struct lines { /* a cursor over the lines of a text; positions are offsets into the bytes */
    tmk_bytes bytes;
    enum tmk_script_text text;
    size_t at;               /* where the next line starts */
    size_t start, end;       /* of the current one, without its line end */
    size_t before;           /* where the line end before the current line starts */
    bool crlf;               /* that line end is CR LF */
    char line[MAX_LINE + 1]; /* its characters, '?' for those beyond ASCII; cut */
    size_t len;              /* of line */
};

static size_t unit_of(enum tmk_script_text t)
{
    return t >= TMK_SCRIPT_UTF16LE ? 2 : 1;
}

/* The character at an offset; 0 behind the end. */
static unsigned char_at(const struct lines *l, size_t at)
{
    if (l->bytes.len - at < unit_of(l->text) || at > l->bytes.len)
        return 0;
    if (l->text == TMK_SCRIPT_UTF16LE)
        return l->bytes.data[at] | (unsigned)l->bytes.data[at + 1] << 8;
    if (l->text == TMK_SCRIPT_UTF16BE)
        return l->bytes.data[at + 1] | (unsigned)l->bytes.data[at] << 8;
    return l->bytes.data[at];
}

static bool next_line(struct lines *l)
{
    const size_t unit = unit_of(l->text);
    size_t at = l->at;

    if (l->bytes.len - at < unit)
        return false;
    l->before = l->end;
    l->crlf = at >= l->end + 2 * unit && char_at(l, l->end) == '\r';
    l->start = at;
    l->len = 0;
    for (; l->bytes.len - at >= unit && char_at(l, at) != '\n'; at += unit) {
        const unsigned c = char_at(l, at);

        if (l->len < MAX_LINE)
            l->line[l->len++] = c >= ' ' && c < 0x7f ? (char)c : c == '\r' ? '\r' : '?';
    }
    l->end = at;
    l->at = l->bytes.len - at >= unit ? at + unit : l->bytes.len;
    if (at > l->start && char_at(l, at - unit) == '\r') {
        l->end -= unit;
        l->len -= l->len > 0 && l->len < MAX_LINE;
    }
    l->line[l->len] = '\0';
    return true;
}

static const struct tmk_script_form *form_of(const char *line, bool end)
{
    for (size_t i = 0; i < TMK_COUNT(forms); i++)
        if (strcmp(line, end ? forms[i].end : forms[i].begin) == 0)
            return &forms[i];
    return NULL;
}

/* "<signature>" alone says little: what follows it must look like a block's line. */
static bool begins_block(const struct lines *at, const struct tmk_script_form *f)
{
    struct lines l = *at;

    return !f->inside || (next_line(&l) && strncmp(l.line, f->open, strlen(f->open)) == 0);
}

static struct lines lines_of(tmk_bytes bytes, enum tmk_script_text text, size_t at)
{
    return (struct lines){ .bytes = bytes, .text = text, .at = at, .end = at };
}

/* ---- telling ---- */

/* Does a line of these bytes begin or end a block? */
static bool has_mark(tmk_bytes bytes, enum tmk_script_text text, size_t at)
{
    struct lines l = lines_of(bytes, text, at);

    while (next_line(&l)) {
        const struct tmk_script_form *f = form_of(l.line, false);

        if (f != NULL && begins_block(&l, f))
            return true;
        f = form_of(l.line, true);
        if (f != NULL && !f->inside)
            return true;
    }
    return false;
}

/* A byte order mark is a part of no line. */
static enum tmk_script_text text_of(tmk_bytes head, size_t *ret_mark)
{
    static const struct {
        const char *bytes;
        size_t n;
        enum tmk_script_text text;
    } marks[] = { { "\xef\xbb\xbf", 3, TMK_SCRIPT_UTF8 },
                  { "\xff\xfe", 2, TMK_SCRIPT_UTF16LE },
                  { "\xfe\xff", 2, TMK_SCRIPT_UTF16BE } };

    for (size_t i = 0; i < TMK_COUNT(marks); i++)
        if (head.len >= marks[i].n && memcmp(head.data, marks[i].bytes, marks[i].n) == 0) {
            *ret_mark = marks[i].n;
            return marks[i].text;
        }
    *ret_mark = 0;
    return TMK_SCRIPT_BYTES;
}

/* The end of a Script Host file's block is told by its line's opening mark: text follows it. */
static bool ends_inside(tmk_bytes tail)
{
    static const char mark[] = "\n** SIG ** ";
    const size_t n = sizeof mark - 1;

    for (size_t i = 0; i + n <= tail.len; i++)
        if (memcmp(tail.data + i, mark, n) == 0)
            return true;
    return false;
}

/* A tail may start in mid-character: both ways of pairing its bytes are tried. */
static bool tail_has_mark(tmk_bytes tail, enum tmk_script_text text)
{
    return has_mark(tail, text, 0) || (unit_of(text) == 2 && tail.len > 0 && has_mark(tail, text, 1));
}

static int probe(const struct tmk_sniff *s)
{
    static const enum tmk_script_text unmarked[] = { TMK_SCRIPT_BYTES, TMK_SCRIPT_UTF16LE, TMK_SCRIPT_UTF16BE };
    size_t mark;
    const enum tmk_script_text text = text_of(s->head, &mark);

    if (!tmk_sniff_wants_tail(s))
        return 0;
    if (mark > 0)
        return has_mark(s->head, text, mark) || tail_has_mark(s->tail, text) ? LOOKS_LIKE : 0;
    for (size_t i = 0; i < TMK_COUNT(unmarked); i++)
        if (has_mark(s->head, unmarked[i], 0) || tail_has_mark(s->tail, unmarked[i]))
            return LOOKS_LIKE;
    return ends_inside(s->tail) ? LOOKS_LIKE : 0;
}

/* ---- the block ---- */

static bool all_base64(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=", s[i]) == NULL)
            return false;
    return n > 0;
}

/* One line's base64, added to the others. */
static bool take_line(const struct lines *l, const struct tmk_script_form *f, struct tmk_buf *to)
{
    const size_t open = strlen(f->open), close = strlen(f->close);

    return l->len >= open + close && l->len < MAX_LINE && strncmp(l->line, f->open, open) == 0 &&
           strcmp(l->line + l->len - close, f->close) == 0 && all_base64(l->line + open, l->len - open - close) &&
           tmk_buf_add(to, l->line + open, l->len - open - close);
}

/* From behind the line that begins the block to behind the one that ends it. */
static void read_block(const struct tmk_artifact *a, struct lines *l, struct tmk_script *s)
{
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf text = TMK_BUF((size_t)a->limits->max_signature_size / 3 * 4 + 4);

    while (next_line(l)) {
        if (strcmp(l->line, s->form->end) == 0) {
            s->base64 = tmk_arena_strndup(a->arena, text.len > 0 ? (const char *)text.data : "", text.len);
            return;
        }
        if (!take_line(l, s->form, &text)) {
            s->broken = "a line between its first and its last is no base64 in a comment, or it is too long";
            return;
        }
    }
    s->broken = "its last line is missing";
}

/* Line ends may follow the block; anything else is text that a reader may run and that nobody signed. */
static void look_behind(struct lines *l, struct tmk_script *s)
{
    const size_t unit = unit_of(l->text);
    size_t at = l->at;

    if (s->form->inside && s->base64 != NULL) {
        s->block.length = l->at - s->block.offset;
        return;
    }
    s->block.length = l->bytes.len - s->block.offset;
    while (l->bytes.len - at >= unit && (char_at(l, at) == '\r' || char_at(l, at) == '\n'))
        at += unit;
    if (s->base64 != NULL && at < l->bytes.len)
        s->stray = at;
}

static bool find_as(const struct tmk_artifact *a, enum tmk_script_text text, size_t mark, struct tmk_script *s)
{
    struct lines l = lines_of(a->file, text, mark);

    while (next_line(&l)) {
        const struct tmk_script_form *f = form_of(l.line, false);

        if (f == NULL || !begins_block(&l, f))
            continue;
        *s = (struct tmk_script){ .form = f, .text = text, .mark = mark, .after_crlf = l.crlf, .stray = TMK_NO_OFFSET };
        s->block.offset = l.before;
        read_block(a, &l, s);
        look_behind(&l, s);
        return true;
    }
    return false;
}

bool tmk_script_find(const struct tmk_artifact *a, struct tmk_script *ret)
{
    size_t mark;
    const enum tmk_script_text text = text_of(a->file, &mark);

    if (mark > 0)
        return find_as(a, text, mark, ret);
    return find_as(a, TMK_SCRIPT_BYTES, 0, ret) || find_as(a, TMK_SCRIPT_UTF16LE, 0, ret) ||
           find_as(a, TMK_SCRIPT_UTF16BE, 0, ret);
}

static tmk_status parse(struct tmk_artifact *a, struct tmk_err *err)
{
    struct tmk_sigblob blob = { .kind = "script" };
    struct tmk_script s;

    if (!tmk_script_find(a, &s)) {
        tmk_finding_add(a->findings, TMK_F_SCRIPT001, TMK_NO_OFFSET, "no line begins it", NULL);
        return TMK_OK;
    }
    tmk_json_put_str(a->format, "subtype", s.form->name);
    tmk_json_put_str(a->format, "encoding", tmk_script_text_name(s.text));
    blob.offset = s.block.offset;
    blob.container = s.block;
    if (s.broken != NULL)
        tmk_finding_add(a->findings, TMK_F_SCRIPT001, s.block.offset, s.broken, NULL);
    if (s.stray != TMK_NO_OFFSET)
        tmk_finding_add(a->findings, TMK_F_SCRIPT002, s.stray, NULL);
    if (!tmk_artifact_add_blob(a, blob))
        TMK_FAIL(err, TMK_LIMIT, 0, "the limit max_signatures is reached");
    return TMK_OK;
}

const struct tmk_format tmk_format_script = {
    .name = "script",
    .title = "signed script",
    .probe = probe,
    .parse = parse,
};
