#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""
How fast is a scan, against what else could be done with the same bytes? See README.md beside this file.

usage: bench.py [--rounds N] [--against PROGRAM] TOUCHMARK FOLDER

Interleaved in one run, after one round that is not counted and warms the page cache, on every file of the folder:
  touchmark     the whole scan, as many workers as processors, with the shipped rules
  another       the same with the program given by --against: an older build, or one without the prefilter
  yara          the yara program with the same rules, as many threads as processors
  osslsigncode  `verify` of each file that touchmark found signed by Authenticode, as many at once as processors
  read+sha256   sha256sum of every file, as many processes as processors
  start-up      touchmark on a folder with one small file
"""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RULES = Path(__file__).resolve().parents[2] / "rules" / "vendors"
EXTERNALS = ("tm_format", "tm_signer_org", "tm_signer_status", "tm_company", "tm_filename", "tm_path")
STARTS = 20


def timed(*command, stdin=None):
    start = time.monotonic()
    subprocess.run([str(c) for c in command], input=stdin, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                   check=False)
    return time.monotonic() - start


def scan(program, folder):
    return timed(program, "scan", "--format", "ndjson", "-q", folder)


def checked(*command):
    """Timing a program that refuses its command line would flatter it."""
    done = subprocess.run([str(c) for c in command], capture_output=True, check=False)
    if done.returncode not in (0, 3) or not done.stdout:
        sys.exit(f"bench: {command[0]} ended with {done.returncode}: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout


def signed_files(out):
    for record in map(json.loads, out.splitlines()):
        path = Path(record["locator"])
        if any(s["kind"] == "authenticode" for s in record.get("signatures", [])) and path.is_file():
            yield path


def show(times):
    for name, t in times.items():
        if name == "start-up":
            print(f"{name:13} {min(t) * 1e3:8.1f} {statistics.median(t) * 1e3:8.1f} {max(t) * 1e3:8.1f} ms")
            continue
        ratios = [x / y for x, y in zip(t, times["touchmark"])]
        print(f"{name:13} {min(t):8.2f} {statistics.median(t):8.2f} {max(t):8.2f} s    x touchmark: "
              f"{min(ratios):.2f} {statistics.median(ratios):.2f} {max(ratios):.2f}")


def jobs_of(a, tmp, files, signed):
    cpus = str(os.cpu_count())
    names = b"\0".join(os.fsencode(p) for p in files)
    one, small = tmp / "rules.yar", tmp / "small"
    one.write_text("".join(f'include "{p}"\n' for p in sorted(RULES.glob("*/*.yar"))))
    small.mkdir()
    (small / "file").write_bytes(b"\x7fELF" + bytes(60))
    define = [x for e in EXTERNALS for x in ("-d", f"{e}=")]
    yara = ("yara", "-r", "-N", "-w", "-p", cpus, *define, one)
    if subprocess.run([*yara, small], capture_output=True, check=False).returncode != 0:
        sys.exit("bench: yara refuses the shipped rules")
    jobs = {"touchmark": lambda: scan(a.program, a.folder)}
    if a.against:
        jobs["another"] = lambda: scan(a.against, a.folder)
    jobs["yara"] = lambda: timed(*yara, a.folder)
    each = b"\0".join(os.fsencode(p) for p in signed)
    jobs["osslsigncode"] = lambda: timed("xargs", "-0", "-r", "-P", cpus, "-n", "1", "osslsigncode", "verify", "-in", stdin=each)
    jobs["read+sha256"] = lambda: timed("xargs", "-0", "-P", cpus, "-n", "64", "sha256sum", stdin=names)
    jobs["start-up"] = lambda: min(scan(a.program, small) for _ in range(STARTS))
    return jobs


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("\n\n")[1].strip())
    parser.add_argument("program")
    parser.add_argument("folder", type=lambda f: Path(f).resolve())
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--against")
    a = parser.parse_args()
    missing = [t for t in ("yara", "osslsigncode", "sha256sum") if shutil.which(t) is None]
    if missing:
        sys.exit(f"bench: not installed: {', '.join(missing)}")
    files = [p for p in a.folder.rglob("*") if p.is_file() and not p.is_symlink()]
    size = sum(p.stat().st_size for p in files)
    signed = list(signed_files(checked(a.program, "scan", "--format", "ndjson", "-q", a.folder)))
    print(f"{len(files)} files, {size / 1e9:.2f} GB, {len(signed)} signed PE files, {os.cpu_count()} processors; "
          "each: minimum, median, maximum", flush=True)
    with tempfile.TemporaryDirectory() as tmp:
        jobs = jobs_of(a, Path(tmp), files, signed)
        times = {name: [] for name in jobs}
        for i in range(a.rounds + 1):
            for name, job in jobs.items():
                t = job()
                if i > 0:
                    times[name].append(t)
    show(times)


main()
