#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Bad usage and odd sources: each has its exit status and says what is wrong. usage.py TOUCHMARK SAMPLES WORK"""
import os
import shutil
import sys
from pathlib import Path

from harness import expect, fail, finish, touchmark

samples, work = Path(sys.argv[2]), Path(sys.argv[3])
good = samples / "good.exe"
shutil.rmtree(work, ignore_errors=True)
work.mkdir(parents=True)
cut_pem = work / "cut.pem"  # its second certificate breaks off
cut_pem.write_text((samples / "ca/root.pem").read_text() + (samples / "ca/hm-root.pem").read_text()[:-60])
CASES = [
    # arguments, exit status, what stderr must hold
    (["scam", good], 2, "did you mean 'scan'"),
    (["scan", "--trsut", good], 2, "did you mean 'trust'"),
    (["scan", "--hashes", "sha265", good], 2, "did you mean 'sha256'"),
    (["scan", "--limit", "max_file_sise=1", good], 2, "did you mean 'max_file_size'"),
    (["scan", "--as-of", "yesterday", good], 2, "not a value"),
    (["scan", "--format", "tabel", good], 2, "did you mean 'table'"),
    (["scan", "--jobs", "65", good], 2, "(1-64)"),
    (["scan", "-j", "-1", good], 2, "(1-64)"),
    (["scan", "-x", good], 2, "no such option: -x"),
    (["scan", good, "--trust"], 2, "an argument is missing after --trust"),
    (["verify", "--format", "table", good], 2, "verify takes no --format"),
    (["scan"], 2, "which file or folder"),
    (["certs", "lst"], 2, "did you mean 'list'?"),
    (["certs", "show"], 2, "takes one operand"),
    (["certs", "show", "00000000"], 2, "no anchor's SHA-256 begins with 00000000"),
    (["certs", "show", samples / "ca/root.pem"], 0, "no signature in it carries a certificate; certs import reads a file of certificates"),
    (["certs", "show", samples / "unsigned.exe"], 0, "no signature in it carries a certificate"),
    (["certs", "show", good], 0, ""),
    (["verify", "--help"], 0, ""),
    (["--version"], 0, ""),
    (["scan", "--trust", samples / "cases.tsv", good], 2, "no certificate in it (PEM, DER, PKCS#7), and no trust list"),
    (["scan", "--revocation", samples / "cases.tsv", good], 2, "neither a CRL (DER or PEM) nor a successful OCSP answer (DER)"),
    (["scan", "--revocation", samples / "ca/absent", good], 2, "No such file"),
    (["scan", "--revocation", samples / "ca/revocation/empty", good], 2, "no file in it"),
    (["scan", "--revocation", samples / "ca/revocation/broken.pem", good], 2, "a CRL in it cannot be read"),
    (["scan", "--revocation", samples / "ca/revocation/cut.pem", good], 2, "a CRL in it cannot be read"),
    (["scan", "--trust", cut_pem, good], 2, "1 of its certificates or lists cannot be read"),
    (["scan", "--db", samples / "good.exe", good], 2, "good.exe: neither certificates nor an EFI_SIGNATURE_LIST: at offset 16"),
    (["scan", "--db", samples / "absent", good], 2, "No such file"),
    (["scan", "--dbx", samples / "ca/efi-cut.esl", good], 2, "efi-cut.esl: neither certificates nor an EFI_SIGNATURE_LIST: at offset 16, Sig"),
    (["scan", "--dbx", samples / "ca/efi-empty.esl", good], 2, "no entry in it"),
    (["scan", "--db", samples / "ca/efi-no-certificate.esl", good], 2, "at offset 28, an entry that should be a certificate is none"),
    (["certs", "list", "--dbx", samples / "cases.tsv"], 2, "neither certificates nor an EFI_SIGNATURE_LIST"),
    (["scan", "--sbat-level", "latst", good], 2, "did you mean 'latest'?"),
    (["scan", "--sbat-level", samples / "ca/revocation/broken.pem", good], 2, "broken.pem:1: a row is component,generation"),
    (["rules", "list", "--db", good], 2, "rules takes no --db"),
    (["scan", samples / "absent"], 2, "No such file"),
    (["diff", good], 2, "not in this version"),
    (["scan", "--limit", "max_file_size=10", good], 3, "1 skipped"),
    (["verify", samples / "unsigned.exe"], 1, ""),
    (["verify", "--trust", samples / "ca/root.pem", "--as-of", "2026-01-01", good], 0, ""),
]
for args, status, text in CASES:
    got, _, stderr = touchmark(*args)
    expect(f"{args}: exit", got, status)
    if text not in stderr:
        fail(f"{args}: {text!r} is not in {stderr!r}")

shutil.rmtree(work, ignore_errors=True)
work.mkdir(parents=True)
shutil.copy(good, work / "a.exe")
(work / "link").symlink_to("a.exe")
(work / "loop").symlink_to(".")
os.mkfifo(work / "fifo")
(work / "empty").write_bytes(b"")
got, out, stderr = touchmark("scan", "--format", "ndjson", work)
expect("a folder with a FIFO and links: exit", got, 0)
expect("records", out.count(b"\n"), 1)
if "3 links and special files passed over" not in stderr:
    fail(f"what was passed over is not said: {stderr!r}")
shutil.rmtree(work)
finish(len(CASES) + 1)
