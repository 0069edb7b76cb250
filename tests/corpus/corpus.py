#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""
Scans real third-party files and compares each with expected.tsv.

corpus.py TOUCHMARK --fetch DIR PACKAGE...   fetches the packages (npm:NAME@VERSION, deb:NAME=VERSION) first
corpus.py TOUCHMARK --tree DIR               DIR holds npm/NAME@VERSION/ and deb/NAME/ already
"""
import csv
import hashlib
import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
SKIP = 77
# Sources whose difference from expected.tsv has a reason: the oracle is wrong there, not we.
EXPLAINED = {"greenworks@0.1.0": "the oracle had no intermediate at hand; certs/intermediates.tsv has it, and Windows would fetch it"}


def expected_rows():
    lines = [line for line in (HERE / "expected.tsv").read_text(encoding="utf-8").splitlines() if line[0] != "#"]
    return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def folder_of(source):
    kind, spec = source.split(":", 1)
    return f"npm/{spec.replace('/', '__')}" if kind == "npm" else f"deb/{spec.split('=')[0]}"


def fetch(root, source):
    """Downloads and unpacks one package below root; False when it cannot be had."""
    kind, spec = source.split(":", 1)
    to = root / folder_of(source)
    if to.is_dir():
        return True
    down = root / "dl"
    down.mkdir(parents=True, exist_ok=True)
    command = ["npm", "pack", spec, "--ignore-scripts", "--silent"] if kind == "npm" else \
              ["apt-get", "download", "-qq", spec]
    before = set(down.iterdir())
    try:
        subprocess.run(command, cwd=down, capture_output=True, timeout=300, check=True)
    except (OSError, subprocess.SubprocessError):
        return False
    new = sorted(set(down.iterdir()) - before)
    if not new:
        return False
    to.mkdir(parents=True)
    unpack = ["tar", "-xzf", new[0], "-C", to, "--no-same-owner"] if kind == "npm" else ["dpkg-deb", "-x", new[0], to]
    return subprocess.run(unpack, capture_output=True, check=False).returncode == 0


def scan(program, root):
    unpacked = [str(root / kind) for kind in ("deb", "npm") if (root / kind).is_dir()]  # not the packages that were fetched
    command = [program, "scan", "--format", "ndjson", "--as-of", "2026-11-24", *(unpacked or [str(root)])]
    out = subprocess.run(command, capture_output=True, check=False)
    if out.returncode not in (0, 1, 3):  # 3: a container in it was not read to its end; a file that is missed is told of below
        print(out.stderr.decode(errors="replace"))
        sys.exit(f"touchmark ended with {out.returncode}")
    found = {}
    for line in out.stdout.splitlines():
        record = json.loads(line)
        found.setdefault(record.get("sha256"), record)
    return found


def compare(row, record):
    """[(field, expected, actual)] where they differ."""
    bad = []
    signatures = record.get("signatures", [])
    first = next((s for s in signatures if s.get("primary")), {})

    def same(field, expected, actual):
        if expected != actual:
            bad.append((field, expected, actual))
    same("n_signatures", int(row["n_signatures"]), sum(s.get("where") != "catalogue" for s in signatures))  # those in the file
    if not signatures:
        return bad
    same("digest_alg", row["digest_alg"], first.get("digest"))
    if row["signer_cn"] and "kernel-module" not in row["flags"]:
        signer = first.get("signer", {})  # the list gives the organization of a signer that has no common name
        same("signer", row["signer_cn"], signer.get("common_name", signer.get("organization")))
    checks = {c["check"]: c["result"] for c in first.get("checks", [])}
    if row["digest_match"] == "yes":
        same("digest", "pass", checks.get("digest"))
    elif row["digest_match"] == "no":
        same("digest", "fail", checks.get("digest"))
        return bad  # the oracle says no more of such a file
    stamp = first.get("timestamp", {})
    kind = {"legacy": "pkcs9", "rfc3161": "rfc3161", "": None}[row["ts_kind"]]
    same("timestamp kind", kind, stamp.get("kind"))
    if row["ts_time"]:
        same("timestamp time", row["ts_time"], stamp.get("time"))
    if row["chain_verdict"].startswith("trusted"):
        same("status", "valid", first.get("status"))
    elif row["chain_verdict"].startswith("failed") and first.get("status") == "valid":
        bad.append(("status", row["chain_verdict"], "valid"))
    return bad


def main():
    program, mode, root, *packages = sys.argv[1:]
    root = Path(root)
    if mode == "--fetch":
        missing = [p for p in packages if not fetch(root, p)]
        if missing:
            print("SKIPPED: no network, or these packages are gone:", *missing)
            sys.exit(SKIP)
    found, looked, differ, absent, explained = scan(program, root), 0, 0, 0, 0
    for row in expected_rows():
        path = root / folder_of(row["source"]) / row["path"]
        if not path.is_file() or (packages and row["source"] not in packages):
            continue
        looked += 1
        if hashlib.sha256(path.read_bytes()).hexdigest() != row["sha256"]:
            sys.exit(f"{path}: not the file that was listed (digest differs)")
        record = found.get(row["sha256"])
        if record is None:
            absent += 1
            print(f"NO RECORD {path}")
            continue
        bad = compare(row, record)
        reason = next((why for part, why in EXPLAINED.items() if part in row["source"]), None)
        if bad and reason:
            explained += 1
            print(f"EXPLAINED {path}: {bad}: {reason}")
        elif bad:
            differ += 1
            print(f"DIFFERS {path}: {bad}")
    print(f"{looked} files looked at, {differ} differ, {absent} without a record, {explained} differ for a named reason")
    sys.exit(1 if differ or absent or looked == 0 else 0)


if __name__ == "__main__":
    main()
