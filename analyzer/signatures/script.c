/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signatures of scripts: SignedData over SpcIndirectDataContent with SpcSipInfo. What is hashed is the text as UTF-16LE
 * without the signature block: PowerShell's with the byte order mark, the Script Host's without it, but with the number
 * of UTF-16 units behind it. No file says how its signer read bytes beyond ASCII without a byte order mark: what is not
 * certain is not checked, and never passes.
 */
#include "formats/script.h"

#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "model/json.h"
#include "signatures/pkcs7.h"

enum reading { AS_UTF8, AS_UTF16LE, AS_UTF16BE, AS_1252, AS_LATIN1, N_READINGS };
static const char *const reading_names[] = { "utf-8", "utf-16le", "utf-16be", "windows-1252", "iso-8859-1" };
static const char OID_SIP_INFO[] = "1.3.6.1.4.1.311.2.1.30";
static const char CLAUSE[] = "SpcSipInfo: the text as UTF-16LE without the signature block";

/* ---- the text that was hashed ---- */

/* What MultiByteToWideChar makes of 0x80-0x9f in code page 1252: undefined ones stay what they are. */
static const uint16_t upper_1252[] = {
    0x20ac, 0x0081, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x008d, 0x017d, 0x008f, 0x0090, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x009d, 0x017e, 0x0178,
};

static bool put_unit(struct tmk_buf *b, unsigned c)
{
    const uint8_t unit[] = { c & 0xff, c >> 8 & 0xff };

    return tmk_buf_add(b, unit, sizeof unit);
}

static bool put_char(struct tmk_buf *b, uint32_t c)
{
    if (c < 0x10000)
        return put_unit(b, c);
    c -= 0x10000;
    return put_unit(b, 0xd800 | c >> 10) && put_unit(b, 0xdc00 | (c & 0x3ff));
}

/* Strict, so that no two texts in bytes are one in UTF-16. */
static bool from_utf8(tmk_bytes t, struct tmk_buf *to)
{
    for (size_t at = 0; at < t.len;) {
        const unsigned n = tmk_utf8_len(t.data + at, t.len - at);

        if (n == 0 || !put_char(to, tmk_utf8_code_point(t.data + at, n)))
            return false;
        at += n;
    }
    return true;
}

static bool from_bytes(tmk_bytes t, bool latin1, struct tmk_buf *to)
{
    for (size_t i = 0; i < t.len; i++) {
        const uint8_t c = t.data[i];

        if (!put_unit(to, !latin1 && c >= 0x80 && c < 0xa0 ? upper_1252[c - 0x80] : c))
            return false;
    }
    return true;
}

static bool from_utf16(tmk_bytes t, bool big, struct tmk_buf *to)
{
    for (size_t i = 0; i + 1 < t.len; i += 2)
        if (!put_unit(to, big ? t.data[i + 1] | (unsigned)t.data[i] << 8 : t.data[i] | (unsigned)t.data[i + 1] << 8))
            return false;
    return t.len % 2 == 0;
}

static bool to_utf16(tmk_bytes t, enum reading as, struct tmk_buf *to)
{
    if (as == AS_UTF8)
        return from_utf8(t, to);
    if (as == AS_UTF16LE || as == AS_UTF16BE)
        return from_utf16(t, as == AS_UTF16BE, to);
    return from_bytes(t, as == AS_LATIN1, to);
}

/* Each LF of UTF-16LE text as CR LF. */
static bool with_crlf(const struct tmk_buf *text, struct tmk_buf *to)
{
    unsigned last = 0;

    for (size_t i = 0; i + 1 < text->len; i += 2) {
        const unsigned c = text->data[i] | (unsigned)text->data[i + 1] << 8;

        if ((c == '\n' && last != '\r' && !put_unit(to, '\r')) || !put_unit(to, c))
            return false;
        last = c;
    }
    return true;
}

/* The digest of a script read one way; len 0 when it cannot be read so. crlf: as if its lines ended in CR LF. */
static struct tmk_digest digest_as(const struct tmk_artifact *a, const struct tmk_script *s, enum reading as, bool crlf,
                                   const char *alg)
{
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf text = TMK_BUF(2 * a->file.len + 4);
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf wide = TMK_BUF(4 * a->file.len + 4);
    const size_t from = s->form->host ? s->mark : 0;
    const uint64_t behind = s->block.offset + s->block.length;
    tmk_bytes before, after;
    size_t units;

    if (!tmk_bytes_slice(a->file, from, s->block.offset - from, &before) ||
        !tmk_bytes_slice(a->file, behind, a->file.len - behind, &after) || !to_utf16(before, as, &text) ||
        (s->form->inside && !to_utf16(after, as, &text)))
        return (struct tmk_digest){ .len = 0 };
    if (crlf) {
        const struct tmk_buf narrow = text;

        if (!with_crlf(&text, &wide))
            return (struct tmk_digest){ .len = 0 };
        text = wide;
        wide = narrow;
    }
    units = text.len / 2;
    if (s->form->host && (!put_unit(&text, units & 0xffff) || !put_unit(&text, units >> 16 & 0xffff)))
        return (struct tmk_digest){ .len = 0 };
    return tmk_digest_of(alg, tmk_bytes_of(text.data, text.len));
}

/* ---- against what was signed ---- */

/* How Windows reads the file, as far as the file tells. */
static enum reading usual(const struct tmk_artifact *a, const struct tmk_script *s)
{
    if (s->text == TMK_SCRIPT_UTF16LE || s->text == TMK_SCRIPT_UTF16BE)
        return s->text == TMK_SCRIPT_UTF16LE ? AS_UTF16LE : AS_UTF16BE;
    if (s->text == TMK_SCRIPT_UTF8)
        return AS_UTF8;
    return s->form->ansi || !tmk_utf8_valid(a->file) ? AS_1252 : AS_UTF8;
}

static bool is_ascii(tmk_bytes t)
{
    for (size_t i = 0; i < t.len; i++)
        if (t.data[i] >= 0x80)
            return false;
    return true;
}

static const char *refused(const struct tmk_script *s, const struct tmk_indirect_data *data)
{
    tmk_reader r = tmk_der_into(&data->value);
    struct tmk_der version, id;

    if (strcmp(data->type, OID_SIP_INFO) != 0 || data->value.whole.len == 0 ||
        !tmk_der_take(&r, TMK_DER_INTEGER, &version) || !tmk_der_take(&r, TMK_DER_OCTETS, &id) ||
        !tmk_bytes_eq(id.value, tmk_bytes_of(s->form->sip, TMK_SIP_ID)))
        return "what was signed was another kind of file";
    if (s->stray != TMK_NO_OFFSET)
        return "text stands behind the signature block, and nothing covers it";
    return NULL;
}

static void uncertain(struct tmk_signature *s, const char *why)
{
    struct tmk_check_row *row = &s->checks[TMK_CHECK_DIGEST];

    row->result = TMK_RESULT_NOT_CHECKED;
    row->reason = why;
    s->unsupported = true;
}

static bool fits(const struct tmk_artifact *a, const struct tmk_script *script, const struct tmk_indirect_data *data,
                 enum reading as, bool crlf)
{
    const struct tmk_digest d = digest_as(a, script, as, crlf, data->digest_alg);

    return d.len > 0 && tmk_bytes_eq(data->digest, tmk_bytes_of(d.bytes, d.len));
}

/* The usual reading does not fit: does another that is known of? */
static void other_readings(struct tmk_artifact *a, const struct tmk_script *script,
                           const struct tmk_indirect_data *data, enum reading as, struct tmk_signature *s)
{
    if (fits(a, script, data, as, true)) {
        s->checks[TMK_CHECK_DIGEST].reason =
            "the line ends were changed since it was signed; the text is as it was signed with CR LF";
        return;
    }
    if (script->text != TMK_SCRIPT_BYTES || is_ascii(a->file))
        return;
    for (int r = 0; r < N_READINGS; r++) {
        if (r == (int)as || r == AS_UTF16LE || r == AS_UTF16BE || !fits(a, script, data, (enum reading)r, false))
            continue;
        tmk_json_put_str(a->format, "hashed_as", reading_names[r]);
        uncertain(s, "it fits the text read in another way than Windows is known to read such a file");
        return;
    }
    if (as == AS_1252)
        uncertain(s, "the text is not all ASCII, and the file does not tell in which code page it was hashed");
}

static bool content(struct tmk_artifact *a, const struct tmk_sigblob *blob, const struct tmk_signed_data *sd,
                    struct tmk_signature *s, tmk_bytes *ret_content, const char **ret_why)
{
    struct tmk_check_row *row = &s->checks[TMK_CHECK_DIGEST];
    struct tmk_digest d = { .len = 0 };
    struct tmk_indirect_data data;
    struct tmk_script script;
    enum reading as;

    (void)blob;
    (void)ret_content;
    tmk_check_set(s->checks, TMK_CHECK_PAGE_HASHES, TMK_RESULT_NOT_APPLICABLE, NULL);
    if (!tmk_indirect_data_read(a->arena, sd, &data) || !tmk_script_find(a, &script)) {
        *ret_why = "SpcIndirectDataContent is missing or cannot be read";
        return false;
    }
    as = usual(a, &script);
    s->digest_alg = data.digest_alg;
    if (s->digest_alg != NULL)
        d = digest_as(a, &script, as, false, s->digest_alg);
    tmk_pkcs7_digest(a, s, data.digest, tmk_bytes_of(d.bytes, d.len), CLAUSE, refused(&script, &data));
    if (s->digest_alg == NULL)
        return true;
    if (d.len == 0)
        uncertain(s, "the text is not in the encoding that its byte order mark tells");
    else if (!tmk_bytes_eq(data.digest, tmk_bytes_of(d.bytes, d.len)))
        other_readings(a, &script, &data, as, s);
    else if (row->result == TMK_RESULT_PASS && script.text >= TMK_SCRIPT_UTF16LE && script.mark == 0)
        uncertain(s, "UTF-16 without a byte order mark: whether Windows reads it so is not known");
    else if (row->result == TMK_RESULT_PASS && !script.after_crlf)
        uncertain(s, "the block does not follow CR LF: whether Windows takes it for a signature is not known");
    if (row->result == TMK_RESULT_PASS)
        tmk_json_put_str(a->format, "hashed_as", reading_names[as]);
    return true;
}

/* Only where the file tells how Windows reads it. */
static struct tmk_digest subject(struct tmk_artifact *a, const char *alg, const char **ret_refused)
{
    struct tmk_script s;

    if (!tmk_script_find(a, &s) || (s.text == TMK_SCRIPT_BYTES && !is_ascii(a->file)) ||
        (s.text >= TMK_SCRIPT_UTF16LE && s.mark == 0))
        return (struct tmk_digest){ .len = 0 };
    if (s.stray != TMK_NO_OFFSET)
        *ret_refused = "text stands behind the signature block, and nothing covers it";
    return digest_as(a, &s, usual(a, &s), false, alg);
}

static const struct tmk_pkcs7_kind kind = { .name = "script", .where = "embedded", .content = content };

static void malformed(struct tmk_artifact *a, const struct tmk_sigblob *blob, const char *why, struct tmk_sigbag *bag)
{
    struct tmk_signature *s = tmk_sigbag_add(a, bag);

    if (s == NULL)
        return;
    s->kind = kind.name;
    s->where = kind.where;
    s->entry = blob->entry;
    s->offset = blob->offset;
    tmk_check_set(s->checks, TMK_CHECK_PAGE_HASHES, TMK_RESULT_NOT_APPLICABLE, NULL);
    tmk_check_set(s->checks, TMK_CHECK_STRUCTURE, TMK_RESULT_FAIL, why);
    s->checks[TMK_CHECK_STRUCTURE].offset = blob->offset;
}

static void check_coverage(const struct tmk_script *script, const struct tmk_sigblob *blob, size_t used,
                           struct tmk_signature *s)
{
    struct tmk_check_row *row = &s->checks[TMK_CHECK_COVERAGE];

    s->slack = blob->bytes.len - used;
    tmk_check_set(s->checks, TMK_CHECK_COVERAGE, TMK_RESULT_PASS, NULL);
    if (s->slack > 0)
        row->reason = "bytes behind the signature in its block are covered by nothing";
    if (script->stray != TMK_NO_OFFSET) {
        row->reason = "text stands behind the signature block, and nothing covers it";
        row->offset = script->stray;
    }
    if (row->reason != NULL)
        row->result = TMK_RESULT_FAIL;
}

static void read_blob(struct tmk_artifact *a, const struct tmk_sigblob *blob, struct tmk_sigbag *bag)
{
    struct tmk_sigblob decoded = *blob;
    const size_t first = bag->n;
    struct tmk_script script;
    size_t used;

    if (!tmk_script_find(a, &script) || script.base64 == NULL) {
        malformed(a, blob, "the signature block cannot be read", bag);
        return;
    }
    if (!tmk_unbase64(a->arena, script.base64, &decoded.bytes)) {
        malformed(a, blob, "the signature block's lines are no base64 together", bag);
        return;
    }
    used = tmk_pkcs7_read(a, &decoded, &kind, bag);
    if (used > 0)
        check_coverage(&script, &decoded, used, &bag->list[first]);
}

const struct tmk_sigkind tmk_sigkind_script = {
    .name = "script",
    .title = "signature block of a script",
    .spec = CLAUSE,
    .read = read_blob,
    .subject = subject,
};
