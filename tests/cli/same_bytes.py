#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The records are the same, byte for byte, for any -j and any order of the sources."""
import sys
from pathlib import Path

from harness import expect, finish, touchmark

samples = Path(sys.argv[2])
files = sorted(p for p in samples.iterdir() if p.suffix in (".exe", ".ko", ".xz"))
args = ["--as-of", "2026-01-01", "--trust", samples / "ca/root.pem", "-q"]
outputs = []
for i, jobs in enumerate((1, 2, 8, 2)):
    order = files if i % 2 == 0 else files[::-1]
    outputs.append(touchmark("scan", "--format", "ndjson", "-j", jobs, *args, *order, check=(0, 1))[1])
for i, out in enumerate(outputs[1:]):
    expect(f"run {i + 1} against run 0", out == outputs[0], True)
expect("records", outputs[0].count(b"\n"), len(files))
finish(len(outputs))
