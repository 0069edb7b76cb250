#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""
A replacement and its claim: what is accepted, what is not and why; claims that are refused; a claim drafted from a candidate.
replacement.py TOUCHMARK SAMPLES WORK
"""
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import rule_samples as make
from harness import expect, fail, finish, touchmark
from signing import Signer

samples, work = Path(sys.argv[2]), Path(sys.argv[3])
shutil.rmtree(work, ignore_errors=True)
work.mkdir(parents=True)
signer = Signer(samples, work)
ENTITY, OTHER = "Beijing Huorong Network Technology Co., Ltd.", "Somebody Else Ltd"
PRODUCT = "Huorong Internet Security"
checked = 0


def app(company=ENTITY, product=PRODUCT, version="6.0.1.2", more=b""):
    return make.pe(more, resource=make.version(CompanyName=company, ProductName=product, FileVersion=version, ProductVersion=version))


def folder(name, *files):
    """A candidate: (file name, content, who signs it or None) each."""
    to = work / "candidates" / name
    to.mkdir(parents=True)
    for file, content, by in files:
        if by is None:
            (to / file).write_bytes(content)
        else:
            signer.sign(file, content, by, to)
    return to


CLAIM = f'vendor: huorong\nentity: "{ENTITY}"\nproduct: "{PRODUCT}"\nversion: "6.0"\n'
PIN = f"signers: [{{sha256: {signer.certificate(ENTITY)[2].upper()}}}]\n"
OTHER_PIN = f"signers: [{{sha256: {'0' * 64}}}]\n"


def claim(text):
    path = work / f"claim-{hashlib.sha256(text.encode()).hexdigest()[:12]}.yaml"
    path.write_text(text)
    return path


good = folder("good", ("app.exe", app(), ENTITY), ("helper.dll", make.pe(b"h"), ENTITY), ("read.me", b"text", None))
DIGEST = hashlib.sha256((good / "app.exe").read_bytes()).hexdigest()
appended = folder("appended", ("app.exe", app(), ENTITY))
(appended / "app.exe").write_bytes((appended / "app.exe").read_bytes() + b"more than was signed")
broken = folder("broken", ("app.exe", app(), ENTITY))
data = bytearray((broken / "app.exe").read_bytes())
data[1100] ^= 1
(broken / "app.exe").write_bytes(data)


def cabinet(name, beside=(), cut=False, **content):
    """A candidate of one cabinet that the entity signed; what lies in it nobody signed."""
    parts = work / "parts" / name
    parts.mkdir(parents=True)
    for file, what in content.items():
        (parts / f"{file}.exe").write_bytes(what)
    subprocess.run(["gcab", "-c", "-n", parts / "plain.cab", *sorted(parts.glob("*.exe"))], check=True, capture_output=True)
    to = folder(name, *beside)
    cab = signer.sign("setup.cab", (parts / "plain.cab").read_bytes(), ENTITY, to)
    if cut:
        cab.write_bytes(cab.read_bytes()[:400])
    return to


WAIVED = ["--without-likeness", "--without-revocation", "--policy", "cn-2026-01"]
CASES = [
    # what, candidate, claim, options, exit, rows that are not "pass", "waived" or "not_applicable"
    ("as claimed", good, CLAIM, WAIVED, 0, {}),
    ("pinned", good, CLAIM + PIN, WAIVED, 0, {}),
    ("by its digest", good, CLAIM + f"digests: [{{file: app.exe, sha256: {DIGEST}}}]\n", WAIVED, 0, {}),
    ("likeness not checked", good, CLAIM, WAIVED[1:], 3, {"likeness_restricted": "not_checked"}),
    ("likeness to what it replaces not checked", good, CLAIM, WAIVED[1:] + ["--replaces", broken], 3,
     {"likeness_restricted": "not_checked", "likeness_replaced": "not_checked"}),
    ("revocation not checked", good, CLAIM, WAIVED[:1] + WAIVED[2:], 3, {"revocation": "not_checked"}),
    ("no policy", good, CLAIM, WAIVED[:2], 3, {"restricted": "not_checked"}),
    ("a policy that judges nothing", good, CLAIM, WAIVED[:3] + ["inventory"], 3, {"restricted": "not_checked"}),
    ("another certificate", good, CLAIM + OTHER_PIN, WAIVED, 1, {"pins": "fail"}),
    ("another digest", good, CLAIM + f"digests: [{{file: x, sha256: {'1' * 64}}}]\n", WAIVED, 1, {"digests": "fail"}),
    ("another version", good, CLAIM.replace('"6.0"', '"6.1"'), WAIVED, 1, {"identity": "fail"}),
    ("a version that only begins alike", good, CLAIM.replace('"6.0"', '"6.0.1.20"'), WAIVED, 1, {"identity": "fail"}),
    ("another product", good, CLAIM.replace(PRODUCT, "Firewall"), WAIVED, 3, {"identity": "undetermined"}),
    ("another entity", good, CLAIM.replace(ENTITY, "Huorong Ltd"), WAIVED, 1,
     {"entity": "undetermined", "signer": "fail", "vouched": "fail", "identity": "undetermined"}),
    ("a vendor that is not listed", good, CLAIM.replace("huorong", "unlisted", 1), WAIVED, 1, {"entity": "fail"}),
    ("signed by another", folder("other", ("app.exe", app(), OTHER)), CLAIM, WAIVED, 1,
     {"signer": "fail", "vouched": "fail", "identity": "undetermined", "restricted": "undetermined"}),
    ("not signed", folder("unsigned", ("app.exe", app(), None)), CLAIM, WAIVED, 1,
     {"signer": "fail", "vouched": "fail", "identity": "undetermined", "restricted": "undetermined"}),
    ("a helper that nobody signed", folder("helper", ("app.exe", app(), ENTITY), ("h.dll", make.pe(b"x"), None)), CLAIM, WAIVED, 1,
     {"vouched": "fail", "restricted": "undetermined"}),
    ("something restricted within", folder("restricted", ("app.exe", app(), ENTITY), ("cs.exe", make.pe(b"c"), "CrowdStrike, Inc.")), CLAIM, WAIVED, 1,
     {"vouched": "fail", "restricted": "fail"}),
    ("it names another maker", folder("rebrand", ("app.exe", app(), ENTITY), ("b.exe", app("CrowdStrike, Inc.", "Falcon"), ENTITY)), CLAIM, WAIVED, 3,
     {"own_work": "undetermined", "restricted": "undetermined"}),
    ("bytes changed", broken, CLAIM, WAIVED, 1, {"signer": "fail", "signatures": "fail", "vouched": "fail", "covered": "fail", "identity": "undetermined", "restricted": "undetermined"}),
    ("within what the entity signed", cabinet("cab", app=app(), helper=make.pe(b"h")), CLAIM, WAIVED, 3, {"restricted": "undetermined"}),
    ("beside what the entity signed", cabinet("beside", [("h.exe", make.pe(b"h"), None)], app=app()), CLAIM, WAIVED, 1,
     {"vouched": "fail", "restricted": "undetermined"}),
    ("a cabinet that is cut", cabinet("cut", cut=True, app=app()), CLAIM, WAIVED, 1, None),
    ("an archive of classes that nobody signed", folder("jar", ("app.exe", app(), ENTITY), ("lib.jar", (samples / "jar-unsigned.jar").read_bytes(), None)), CLAIM,
     WAIVED, 1, {"vouched": "fail", "restricted": "undetermined"}),
    ("bytes added", appended, CLAIM, WAIVED, 1, None),
    ("the same file as before", good, CLAIM, WAIVED + ["--replaces", good], 3, {"same_files": "undetermined"}),
    ("nothing in it", folder("empty", ("read.me", b"text", None)), CLAIM, WAIVED, 1,
     {"signer": "fail", "vouched": "undetermined", "identity": "undetermined"}),
    ("its signature cannot be judged", good, CLAIM, ["-no-trust", *WAIVED], 3,
     {"signer": "undetermined", "signatures": "undetermined", "vouched": "undetermined", "identity": "undetermined", "restricted": "undetermined"}),
]
for what, candidate, text, options, status, rows in CASES:
    trust = [] if "-no-trust" in options else ["--trust", samples / "ca/root.pem"]
    got, out, stderr = touchmark("replacement", "--json", "--claim", claim(text), *trust, *[o for o in options if o != "-no-trust"], candidate)
    checked += 1
    if got != status:
        fail(f"{what}: exit {got}, not {status}: {out.decode()} {stderr}")
        continue
    answer = json.loads(out)
    expect(f"{what}: result", answer["result"], {0: "accept", 1: "reject", 3: "undetermined"}[status])
    expect(f"{what}: every row", len(answer["rows"]), 15)
    found = {r["check"]: r["result"] for r in answer["rows"] if r["result"] not in ("pass", "waived", "not_applicable")}
    if rows is not None:
        expect(f"{what}: rows", found, rows)
    for r in answer["rows"]:
        if r["result"] != "pass" and not r.get("because"):
            fail(f"{what}: {r['check']} is {r['result']} without a reason")

text = touchmark("replacement", "--claim", claim(CLAIM), "--trust", samples / "ca/root.pem", *WAIVED, "--policy", "cn-2026-01", good, check=(0,))[1].decode()
for words in ("result: accept", "not that it is harmless", "waived", ENTITY):
    expect(f"said: {words}", words in text, True)

# ---- in Chinese: every row, and why it is as it is ----
os.environ["LC_ALL"] = "zh_CN.UTF-8"
text = touchmark("replacement", "--claim", claim(CLAIM), "--trust", samples / "ca/root.pem", broken, check=(1,))[1].decode()
os.environ["LC_ALL"] = "C.UTF-8"
said = text[text.index("检查（"):].splitlines()
expect("in Chinese", [line for line in said if not re.search("[\u4e00-\u9fff]", line) and "/" not in line], [])
expect("rows in Chinese", sum(line.startswith("  ") and not line.startswith("   ") for line in said), 15)

# ---- a claim drafted: it is read, and fits what it was drafted from ----
draft = touchmark("replacement", "claim", "init", "--trust", samples / "ca/root.pem", good, check=(0,))[1].decode()
expect("the draft names", [w in draft for w in (ENTITY, PRODUCT, "vendor: huorong", signer.certificate(ENTITY)[2], DIGEST, "6.0.1.2")], [True] * 6)
touchmark("replacement", "--claim", claim(draft), "--trust", samples / "ca/root.pem", *WAIVED, good, check=(0,))
hostile = folder("hostile", ("a\"b\\\n\u202e.exe", app(product="P\"\\\u202e\u0085: {x"), "Q\"uote: {x}, #y"))
draft = touchmark("replacement", "claim", "init", "--trust", samples / "ca/root.pem", hostile, check=(0,))[1].decode()
touchmark("replacement", "--claim", claim(draft), "--trust", samples / "ca/root.pem", *WAIVED, hostile, check=(3,))
expect("nothing hidden in a draft", [c for c in draft if ord(c) in (0x202e, 0x85) or (ord(c) < 32 and c != "\n")], [])
touchmark("replacement", "claim", "init", samples / "cases.tsv", check=(0,))
checked += 4

REFUSED = [
    # what, claim or arguments, what is said
    ("unknown key", CLAIM.replace("vendor", "vendr"), ":1: no key is called 'vendr' here; did you mean 'vendor'?"),
    ("unknown vendor", CLAIM.replace("huorong", "huorng", 1), ":1: vendor: no vendor is called 'huorng'; did you mean 'huorong'?"),
    ("no entity", CLAIM.replace("entity", "# entity"), "'entity' is missing"),
    ("no product", CLAIM.replace("product", "# product"), "'product' is missing"),
    ("an entity of nothing", CLAIM.replace(ENTITY, "..."), ":2: entity: '...' is no name"),
    ("a product of nothing", CLAIM.replace(PRODUCT, "--"), ":3: product: '--' is no name"),
    ("no digest", CLAIM + "signers: [{sha256: abc}]\n", ":5: sha256: 'abc' is no SHA-256"),
    ("a digest of other letters", CLAIM + f"digests: [{{file: x, sha256: {'g' * 64}}}]\n", "is no SHA-256"),
    ("a digest without a file", CLAIM + f"digests: [{{sha256: {'0' * 64}}}]\n", "'file' is missing"),
    ("no signers", CLAIM + "signers: []\n", ":5: signers"),
    ("a key twice", CLAIM + "version: x\n", "the key 'version' is given twice"),
    ("empty", "", "the file says nothing"),
    ("not YAML", "a: [", ":2: "),
    ("no such claim", ["--claim", work / "nowhere", good], "nowhere"),
    ("no claim", [good], "by which claim?"),
    ("no candidate", ["--claim", claim(CLAIM)], "which candidate?"),
    ("no such candidate", ["--claim", claim(CLAIM), work / "nowhere"], "No such file"),
    ("nothing that it replaces", ["--claim", claim(CLAIM), "--replaces", work / "nowhere", good], "No such file"),
    ("another verb", ["claim", "int", good], "did you mean 'init'?"),
    ("init of nothing", ["claim", "init"], "which candidate?"),
]
for what, text, said in REFUSED:
    args = ["--claim", claim(text), good] if isinstance(text, str) else text
    status, out, stderr = touchmark("replacement", *args)
    if (status, out) != (2, b"") or said not in stderr:
        fail(f"{what}: exit {status}, {stderr!r}, not {said!r}")
    checked += 1
shutil.rmtree(work)
finish(checked)
