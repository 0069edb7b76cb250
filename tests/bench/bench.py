#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""
How fast is a scan, against what else could be done with the same bytes? bench.py TOUCHMARK FOLDER [ROUNDS]

Interleaved in one run, after one round that warms the page cache, on every file of the folder:
  touchmark     the whole scan, as many workers as processors
  yara          the yara program with the shipped rules, as many threads as processors
  osslsigncode  `verify` of each file that touchmark found signed, one after another
  read+sha256   sha256sum of every file, as many processes as processors
Prints the minimum, median and maximum of each, and the ratios to touchmark round by round: machines are noisy,
a ratio of neighbours is not.
"""
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RULES = Path(__file__).resolve().parents[2] / "rules" / "vendors"
EXTERNALS = ("tm_format", "tm_signer_org", "tm_signer_status", "tm_company", "tm_filename", "tm_path")


def timed(*command, stdin=None):
    start = time.monotonic()
    subprocess.run([str(c) for c in command], input=stdin, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                   check=False)
    return time.monotonic() - start


def main():
    program, folder = sys.argv[1], Path(sys.argv[2])
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 3
    cpus = str(os.cpu_count())
    files = sorted(p for p in folder.rglob("*") if p.is_file() and not p.is_symlink())
    names = b"\0".join(os.fsencode(p) for p in files)
    size = sum(p.stat().st_size for p in files)
    out = subprocess.run([program, "scan", "--format", "ndjson", str(folder)],
                         capture_output=True, check=False).stdout
    signed = [folder.parent / r["locator"] if not os.path.isabs(r["locator"]) else Path(r["locator"])
              for r in map(json.loads, out.splitlines()) if any(s["kind"] == "authenticode" for s in r.get("signatures", []))]
    signed = [p for p in signed if p.is_file()]
    print(f"{len(files)} files, {size / 1e9:.2f} GB, {len(signed)} signed PE files, {cpus} processors")
    with tempfile.TemporaryDirectory() as tmp:
        one = Path(tmp) / "rules.yar"
        one.write_text("".join(f'include "{p}"\n' for p in sorted(RULES.glob("*/*.yar"))))
        define = [x for e in EXTERNALS for x in ("-d", f"{e}=")]
        jobs = {
            "touchmark": lambda: timed(program, "scan", "--format", "ndjson", folder),
            "yara": lambda: timed("yara", "-r", "-N", "-w", "-p", cpus, *define, one, folder),
            "osslsigncode": lambda: sum(timed("osslsigncode", "verify", "-in", p) for p in signed),
            "read+sha256": lambda: timed("xargs", "-0", "-P", cpus, "-n", "64", "sha256sum", stdin=names),
        }
        times = {name: [] for name in jobs}
        for i in range(rounds + 1):
            for name, job in jobs.items():
                t = job()
                if i > 0:
                    times[name].append(t)
    for name, t in times.items():
        ratios = [x / y for x, y in zip(t, times["touchmark"])]
        print(f"{name:13} {min(t):8.2f} {statistics.median(t):8.2f} {max(t):8.2f} s   x touchmark: "
              f"{min(ratios):.2f} {statistics.median(ratios):.2f} {max(ratios):.2f}")


main()
