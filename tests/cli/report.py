#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""
Reports on a case: structure, hostile names, nothing from elsewhere, the same bytes, what is cut is said; broken cases are
refused. report.py TOUCHMARK SAMPLES WORK
"""
import base64
import csv
import hashlib
import io
import json
import os
import re
import shutil
import sys
from html.parser import HTMLParser
from pathlib import Path

from harness import expect, fail, finish, parse_records, touchmark

samples, work = Path(sys.argv[2]), Path(sys.argv[3])
golden = Path(__file__).resolve().parents[1] / "golden/case"
shutil.rmtree(work, ignore_errors=True)
work.mkdir(parents=True)
checked = 0
VOID = {"meta", "input", "br", "img", "link", "hr"}
# Names that a page, a script, a terminal or a spreadsheet could take for something else.
HOSTILE = [b"<script>alert(1)</script>.exe", b"</script><b>.exe", b"quote\"'&amp;.exe", "\u202egpj.exe".encode(), b"a\x01\x1b[31m.exe",
           b"\xff\xfe.exe", b"=cmd|' -C calc'!A1.exe", b"]]>--><!--.exe", "\u200bzero\u2028.exe".encode(), b"{{7*7}}${7*7}.exe"]


class Page(HTMLParser):
    """The page's elements, with every tag closed in its turn."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.found, self.texts, self.raw = [], [], [], {}
        self.feed(text)
        self.close()
        expect("tags left open", self.open, [])

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        last = self.open.pop() if self.open else None
        if last != tag:
            fail(f"</{tag}> closes <{last}>")

    def handle_data(self, data):
        if self.open and self.open[-1] in ("script", "style"):
            key = dict(self.found[-1][1]).get("id", self.open[-1])
            self.raw[key] = self.raw.get(key, "") + data
        else:
            self.texts.append(data)

    def attributes(self):
        return [(tag, name, value or "") for tag, attrs in self.found for name, value in attrs.items()]


def report(case, *args, check=(0,)):
    return touchmark("report", case, *args, check=check)


def page_of(case):
    text = report(case, "--html", "-")[1].decode()
    return text, Page(text)


def check_alone(text, page):
    """Nothing of another place, no script but its own, and a policy that says so."""
    policy = next(a["content"] for t, a in page.found if t == "meta" and a.get("http-equiv") == "Content-Security-Policy")
    for name, tag in (("style", "style"), ("script", "script")):
        digest = base64.b64encode(hashlib.sha256(page.raw[tag].encode()).digest()).decode()
        expect(f"{name} in the policy", f"{name}-src 'sha256-{digest}'" in policy, True)
    expect("the policy lets nothing else", "default-src 'none'" in policy and "unsafe" not in policy, True)
    expect("scripts that run", [a for t, a in page.found if t == "script" and a.get("type") != "application/json"], [{}])
    for tag, name, value in page.attributes():
        if name in ("src", "srcset", "action", "formaction", "style", "background", "data", "xlink:href", "ping", "manifest") or name.startswith("on"):
            fail(f"<{tag} {name}={value!r}>")
        if name == "href" and not value.startswith("#"):
            fail(f"<{tag} href={value!r}> leads elsewhere")
    expect("no element that loads", {t for t, _ in page.found} & {"img", "link", "iframe", "object", "embed", "base", "video", "audio", "form-x"}, set())
    expect("URLs in style and script", re.findall(r"(?:https?:)?//[a-z]|url\(|@import|fetch\(|XMLHttp|WebSocket|innerHTML|eval\(", page.raw["style"] + page.raw["script"]), [])
    expect("hidden characters as they are", re.findall("[\u202a-\u202e\u2066-\u2069\u200b\u200e\u200f\u2028\u0000-\u0009\u000b-\u001f\u007f-\u009f]", text), [])
    for name in ("svg",):
        for _, attrs in [f for f in page.found if f[0] == name]:
            ids = attrs.get("aria-labelledby", "").split()
            known = {a.get("id") for _, a in page.found}
            expect("a chart's labels", (attrs.get("role"), len(ids), set(ids) <= known), ("img", 2, True))
    ids = [a["id"] for _, a in page.found if "id" in a]
    expect("ids once", sorted(ids), sorted(set(ids)))
    labelled = [a for t, a in page.found if t in ("input", "select")]
    expect("every control has a label", text.count("<label") == len(labelled) > 3, True)


def rows_of(page):
    return json.loads(page.raw["rows"])


def cells_of(case, newlines=0):
    raw = report(case, "--csv", "-")[1]
    expect("line ends and mark", (raw[:3], raw.count(b"\n") - raw.count(b"\r\n")), (b"\xef\xbb\xbf", newlines))
    lines = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""), strict=True))
    return [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]


def whole(cell):
    return cell[1:] if cell.startswith("'") else cell


def copy_of(name, change=None, records=None, manifest=None):
    """The golden case with something changed."""
    to = work / name
    shutil.copytree(golden, to)
    lines = (to / "records.ndjson").read_text().splitlines() if records is None else records
    if change is not None:
        lines = change(lines)
    (to / "records.ndjson").write_text("".join(line + "\n" for line in lines))
    m = json.loads((to / "manifest.json").read_text())
    m["counts"]["records"] = len(lines)
    (manifest or (lambda _: None))(m)
    (to / "manifest.json").write_text(json.dumps(m))
    return to


# ---- a real scan of hostile names ----
tree = work / "tree"
tree.mkdir()
for i, name in enumerate(HOSTILE):
    try:
        (Path(os.fsdecode(bytes(tree) + b"/" + name.replace(b"/", b":")))).write_bytes((samples / "good.exe").read_bytes() + str(i).encode())
    except OSError as e:
        fail(f"{name!r}: {e}")
real = work / "real"
touchmark("scan", "-o", real, "--policy", "cn-2026-01", "--as-of", "2026-01-01", tree, check=(0, 1))
records = parse_records((real / "records.ndjson").read_bytes())
expect("every hostile name has a record", len(records), len(HOSTILE))
text, page = page_of(real)
check_alone(text, page)
expect("locators on the page, byte for byte", sorted(r["locator"] for r in rows_of(page)), sorted(r["locator"] for r in records))
expect("complete: no alarm", "This scan is not complete" in text, False)
cells = cells_of(real)
expect("locators in the table", [whole(c["locator"]) for c in cells], [r["locator"] for r in records])
expect("statuses in the table", {c["signature"] for c in cells}, {next(s["status"] for s in r["signatures"] if s.get("primary")) for r in records})
for kind in ("html", "csv"):
    twice = [report(real, f"--{kind}", "-")[1] for _ in range(2)]
    expect(f"{kind}: the same bytes twice", twice[0] == twice[1], True)
    report(real, f"--{kind}", work / f"out.{kind}")
    expect(f"{kind}: to a file", (work / f"out.{kind}").read_bytes() == twice[0], True)
both = report(real, "--html", work / "b.html", "--csv", work / "b.csv")
expect("nothing half written stays", [p.name for p in work.glob("*.part")], [])
checked += 12

# ---- the golden case: incomplete, restricted, formulas ----
text, page = page_of(golden)
check_alone(text, page)
said = " ".join(page.texts)
top = text.index("This scan is not complete")
expect("incompleteness is said before all else", top < text.index("<h1>"), True)
for words in ("containers not read to their end", "Verdict on the case", "restricted", "cn-2026-01", "2026-11-01", "SHA-256 of records.ndjson", "vendors that the policy concerns",
              "All 6 records of the case are in this table", hashlib.sha256((golden / "records.ndjson").read_bytes()).hexdigest()):
    expect(f"said: {words}", words in said, True)
expect("worst first", rows_of(page)[0]["policy"]["outcome"], "restricted")
expect("charts", sum(1 for t, _ in page.found if t == "svg"), 6)
formula = next(c for c in cells_of(golden) if "script" in c["locator"])
expect("formulas are text", (formula["claims"][:2], formula["because"][:1]), ("'=", "m"))
expect("nothing in a cell computes", [c for row in cells_of(golden) for c in row.values() if c[:1] in "=+-@\t\r" and c], [])
# what may stand first in a cell comes back as it was
first = ["=1", "+1", "-1", "@a", "\ta", "\ra", "'a", "''", "\uff1d1", "a\"b", "a,b", "a\nb", "", " =1", "x" * 40000]
lines = [json.loads((golden / "records.ndjson").read_text().splitlines()[0]) | {"same_as": f} for f in first if f]
back = cells_of(copy_of("first", records=[json.dumps(r) for r in lines]), newlines=1)
expect("cells come back", [whole(c["same_as"]) for c in back][:-1], [f for f in first if f][:-1])
expect("what is cut is said", back[-1]["same_as"], "x" * 32000 + " [cut: 8000 bytes more are in the record]")
expect("none computes", [c["same_as"] for c in back if c["same_as"][0] in "=+-@\t\r\uff1d"], [])
checked += 15

# ---- more than a page holds: said, and what is worth a look is never what is left out ----
plain = {"schema": "touchmark.record/1", "kind": "object", "display": "x", "status": "ok", "size": 1}
lines = [json.dumps(plain | {"locator": f"/x/{i:05d}"}) for i in range(20010)]
lines.append(json.dumps(plain | {"locator": "/x/the-last", "policy": {"name": "p", "digest": "0" * 64, "outcome": "restricted"}}))
big = copy_of("big", records=lines)
status, out, stderr = report(big, "--html", "-")
page = Page(out.decode())
rows = rows_of(page)
expect("rows on the page", (len(rows), rows[0]["locator"]), (20000, "/x/the-last"))
expect("what is left out is said", ("11 of 20,011 records are not on this page" in " ".join(page.texts), "11 records are not in the html report" in stderr), (True, True))
expect("a table leaves nothing out", len(cells_of(big)), 20011)
checked += 3

# ---- states and damage ----
stopped = copy_of("stopped", manifest=lambda m: m.update(state="interrupted"))
expect("interrupted is said", "It was <strong>interrupted</strong>" in report(stopped, "--html", "-")[1].decode(), True)
bare = copy_of("bare", manifest=lambda m: m.update(sandbox=[]))
expect("no sandbox is said", "with no sandbox" in report(bare, "--html", "-")[1].decode(), True)
clean = copy_of("clean", manifest=lambda m: (m["counts"].update(skipped=0, incomplete_containers=0), m.pop("verdict")))
expect("complete is said", "Every file of the sources was read to its end" in report(clean, "--html", "-")[1].decode(), True)
new = copy_of("new")
(new / "coverage.json").write_text((new / "coverage.json").read_text().replace('"sniffed": {', '"some_<new>_class": {"files": 3, "bytes": 1234567},\n "sniffed": {'))
expect("a class of bytes that has no words is not left out", "some_&lt;new&gt;_class</th><td class=\"n\">3</td><td class=\"n\">1,234,567<" in report(new, "--html", "-")[1].decode(), True)
checked += 1


def cut(name, data):
    to = copy_of(name)
    (to / "records.ndjson").write_bytes(data((to / "records.ndjson").read_bytes()))
    return to


def other(name, file, data):
    to = copy_of(name)
    (to / file).unlink()
    if data is not None:
        (to / file).write_text(data)
    return to


REFUSED = [
    # what, case, what is said of it
    ("unfinished", copy_of("unfinished", manifest=lambda m: m.update(state="unfinished")), "was not finished: `touchmark scan --resume"),
    ("another state", copy_of("state", manifest=lambda m: m.update(state="finishd")), "manifest.json: no state is called 'finishd'"),
    ("another manifest", copy_of("manifest2", manifest=lambda m: m.update(schema="touchmark.manifest/2")), "of the schema 'touchmark.manifest/2'"),
    ("another record", copy_of("record2", change=lambda l: [x.replace("touchmark.record/1", "touchmark.record/9") for x in l]), "records.ndjson:1: of the schema 'touchmark.record/9'"),
    ("another coverage", other("coverage2", "coverage.json", '{"schema":"x"}'), "coverage.json: of the schema 'x'"),
    ("no coverage", other("nocoverage", "coverage.json", None), "coverage.json: No such file"),
    ("no records", other("norecords", "records.ndjson", None), "records.ndjson: No such file"),
    ("no manifest", other("nomanifest", "manifest.json", None), "no case folder: it holds no manifest.json"),
    ("a manifest cut off", other("cutmanifest", "manifest.json", '{"schema":'), "manifest.json:1: "),
    ("a record cut off", cut("cut", lambda b: b[:-20]), "records.ndjson:6: the file ends within a line"),
    ("a record missing", cut("missing", lambda b: b.split(b"\n", 1)[1]), "5 records, but the manifest counts 6"),
    ("a record too many", cut("many", lambda b: b + b.split(b"\n", 1)[0] + b"\n"), "7 records, but the manifest counts 6"),
    ("not JSON", cut("garbage", lambda b: b.replace(b"\n{", b"\n{{", 1)), "records.ndjson:2: "),
    ("not UTF-8", cut("bytes", lambda b: b.replace(b"touchmark.record/1", b"touchmark.record/\xff", 1)), "records.ndjson:1: "),
    ("no locator", copy_of("nolocator", change=lambda l: [x.replace('"locator"', '"lokator"') for x in l]), "records.ndjson:1: a record without 'locator'"),
    ("no such folder", work / "nowhere", "nowhere: No such file"),
    ("a file", samples / "good.exe", "Not a directory"),
]
for what, case, said in REFUSED:
    for kind in ("html", "csv"):
        to = work / f"refused.{kind}"
        status, out, stderr = report(case, f"--{kind}", to, check=None)
        expect(f"{what}, {kind}: refused, nothing written", (status, out, to.exists(), list(work.glob("*.part"))), (2, b"", False, []))
        if said not in stderr:
            fail(f"{what}, {kind}: {said!r} is not in {stderr!r}")
    checked += 1
for args, said in (([], "as what?"), (["--htlm", "-"], "did you mean 'html'"), ([golden, "--csv", "-"], "one case at a time"), (["--html", work / "none" / "f"], "No such file")):
    status, out, stderr = report(golden, *args, check=None)
    if status != 2 or said not in stderr or out:
        fail(f"report {args}: {status} {stderr!r}")
    checked += 1
expect("a full disk is told", touchmark("report", golden, "--csv", "/dev/full")[0], 4)
shutil.rmtree(work)
finish(checked + 4)
