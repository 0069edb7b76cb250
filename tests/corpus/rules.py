#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""
What the shipped rules say of real third-party files, against rules.tsv.

rules.py TOUCHMARK --fetch DIR   fetches the packages of rules.tsv first
rules.py TOUCHMARK --tree DIR    DIR holds npm/NAME@VERSION/ and deb/NAME/ already; packages beside those of rules.tsv must fire no rule
"""
import csv
import sys
from pathlib import Path

from corpus import HERE, SKIP, fetch, folder_of, scan


def main():
    program, mode, root = sys.argv[1:]
    root = Path(root)
    lines = [line for line in (HERE / "rules.tsv").read_text(encoding="utf-8").splitlines() if line[0] != "#"]
    rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    sources = sorted({row["source"] for row in rows})
    if mode == "--fetch":
        missing = [s for s in sources if not fetch(root, s)]
        if missing:
            print("SKIPPED: no network, or these packages are gone:", *missing)
            sys.exit(SKIP)
    found = scan(program, root)
    actual = {(str(Path(r["display"]).relative_to(root)), m["rule"]) for r in found.values() for m in r.get("matches", [])}
    expected = {(f"{folder_of(row['source'])}/{row['path']}", row["rule"]) for row in rows
                if row["path"] != "-" and (root / folder_of(row["source"])).is_dir()}
    for path, rule in sorted(expected - actual):
        print(f"NO MATCH {path}: {rule}")
    for path, rule in sorted(actual - expected):
        print(f"WRONG MATCH {path}: {rule}")
    print(f"{len(found)} objects, {len(actual)} matches, {len(expected - actual)} missing, {len(actual - expected)} wrong")
    sys.exit(1 if actual != expected or not expected else 0)


main()
