#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""
What catalogues cost: catalogues.py [--files N] [--catalogues N] [--members N] TOUCHMARK WORK

Makes in WORK a tree as of Windows: programs without a signature, and catalogues, of which some list all of the programs. Then
scans the programs alone, the programs with all catalogues, and only the catalogues; shows seconds and the largest process.
"""
import argparse
import hashlib
import os
import resource
import shutil
import struct
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "samples" / "make"))
from catalogue import CTL, ctl, member_v1, members_v2  # noqa: E402
from der import octets, oid  # noqa: E402
from pki import Cert, Key, attribute, basic_constraints, eku  # noqa: E402
from signer import CONTENT_TYPE, MESSAGE_DIGEST, PE, content_of, digest, signed_data, signer_info  # noqa: E402

PER_CATALOGUE = 100  # programs that one catalogue lists


def image(number):
    """A program of one section, with a number in it."""
    text = struct.pack("<Q", number).ljust(0x400, b"\xcc")
    coff = struct.pack("<4sHHIIIHH", b"PE\0\0", 0x8664, 1, 0, 0, 0, 240, 0x22)
    opt = struct.pack("<HBBIIIIIQIIHHHHHHIIIIHHQQQQII", 0x20b, 14, 0, len(text), 0, 0, 0x1000, 0x1000, 0x140000000, 0x1000, 0x200, 6, 0, 0,
                      0, 6, 0, 0, 0x2000, 0x200, 0, 3, 0, 0x100000, 0x1000, 0x100000, 0x1000, 0, 16) + bytes(128)
    section = struct.pack("<8sIIIIIIHHI", b".text", len(text), 0x1000, len(text), 0x200, 0, 0, 0, 0, 0x60000020)
    return (b"MZ".ljust(0x3c, b"\0") + struct.pack("<I", 0x80)).ljust(0x80, b"\0") + (coff + opt + section).ljust(0x180, b"\0") + text


def signed(content, cert, certs, value=None):
    attrs = [attribute(CONTENT_TYPE, oid(CTL)), attribute(MESSAGE_DIGEST, octets(digest("sha256", content_of(content))))]
    info, value = signer_info(cert, attrs, value=value)
    return signed_data(CTL, content, certs, [info]), value


def make(work, args):
    keys = work / "ca"
    keys.mkdir(parents=True)
    root = Cert(Key(keys, "root"), "bench root", exts=[basic_constraints(True)])
    leaf = Cert(Key(keys, "leaf"), "bench leaf", root, [basic_constraints(False), eku("code")])
    root.pem(keys / "root.pem")
    programs, store = work / "tree/System32", work / "catalogues/{GUID}"
    programs.mkdir(parents=True)
    store.mkdir(parents=True)
    hashes = []
    for i in range(args.files):
        data = image(i)
        (programs / f"p{i:05}.dll").write_bytes(data)
        hashes.append([digest(a, PE(data).hashed()) for a in ("sha1", "sha256")])
    n = 0
    for start in range(0, args.files, PER_CATALOGUE):
        some = hashes[start:start + PER_CATALOGUE]
        members = [m for s1, s2 in some for m in members_v2("pe", s1, s2)] if n % 2 else [member_v1("pe", s1) for s1, _ in some]
        whole, value = signed(ctl(members, 2 if n % 2 else 1), leaf, [leaf])
        (store / f"listed{n:05}.cat").write_bytes(whole)
        n += 1
    for i in range(n, args.catalogues):  # they list others' files, and their signature is of another list: that costs as much
        members = [member_v1("pe", hashlib.sha1(b"%d/%d" % (i, k)).digest()) for k in range(args.members)]
        (store / f"other{i:05}.cat").write_bytes(signed(ctl(members), leaf, [leaf], value)[0])


def scan(program, what, *args):
    """In a child of its own, so that its largest process is known."""
    reader, writer = os.pipe()
    start = time.monotonic()
    if os.fork() == 0:
        done = subprocess.run([program, "scan", "-q", "--format", "ndjson", *args], stdout=subprocess.PIPE, check=False)
        valid = done.stdout.count(b'"status":"valid"')
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        line = f"{used.ru_maxrss / 1024:8.0f} MB  {used.ru_utime + used.ru_stime:6.1f} s of processors  {valid} valid, exit {done.returncode}"
        os.write(writer, line.encode())
        os._exit(0)
    os.wait()
    print(f"{what:28} {time.monotonic() - start:7.2f} s  {os.read(reader, 4096).decode()}", flush=True)


parser = argparse.ArgumentParser()
parser.add_argument("--files", type=int, default=5000)
parser.add_argument("--catalogues", type=int, default=20000)
parser.add_argument("--members", type=int, default=100)
parser.add_argument("touchmark")
parser.add_argument("work", type=Path)
args = parser.parse_args()
shutil.rmtree(args.work, ignore_errors=True)
make(args.work, args)
size = sum(p.stat().st_size for p in (args.work / "catalogues").rglob("*.cat"))
print(f"{args.files} programs, {args.catalogues} catalogues of {size / 1e6:.0f} MB")
terms = ["--trust", args.work / "ca/root.pem", "--as-of", "2026-01-01"]
scan(args.touchmark, "programs alone", *terms, args.work / "tree")
few = args.work / "few"
few.mkdir()
for p in (args.work / "catalogues").rglob("listed*.cat"):
    shutil.copy(p, few)
scan(args.touchmark, "with the catalogues they need", *terms, args.work / "tree", "--catalog-dir", few)
scan(args.touchmark, "with all catalogues", *terms, args.work / "tree", "--catalog-dir", args.work / "catalogues")
scan(args.touchmark, "catalogues alone", *terms, args.work / "catalogues")
