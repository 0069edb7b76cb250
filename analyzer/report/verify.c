/* SPDX-License-Identifier: Apache-2.0 */
#include "report/verify.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "report/language.h"
#include "report/record.h"
#include "report/terminal.h"

enum { NAME = 14 }; /* columns of a field's name */

struct sheet {
    struct tmk_buf *out;
    bool colour;
};

static void put(const struct sheet *s, const char *text)
{
    tmk_term_put(s->out, tmk_tr(text));
}

/* "    name   value"; nothing when there is no value. */
static void field(const struct sheet *s, const char *name, const char *value)
{
    if (value == NULL)
        return;
    put(s, "    ");
    tmk_term_cell(s->out, tmk_tr(name), NAME);
    put(s, " ");
    tmk_term_text(s->out, value);
    put(s, "\n");
}

static enum tmk_colour colour_of(const char *word)
{
    static const char *const good[] = { "valid", "pass", "permitted", NULL };
    static const char *const open[] = { "not_checked", "unsigned", "incomplete_chain", "untrusted",    "unknown",
                                        "unsupported", "expired",  "wrong_usage",      "undetermined", NULL };

    return tmk_word_in(word, good) ? TMK_GREEN : tmk_word_in(word, open) ? TMK_YELLOW : TMK_RED;
}

/* A status, in its colour. */
static void word(const struct sheet *s, const char *status, const char *shown)
{
    tmk_term_colour(s->out, s->colour, colour_of(status));
    tmk_term_text(s->out, shown);
    tmk_term_colour(s->out, s->colour, TMK_PLAIN);
}

/* On a line of its own: a digest is longer than what another has left. */
static void put_value(const struct sheet *s, const char *name, const char *value)
{
    if (value == NULL)
        return;
    put(s, "        ");
    put(s, name);
    put(s, " ");
    tmk_term_text(s->out, value);
    put(s, "\n");
}

static void put_check(const struct sheet *s, const json_t *c)
{
    const char *result = tmk_json_str(c, "result"), *reason = tmk_reason_text(tmk_json_str(c, "reason"));
    const char *check = tmk_json_str(c, "check"), *expected = tmk_json_str(c, "expected"),
               *actual = tmk_json_str(c, "actual");
    const bool same = expected != NULL && actual != NULL && strcmp(expected, actual) == 0;

    result = result == NULL ? "not_checked" : result; /* what is not said was not checked */
    put(s, "      ");
    tmk_term_cell(s->out, check == NULL ? "-" : check, NAME);
    put(s, " ");
    word(s, result,
         tmk_tr(strcmp(result, "not_checked") == 0 ? "NOT CHECKED"
                : strcmp(result, "fail") == 0      ? "FAIL"
                                                   : result));
    put(s, reason != NULL ? ": " : "");
    if (reason != NULL)
        tmk_term_text(s->out, reason);
    put(s, "\n");
    put_value(s, same ? "signed, found" : "signed", expected);
    put_value(s, "found ", same ? NULL : actual);
    put_value(s, "see   ", strcmp(result, "fail") == 0 ? tmk_json_str(c, "clause") : NULL);
}

static void indent(const struct sheet *s, size_t depth)
{
    put(s, "      ");
    for (size_t i = 0; i < depth; i++)
        put(s, "   ");
}

/* ", 2020-01-01 to 2040-01-01": the days of validity. */
static void put_validity(const struct sheet *s, const json_t *cert)
{
    const char *from = tmk_json_str(cert, "not_before"), *to = tmk_json_str(cert, "not_after");
    char text[64];

    if (from == NULL || to == NULL)
        return;
    (void)snprintf(text, sizeof text, tmk_tr(", valid %.10s to %.10s"), from, to);
    tmk_term_text(s->out, text);
}

/* One step of the chain, drawn below the one that issued it, and what it is. more: another stands below it. */
static void put_link(const struct sheet *s, size_t depth, const json_t *cert, const char *what, bool more)
{
    indent(s, depth > 0 ? depth - 1 : 0);
    put(s, depth > 0 ? "\u2514\u2500 " : "");
    tmk_term_text(s->out, tmk_json_str(cert, "subject"));
    put(s, "\n");
    indent(s, depth);
    put(s, more ? "\u2502  " : "   ");
    put(s, what);
    put_validity(s, cert);
    put(s, "\n");
}

static void put_anchor(const struct sheet *s, const json_t *anchor)
{
    const char *source = tmk_json_str(anchor, "source");
    char what[160];

    if (anchor == NULL) {
        put(s, "      ?\n      \u2502  no trusted anchor was reached\n");
        return;
    }
    (void)snprintf(what, sizeof what, tmk_tr("trust anchor%s%s"), source == NULL ? "" : tmk_tr(", from "),
                   source == NULL ? "" : source);
    put_link(s, 0, anchor, what, true);
}

static void put_chain(const struct sheet *s, const json_t *signature)
{
    const json_t *chain = json_object_get(signature, "chain");
    size_t depth = 1;

    if (json_array_size(chain) == 0)
        return;
    put(s, "    chain\n");
    put_anchor(s, json_object_get(signature, "anchor"));
    for (size_t i = json_array_size(chain); i > 0; i--) {
        const json_t *c = json_array_get(chain, i - 1);
        const char *from = tmk_json_str(c, "from");
        char what[64];

        (void)snprintf(
            what, sizeof what, "%s%s", i == 1 ? tmk_tr("signer, ") : "",
            tmk_tr(from != NULL && strcmp(from, "pool") == 0 ? "from the pool of intermediates" : "in the file"));
        put_link(s, depth++, c, what, i > 1);
    }
}

/* What the lists at hand say of each certificate, and for which time they were made. */
static void put_revocation(const struct sheet *s, const json_t *signature)
{
    const json_t *list = json_object_get(signature, "revocation"), *e;
    size_t i;

    json_array_foreach(list, i, e)
    {
        const char *status = tmk_json_str(e, "status"), *file = tmk_json_str(e, "file");

        put(s, i == 0 ? "    revocation lists\n      " : "      ");
        word(s, strcmp(status, "good") == 0 ? "pass" : status, status);
        put(s, "  ");
        tmk_term_text(s->out, tmk_json_str(e, "subject"));
        put(s, "\n");
        field(s, "    why", tmk_json_str(e, "why"));
        field(s, "    revoked at", tmk_json_str(e, "revoked_at"));
        field(s, "    reason", tmk_json_str(e, "reason"));
        field(s, "    by", tmk_json_str(e, "by"));
        field(s, "    made", tmk_json_str(e, "this_update"));
        field(s, "    next", tmk_json_str(e, "next_update"));
        field(s, "    file", file);
    }
}

static void put_timestamp(const struct sheet *s, const json_t *stamp)
{
    const char *status = tmk_json_str(stamp, "status"), *form = tmk_json_str(stamp, "form");

    if (stamp == NULL) {
        field(s, "timestamp", tmk_tr("none"));
        return;
    }
    put(s, "    ");
    tmk_term_cell(s->out, tmk_tr("timestamp"), NAME);
    put(s, " ");
    word(s, status == NULL ? "unknown" : status, status == NULL ? "unknown" : status);
    put(s, ", ");
    tmk_term_text(s->out, tmk_json_str(stamp, "time"));
    put(s, ", ");
    tmk_term_text(s->out, tmk_json_str(stamp, "kind"));
    put(s, form == NULL ? "" : " over a ");
    put(s, form == NULL ? "" : strcmp(form, "bare_digest") == 0 ? "bare digest" : "DigestInfo");
    put(s, "\n");
    field(s, "  reason", tmk_reason_text(tmk_json_str(stamp, "reason")));
    field(s, "  signer", tmk_json_str(stamp, "signer"));
}

/* The judged time, and what gave it. */
static void put_time(const struct sheet *s, const json_t *g)
{
    const char *time = tmk_json_str(g, "judged_time"), *by = tmk_json_str(g, "judged_by");

    if (time == NULL)
        return;
    put(s, "    ");
    tmk_term_cell(s->out, tmk_tr("judged at"), NAME);
    put(s, " ");
    tmk_term_text(s->out, time);
    put(s, by != NULL && strcmp(by, "timestamp") == 0 ? ", as the timestamp says\n" : ", as of which it was asked\n");
}

static void put_signer(const struct sheet *s, const json_t *g)
{
    const json_t *signer = json_object_get(g, "signer");

    field(s, "signer", tmk_json_str(signer, "subject"));
    field(s, "serial", tmk_json_str(signer, "serial"));
    field(s, "key", tmk_json_str(signer, "key_id"));
    field(s, "sha256", tmk_json_str(signer, "sha256"));
    field(s, "issuer", tmk_json_str(g, "issuer"));
}

/* What the machine whose tree the file lies in would say. */
static void put_machine(const struct sheet *s, const json_t *g)
{
    const json_t *m = json_object_get(g, "machine");

    if (m == NULL)
        return;
    field(s, "this machine", tmk_json_str(m, "status"));
    field(s, "  reason", tmk_reason_text(tmk_json_str(m, "reason")));
    field(s, "  anchor", tmk_json_str(m, "anchor"));
    field(s, "  store", tmk_json_str(m, "store"));
    field(s, "  by", tmk_json_str(m, "hive"));
}

/* What a NuGet signer says it commits to. */
static const char *role_text(const char *role)
{
    if (role == NULL)
        return NULL;
    return strcmp(role, "repository") == 0 ? tmk_tr("repository: it passes the package on, and need not have made it")
                                           : role;
}

/* Which catalogue, and by what of the file. */
static void put_listing(const struct sheet *s, const json_t *catalogue)
{
    static const struct {
        const char *word, *text;
    } forms[] = {
        { "image", "its image hash" },
        { "image_padded", "its image hash, with zeros thought behind it" },
        { "flat", "the digest of the whole file" },
        { "cab", "the digest that a cabinet's signature is over" },
        { "msi", "the digest that an installer's signature is over, by which Windows looks no file up" },
        { "script", "the digest that a script's signature is over, by which Windows looks no file up" },
    };
    const char *matched = tmk_json_str(catalogue, "matched");

    if (catalogue == NULL)
        return;
    field(s, "catalogue", tmk_json_str(catalogue, "locator"));
    for (size_t i = 0; i < TMK_COUNT(forms); i++)
        if (matched != NULL && strcmp(matched, forms[i].word) == 0)
            matched = tmk_tr(forms[i].text);
    field(s, "listed by", matched);
    field(s, "  for", tmk_json_str(catalogue, "os"));
}

static void put_signature(const struct sheet *s, const json_t *g)
{
    const char *status = tmk_json_str(g, "status");
    const json_t *catalogue = json_object_get(g, "catalogue"), *c;
    size_t i;

    put(s, "  ");
    if (catalogue != NULL)
        put(s, "listed in a catalogue");
    else {
        tmk_term_text(s->out, tmk_json_str(g, "kind"));
        put(s, ", ");
        tmk_term_text(s->out, tmk_json_str(g, "where"));
    }
    put(s, json_is_true(json_object_get(g, "primary")) ? " (primary): " : ": ");
    word(s, status == NULL ? "unknown" : status, status == NULL ? "unknown" : status);
    put(s, "\n");
    field(s, "reason", tmk_reason_text(tmk_json_str(g, "reason")));
    put_listing(s, catalogue);
    put_signer(s, g);
    field(s, "program", tmk_json_str(g, "program_name"));
    field(s, "profile", tmk_json_str(g, "profile"));
    field(s, "digest", tmk_json_str(g, "digest"));
    field(s, "role", role_text(tmk_json_str(g, "role")));
    put_timestamp(s, json_object_get(g, "timestamp"));
    put_time(s, g);
    put_chain(s, g);
    put_revocation(s, g);
    put_machine(s, g);
    put(s, "    checks\n");
    json_array_foreach(json_object_get(g, "checks"), i, c) put_check(s, c);
}

void tmk_report_findings(const json_t *record, struct tmk_buf *out)
{
    const json_t *f;
    size_t i;

    json_array_foreach(json_object_get(record, "findings"), i, f)
    {
        tmk_term_put(out, "  ");
        tmk_term_text(out, tmk_json_str(f, "severity"));
        tmk_term_put(out, " ");
        tmk_term_text(out, tmk_json_str(f, "id"));
        tmk_term_put(out, ": ");
        tmk_term_text(out, tmk_json_str(f, "message"));
        tmk_term_put(out, "\n");
    }
}

/* What is known of the maker, and what a policy says. */
static void put_judgement(const struct sheet *s, const json_t *record)
{
    const json_t *origin = json_object_get(record, "origin"), *policy = json_object_get(record, "policy"), *why;
    const json_t *provenance = json_object_get(record, "provenance");
    const char *outcome = tmk_json_str(policy, "outcome");
    char score[96];
    size_t i;

    field(s, "maker", tmk_json_str(origin, "vendor"));
    field(s, "  basis", tmk_json_str(origin, "basis"));
    field(s, "maker unknown", tmk_reason_text(tmk_json_str(origin, "reason_unknown")));
    if (provenance != NULL) {
        (void)snprintf(score, sizeof score,
                       tmk_tr("%lld of 100: how well the origin is founded, not whether the file is harmless"),
                       (long long)tmk_json_int(provenance, "score", 0));
        field(s, "provenance", score);
    }
    if (outcome == NULL)
        return;
    field(s, "policy", tmk_json_str(policy, "name"));
    field(s, "  outcome", outcome);
    json_array_foreach(json_object_get(policy, "because"), i, why) field(s, "  because", json_string_value(why));
}

void tmk_report_head(const json_t *record, bool colour, struct tmk_buf *out)
{
    const struct sheet s = { out, colour };
    const char *status = tmk_record_status(record);

    if (strcmp(status, "ok") == 0)
        status = tmk_record_sig_status(record);
    tmk_term_text(out, tmk_json_str(record, "display"));
    tmk_term_put(out, ": ");
    word(&s, status, status);
    tmk_term_put(out, "\n");
    field(&s, "reason", tmk_reason_text(tmk_json_str(record, "reason")));
}

void tmk_report_verify(const json_t *record, bool colour, struct tmk_buf *out)
{
    const struct sheet s = { out, colour };
    const json_t *g;
    size_t i;

    tmk_report_head(record, colour, out);
    json_array_foreach(json_object_get(record, "signatures"), i, g) put_signature(&s, g);
    put_judgement(&s, record);
    tmk_report_findings(record, out);
}
