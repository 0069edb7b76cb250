/* SPDX-License-Identifier: Apache-2.0 */
#include "report/explain_text.h"

#include <stdarg.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "report/language.h"
#include "report/record.h"
#include "report/terminal.h"

struct page {
    struct tmk_buf *out;
    bool colour;
    unsigned step;
};

static const char *or_dash(const char *s)
{
    return s == NULL ? "-" : s;
}

static void head(struct page *p, const char *text)
{
    p->step++;
    tmk_term_put(p->out, "\n");
    tmk_term_colour(p->out, p->colour, TMK_BOLD);
    if (!tmk_buf_printf(p->out, "%u. %s", p->step, tmk_tr(text)))
        tmk_die_nomem();
    tmk_term_colour(p->out, p->colour, TMK_PLAIN);
    tmk_term_put(p->out, "\n");
}

/* One line, in the language that is set; what comes from the record is made safe. */
TMK_PRINTF(2, 3) static void line(struct page *p, const char *fmt, ...)
{
    char *text = NULL;
    va_list ap;

    va_start(ap, fmt);
    if (vasprintf(&text, tmk_tr(fmt), ap) < 0)
        tmk_die_nomem();
    va_end(ap);
    tmk_term_put(p->out, "   ");
    tmk_term_text(p->out, text);
    tmk_term_put(p->out, "\n");
    free(text);
}

static bool is(const json_t *object, const char *key, const char *value)
{
    const char *s = tmk_json_str(object, key);

    return s != NULL && strcmp(s, value) == 0;
}

/* ---- the bytes ---- */

static void put_bytes(struct page *p, const json_t *r)
{
    const json_t *format = json_object_get(r, "format");
    const char *subtype = tmk_json_str(format, "subtype"), *machine = tmk_json_str(format, "machine");

    head(p, "The bytes");
    line(p, "%s", or_dash(tmk_json_str(r, "locator")));
    line(p, "%lld bytes, SHA-256 %s", (long long)tmk_json_int(r, "size", 0), or_dash(tmk_json_str(r, "sha256")));
    if (tmk_json_str(r, "same_as") != NULL)
        line(p, "the same bytes as %s", tmk_json_str(r, "same_as"));
    if (strcmp(tmk_record_status(r), "ok") != 0)
        line(p, "NOT READ: %s%s%s. Nothing below speaks for its content.", tmk_record_status(r),
             tmk_json_str(r, "reason") != NULL ? ", " : "",
             tmk_json_str(r, "reason") != NULL ? tmk_reason_text(tmk_json_str(r, "reason")) : "");
    if (format != NULL)
        line(p, "By their content they are %s%s%s%s%s.", or_dash(tmk_json_str(format, "kind")),
             machine != NULL ? tmk_tr(" for ") : "", machine != NULL ? machine : "", subtype != NULL ? ", " : "",
             subtype != NULL ? subtype : "");
}

/* ---- signatures ---- */

static void put_checks(struct page *p, const json_t *s)
{
    const json_t *c;
    size_t i, passed = 0;

    json_array_foreach(json_object_get(s, "checks"), i, c)
    {
        const char *reason = tmk_json_str(c, "reason");

        passed += is(c, "result", "pass");
        if (!is(c, "result", "pass") && !is(c, "result", "not_applicable"))
            line(p, "  %s: %s%s%s", or_dash(tmk_json_str(c, "check")),
                 tmk_tr(is(c, "result", "fail") ? "FAIL" : "NOT CHECKED"), reason != NULL ? ", " : "",
                 reason != NULL ? tmk_reason_text(reason) : "");
    }
    line(p, "  %zu of %zu checks passed", passed, json_array_size(json_object_get(s, "checks")));
}

static void put_signature(struct page *p, const json_t *s)
{
    const json_t *signer = json_object_get(s, "signer"), *stamp = json_object_get(s, "timestamp"),
                 *anchor = json_object_get(s, "anchor");
    const char *reason = tmk_json_str(s, "reason");

    line(p, "A signature (%s, %s) is %s%s%s.", or_dash(tmk_json_str(s, "kind")), or_dash(tmk_json_str(s, "where")),
         or_dash(tmk_json_str(s, "status")), reason != NULL ? ": " : "", reason != NULL ? tmk_reason_text(reason) : "");
    line(p, "  It names as its signer %s.",
         tmk_json_str(signer, "subject") != NULL ? tmk_json_str(signer, "subject") : tmk_tr("nobody that is known"));
    if (anchor != NULL)
        line(p, "  The chain of certificates ends in the trust anchor %s.", or_dash(tmk_json_str(anchor, "subject")));
    else
        line(p, "  No chain of certificates leads to a trust anchor.");
    if (stamp != NULL)
        line(p, "  Its timestamp (%s) says %s.", or_dash(tmk_json_str(stamp, "status")),
             or_dash(tmk_json_str(stamp, "time")));
    else
        line(p, "  It has no timestamp: it was judged as of %s.", or_dash(tmk_json_str(s, "judged_time")));
    put_checks(p, s);
}

static void put_signatures(struct page *p, const json_t *r)
{
    const json_t *list = json_object_get(r, "signatures"), *s;
    size_t i;

    head(p, "Signatures: who vouches for these bytes");
    if (json_array_size(list) == 0)
        line(p, "None: nobody's key vouches for them.");
    json_array_foreach(list, i, s) put_signature(p, s);
}

/* ---- what the file says ---- */

static void put_facts(struct page *p, const json_t *e)
{
    const json_t *f;
    size_t i;

    head(p, "The facts that were weighed");
    json_array_foreach(json_object_get(e, "facts"), i, f) line(p, "[%zu] %s", i + 1, or_dash(json_string_value(f)));
    if (i == 0)
        line(p, "None.");
}

static void put_evidence(struct page *p, const json_t *origin)
{
    const json_t *v;
    size_t i;

    head(p, "What they say of its maker");
    json_array_foreach(json_object_get(origin, "evidence"), i, v)
        line(p, "%s '%s' speaks for %s (%s, weight %.1f)", or_dash(tmk_json_str(v, "fact")),
             or_dash(tmk_json_str(v, "value")), or_dash(tmk_json_str(v, "vendor")), or_dash(tmk_json_str(v, "group")),
             json_number_value(json_object_get(v, "log10_lr")));
    if (i == 0)
        line(p, "Nothing in them is a known vendor's.");
    else
        line(p, "Of each group the strongest counts; weights are decimal logarithms, against the odds that it is "
                "nobody's who is known.");
    json_array_foreach(json_object_get(origin, "candidates"), i, v) line(
        p, "%s: in sum %.1f", or_dash(tmk_json_str(v, "vendor")), json_number_value(json_object_get(v, "support")));
}

static void put_party(struct page *p, const json_t *roles, const char *role)
{
    const json_t *party = json_object_get(roles, role);
    const char *name = tmk_json_str(party, "name"), *vendor = tmk_json_str(party, "vendor"),
               *basis = tmk_json_str(party, "basis");

    if (party != NULL)
        line(p, "Its %s is %s (%s).", tmk_tr(role), name != NULL ? name : or_dash(vendor), or_dash(basis));
}

static void put_origin(struct page *p, const json_t *origin)
{
    const json_t *j = json_object_get(origin, "jurisdiction");
    const char *vendor = tmk_json_str(origin, "vendor");

    head(p, "Its maker");
    if (vendor == NULL)
        line(p, "Not known: %s.", or_dash(tmk_tr(tmk_json_str(origin, "reason_unknown"))));
    else
        line(p, "%s%s%s: %s, %s.", vendor, tmk_json_str(origin, "product") != NULL ? tmk_tr(", product ") : "",
             tmk_json_str(origin, "product") != NULL ? tmk_json_str(origin, "product") : "",
             or_dash(tmk_json_str(origin, "basis")), or_dash(tmk_json_str(origin, "band")));
    if (j != NULL)
        line(p, "Headquarters %s; when signed %s; as of the judged time %s%s. A certificate's country plays no part.",
             or_dash(tmk_json_str(j, "hq")),
             tmk_json_str(j, "at_signing") != NULL ? tmk_json_str(j, "at_signing") : tmk_tr("not known"),
             or_dash(tmk_json_str(j, "as_of")),
             json_is_true(json_object_get(j, "disputed")) ? tmk_tr(" (disputed)") : "");
    put_party(p, json_object_get(origin, "roles"), "signer");
    put_party(p, json_object_get(origin, "roles"), "packager");
    put_party(p, json_object_get(origin, "roles"), "carrier");
}

/* ---- score and outcome ---- */

static void put_score(struct page *p, const json_t *e, const json_t *r)
{
    const json_t *c;
    size_t i;

    head(p, "Its provenance score: how well that is founded, not whether it is harmless");
    json_array_foreach(json_object_get(e, "contributions"), i, c)
        line(p, "%+4lld  %-22s %s", (long long)tmk_json_int(c, "points", 0), or_dash(tmk_json_str(c, "id")),
             or_dash(tmk_tr(tmk_json_str(c, "why"))));
    line(p, "%4lld of 100", (long long)tmk_json_int(json_object_get(r, "provenance"), "score", 0));
}

static void put_list(struct page *p, const char *what, const json_t *list)
{
    const json_t *v;
    size_t i;

    json_array_foreach(list, i, v) line(p, "%s%s", tmk_tr(what), or_dash(tmk_tr(json_string_value(v))));
}

static const char *outcome_words(const json_t *policy)
{
    if (is(policy, "outcome", "restricted"))
        return "a rule that restricts fits, on evidence that it takes";
    if (is(policy, "outcome", "permitted"))
        return "a rule that permits fits, and none that restricts";
    if (is(policy, "outcome", "conflict"))
        return "a rule that restricts and one that permits both fit: a person must decide";
    if (json_is_true(json_object_get(policy, "review")))
        return "evidence points to a rule that restricts, but does not suffice: a person must look";
    if (json_array_size(json_object_get(policy, "missing")) > 0)
        return "what the policy asks is not known; that is neither suspicion nor clearance";
    return "all that the policy asks is known, and no rule concerns it";
}

static void put_policy(struct page *p, const json_t *policy)
{
    head(p, "What the policy says");
    if (policy == NULL) {
        line(p, "No policy judges it.");
        return;
    }
    line(p, "%s: %s: %s.", or_dash(tmk_json_str(policy, "name")), or_dash(tmk_json_str(policy, "outcome")),
         tmk_tr(outcome_words(policy)));
    if (tmk_json_str(policy, "rule") != NULL)
        line(p, "rule %s, asked of its %s", tmk_json_str(policy, "rule"),
             or_dash(tmk_tr(tmk_json_str(policy, "role"))));
    put_list(p, "because: ", json_object_get(policy, "because"));
    put_list(p, "missing: ", json_object_get(policy, "missing"));
}

/* ---- what would change it ---- */

static void put_set(struct page *p, const json_t *set)
{
    struct tmk_buf numbers = TMK_BUF(1 << 16);
    const json_t *n;
    size_t i;

    json_array_foreach(json_object_get(set, "remove"), i,
                       n) if (!tmk_buf_printf(&numbers, "%s[%lld]", i > 0 ? tmk_tr(" and ") : "",
                                              (long long)json_integer_value(n) + 1)) tmk_die_nomem();
    line(p, "  without %s: %s", or_dash((const char *)numbers.data), or_dash(tmk_json_str(set, "then")));
    tmk_buf_free(&numbers);
}

static void put_change(struct page *p, const json_t *c)
{
    const json_t *sets = json_object_get(c, "sets"), *set;
    const bool score = is(c, "of", "score");
    const long long found = (long long)tmk_json_int(c, "found", 0);
    size_t i;

    line(p, "The %s (%s):", or_dash(tmk_tr(tmk_json_str(c, "of"))), or_dash(tmk_json_str(c, "now")));
    if (is(c, "search", "none"))
        line(p, score ? "  no fact alone changes it" : "  nothing changes it: no set of facts, taken away, does");
    else if (is(c, "search", "not_found"))
        line(p, "  not found: neither small sets nor all facts together change it; not every set was tried");
    else if (is(c, "search", "minimal"))
        line(p, "  with these away; none of them may stay, but sets of fewer were too many to try them all");
    else if (!score)
        line(p, "  the smallest sets of facts that change it%s:",
             found > (long long)json_array_size(sets) ? tmk_tr(", the first of") : "");
    json_array_foreach(sets, i, set) put_set(p, set);
    if (found > (long long)json_array_size(sets))
        line(p, "  and %lld more of this size", found - (long long)json_array_size(sets));
}

void tmk_report_explanation(const json_t *e, bool colour, struct tmk_buf *out)
{
    struct page p = { out, colour, 0 };
    const json_t *r = json_object_get(e, "record"), *origin = json_object_get(r, "origin"), *c;
    size_t i;

    tmk_term_colour(out, colour, TMK_BOLD);
    tmk_term_text(out, tmk_json_str(r, "display"));
    tmk_term_colour(out, colour, TMK_PLAIN);
    tmk_term_put(out, "\n");
    put_bytes(&p, r);
    if (origin == NULL) { /* not read, or a container: nothing was judged of it */
        line(&p, "%s",
             is(r, "kind", "container") ? "A container has no maker of its own: its members are judged each for itself."
                                        : "So it has neither maker nor score.");
        return;
    }
    put_signatures(&p, r);
    put_facts(&p, e);
    put_evidence(&p, origin);
    put_origin(&p, origin);
    put_score(&p, e, r);
    put_policy(&p, json_object_get(r, "policy"));
    head(&p, "What would change it (each of these was taken away, and the rest judged again)");
    json_array_foreach(json_object_get(e, "changes"), i, c) put_change(&p, c);
}
