#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""
Image digests and signers against pesign's, over the made samples and, where they were fetched before, real files: each disagreement
has a name and a reason here, or is a bug. What pesigcheck says is not compared: it refuses certificates for code signing.
pesign.py TOUCHMARK SAMPLES WORK
"""
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

from harness import expect, finish, touchmark

SKIP, MOST_REAL = 77, 150
SECTIONS = "it hashes section by section, as firmware does"
PADS = "it thinks zeros behind a file whose size is no multiple of 8, as firmware does"
TABLE = "it finds the certificate table at the file's end alone"
READS_NO = "it cannot read such a header"
DIGESTS = {
    "bad-appended.exe": SECTIONS, "hm-uncovered-tail.exe": SECTIONS, "hm-covered-tail.exe": SECTIONS, "bad-table-over-code.exe": TABLE,
    "bad-table-over-section-headers.exe": READS_NO, "cat-odd-size.exe": PADS, "efi-section-outside.efi": READS_NO,
    "efi-short-headers.efi": SECTIONS, "efi-short-unsigned.efi": SECTIONS, "hm-wide-headers.exe": READS_NO,
}
SIGNERS = {
    **{f"hm-{name}.exe": "it reads no SignerInfo with such attributes" for name in (
        "among-unsigned-attributes-what-is-no-der", "among-unsigned-attributes-what-is-none", "behind-a-timestamp-in-its-attribute",
        "unsigned-attribute-without-an-identifier")},
    "hm-two-signerinfos.exe": "it reads no signature of two SignerInfos",
    "hm-signer-named-by-key-identifier.exe": "it knows issuer and serial alone",
    "hm-two-certificates-of-one-serial--the-other-first.exe": "it takes the first of that serial, and not the one that signed",
}
samples = Path(sys.argv[2]).resolve()


def said(*args):
    return subprocess.run(["pesign", *map(str, args)], capture_output=True, text=True, errors="replace", check=False).stdout


def inspect(files):
    out = touchmark("inspect", "-q", "--json", "--as-of", "2026-01-01", *files, check=(0, 1, 3))[1]
    return {Path(r["locator"]): r for r in map(json.loads, out.splitlines())}


def digest(path, alg):
    found = re.findall(r"^hash: ([0-9a-f]+)", said("-h", "-d", alg, "-i", path), re.M)
    return found[0] if found else None


def compare(record, path, known_digests, known_signers):
    ours = record["format"].get("authentihash", {})
    for alg in ("sha1", "sha256"):
        if path.name in known_digests or (not record.get("signatures") and path.stat().st_size % 8 != 0):
            expect(f"{path.name}: {alg} differs: {known_digests.get(path.name, PADS)}", ours.get(alg) != digest(path, alg), True)
        else:
            expect(f"{path}: {alg}", ours.get(alg), digest(path, alg))
    theirs = re.findall(r"signer's common name is (.*)", said("-S", "-i", path))
    signers = [s.get("signer", {}).get("common_name") for s in record.get("signatures", []) if s["where"] == "embedded"]
    signers = [name for name in signers if name is not None]  # it shows nobody who has no common name
    if path.name.startswith("gm-"):  # it knows neither SM2 nor SM3, and leaves out what is signed so
        expect(f"{path.name}: signers, of those that it shows", [name for name in theirs if name not in signers], [])
    elif path.name in known_signers:
        expect(f"{path.name}: signers differ: {known_signers[path.name]}", signers != theirs, True)
    else:
        expect(f"{path}: signers", signers, theirs)


def made():
    files = sorted([*samples.glob("*.exe"), *samples.glob("*.efi")])
    records = inspect(files)
    for path in files:
        compare(records[path], path, DIGESTS, SIGNERS)
    return len(files)


def real():
    root = samples.parent / "corpus"
    if not root.is_dir():
        print("NO REAL FILES COMPARED: the corpus test has fetched none")
        return 0
    out = touchmark("scan", "-q", "--format", "ndjson", "--as-of", "2026-01-01", root, check=(0, 1, 3))[1]
    files = [Path(r["locator"]) for r in map(json.loads, out.splitlines()) if r.get("format", {}).get("kind") == "pe"]
    files = [f for f in files if f.is_file()][:MOST_REAL]
    for path, record in inspect(files).items() if files else ():
        compare(record, path, {}, {})
    print(f"{len(files)} real files compared")
    return len(files)


if shutil.which("pesign") is None:
    print("SKIPPED: pesign is not installed; nothing was compared")
    sys.exit(SKIP)
finish(made() + real())
