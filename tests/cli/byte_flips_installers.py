#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""
The exhaustive byte flip for installer databases and cabinets: each byte changed, one file each, and a file cut at many lengths.
A byte that the record does not call unsigned breaks the verdict; one that is mere padding changes nothing; and where a change
goes unnoticed, the file is still said to be by the same signer. byte_flips_installers.py TOUCHMARK SAMPLES WORK
"""
import shutil
import sys
from collections import Counter
from pathlib import Path

from harness import expect, fail, finish, records, status_of

samples, work = Path(sys.argv[2]), Path(sys.argv[3])
TRUST = ["--trust", samples / "ca/hm-root.pem", "--as-of", "2026-01-01"]
# Reasons of which no byte matters, and those of which some do and some do not.
NEVER, SOMETIMES = {"compound_padding", "sector_slack"}, {"compound_header", "compound_directory", "cabinet_reserve", "cabinet_header"}
EXPECTED = {
    "hm-msi--plain.msi": {"compound_header", "compound_allocation", "compound_directory", "compound_padding", "signature"},
    "hm-msi--directory-signed.msi": {"compound_header", "compound_allocation", "compound_directory", "compound_padding", "signature"},
    "hm-cab--plain.cab": {"cabinet_header", "cabinet_reserve", "signature"},
    "hm-cab-of-a-set.cab": {"cabinet_header", "cabinet_reserve", "signature"},
}
LOOKED = Counter()


def scan(variants):
    """{number: record} of the files made of numbered bytes; members left out."""
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    for number, data in variants:
        (work / f"v-{number:05d}").write_bytes(data)
    found = {}
    for record in records(*TRUST, work, check=(0, 1, 3)):
        if "!/" not in record["locator"]:
            found[int(Path(record["locator"]).name[2:])] = record
    return found


def flips(good):
    for at in range(len(good)):
        yield at, good[:at] + bytes([good[at] ^ 1]) + good[at + 1:]


def status_at(found, at):
    return status_of(found[at]) if at in found else "no record"


def signer(record):
    return next(s for s in record["signatures"] if s.get("primary"))["signer"]["sha256"]


def covered_bytes_break(name, good, free, found):
    for at in range(len(good)):
        if at in free:
            continue
        status = status_at(found, at)
        LOOKED["covered"] += 1
        if at < 4 and name.endswith(".cab"):
            expect(f"{name}: byte {at}", status, "no record")
        elif status not in ("digest_mismatch", "malformed"):
            fail(f"{name}: byte {at} is covered, yet its change gives {status}")


def free_bytes_lie_not(name, own, free, found):
    outcome = {why: Counter() for why in set(free.values())}
    for at, why in free.items():
        status = status_at(found, at)
        outcome[why][status == "valid"] += 1
        if status == "valid":
            expect(f"{name}: byte {at}: signer", signer(found[at]), signer(own))
    for why, seen in outcome.items():
        LOOKED[why] += sum(seen.values())
        if why in NEVER and seen[False] > 0:
            fail(f"{name}: {seen[False]} bytes are called {why}, yet their change matters")
        if why in SOMETIMES and seen[True] == 0:
            fail(f"{name}: not one byte of {why} can change without harm")
    expect(f"{name}: reasons", set(outcome), EXPECTED[name])


def cuts(name, good, free):
    """What is cut off and yet valid held nothing that is covered."""
    found = scan((n, good[:n]) for n in range(0, len(good), 61))
    for n, record in found.items():
        LOOKED["cut"] += 1
        if status_of(record) == "valid" and any(at not in free for at in range(n, len(good))):
            fail(f"{name}: cut at {n}, yet valid")


for name in EXPECTED:
    good = (samples / name).read_bytes()
    own = records(*TRUST, samples / name)[0]
    expect(f"{name}: status", status_of(own), "valid")
    free = {r["offset"] + i: r["why"] for r in own["unsigned_ranges"] for i in range(r["length"])}
    found = scan(flips(good))
    covered_bytes_break(name, good, free, found)
    free_bytes_lie_not(name, own, free, found)
    cuts(name, good, free)
shutil.rmtree(work)
print(", ".join(f"{n} {why}" for why, n in sorted(LOOKED.items())))
finish(sum(LOOKED.values()))
