/* SPDX-License-Identifier: Apache-2.0 */
/* The table of a report's page. Everything from a record becomes a text node: nothing of it is ever parsed as markup. */
"use strict";
(() => {
    const PAGE = 100, PRINTED = 2000;
    const byId = (id) => document.getElementById(id);
    const rows = JSON.parse(byId("rows").textContent);
    const classes = JSON.parse(byId("classes").textContent);
    const tones = { restricted: "bad", conflict: "bad", undetermined: "warn", permitted: "good", valid: "good", unsigned: "none",
        distrusted: "bad", bad_signature: "bad", digest_mismatch: "bad", malformed: "bad", alarm: "bad", warning: "warn", pass: "good",
        fail: "bad", fault: "bad", unreadable: "bad", skipped: "bad", info: "none", notice: "none", not_applicable: "none" };
    const rank = { restricted: 0, conflict: 1, undetermined: 2, permitted: 3 };
    const NOT_KNOWN = "(not known)", NONE = "(none)";

    /* What hides, turns or joins text is shown by its number; html_text.c has the same list. */
    const hidden = new RegExp("[\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f" +
        "\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufffb\\u{e0000}-\\u{e0fff}]", "gu");
    const shown = (s) => String(s).replace(hidden, (c) =>
        "\u27e6U+" + c.codePointAt(0).toString(16).toUpperCase().padStart(4, "0") + "\u27e7");

    const put = (parent, child) => {
        if (child === null || child === undefined)
            return;
        if (Array.isArray(child))
            child.forEach((c) => put(parent, c));
        else
            parent.append(child instanceof Node ? child : document.createTextNode(shown(child)));
    };
    const make = (tag, cls, ...children) => {
        const e = document.createElement(tag);
        if (cls)
            e.className = cls;
        put(e, children);
        return e;
    };
    const attr = (e, names) => {
        Object.keys(names).forEach((n) => e.setAttribute(n, names[n]));
        return e;
    };
    const number = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, ",");
    const words = (s) => String(s).replaceAll("_", " ");
    const tag = (word) => make("span", "tag " + (Object.hasOwn(tones, word) ? tones[word] : "warn"), words(word));
    const mono = (s) => make("code", "", s);

    /* ---- what a record says ---- */
    const primary = (r) => (r.signatures || []).find((s) => s.primary);
    const signature = (r) => r.status !== "ok" ? r.status : r.signatures === undefined ? NONE : (primary(r) || { status: "unsigned" }).status;
    const country = (r) => {
        const j = (r.origin || {}).jurisdiction || {};
        return j.as_of || j.hq || NOT_KNOWN;
    };
    const maker = (r) => (r.origin || {}).vendor || (r.origin ? NOT_KNOWN : NONE);
    const outcome = (r) => (r.policy || {}).outcome || NONE;
    const format = (r) => (r.format || {}).kind || NONE;
    const path = (r) => r.display || r.locator;
    const score = (r) => (r.provenance || { score: -1 }).score;
    const worth = (r) => r.worth === undefined ? classes.length : r.worth;
    const haystack = (r) => {
        const o = r.origin || {}, roles = o.roles || {};
        return [r.locator, r.display, r.sha256, r.why, o.vendor, o.entity, o.product, o.reason_unknown, signature(r), format(r),
            outcome(r), country(r), ...(r.signatures || []).flatMap((s) => [(s.signer || {}).subject, (s.signer || {}).serial, s.issuer]),
            ...Object.keys(roles).map((k) => roles[k].name), ...(r.findings || []).flatMap((f) => [f.id, f.message]),
            ...((r.identity || {}).claimed || []).flatMap((c) => [c.company, c.product, c.description, c.module, c.name])]
            .filter((t) => t !== undefined).join("\n").toLowerCase();
    };
    rows.forEach((r, i) => {
        r.nth = i;
        r.hay = haystack(r);
    });

    /* ---- one object, unfolded ---- */
    const facts = (pairs) => {
        const dl = make("dl", "facts");
        pairs.forEach(([name, value]) => {
            if (value !== undefined && value !== null && value !== "")
                dl.append(make("dt", "", name), make("dd", "", value));
        });
        return dl;
    };
    const table = (heads, lines) => {
        const t = make("table", "plain", make("thead", "", make("tr", "", heads.map((h) => attr(make("th", "", h), { scope: "col" })))));
        t.append(make("tbody", "", lines.map((line) => make("tr", "", line.map((c) => make("td", "", c))))));
        return attr(make("div", "scroll", t), { tabindex: "0", role: "region", "aria-label": heads.join(", ") });
    };
    const list = (items) => make("ul", "", items.map((i) => make("li", "", i)));
    const head = (text) => make("h4", "", text);
    const party = (p) => [p.name || p.vendor, p.entity && p.entity !== p.name ? " (" + p.entity + ")" : null,
        p.vendor ? " [" + p.vendor + "]" : null, p.basis ? ", " + words(p.basis) : null];
    const jurisdiction = (j) => !j ? undefined : [j.hq ? "headquarters " + j.hq : "headquarters not known",
        j.at_signing ? "; when signed " + j.at_signing : null, j.as_of ? "; as of the judged time " + j.as_of : null,
        j.disputed ? "; disputed" : null];

    const aboutPolicy = (p) => !p ? [] : [head("Policy " + p.name),
        facts([["Outcome", [tag(p.outcome), p.review ? " for review" : null]], ["Rule", p.rule], ["Role", p.role],
            ["Because", p.because && p.because.length ? list(p.because) : undefined],
            ["Missing", p.missing && p.missing.length ? list(p.missing) : undefined]])];
    const aboutOrigin = (o) => !o ? [] : [head("Maker"),
        facts([["Maker", o.vendor ? [o.vendor, o.entity ? ", " + o.entity : null] : "not known: " + o.reason_unknown], ["Product", o.product],
            ["Founded on", o.basis ? words(o.basis) + ", " + o.band : undefined], ["Jurisdiction", jurisdiction(o.jurisdiction)],
            ["Owners", o.jurisdiction && o.jurisdiction.parents && o.jurisdiction.parents.length
                ? list(o.jurisdiction.parents.map((q) => JSON.stringify(q))) : undefined],
            ...["signer", "packager", "carrier"].filter((k) => o.roles && o.roles[k])
                .map((k) => [k[0].toUpperCase() + k.slice(1), party(o.roles[k])]),
            ["Weighed", o.candidates && o.candidates.length
                ? o.candidates.map((c) => c.vendor + " " + c.support.toFixed(1)).join(", ") + " (log10 of the support)" : undefined]]),
        o.evidence && o.evidence.length ? table(["Kind of evidence", "Fact", "Value", "Speaks for", "Weight, log10", "Weight from"],
            o.evidence.map((e) => [e.group, e.fact, mono(e.value === undefined ? "" : e.value), e.vendor,
                e.log10_lr === undefined ? "" : e.log10_lr.toFixed(1), words(e.source || "")])) : null];
    const aboutScore = (p) => !p ? [] : [head("Provenance " + p.score + " of 100: how well the origin is founded"),
        p.contributions.length ? list(p.contributions.map((c) => (c.points > 0 ? "+" : "") + c.points + " " + c.id)) : null];

    const chain = (s) => {
        const up = make("ol", "chain");
        if (s.anchor)
            up.append(make("li", "", "trust anchor: ", s.anchor.subject, " ", mono(s.anchor.sha256 || "")));
        (s.chain || []).slice().reverse().forEach((c, i, all) => up.append(make("li", "", i === all.length - 1 ? "signer: " : "issuer: ",
            c.subject, " ", mono(c.sha256), make("small", "", " " + c.not_before + " to " + c.not_after + ", " +
            (c.from === "pool" ? "not in the file" : "in the file")))));
        return up.childElementCount ? up : null;
    };
    const aboutSignature = (s) => make("div", "sig", head([words(s.kind), ", ", words(s.where), s.primary ? " (primary)" : null, " ", tag(s.status)]),
        s.reason ? make("p", "", words(s.reason)) : null,
        facts([["Signer", (s.signer || {}).subject || "not known"], ["Serial", s.signer && s.signer.serial ? mono(s.signer.serial) : undefined],
            ["Issuer", s.issuer], ["Judged at", s.judged_time ? s.judged_time + (s.judged_by === "timestamp" ? ", the time of its timestamp" : ", the judged time") : undefined],
            ["Timestamp", s.timestamp ? [s.timestamp.kind, " ", s.timestamp.time, " ", tag(s.timestamp.status), " ", s.timestamp.signer] : undefined],
            ["Digest", s.digest], ["Program", s.program_name], ["Catalogue", s.catalogue ? mono(s.catalogue.locator) : undefined],
            ["Windows", s.windows_would_fail ? "would refuse it" : undefined], ["Chain", chain(s)]]),
        table(["Check", "Result", "Why"], (s.checks || []).map((c) => [words(c.check), tag(c.result), [c.reason ? words(c.reason) : null,
            c.result === "fail" && c.expected ? [" expected ", mono(c.expected), ", found ", mono(c.actual)] : null]])));
    const aboutClaims = (i) => !i ? [] : [
        (i.packaged || []).length ? [head("Packages"), list(i.packaged.map((p) => [p.by, ": ", p.name, " ", p.version, p.origin ? ", " + p.origin : null,
            ", digest ", p.digest || "not told", p.index ? ", index " + p.index : null]))] : null,
        (i.claimed || []).length ? [head("What the file says of itself (forgeable)"), i.claimed.map((c) => facts(Object.keys(c)
            .map((k) => [words(k), typeof c[k] === "object" ? mono(JSON.stringify(c[k])) : String(c[k])])))] : null];
    const aboutMatches = (m) => !m ? [] : [head("Rules that match"), table(["Rule", "Vendor", "Weight", "Where"], m.map((x) => [x.rule,
        [x.vendor, x.product ? ", " + x.product : null], [x.weight, x.where ? ", in bytes that no signature covers: no evidence" : null],
        [list(x.strings.map((t) => [mono(t.text), " at " + t.offset])), x.strings_all > x.strings.length
            ? "and " + (x.strings_all - x.strings.length) + " more in the record" : null]]))];
    const aboutFindings = (f) => !f || !f.length ? [] : [head("Findings"), table(["Id", "Severity", "What", "At"],
        f.map((x) => [x.id, tag(x.severity), x.message, x.offset === undefined ? "" : number(x.offset)]))];
    const aboutRanges = (r) => !r.unsigned_ranges || !(r.signatures || []).length ? [] : [head("Bytes that no signature covers"),
        table(["Offset", "Length", "Why"], r.unsigned_ranges.map((u) => [number(u.offset), number(u.length), words(u.why)])),
        r.unsigned_all > r.unsigned_ranges.length ? "and " + (r.unsigned_all - r.unsigned_ranges.length) + " more in the record" : null];
    const aboutFormat = (f) => !f ? undefined : Object.keys(f).filter((k) => typeof f[k] !== "object")
        .map((k) => words(k) + " " + f[k]).join(", ");
    const detail = (r) => make("div", "", r.why ? make("p", "", make("strong", "", classes[r.worth][0] + ". "), r.why) : null,
        facts([["Locator", mono(r.locator)], ["Display", r.display ? mono(r.display) : undefined],
            ["Status", r.status === "ok" ? undefined : [tag(r.status), " ", r.reason ? words(r.reason) : null, r.fault ? JSON.stringify(r.fault) : null]],
            ["Size", r.size === undefined ? undefined : number(r.size) + " bytes"], ["SHA-256", r.sha256 ? mono(r.sha256) : undefined],
            ["Same bytes as", r.same_as ? mono(r.same_as) : undefined], ["Format", aboutFormat(r.format)],
            ["Container", r.container ? number(r.container.members) + " members, " + (r.container.complete ? "read to its end" : "NOT read to its end") : undefined],
            ["File system", r.fs ? JSON.stringify(r.fs) : undefined]]),
        aboutPolicy(r.policy), aboutOrigin(r.origin), (r.signatures || []).length ? [head("Signatures"), r.signatures.map(aboutSignature)] : null,
        aboutFindings(r.findings), aboutScore(r.provenance), aboutClaims(r.identity), aboutMatches(r.matches), aboutRanges(r));

    /* ---- the table ---- */
    const columns = [
        { name: "Object", key: (r) => path(r) },
        { name: "Format", key: format },
        { name: "Signature", key: signature },
        { name: "Maker", key: maker },
        { name: "Score", key: score, num: true, hint: "Provenance, 0 to 100: how well the origin is founded" },
        { name: "Outcome", key: (r) => worth(r) * 10 + (outcome(r) in rank ? rank[outcome(r)] : 4) },
    ];
    const view = { sort: 5, down: false, page: 0, found: rows, printing: false, unfolded: new Set() };
    const compare = (a, b) => {
        const x = columns[view.sort].key(a), y = columns[view.sort].key(b);
        const order = x < y ? -1 : x > y ? 1 : 0;
        return order !== 0 ? (view.down ? -order : order) : a.nth - b.nth;
    };
    const cells = (r) => {
        const full = path(r), cut = full.lastIndexOf("/") + 1, s = primary(r), o = r.origin || {};
        const button = attr(make("button", "open", attr(make("span", "mark", "\u25b8"), { "aria-hidden": "true" }),
            make("span", "name", full.slice(cut) || full)), { type: "button", "aria-expanded": "false" });
        return [[button, make("span", "folder", full.slice(0, cut))],
            [format(r) === NONE ? "-" : format(r), " ", (r.format || {}).machine],
            [signature(r) === NONE ? "-" : tag(signature(r)), s && s.signer ? make("span", "why", s.signer.common_name || s.signer.subject || s.issuer) : null],
            [o.vendor ? o.vendor + " (" + country(r) + ")" : make("span", "why", r.origin ? "not known" : "-"),
                o.basis ? make("span", "why", words(o.basis) + ", " + o.band) : null],
            [score(r) < 0 ? "-" : score(r)],
            [outcome(r) === NONE ? null : tag(outcome(r)), r.worth !== undefined ? make("span", "why", classes[r.worth][0].split(":")[0]) : null]];
    };
    const open = (line, r) => {
        const button = line.querySelector("button.open"), was = button.getAttribute("aria-expanded") === "true";
        view.unfolded[was ? "delete" : "add"](r.nth);
        if (was)
            line.nextSibling.remove();
        else
            line.after(make("tr", "detail", attr(make("td", "", detail(r)), { colspan: columns.length })));
        button.setAttribute("aria-expanded", String(!was));
        button.firstChild.textContent = was ? "\u25b8" : "\u25be";
    };
    const lineOf = (r) => {
        const line = make("tr", "row");
        cells(r).forEach((c, i) => {
            const td = make("td", "c" + i + (columns[i].num ? " num" : ""), c);
            if (i > 0)
                td.setAttribute("data-label", columns[i].name);
            line.append(td);
        });
        line.querySelector("button.open").addEventListener("click", () => open(line, r));
        return line;
    };
    const heads = () => make("tr", "", columns.map((c, i) => {
        const sorted = view.sort === i, button = attr(make("button", "", c.name, sorted ? (view.down ? " \u25bc" : " \u25b2") : null), { type: "button" });
        const th = attr(make("th", "c" + i + (c.num ? " num" : ""), button), { scope: "col", "aria-sort": sorted ? (view.down ? "descending" : "ascending") : "none" });
        if (c.hint)
            button.title = c.hint;
        button.addEventListener("click", () => {
            view.down = sorted && !view.down;
            view.sort = i;
            view.page = 0;
            find();
            byId("table").querySelectorAll("thead button")[i].focus();
        });
        return th;
    }));
    const pager = () => {
        const pages = Math.ceil(view.found.length / PAGE), nav = byId("pager");
        nav.replaceChildren();
        if (pages < 2)
            return;
        [["First", 0], ["Previous", view.page - 1], ["Next", view.page + 1], ["Last", pages - 1]].forEach(([name, to], i) => {
            const b = attr(make("button", "", name), { type: "button" });
            b.disabled = to < 0 || to >= pages || to === view.page;
            b.addEventListener("click", () => {
                view.page = to;
                draw();
                byId("objects").focus();
            });
            nav.append(b);
            if (i === 1)
                nav.append(make("span", "", "page " + (view.page + 1) + " of " + pages));
        });
    };
    const draw = () => {
        const from = view.printing ? 0 : view.page * PAGE, to = view.printing ? PRINTED : from + PAGE, now = view.found.slice(from, to);
        const all = make("table", "objects", make("caption", "sr", "Objects of the case"), make("thead", "", heads()), make("tbody", "", now.map(lineOf)));
        byId("table").replaceChildren(all);
        [...all.tBodies[0].rows].forEach((line, i) => view.unfolded.has(now[i].nth) && open(line, now[i]));
        byId("status").textContent = number(view.found.length) + " of " + number(rows.length) + " objects" +
            (view.found.length > now.length ? ", " + number(from + 1) + " to " + number(from + now.length) + " shown here" : "") + filters();
        pager();
    };

    /* ---- search and filters ---- */
    const selects = [["f-worth", (r) => r.worth === undefined ? NONE : classes[r.worth][0]], ["f-outcome", outcome], ["f-signature", signature],
        ["f-maker", maker], ["f-country", country], ["f-format", format]];
    const filters = () => selects.map(([id]) => byId(id)).filter((s) => s.value !== "").map((s) => "; " + s.selectedOptions[0].textContent)
        .concat(byId("search").value.trim() ? ["; \u201c" + shown(byId("search").value.trim()) + "\u201d"] : []).join("");
    const find = () => {
        const asked = byId("search").value.toLowerCase().split(/\s+/).filter((w) => w !== "");
        const wanted = selects.map(([id, key]) => [byId(id).value, key]).filter(([v]) => v !== "");
        view.found = rows.filter((r) => wanted.every(([v, key]) => v === "=any" ? r.worth !== undefined : key(r) === v.slice(1)) &&
            asked.every((w) => r.hay.includes(w))).sort(compare);
        draw();
    };
    selects.forEach(([id, key]) => {
        const counts = new Map(), select = byId(id);
        rows.forEach((r) => counts.set(key(r), (counts.get(key(r)) || 0) + 1));
        const add = (value, text) => {
            const o = make("option", "", text);
            o.value = value;
            select.append(o);
        };
        add("", "all");
        if (id === "f-worth")
            add("=any", "for any reason");
        [...counts.keys()].sort((a, b) => counts.get(b) - counts.get(a) || (a < b ? -1 : 1)).forEach((k) =>
            add(":" + k, (id === "f-worth" ? k.split(":")[0] : words(k)) + " (" + number(counts.get(k)) + ")"));
        select.addEventListener("change", () => {
            view.page = 0;
            find();
        });
    });
    let timer = 0;
    byId("search").addEventListener("input", () => {
        clearTimeout(timer);
        timer = setTimeout(() => {
            view.page = 0;
            find();
        }, 120);
    });
    byId("controls").addEventListener("submit", (e) => e.preventDefault());
    byId("controls").addEventListener("reset", () => setTimeout(() => {
        view.page = 0;
        find();
    }, 0));
    addEventListener("beforeprint", () => {
        view.printing = true;
        draw();
    });
    addEventListener("afterprint", () => {
        view.printing = false;
        draw();
    });
    byId("controls").hidden = false;
    find();
})();
