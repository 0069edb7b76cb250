#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every case of samples/make/make.py gets the verdict it was made for: truth_table.py TOUCHMARK SAMPLES"""
import hashlib
import sys
from pathlib import Path

from harness import expect, finish, records, status_of

samples = Path(sys.argv[2])
cases = [line.split("\t") for line in (samples / "cases.tsv").read_text().splitlines()]
groups = {}
for name, trust, as_of, status, count, also, further, title in cases:
    groups.setdefault((trust, as_of, further), []).append((name, status, int(count), also.split(), title))


def see(name, record, also):
    """Further expectations: check=result of the primary signature, digest:ALG that is shown, +FINDING that must be raised, -FINDING that must not."""
    primary = next((s for s in record.get("signatures", []) if s.get("primary")), {})
    checks = {c["check"]: c["result"] for c in primary.get("checks", [])}
    for want in also:
        if want[0] in "+-":
            expect(f"{name}: finding {want[1:]}", want[1:] in [f["id"] for f in record.get("findings", [])], want[0] == "+")
        elif want.startswith("digest:"):
            alg = want.removeprefix("digest:")
            shown = next((c.get("actual", "") for c in primary.get("checks", []) if c["check"] == "digest"), "")
            expect(f"{name}: digest shown", (primary.get("digest"), len(shown)), (alg, 2 * hashlib.new(alg).digest_size))
        elif "=" not in want:
            expect(f"{name}: {want}", want in primary, True)
        else:
            check, result = want.split("=")
            expect(f"{name}: {check}", checks.get(check), result)



for (trust, as_of, further), rows in groups.items():
    args = [] if trust == "-" else ["--trust", samples / trust]
    args += [samples / word if "/" in word else word for word in further.split()]
    found = {Path(r["locator"]).name: r for r in records("--as-of", as_of, *args, *[samples / n for n, _, _, _, _ in rows], check=(0, 1, 3))}
    for name, status, count, also, title in rows:
        record = found.get(name, {})
        expect(f"{title}: {name} as of {as_of} under {trust} {further}", status_of(record) if record else "no record", status)
        see(name, record, also)
        expect(f"{name}: signatures", len(record.get("signatures", [])), count)
        for s in record.get("signatures", []):
            results = {c["check"]: c["result"] for c in s["checks"]}
            if s["status"] == "valid" and s["kind"] == "authenticode":
                for check in ("structure", "digest", "signature", "chain", "anchor"):
                    expect(f"{name}: {check} of a valid signature", results.get(check), "pass")
            expect(f"{name}: revocation is said to be unchecked", results.get("revocation"), "not_checked") \
                if s["kind"] == "authenticode" and s["status"] == "valid" and "--revocation" not in further and "--dbx" not in further else None
finish(len(cases))
