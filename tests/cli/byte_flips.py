#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""
The exhaustive byte flip: each byte of a small signed PE file is changed, one file each, and the file is
cut at every length. What the record calls unsigned may change without harm; any other byte breaks
the verdict, and the covered ones give digest_mismatch. byte_flips.py TOUCHMARK SAMPLES WORK
"""
import shutil
import sys
from pathlib import Path

from harness import expect, fail, finish, records, status_of

samples, work = Path(sys.argv[2]), Path(sys.argv[3])
good = (samples / "good.exe").read_bytes()
trust = ["--trust", samples / "ca/root.pem", "--as-of", "2026-01-01", "--all"]
unsigned = records(*trust, samples / "good.exe")[0]["unsigned_ranges"]
table = next(r for r in unsigned if r["why"] == "certificate_table")
free = {r["offset"] + i for r in unsigned for i in range(r["length"])}
shutil.rmtree(work, ignore_errors=True)
work.mkdir(parents=True)
for at in range(table["offset"]):
    data = bytearray(good)
    data[at] ^= 0x01
    (work / f"flip-{at:05d}.exe").write_bytes(data)
flipped = {int(Path(r["locator"]).stem[5:]): r for r in records(*trust, work, check=(0, 1, 3))}
headers = 0x200
for at in range(table["offset"]):
    record = flipped.get(at)
    if record is None:
        fail(f"byte {at}: no record")
        continue
    status = status_of(record)
    if at in free:
        continue
    if status == "valid":
        fail(f"byte {at} is covered, yet its change leaves the file valid")
    elif at >= headers:
        expect(f"byte {at}", status, "digest_mismatch")
checksum = next(r for r in unsigned if r["why"] == "checksum")
for at in range(checksum["offset"], checksum["offset"] + 4):
    expect(f"checksum byte {at}", status_of(flipped[at]), "valid")

shutil.rmtree(work)
work.mkdir()
for n in range(0, len(good), 7):
    (work / f"cut-{n:05d}.exe").write_bytes(good[:n])
for record in records(*trust, work, check=(0, 1, 3)):
    expect(record["locator"], record["status"], "ok")
    if status_of(record) == "valid":
        fail(f"{record['locator']} is cut, yet valid")
shutil.rmtree(work)
finish(len(flipped))
