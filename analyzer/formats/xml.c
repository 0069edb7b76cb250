/* SPDX-License-Identifier: Apache-2.0 */
#include "formats/xml.h"

#include <expat.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"

enum { MAX_DEPTH = 64, MAX_PATH_LEN = 4096, MAX_TEXT = 65536, PIECE = 1 << 20 };
static const XML_Char SEPARATOR = '|'; /* between a namespace and a name */

struct parse {
    const struct tmk_xml_reader *reader;
    XML_Parser parser;
    struct tmk_buf path, text;
    unsigned depth;
    const char *refused;
};

static void stop(struct parse *p, const char *why)
{
    p->refused = why;
    (void)XML_StopParser(p->parser, XML_FALSE);
}

static const char *local(const char *name)
{
    const char *bar = strrchr(name, SEPARATOR);

    return bar == NULL ? name : bar + 1;
}

static void XMLCALL on_open(void *ctx, const XML_Char *name, const XML_Char **attributes)
{
    struct parse *p = ctx;

    if (++p->depth > MAX_DEPTH || (p->path.len > 0 && !tmk_buf_puts(&p->path, "/")) ||
        !tmk_buf_puts(&p->path, local(name))) {
        stop(p, "nested too deep");
        return;
    }
    p->text.len = 0;
    p->reader->open(p->reader->ctx, (const char *)p->path.data, attributes);
}

static void XMLCALL on_text(void *ctx, const XML_Char *s, int n)
{
    struct parse *p = ctx;
    const size_t room = p->text.cap - p->text.len, len = (size_t)n;

    if (!tmk_buf_add(&p->text, s, len < room ? len : room)) /* what is longer than any name is cut */
        stop(p, "too long");
}

static void XMLCALL on_close(void *ctx, const XML_Char *name)
{
    struct parse *p = ctx;
    const size_t len = strlen(local(name));

    if (p->reader->close != NULL)
        p->reader->close(p->reader->ctx, (const char *)p->path.data,
                         p->text.len == 0 ? "" : (const char *)p->text.data);
    p->depth--;
    p->path.len -= p->path.len > len ? len + 1 : len;
    p->path.data[p->path.len] = '\0';
    p->text.len = 0;
}

static void XMLCALL on_doctype(void *ctx, const XML_Char *name, const XML_Char *system_id, const XML_Char *public_id,
                               int internal)
{
    (void)name;
    (void)system_id;
    (void)public_id;
    (void)internal;
    stop(ctx, "it has a document type, which is not read");
}

static tmk_status feed(struct parse *p, tmk_bytes text, struct tmk_err *err)
{
    size_t done = 0;

    do {
        const size_t n = text.len - done < PIECE ? text.len - done : PIECE;

        if (XML_Parse(p->parser, (const char *)text.data + done, (int)n, done + n == text.len) == XML_STATUS_ERROR) {
            const enum XML_Error code = XML_GetErrorCode(p->parser);

            if (code == XML_ERROR_NO_MEMORY)
                tmk_die_nomem();
            TMK_FAIL(err, TMK_MALFORMED, TMK_NO_OFFSET, "line %lu: %s",
                     (unsigned long)XML_GetCurrentLineNumber(p->parser),
                     p->refused != NULL ? p->refused : XML_ErrorString(code));
        }
        done += n;
    } while (done < text.len);
    return TMK_OK;
}

tmk_status tmk_xml_read(tmk_bytes text, const struct tmk_xml_reader *reader, struct tmk_err *err)
{
    struct parse p = { .reader = reader, .path = TMK_BUF(MAX_PATH_LEN), .text = TMK_BUF(MAX_TEXT) };
    tmk_status status;

    if (text.len == 0)
        TMK_FAIL(err, TMK_MALFORMED, TMK_NO_OFFSET, "it is empty");
    p.parser = XML_ParserCreateNS(NULL, SEPARATOR);
    if (p.parser == NULL)
        tmk_die_nomem();
    XML_SetUserData(p.parser, &p);
    (void)XML_SetHashSalt(p.parser, 1); /* or it would ask the system for chance */
    XML_SetElementHandler(p.parser, on_open, on_close);
    XML_SetCharacterDataHandler(p.parser, on_text);
    XML_SetStartDoctypeDeclHandler(p.parser, on_doctype);
    status = feed(&p, text, err);
    XML_ParserFree(p.parser);
    tmk_buf_free(&p.path);
    tmk_buf_free(&p.text);
    return status;
}

const char *tmk_xml_attribute(const char **attributes, const char *name)
{
    for (size_t i = 0; attributes[i] != NULL; i += 2)
        if (strcmp(local(attributes[i]), name) == 0)
            return attributes[i + 1];
    return NULL;
}
