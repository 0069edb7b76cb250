#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""
JAR signatures against Java's jarsigner: the made samples as it sees them, and archives that it signed as seen here. Each disagreement has
a reason, or is a bug. jarsigner.py TOUCHMARK SAMPLES WORK
"""
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from harness import expect, finish, records

SKIP = 77
samples, work = Path(sys.argv[2]), Path(sys.argv[3])
UNSIGNED = "it warns of unsigned members, and verifies the others"
NONE_LISTED = "to it no member is signed, so it verifies the signature file alone"
REASONS = {  # by title, without "JAR: "
    "member added": UNSIGNED, "member added to META-INF": UNSIGNED, "manifest grown, sections signed": UNSIGNED,
    "member left out": "it looks at members that are there alone",
    "member hidden": "it reads the central directory alone",
    "APK v2 taken away": "it knows no Android", "APK v1 and v2": "it knows no Android", "APK v1 and v2, more in the block": "it knows no Android",
    "APK v1 and v2, padding that is none": "it knows no Android",
    "no add-on, COSE beside": UNSIGNED, "no sections, and no add-on": NONE_LISTED, "add-on": NONE_LISTED, "add-on, COSE beside": NONE_LISTED,
    "add-on, member changed": NONE_LISTED, "add-on, member added": NONE_LISTED, "add-on, member left out": NONE_LISTED,
    "add-on, manifest changed": NONE_LISTED,
    "sha1": "its policy may disable SHA-1", "signature file by SHA-1 alone": "its policy may disable SHA-1",
    "no Android package, block": "it knows no Android", "no Android package, block and member in META-INF": UNSIGNED,
    "Android manifest that is not signed": UNSIGNED, "signature file twice but for its case": "it takes one of them",
    "folder that holds something": "it takes it for a folder",
    "add-on, one file of COSE": NONE_LISTED, "add-on, block of Android and member in META-INF": NONE_LISTED,
}


def jarsigner(*args):
    return subprocess.run(["jarsigner", *map(str, args)], capture_output=True, text=True, errors="replace", check=False)


def ours(path):
    record = next(r for r in records("--as-of", "2026-01-01", "--all", path, check=(0, 1, 3)) if "!" not in r["locator"])
    checks = [{c["check"]: c["result"] for c in s["checks"]} for s in record["signatures"]]
    return bool(checks) and all(c["digest"] == c["signature"] == "pass" for c in checks)


def made():
    cases = [line.split("\t") for line in (samples / "cases.tsv").read_text().splitlines()]
    cases = {c[0]: c[7].removeprefix("JAR: ") for c in cases if c[0].startswith("jar-") and not c[6]}
    for name, title in cases.items():
        theirs = "jar verified" in jarsigner("-verify", samples / name).stdout
        if title in REASONS:
            print(f"{'differs' if theirs != ours(samples / name) else 'agrees'}: {title}: {REASONS[title]}")
        else:
            expect(f"{title} ({name}): jarsigner verifies it", theirs, ours(samples / name))
    return len(cases)


def theirs():
    """Keys and digests of several kinds, signed by jarsigner; then one byte of a member changed."""
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    store = ["-keystore", work / "keys", "-storepass", "changeit"]
    rows = [("rsa", "RSA", "SHA-256", []), ("ec", "EC", "SHA-384", []), ("dsa", "DSA", "SHA-256", []),
            ("sections", "RSA", "SHA-512", ["-sectionsonly"])]
    for name, alg, digest, more in rows:
        subprocess.run(["keytool", "-genkeypair", "-alias", name, "-keyalg", alg, "-dname", f"CN={name}, O=Touchmark Test", "-validity", "30",
                        *map(str, store)], capture_output=True, check=True)
        path = work / f"{name}.jar"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
            z.writestr("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\n\n")
            z.writestr("a/long/name/" + "n" * 80 + ".txt", "text " * 100)
            z.writestr(zipfile.ZipInfo("stored.txt"), "stored here")
        done = jarsigner(*store, "-digestalg", digest, *more, path, name)
        expect(f"{name}: jarsigner signs", done.returncode, 0)
        expect(f"{name}: signed by jarsigner", ours(path), True)
        broken = work / f"{name}-broken.jar"
        broken.write_bytes(path.read_bytes().replace(b"stored here", b"stored HERE"))
        expect(f"{name}: and broken", ours(broken), False)
    path = work / "rsa.jar"
    jarsigner(*store, path, "ec")
    expect("signed twice by jarsigner", ours(path), True)
    return 2 * len(rows) + 1


if shutil.which("jarsigner") is None:
    print("SKIPPED: jarsigner is not installed; nothing was compared")
    sys.exit(SKIP)
finish(made() + theirs())
