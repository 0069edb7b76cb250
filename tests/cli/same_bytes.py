#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""records.ndjson is the same, byte for byte, for any -j and any order of the sources. TOUCHMARK SAMPLES WORK"""
import shutil
import sys
from pathlib import Path

from harness import expect, finish, touchmark

samples, work = Path(sys.argv[2]), Path(sys.argv[3])
files = sorted(p for p in samples.iterdir() if p.suffix in (".exe", ".ko", ".xz"))
args = ["--as-of", "2026-01-01", "--trust", samples / "ca/root.pem", "-q"]
outputs = []
shutil.rmtree(work, ignore_errors=True)
work.mkdir(parents=True)
for i, jobs in enumerate((1, 2, 8, 2)):
    order = files if i % 2 == 0 else files[::-1]
    case = work / f"case{i}"
    touchmark("scan", "-o", case, "-j", jobs, *args, *order, check=(0, 1))
    outputs.append((case / "records.ndjson").read_bytes())
for i, out in enumerate(outputs[1:]):
    expect(f"run {i + 1} against run 0", out == outputs[0], True)
expect("records", outputs[0].count(b"\n"), len(files))
finish(len(outputs))
