#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""
Compares verdicts with osslsigncode's, over the made samples and, where they were fetched before, real files: each disagreement has
a name and a reason here, or is a bug. osslsigncode.py TOUCHMARK SAMPLES WORK
"""
import datetime
import re
import shutil
import struct
import subprocess
import sys
from pathlib import Path

from harness import expect, finish, records, status_of

SKIP = 77
# Case by title: why osslsigncode may say otherwise.
STRICT = "it reads no signature whose unsigned attributes are not all attributes"
REASONS = {
    "two SignerInfos": "it takes one SignerInfo alone; here the first is judged, and a finding says that there is another",
    "two-certificates": "it reads one WIN_CERTIFICATE",
    "unread-entry": "it reads one WIN_CERTIFICATE",
    "signatures that disagree, the first valid": "it reads one WIN_CERTIFICATE",
    "lifetime signing, past, stamped": "it does not know lifetime signing",
    "TSTInfo as PKCS#9 content": "OpenSSL's CMS decoder wants an octet string there",
    "bare-digest countersignature": "OpenSSL wants a DigestInfo; Windows accepts the bare digest",
    "signer named by key identifier": "OpenSSL's PKCS#7 decoder knows issuer and serial alone",
    "digestAlgorithm as signature OID": "it looks for the digest by that very OID",
    "cross-certificate as the only good way": "the root that the file carries ends its one path",
    "two certificates of one serial, the other first": "it takes the first",
    "a broken certificate in the bag": "one bad certificate sinks its decoder",
    "key usage without signatures": "it does not ask the signer's key usage (RFC 5280 4.2.1.3)",
    "contentType of another kind": "it does not compare the contentType attribute (RFC 5652 11.1)",
    "unsigned attribute without an identifier": STRICT, "among unsigned attributes what is none": STRICT,
    "among unsigned attributes what is no DER": STRICT, "behind a timestamp in its attribute": STRICT,
    "contentType twice": "it takes the first of several", "messageDigest twice, once of another content": "it takes the first of several",
    "RSA key of 512 bits": "it asks no length of a key",
    "failing page hash": "a failing page hash fails the file there; here it is a finding",
    "bytes after the table, covered": "it reads no table that is not at the file's end",
    "MSIX: zip64": "it writes no zip64 records where the end record could do without",
    "MSIX: member hidden": "it hashes the listed members, not the bytes of the file",
    "MSIX: another publisher": "it does not read the manifest",
    "MSIX: publisher with parts exchanged": "it does not read the manifest",
    "MSIX: no publisher": "it does not read the manifest",
    "MSI in backward sectors": "it takes a chain through sector 0 for a broken one",
    "signed as a script or installer": "it does not ask what was signed",
    "signed as a cabinet": "it does not ask what was signed",
    "MSI, signed as a script": "it does not ask what was signed",
    "MSI, signed as a cabinet": "it does not ask what was signed",
    "MSI, digest of the directory wrong": "it computes that digest anew and does not look at the stream",
    "MSI: a name without an end": "it does not ask whether a name ends",
    "CAB of a set": "it reads no cabinet of a set",
    "CAB, folders and data with reserves": "it reads no cabinet with reserves of folders and data",
    "CAB, signed as an installer": "it does not ask what was signed",
    "CAB, declared to reach over its signature": "it does not compare the declared size with the signature's place",
    "CAB: the first reserved field": "it wants zero there, which no signature covers",
    "MSIX: block map of other content": "it reads no block map",
    "MSIX: file that no block map lists": "it reads no block map",
    "MSIX: listed file that is not there": "it reads no block map",
    "MSIX: block map with a document type": "it reads no block map",
    "MSIX: digest twice": "it takes the first",
    "MSIX: digests cut short": "it takes what is there",
    "MSIX: not a package that was signed": "it does not ask what was signed",
    "PowerShell in utf-16-be-sig": "it reads no UTF-16 of that order",
    "script, ps1xml in utf-16-be-sig": "it reads no UTF-16 of that order",
    "script, ps1 in its code page": "it takes all for UTF-8",
    "script, ps1xml in its code page": "it takes all for UTF-8",
    "script that is nothing but its block": "it finds no block that nothing precedes",
    "script with text behind its block": "it reads nothing behind the block",
    "script with two blocks": "it reads nothing behind the first block",
    "script with its block in mid-file": "it reads nothing behind the block",
    "script with code in its block": "it passes over lines that are no comments",
    "script with an empty line in its block": "it passes over lines that are no comments",
    "script with a line too long in its block": "it sets no length to a line",
    "script with the signature of no script": "it does not compare what kind of file was signed",
    "script, lifetime signing, past, stamped": "it does not know lifetime signing",
    "script, cross-certificate as the only good way": "the root that the file carries ends its one path",
    "script, key usage without signatures": "it does not ask the signer's key usage (RFC 5280 4.2.1.3)",
}
GM = "it verifies neither SM2 nor SM3"
# Before, it steps from one WIN_CERTIFICATE to the next by dwLength as it stands; the specification rounds it up to 8. It reads
# the padding as one more entry and says "Invalid signature". Scripts and packages are read since then, too.
ROUNDS_UP_SINCE = (2, 9)
tool = shutil.which("osslsigncode")
samples = Path(sys.argv[2])


def version():
    said = re.search(r"osslsigncode (\d+)\.(\d+)", subprocess.run([tool, "--version"], capture_output=True, text=True, check=False).stdout)
    return (int(said[1]), int(said[2])) if said else (0, 0)


def length_of_entry(path):
    """dwLength of the certificate table's first entry; 0 without one."""
    data = path.read_bytes()
    pe = struct.unpack_from("<I", data, 0x3c)[0]
    plus = struct.unpack_from("<H", data, pe + 24)[0] == 0x20b
    at, size = struct.unpack_from("<II", data, pe + 24 + (112 if plus else 96) + 4 * 8)
    return struct.unpack_from("<I", data, at)[0] if size >= 8 and at + 8 <= len(data) else 0


def theirs(path, trust, as_of):
    time = int(datetime.datetime.fromisoformat(f"{as_of}T00:00:00+00:00").timestamp())
    done = subprocess.run([tool, "verify", "-CAfile", trust, "-TSA-CAfile", trust, "-time", str(time), "-in", path],
                          capture_output=True, text=True, errors="replace", check=False)
    return done.returncode == 0, done.stdout


def reason_of(title):
    """Why it may say otherwise; None: it may not."""
    return GM if "SM2" in title or "SM3" in title or "GM" in title else REASONS.get(title)


def made():
    cases = [line.split("\t") for line in (samples / "cases.tsv").read_text().splitlines()]
    cases = [c for c in cases if c[0].endswith((".exe", ".msix", ".ps1", ".ps1xml", ".mof", ".msi", ".cab")) and c[1] != "-" and not c[6]]
    older = version() < ROUNDS_UP_SINCE
    for name, trust, as_of, status, _, _, _, title in cases:
        good, _ = theirs(samples / name, samples / trust, as_of)
        if older and not name.endswith(".exe"):
            print(f"NOT COMPARED: {title}: what is said here of such files was found with a later one")
        elif older and length_of_entry(samples / name) % 8 != 0:
            expect(f"{title} ({name}): an osslsigncode that does not round dwLength up verifies it", good, False)
        elif reason_of(title):
            print(f"{'differs' if good != (status == 'valid') else 'agrees'}: {title}: {reason_of(title)}")
        else:
            expect(f"{title} ({name}): osslsigncode verifies it", good, status == "valid")
    return len(cases)


def real():
    """Digests alone: whom to trust is another question."""
    root, looked = samples.parent / "corpus", 0
    if not root.is_dir():
        print("NO REAL FILES COMPARED: the corpus test has fetched none")
        return 0
    for record in records(root, check=(0, 1, 3)):
        path = Path(record["locator"])
        if record.get("format", {}).get("kind") != "pe" or not path.is_file():
            continue
        out = theirs(path, samples / "ca/root.pem", "2026-01-01")[1]
        digests = re.findall(r"^(?:Current|Calculated) message digest *: *([0-9A-F]+)", out, re.M)
        if len(digests) < 2 or status_of(record) == "unsigned":
            continue
        first = {c["check"]: c["result"] for c in record["signatures"][0]["checks"]}
        expect(f"{path}: digest", first["digest"] == "pass", digests[0] == digests[1])
        looked += 1
    print(f"{looked} real files compared by digest")
    return looked


if tool is None:
    print("SKIPPED: osslsigncode is not installed; nothing was compared")
    sys.exit(SKIP)
finish(made() + real())
