#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""
Explanations: every step is there, and what is said to change the outcome does, when the file is made without it.
explain.py TOUCHMARK SAMPLES WORK
"""
import json
import shutil
import sys
from pathlib import Path

import rule_samples as make
from harness import expect, fail, finish, records, touchmark
from signing import Signer

samples, work = Path(sys.argv[2]), Path(sys.argv[3])
shutil.rmtree(work, ignore_errors=True)
work.mkdir(parents=True)
signer = Signer(samples, work)
AS_OF = []  # the certificates are made now
TRUST = ["--trust", samples / "ca/root.pem"]
CLAMAV = make.elf(b"CLAMAV_PRIVATE", b"cli_chomp", b"cli_strerror")
checked = 0


def write(name, data):
    path = work / "files" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def explain(*args, check=(0,)):
    out = touchmark("explain", "--json", *args, check=check)[1]
    return json.loads(out)


def of(explanation, what):
    return next(c for c in explanation["changes"] if c["of"] == what)


def outcome(record):
    return record["policy"]["outcome"] + (", for review" if record["policy"]["review"] else "")


def maker(record):
    o = record["origin"]
    return f"{o['vendor']}, {o['basis']}, {o['band']}" if "vendor" in o else f"not known: {o['reason_unknown']}"


# Each file, and the same one made without the one fact that the explanation names.
FILES = [
    # what, the file, the same without, what the named fact is called
    ("a place", write("usr/sbin/clamd", CLAMAV), write("opt/other", CLAMAV), "name and place"),
    ("what a rule sees", write("usr/bin/clamscan", CLAMAV), write("b/usr/bin/clamscan", make.elf(b"CLAMAV_PRIVATE")), "match of rule"),
    ("a signature", signer.sign("signed.exe", make.pe(b"x"), "CrowdStrike, Inc."), write("signed-not.exe", make.pe(b"x")), "authenticode signature"),
]
for what, file, bare, called in FILES:
    args = ["--policy", "cn-2026-01", *AS_OF, *TRUST]
    e, other = explain(*args, file), records("--all", *args, bare)[0]
    change = of(e, "outcome")
    expect(f"{what}: now", change["now"], outcome(records(*args, file)[0]))
    expect(f"{what}: one fact", [len(s["remove"]) for s in change["sets"]], [1] * len(change["sets"]))
    said = [s for s in change["sets"] if called in e["facts"][s["remove"][0]]]
    expect(f"{what}: named once", len(said), 1)
    expect(f"{what}: made without it, it is as was said", outcome(other), said[0]["then"])
    expect(f"{what}: it is another outcome", outcome(other) != change["now"], True)
    checked += 1
signed = explain("--policy", "cn-2026-01", *AS_OF, *TRUST, FILES[-1][1])
expect("without the signature: the maker", of(signed, "maker")["sets"][0]["then"], maker(records("--all", *AS_OF, FILES[-1][2])[0]))
expect("without the signature: the score", next(s["then"] for s in of(signed, "score")["sets"] if s["remove"] == of(signed, "maker")["sets"][0]["remove"]),
       str(records("--all", *AS_OF, FILES[-1][2])[0]["provenance"]["score"]))
expect("contributions say why", [c for c in signed["contributions"] if not c.get("why")], [])
checked += 3

# of a case: the same as of the file, and every step in words
case = work / "case"
touchmark("scan", "-o", case, "--policy", "cn-2026-01", *AS_OF, *TRUST, work / "files", check=(1,))
all_of_case = [json.loads(line) for line in (case / "records.ndjson").read_text().splitlines()]
for record in all_of_case:
    e = explain(case, record["locator"])
    expect("judged again", {k: v for k, v in e["record"].items() if k in ("origin", "provenance", "policy")},
           {k: v for k, v in record.items() if k in ("origin", "provenance", "policy")})
    checked += 1
text = touchmark("explain", case, FILES[-1][1], check=(0,))[1].decode()
for step in ("The bytes", "Signatures", "The facts that were weighed", "Its maker", "provenance score", "What the policy says", "What would change it",
             "the smallest sets of facts that change it", "restricted", "CrowdStrike"):
    expect(f"the text says {step}", step in text, True)
expect("another policy", explain(case, FILES[-1][1], "--policy", "us-bis-kaspersky-2024")["record"]["policy"]["name"], "us-bis-kaspersky-2024")
expect("no policy", [c["of"] for c in explain(*AS_OF, FILES[0][1])["changes"]], ["maker", "score"])
touchmark("explain", *AS_OF, samples / "cases.tsv", check=(0,))
checked += 4

changed = json.loads(json.dumps(all_of_case))
changed[0]["provenance"]["score"] = 99
forged = work / "forged"
shutil.copytree(case, forged)
(forged / "records.ndjson").write_text("".join(json.dumps(r) + "\n" for r in changed))
old = work / "old"
shutil.copytree(case, old)
manifest = json.loads((old / "manifest.json").read_text())
manifest["plan"]["vendors"] = "0" * 64
(old / "manifest.json").write_text(json.dumps(manifest))
other_policy = work / "other-policy"
shutil.copytree(case, other_policy)
manifest = json.loads((other_policy / "manifest.json").read_text())
manifest["plan"]["policy"]["digest"] = "0" * 64
(other_policy / "manifest.json").write_text(json.dumps(manifest))
REFUSED = [
    # what, arguments, what is said
    ("nothing", [], "which case and object, or which file?"),
    ("no locator", [case], "which object of the case?"),
    ("two locators", [case, "a", "b"], "one object at a time"),
    ("no such object", [case, "signed"], "some that hold it:\n"),
    ("an option for files", [case, all_of_case[0]["locator"], "--as-of", "2020-01-01"], "this option is for files: --as-of"),
    ("a record that was changed", [forged, all_of_case[0]["locator"]], "the record's 'provenance' is not what comes of its facts"),
    ("other vendors", [old, all_of_case[0]["locator"]], "judged with other vendors (000000000000)"),
    ("another text of the policy", [other_policy, all_of_case[0]["locator"]], "judged by another text of the policy cn-2026-01"),
    ("no such policy", [case, all_of_case[0]["locator"], "--policy", "cn-2026-1"], "did you mean 'cn-2026-01'"),
    ("no such file", [work / "nowhere"], "No such file"),
]
for what, args, said in REFUSED:
    status, out, stderr = touchmark("explain", *args)
    if (status, out) != (2, b"") or said not in stderr:
        fail(f"{what}: exit {status}, {stderr!r}")
    checked += 1
shutil.rmtree(work)
finish(checked)
