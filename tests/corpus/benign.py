#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""
Scans every program of Debian packages drawn at random: none may be restricted or have a maker but those in benign.tsv.

benign.py TOUCHMARK DIR [--seed N] [--packages N] [--max-mb N] [--policy NAME]

The frame is what apt knows of architecture amd64, up to --max-mb (20) of download a package. Packages are fetched, unpacked (nothing is
run), scanned and removed in lots below DIR. The counting unit is the package; of n packages without a fault the rate of faulty ones is
below 1 - 0.05^(1/n) with 95 % confidence. Not part of the tests that run by themselves: it takes an hour and a gigabyte of downloads.
"""
import argparse
import json
import random
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
LOT, AT_ONCE = 60, 4


def frame(max_mb):
    """The names of the packages apt knows, sorted."""
    text = subprocess.run(["apt-cache", "dumpavail"], capture_output=True, check=True, text=True).stdout
    found = set()
    for block in text.split("\n\n"):
        row = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line and line[0] != " ")
        if row.get("Architecture") == "amd64" and int(row.get("Size", 0)) <= max_mb << 20:
            found.add(row["Package"])
    return sorted(found)


def truth():
    lines = (HERE / "benign.tsv").read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t")[:2] for line in lines if line and line[0] != "#")


def download(names, down):
    """All at once; one that cannot be had would spoil the others, and then each is asked for by itself."""
    command = ["apt-get", "download", "-qq", "-o", "APT::Sandbox::User=root"]
    if subprocess.run([*command, *names], cwd=down, capture_output=True, check=False).returncode != 0:
        for name in names:
            subprocess.run([*command, name], cwd=down, capture_output=True, check=False)


def fetch(lot, folder):
    """Names of the packages that could be had, each unpacked below folder."""
    down = folder / "dl"
    down.mkdir(parents=True)
    (folder / "tree").mkdir()
    with ThreadPoolExecutor(AT_ONCE) as pool: # each waits for the network most of the time
        list(pool.map(lambda some: download(some, down), [lot[i::AT_ONCE] for i in range(AT_ONCE)]))
    got = []
    for deb in sorted(down.iterdir()):
        name = deb.name.split("_")[0]
        to = folder / "tree" / name
        if subprocess.run(["dpkg-deb", "-x", deb, to], capture_output=True, check=False).returncode == 0:
            got.append(name)
    shutil.rmtree(down)
    return got


def scan(program, policy, tree):
    done = subprocess.run([program, "scan", "-q", "--format", "ndjson", "--policy", policy, tree], capture_output=True, check=False)
    if done.returncode not in (0, 1, 3):
        sys.exit(f"touchmark ended with {done.returncode}: {done.stderr.decode(errors='replace')[:1000]}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def faults_of(record, vendor):
    """What a record says that it should not; vendor is the maker that its package has, None for one that no folder lists."""
    origin = record.get("origin", {})
    if origin.get("vendor") not in (None, vendor):
        yield f"maker {origin['vendor']}"
    if record.get("policy", {}).get("outcome") == "restricted" and vendor is None:
        yield "restricted"
    for match in record.get("matches", []):
        if match.get("vendor") != vendor:
            yield f"rule {match['rule']}"
    for finding in record.get("findings", []):
        if finding["id"] in ("KNOW001", "KNOW003", "KNOW004", "KNOW005"):
            yield f"{finding['id']} {finding.get('message', '')[:120]}"


def main():
    p = argparse.ArgumentParser()
    p.add_argument("program")
    p.add_argument("folder", type=Path)
    p.add_argument("--seed", type=int, default=20261125)
    p.add_argument("--packages", type=int, default=1000)
    p.add_argument("--max-mb", type=int, default=20)
    p.add_argument("--policy", default="cn-2026-01")
    a = p.parse_args()
    all_packages = frame(a.max_mb)
    drawn = random.Random(a.seed).sample(all_packages, min(a.packages, len(all_packages)))
    makers = truth()
    had, with_programs, objects, named, bad = 0, 0, 0, {}, {}
    for at in range(0, len(drawn), LOT):
        shutil.rmtree(a.folder, ignore_errors=True)
        had += len(fetch(drawn[at:at + LOT], a.folder))
        seen = set()
        for record in scan(a.program, a.policy, a.folder / "tree"):
            package = record["display"][len(str(a.folder / "tree")) + 1:].split("/")[0]
            seen.add(package)
            objects += 1
            if record.get("origin", {}).get("vendor") is not None:
                named.setdefault(package, record["origin"]["vendor"])
            for fault in faults_of(record, makers.get(package)):
                bad.setdefault(package, []).append(f"{record['display']}: {fault}")
        with_programs += len(seen)
        print(f"{had} packages, {objects} objects, {len(bad)} packages with a fault", file=sys.stderr, flush=True)
    shutil.rmtree(a.folder, ignore_errors=True)
    for package, faults in sorted(bad.items()):
        print(f"FAULT {package}: {len(faults)}: {faults[0]}")
    print(f"seed {a.seed}: {len(all_packages)} packages in the frame, {len(drawn)} drawn, {had} had, {with_programs} of them with programs, "
          f"{objects} objects")
    print(f"makers named: {named or 'none'}")
    if not bad and with_programs:
        print(f"no fault: with 95 % confidence less than {100 * (1 - 0.05 ** (1 / with_programs)):.2f} % of packages with programs have one")
    sys.exit(1 if bad or not had else 0)


main()
