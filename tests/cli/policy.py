#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Policies as a user meets them: listed, checked, refused; outcomes and exit statuses. policy.py TOUCHMARK SAMPLES WORK"""
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

from harness import expect, fail, finish, parse_records, touchmark

samples, work = Path(sys.argv[2]), Path(sys.argv[3])
good, elf = samples / "good.exe", next(p for p in [Path("/bin/true"), Path("/bin/sh")] if p.exists())
shutil.rmtree(work, ignore_errors=True)
work.mkdir(parents=True)
checked = 0


def policy(name, text):
    path = work / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def one(what, args, status, in_stderr=""):
    global checked
    checked += 1
    got, out, stderr = touchmark(*args)
    expect(f"{what}: exit", got, status)
    if in_stderr not in stderr:
        fail(f"{what}: {in_stderr!r} is not in {stderr!r}")
    if status == 2 and out:
        fail(f"{what}: refused, yet something is on stdout")
    return out


RULE = "name: mine\ntitle: T\npackager_permits: false\nrestrict:\n  - "
BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{c}: &{c} [{', '.join(['*' + chr(ord(c) - 1)] * 9)}]\n" for c in "bcdefghi")
BROKEN = [
    # what, text, what is said of it behind "FILE:"
    ("unknown key", RULE + "{role: maker, vendr: cisco}\n", "5: no key is called 'vendr' here; did you mean 'vendor'?"),
    ("unknown vendor", RULE + "{role: maker, vendor: crowdstrke}\n", "5: vendor: no vendor is called 'crowdstrke'; did you mean 'crowdstrike'?"),
    ("unknown country", RULE + "{role: maker, country: UK}\n", "5: country: no country (ISO 3166-1 alpha-2) is called 'UK'; did you mean 'GB'?"),
    ("unknown category", RULE + "{role: maker, country: US, category: cloud-securty}\n", "did you mean 'cloud-security'?"),
    ("unknown role", RULE + "{role: singer, vendor: cisco}\n", "5: role: no role is called 'singer'; did you mean 'signer'?"),
    ("a claim that restricts", RULE + "{role: maker, vendor: cisco, basis: claimed}\n", "5: basis: 'claimed' neither restricts nor permits"),
    ("a rule that asks nothing", RULE + "{role: maker}\n", "5: role: 'maker' alone is no rule"),
    ("the packager unsaid", "name: mine\ntitle: T\nrestrict: [{role: maker, vendor: cisco}]\n", "packager_permits"),
    ("a key twice", RULE + "{role: maker, vendor: cisco, role: signer}\n", "5: the key 'role' is given twice"),
    ("two documents", "name: mine\ntitle: T\n---\nname: other\n", "3: a second document begins"),
    ("not YAML", b"\x7fELF\x02\x01\x01" + bytes(64), "1: control characters are not allowed"),
    ("YAML, but no policy", "- a\n- b\n", "1: Expecting MAPPING"),
    ("empty", "", "1: the file says nothing"),
    ("huge", b"# " + b"x" * (1 << 20), "larger than 1048576 bytes"),
    ("an alias bomb", BOMB, "2: aliases are not used here"),
    ("nested without end", "a: " + "[" * 100000, "1: nested too deeply"),
]
for i, (what, text, said) in enumerate(BROKEN):
    path = policy(f"broken-{i}.yaml", text)
    out = one(f"check, {what}", ["policy", "check", path], 2, said)
    out = one(f"scan, {what}", ["scan", "--policy", path, good], 2, f"touchmark: {path}")

USAGE = [
    (["policy"], "list or check"),
    (["policy", "chek"], "did you mean 'check'?"),
    (["policy", "check"], "which file or name?"),
    (["policy", "check", "cn-2026-1"], "did you mean 'cn-2026-01'?"),
    (["policy", "check", "inventory", "inventory"], "one at a time"),
    (["policy", "list", "inventory"], "takes no operand"),
    (["scan", "--policy", "no-such", good], "no shipped policy and no file is called 'no-such'"),
    (["scan", "--policy", work, good], "Is a directory"),
    (["scan", "--policy", "cn-2026-01", "--fail-on", "restrict", good], "did you mean 'restricted'?"),
    (["scan", "--policy", "cn-2026-01", "--fail-on", "restricted,", good], "no outcome is called "),
    (["scan", "--policy", "cn-2026-01", "--fail-on", "", good], "no outcome is called "),
    (["scan", "--fail-on", "restricted", good], "nothing is judged"),
    (["scan", "--policy", "inventory", "--fail-on", "restricted", good], "nothing is judged"),
    (["verify", "--fail-on", "restricted", good], "verify takes no --fail-on"),
]
for args, said in USAGE:
    one(" ".join(map(str, args)), args, 2, said)

# What was understood is said, as JSON and as text.
listed = json.loads(one("list", ["policy", "list"], 0))
SHIPPED = sorted(p.stem for p in (Path(__file__).resolve().parents[2] / "rules/policies").glob("*.yaml"))
expect("shipped", [p["name"] for p in listed], SHIPPED)
strict = json.loads(one("eu-strict", ["policy", "check", "eu-strict"], 0))
countries = re.findall(r"COUNTRY\((\w\w)\)", (Path(__file__).resolve().parents[2] / "analyzer/knowledge/countries.def").read_text())
expect("eu-strict: each country on one of its lists", sorted(strict["restrict"][0]["countries"] + strict["permit"][0]["countries"]), sorted(countries))
expect("eu-strict: whom it permits", len(strict["permit"][0]["countries"]), 30)
for p in listed:
    shown = json.loads(one(f"check {p['name']}", ["policy", "check", p["name"]], 0))
    expect(f"{p['name']}: digest", shown["digest"], p["digest"])
    text = one(f"check {p['name']} as text", ["policy", "check", "--text", p["name"]], 0).decode()
    expect(f"{p['name']}: rules in the text", sum(line.startswith(("restrict[", "permit[")) for line in text.splitlines()),
           len(shown["restrict"]) + len(shown["permit"]))
shown = json.loads(one("check of a file", ["policy", "check", policy("good.yaml", RULE + "{role: maker, vendor: cisco}\n")], 0))
expect("vendors", shown["restrict"][0]["vendors"], ["cisco"])
expect("fits", shown["restrict"][0]["fits"], ["cisco"])
expect("evidence", shown["restrict"][0]["basis"], ["proven", "packaged_signed", "packaged"])
text = one("control bytes in a title", ["policy", "check", "--text", policy("esc.yaml", 'name: e\ntitle: "\\e[31m"\n')], 0)
if b"\x1b" in text:
    fail("a title's escape reaches the terminal")

# Outcomes: a maker that nobody knows is undetermined, and a policy without rules says nothing.
for args, status in [
    (["--policy", "cn-2026-01"], 0),
    (["--policy", "cn-2026-01", "--fail-on", "restricted"], 0),
    (["--policy", "cn-2026-01", "--fail-on", "conflict,restricted"], 0),
    (["--policy", "cn-2026-01", "--fail-on", "undetermined"], 1),
    (["--policy", "cn-2026-01", "--fail-on", "restricted,conflict,undetermined"], 1),
    (["--policy", "cn-2026-01", "--fail-on", "undetermined", "--strict"], 1),
    (["--policy", "inventory"], 0),
    ([], 0),
]:
    records = parse_records(one(f"scan {args}", ["scan", "--format", "ndjson", *args, elf], status))
    expect(f"{args}: judged", ["policy" in r for r in records], ["cn-2026-01" in args])
    for r in records:
        if "policy" in r:
            p = r["policy"]
            expect("outcome", (p["name"], p["outcome"], p["missing"], p["review"]), ("cn-2026-01", "undetermined", ["the maker"], False))
            expect("digest", p["digest"], next(q["digest"] for q in listed if q["name"] == "cn-2026-01"))
        expect("provenance", sum(c["points"] for c in r["provenance"]["contributions"]), r["provenance"]["score"])

# Incomplete and a finding at once: 1 wins, unless --strict.
shutil.copy(elf, work / "whole")
(work / "large").write_bytes(Path(elf).read_bytes() + bytes(1 << 20))
size = (work / "whole").stat().st_size
both = ["scan", "--policy", "cn-2026-01", "--limit", f"max_file_size={size}", work / "whole", work / "large"]
one("incomplete", both, 3)
one("incomplete, strict", [*both, "--strict"], 3)
one("incomplete and a finding", [*both, "--fail-on", "undetermined"], 1)
one("incomplete and a finding, strict", [*both, "--fail-on", "undetermined", "--strict"], 3)


# Signed in the names of real firms, under an authority that is trusted here and nowhere else.
def signed_by(name, out):
    ca, leaf = samples / "ca", work / name.split()[-1]
    (work / "ext").write_text("extendedKeyUsage=codeSigning\nkeyUsage=digitalSignature\nbasicConstraints=CA:FALSE\n")
    for command in [
        ["openssl", "req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{leaf}.key", "-out", f"{leaf}.csr",
         "-subj", f"/C=XX/O={name}/CN={name}"],
        ["openssl", "x509", "-req", "-in", f"{leaf}.csr", "-CA", ca / "root.pem", "-CAkey", ca / "root.key", "-set_serial", "77",
         "-days", "3650", "-extfile", work / "ext", "-out", f"{leaf}.pem"],
        ["osslsigncode", "sign", "-h", "sha256", "-certs", f"{leaf}.pem", "-key", f"{leaf}.key", "-in", samples / "unsigned.exe",
         "-out", work / out],
    ]:
        subprocess.run([str(c) for c in command], check=True, capture_output=True)
    return work / out


crowd, kasp = signed_by("CrowdStrike, Inc.", "crowd.exe"), signed_by("AO Kaspersky Lab", "kasp.exe")
changed = work / "changed.exe"
data = bytearray(crowd.read_bytes())
data[0x210] ^= 1
changed.write_bytes(data)
both_say = policy("both.yaml", """name: both
title: T
packager_permits: false
restrict: [{role: maker, country: US, category: endpoint-security}]
permit: [{role: maker, vendor: crowdstrike, min_score: 50}]
""")
only = policy("only.yaml", "name: only\ntitle: T\npermit: [{role: maker, vendor: crowdstrike, min_score: 50}]\n")
trusted = ["--trust", samples / "ca/root.pem"]
OUTCOMES = [
    # file, policy, trust, outcome, rule, review, exit status
    (crowd, "cn-2026-01", trusted, "restricted", "restrict[0]", False, 1),
    (crowd, "us-bis-kaspersky-2024", trusted, "undetermined", None, False, 0),
    (crowd, both_say, trusted, "conflict", "restrict[0]", True, 1),
    (crowd, only, trusted, "permitted", "permit[0]", False, 0),
    (crowd, "cn-2026-01", [], "undetermined", "restrict[3]", True, 0),
    (changed, "cn-2026-01", trusted, "undetermined", "restrict[3]", True, 0),
    (changed, only, trusted, "undetermined", None, False, 0),
    (kasp, "us-bis-kaspersky-2024", trusted, "restricted", "restrict[0]", False, 1),
    (kasp, "cn-2026-01", trusted, "undetermined", None, False, 0),
    (kasp, only, trusted, "undetermined", None, False, 0),
]
for path, by, trust, outcome, rule, review, status in OUTCOMES:
    what = f"{path.name} by {Path(by).name}{' trusted' if trust else ''}"
    records = parse_records(one(what, ["scan", "--format", "ndjson", "--policy", by, *trust, path], status))
    for r in records:
        p = r["policy"]
        expect(what, (p["outcome"], p.get("rule"), p["review"]), (outcome, rule, review))
        founded = bool(trust) and path != changed
        expect(f"{what}: score above the cap", r["provenance"]["score"] > 15, founded)
    expect(f"{what}: records", len(records), 1)
scan = ["scan", "--policy", "cn-2026-01", *trusted, crowd, work / "large", "--limit", f"max_file_size={max(size, 8192)}"]
one("restricted and incomplete", scan, 1)
one("restricted and incomplete, strict", [*scan, "--strict"], 3)
one("restricted, which is no finding here", ["scan", "--policy", "cn-2026-01", "--fail-on", "conflict", *trusted, crowd], 0)
out = one("the case", ["scan", "--format", "table", "--policy", "cn-2026-01", *trusted, crowd], 1).decode()
if "restricted" not in out:
    fail(f"the table does not say restricted: {out}")

shutil.rmtree(work)
finish(checked)
