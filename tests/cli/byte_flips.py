#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""
The exhaustive byte flip: each byte of a small signed file is changed, one file each, and a file is cut at every seventh
length. What the record calls unsigned may change without harm; any other byte breaks the verdict, and the covered ones give
digest_mismatch (of a catalogue, any other than valid: what it lists is its content). A change inside the signature may be without
effect, but never lends the file another signer or another time. Of each file's records a few are held against the schema: that
takes longer than the scan. TMK_FLIP_EVERY=N: every Nth byte alone, under sanitizers. byte_flips.py TOUCHMARK SAMPLES WORK
"""
import os
import shutil
import sys
from pathlib import Path

from harness import expect, fail, finish, records, status_of

samples, work = Path(sys.argv[2]), Path(sys.argv[3])
VALIDATED = 40
EVERY = int(os.environ.get("TMK_FLIP_EVERY", "1"))
NOWHERE = sys.maxsize
HEADERS = 0x200  # a change there may make the file no PE, or one without this signature
LOOKED = []


def fresh():
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)


def flipped(name, trust):
    """The file's own record, and {offset: record} with one bit of that byte changed."""
    good = (samples / name).read_bytes()
    args = ["--trust", samples / "ca" / trust, "--as-of", "2026-01-01", "--all"]
    fresh()
    for at in range(0, len(good), EVERY):
        data = bytearray(good)
        data[at] ^= 0x01
        (work / f"flip-{at:05d}").write_bytes(data)
    own = next(r for r in records(*args, samples / name) if "!" not in r["locator"])  # not the members of a package
    found = {int(Path(r["locator"]).name[5:]): r for r in records(*args, work, check=(0, 1, 3), validated=VALIDATED)
             if "!" not in r["locator"]}
    expect(f"{name}: records", len(found), len(range(0, len(good), EVERY)))
    expect(f"{name}: status", status_of(own), "valid")
    LOOKED.extend(found)
    return own, found


def free_bytes(record):
    return {r["offset"] + i for r in record["unsigned_ranges"] for i in range(r["length"])}


def covered_bytes_break(name, own, found, from_offset):
    """Every byte that is not listed as unsigned breaks the verdict; from from_offset on it is the digest that tells."""
    free = free_bytes(own)
    for at, record in found.items():
        if at in free:
            continue
        if status_of(record) == "valid":
            fail(f"{name}: byte {at} is covered, yet its change leaves the file valid")
        elif at >= from_offset:
            expect(f"{name}: byte {at}", status_of(record), "digest_mismatch")


def who_and_when(record):
    primary = next(s for s in record["signatures"] if s.get("primary"))
    stamp = primary.get("timestamp", {})
    return primary["signer"]["sha256"], primary["digest"], stamp.get("time") if stamp.get("status") == "valid" else None


def free_bytes_lie_not(name, own, found):
    """Where a change goes unnoticed, what the file is said to be stays the same; a stamp may fall, but not move."""
    signer, digest, time = who_and_when(own)
    for at in free_bytes(own) & found.keys():
        if status_of(found[at]) == "valid":
            now = who_and_when(found[at])
            expect(f"{name}: byte {at}: signer and digest", now[:2], (signer, digest))
            expect(f"{name}: byte {at}: time", now[2] in (time, None), True)


def cut():
    good = (samples / "good.exe").read_bytes()
    fresh()
    for n in range(0, len(good), 7):
        (work / f"cut-{n:05d}.exe").write_bytes(good[:n])
    for record in records("--trust", samples / "ca/root.pem", "--as-of", "2026-01-01", "--all", work, check=(0, 1, 3),
                          validated=VALIDATED):
        expect(record["locator"], record["status"], "ok")
        if status_of(record) == "valid":
            fail(f"{record['locator']} is cut, yet valid")


own, found = flipped("good.exe", "root.pem")
covered_bytes_break("good.exe", own, found, HEADERS)
free_bytes_lie_not("good.exe", own, found)
checksum = next(r for r in own["unsigned_ranges"] if r["why"] == "checksum")
for at in set(range(checksum["offset"], checksum["offset"] + 4)) & found.keys():
    expect(f"checksum byte {at}", status_of(found[at]), "valid")

for stamped in ("hm-stamped-in-its-time.exe", "hm-bare-digest-countersignature.exe"):
    own, found = flipped(stamped, "hm-root.pem")
    covered_bytes_break(stamped, own, found, HEADERS)
    free_bytes_lie_not(stamped, own, found)

own, found = flipped("good.ko", "module.pem")
covered_bytes_break("good.ko", own, found, 64)
free = free_bytes(own)
expect("good.ko: the unsigned bytes", (min(free), max(free)), ((samples / "unsigned.ko").stat().st_size, (samples / "good.ko").stat().st_size - 1))

# The package's digest leaves out the signature's member alone; a change elsewhere breaks it, or what it is.
own, found = flipped("nuget-author.nupkg", "hm-root.pem")
covered_bytes_break("nuget-author.nupkg", own, found, NOWHERE)
free_bytes_lie_not("nuget-author.nupkg", own, found)
own, found = flipped("msix-small.msix", "hm-root.pem")
covered_bytes_break("msix-small.msix", own, found, NOWHERE)
free_bytes_lie_not("msix-small.msix", own, found)
for script in ("powershell-in-utf-8-sig.ps1", "script--wsf.wsf"):
    own, found = flipped(script, "hm-root.pem")
    covered_bytes_break(script, own, found, 4)  # before, a change takes the byte order mark away
    free_bytes_lie_not(script, own, found)

own, found = flipped("cat-v1--sha-256.cat", "hm-root.pem")
covered_bytes_break("cat-v1--sha-256.cat", own, found, NOWHERE)
free_bytes_lie_not("cat-v1--sha-256.cat", own, found)
expect("catalogue: the list is covered", len(free_bytes(own)) < (samples / "cat-v1--sha-256.cat").stat().st_size - 100, True)

own, found = flipped("jar-small.jar", "hm-root.pem")
covered_bytes_break("jar-small.jar", own, found, NOWHERE)
free_bytes_lie_not("jar-small.jar", own, found)
cut()
shutil.rmtree(work)
finish(len(LOOKED))
