#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""
Firmware's judgement on real files: the databases that Debian's ovmf brings, Debian's signed boot loaders, what shim itself refuses, and pesign's
digests. firmware.py TOUCHMARK --fetch DIR
"""
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

from corpus import SKIP, fetch

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "cli"))
from harness import expect, finish, status_of, touchmark  # noqa: E402

CERTS = Path(__file__).resolve().parents[2] / "certs"
PACKAGES = ["deb:ovmf=2022.11-6+deb12u2", "deb:shim-signed=1.51~1+deb12u1+16.1-2~deb12u1", "deb:shim-unsigned=16.1-2~deb12u1",
            "deb:grub-efi-amd64-signed=1+2.06+13+deb12u2", "deb:fwupd-amd64-signed=1:1.4+1"]
VARIABLE_HEAD = 60  # AUTHENTICATED_VARIABLE_HEADER of EDK2
root = Path(sys.argv[3])
missing = [p for p in PACKAGES if not fetch(root, p)]
if missing:
    print("SKIPPED: no network, or these packages are gone:", *missing)
    sys.exit(SKIP)
deb = root / "deb"
shim = deb / "shim-signed/usr/lib/shim/shimx64.efi.signed"
grub = deb / "grub-efi-amd64-signed/usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed"
fwupd = deb / "fwupd-amd64-signed/usr/libexec/fwupd/efi/fwupdx64.efi.signed"
plain = deb / "shim-unsigned/usr/lib/shim/shimx64.efi"
checked = 0


def variable(store, name):
    """Attributes and data of a variable in an image of a firmware's variable store."""
    wide = name.encode("utf-16-le") + b"\0\0"
    for at in [m.start() for m in re.finditer(re.escape(wide), store)]:
        head = store[at - VARIABLE_HEAD:at]
        size, length = int.from_bytes(head[36:40], "little"), int.from_bytes(head[40:44], "little")
        if head[:2] == b"\xaa\x55" and size == len(wide):
            return head[4:8] + store[at + size:at + size + length]
    sys.exit(f"no variable {name}")


def section(path, name):
    """A section's bytes; long names stand in the symbols' string table."""
    d = path.read_bytes()
    pe = int.from_bytes(d[0x3c:0x40], "little")
    n, symbols, n_symbols, optional = (int.from_bytes(d[pe + a:pe + a + k], "little") for a, k in ((6, 2), (12, 4), (16, 4), (20, 2)))
    for i in range(n):
        s = d[pe + 24 + optional + 40 * i:][:40]
        own = s[:8].rstrip(b"\0").decode()
        if own[0] == "/":
            own = d[symbols + 18 * n_symbols + int(own[1:]):].split(b"\0")[0].decode()
        if own == name:
            return d[int.from_bytes(s[20:24], "little"):][:int.from_bytes(s[8:12], "little")]
    sys.exit(f"{path}: no section {name}")


def hash_list(digest):
    """An EFI_SIGNATURE_LIST of one SHA-256."""
    return bytes.fromhex("2616c4c14c509240aca941f936934328") + (76).to_bytes(4, "little") + bytes(4) + (48).to_bytes(4, "little") + \
        bytes(16) + bytes.fromhex(digest)


def pesign(path):
    said = subprocess.run(["pesign", "-h", "-i", path], capture_output=True, text=True, check=False).stdout
    digest = re.search(r"\b[0-9a-f]{64}\b", said)
    return digest[0] if digest else f"pesign says {said!r}"


def say(what, statuses, *args):
    """The file's own status, then that of each signature."""
    global checked
    checked += 1
    paths = [shim, grub, fwupd]
    out = touchmark("scan", "--format", "ndjson", "--as-of", "2026-11-24", *args, *paths, check=(0, 1))[1]
    found = {r["locator"].rsplit("/", 1)[1]: r for r in map(json.loads, out.splitlines())}
    for path, wanted in zip(paths, statuses):
        record = found[path.name]
        expect(f"{what}: {path.name}", [status_of(record)] + [s["status"] for s in record["signatures"]], wanted)


store = (deb / "ovmf/usr/share/OVMF/OVMF_VARS.ms.fd").read_bytes()
work = root / "firmware"
work.mkdir(exist_ok=True)
for name in ("db", "dbx", "KEK"):
    (work / name).write_bytes(variable(store, name))
vendor = section(plain, ".vendor_cert")
cert_len, dbx_len, cert_at, dbx_at = (int.from_bytes(vendor[i:i + 4], "little") for i in (0, 4, 8, 12))
(work / "debian.der").write_bytes(vendor[cert_at:cert_at + cert_len])
(work / "debian-dbx").write_bytes(vendor[dbx_at:dbx_at + dbx_len])

db, valid, untrusted, distrusted = ("--db", work / "db"), ["valid"] * 2, ["untrusted"] * 2, ["distrusted"] * 2
say("shipped", [["valid"] * 3, valid, valid])
say("ovmf's db", [["valid", "valid", "untrusted"], untrusted, untrusted], *db)
say("ovmf's db, and shim's certificate", [["valid", "valid", "untrusted"], valid, valid], *db, "--db", work / "debian.der")
say("ovmf's KEK is no db", [["untrusted"] * 3, untrusted, untrusted], "--db", work / "KEK")
say("ovmf's dbx and Debian's", [["valid"] * 3, valid, valid], "--dbx", work / "dbx", "--dbx", work / "debian-dbx")
say("the newest SBAT level", [["valid"] * 3, valid, valid], "--sbat-level", "latest")
(work / "level").write_text("sbat,1,2030010100\ngrub,6\n")
say("a newer SBAT level", [["valid"] * 3, distrusted, valid], "--sbat-level", work / "level")

shown = [json.loads(touchmark("inspect", "--json", p, check=(0, 1))[1].splitlines()[0]) for p in (shim, grub, fwupd, plain)]
(work / "grub-dbx").write_bytes(hash_list(shown[1]["format"]["authentihash"]["sha256"]))
say("grub's digest in dbx", [["valid"] * 3, distrusted, valid], "--dbx", work / "grub-dbx")
expect("SBAT rows of grub", [(r["component"], r["generation"]) for r in shown[1]["format"]["sbat"]],
       [("sbat", 1), ("grub", 5), ("grub.debian", 5), ("grub.debian12", 1)])
for name in ("automatic", "latest"):  # the shipped levels are those that shim brings
    rows = [r.split(",") for r in (CERTS / f"sbat-{name}.csv").read_text().splitlines() if r[0] != "#"]
    expect(f"certs/sbat-{name}.csv", shown[3]["details"]["sbat_levels"][name], rows)
listed = json.loads(touchmark("certs", "list", "--json", "--dbx", work / "debian-dbx", check=(0,))[1])["known_bad"]
theirs = {r["value"] for r in listed if r["source"].startswith("--dbx")}
ours = {r["value"] for r in listed if "shim" in r["source"] and not r["source"].startswith("--dbx")}
expect("certs/known-bad.tsv has what Debian's shim refuses", (len(theirs), ours == theirs), (114, True))
checked += 5

if shutil.which("pesign") is None:
    print("NOT COMPARED: pesign is not installed")
else:
    for path, record in zip((shim, grub, fwupd), shown):
        expect(f"{path}: digest by pesign", record["format"]["authentihash"]["sha256"], pesign(path))
        checked += 1
    # not signed, and not of a multiple of 8 bytes: firmware pads nothing, Windows does
    expect("padding", (plain.stat().st_size % 8, shown[3]["format"]["authentihash"]["sha256"] == pesign(plain)), (6, False))
    (work / "plain-db").write_bytes(hash_list(pesign(plain)))
    out = touchmark("scan", "--format", "ndjson", "--db", work / "plain-db", plain, check=(0, 1))[1]
    expect("db names an unsigned image by pesign's digest", status_of(json.loads(out)), "valid")
    checked += 2
finish(checked)
