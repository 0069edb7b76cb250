#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Packages of rpm, each right or wrong in one way, and those that rpm's own tools make: rpm.py TOUCHMARK SAMPLES WORK"""
import base64
import io
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

from harness import expect, finish, records

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "samples/make"))
import rpm  # noqa: E402

samples, work = Path(sys.argv[2]).resolve(), Path(sys.argv[3]).resolve()
IMAGE = (samples / "unsigned.exe").read_bytes()
if not shutil.which("gpg"):
    print("NOT CHECKED: gpg is not installed")
    sys.exit(77)
shutil.rmtree(work, ignore_errors=True)
(work / "gpg").mkdir(parents=True, mode=0o700)
HOME = f"/tmp/tmk-rpm-{os.getpid()}"  # the agent's socket has a short name
os.symlink(work / "gpg", HOME)
checked = 0


def gpg(*args, stdin=b"", when="20260101T000000"):
    return subprocess.run(["gpg", "--homedir", HOME, "--batch", "--quiet", "--yes", "--pinentry-mode", "loopback", "--passphrase", "",
                           f"--faked-system-time={when}!", *map(str, args)], input=stdin, check=True, capture_output=True).stdout


def key(name, kind="ed25519", expires="0"):
    gpg("--quick-gen-key", f"{name} <{name}@acme.example>", kind, "sign", expires, when="20200101T000000")


def signer(name, when="20260101T000000", *more):
    return lambda data: gpg("--detach-sign", "-u", f"{name}@acme.example", *more, stdin=data, when=when)


for name in ("good", "expired", "revoked", "stranger"):
    key(name, expires="1y" if name == "expired" else "0")
for name in ("good", "expired"):
    (work / f"{name}.asc").write_bytes(gpg("--armor", "--export", f"{name}@acme.example"))
fingerprint = re.search(r"^f\w+:+([0-9A-F]{40}):", gpg("--with-colons", "--list-keys", "good@acme.example").decode(), re.M)[1].lower()
gpg("--quick-set-expire", re.search(r"^f\w+:+([0-9A-F]{40}):", gpg("--with-colons", "--list-keys", "expired@acme.example").decode(), re.M)[1],
    "0", when="20200601T000000")  # the key that was exported does not know of it
good, revoked = signer("good"), signer("revoked")
FILES = [("/usr/bin/tool", IMAGE), ("/etc/tool.conf", b"a = 1\n", rpm.CONFIG), ("/usr/lib/tool/second", IMAGE + b"2")]
made = {}


def make(name, data, signatures, *findings):
    """signatures: "where status" each, of the file; findings: of the file, those of RPM and what else is said."""
    path = work / "packages" / f"{name}.rpm"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    made[path.name] = (signatures, sorted(findings))


def changed(package, at, text=b"X"):
    """The package with bytes changed: at counts from the header's start."""
    data = bytearray(package.bytes())
    at += len(data) - len(package.payload) - len(package.header)
    data[at:at + len(text)] = bytes(b ^ 1 for b in data[at:at + len(text)])
    return bytes(data)


def edited(package, **entries):
    for tag, (kind, v) in entries.items():
        package.signature = [e for e in package.signature if e[0] != int(tag[1:])] + ([(int(tag[1:]), kind, v)] if v is not None else [])
    return package.bytes()


P = rpm.Package
signed, both = P(FILES, good), P(FILES, good, good)
make("unsigned", P(FILES).bytes(), [])
make("signed", signed.bytes(), ["header valid"])
make("both", both.bytes(), ["header valid", "header_and_payload valid"])
make("of rpm 6", edited(P(FILES), t278=(rpm.ARRAY, [base64.b64encode(good(signed.header)).decode()])), ["header valid"])
make("of rpm 6, no base64", edited(P(FILES), t278=(rpm.ARRAY, ["?"])), ["header malformed"])
make("two signers in one", edited(P(FILES), t268=(rpm.BINARY, good(signed.header) + signer("stranger")(signed.header))),
     ["header valid", "header incomplete_chain"], "SCAN008")
make("dsa place", edited(P(FILES), t267=(rpm.BINARY, good(signed.header))), ["header valid"])
make("old places", edited(P(FILES, reach=False, digests=False), t1005=(rpm.BINARY, bytes(8))), ["header_and_payload malformed"], "RPM006")
make("no digest of the payload", P(FILES, good, reach=False).bytes(), ["header unknown"], "RPM005")
make("no digest of the payload, both", P(FILES, good, good, reach=False).bytes(), ["header unknown", "header_and_payload valid"], "RPM005", "SCAN008")
make("no region", P(FILES, good, good, region=None).bytes(), ["header malformed", "header_and_payload valid"], "SCAN008")
make("payload bound by md5", P(FILES, good, bound=1).bytes(), ["header unknown"], "RPM005")
make("payload bound by sha1", P(FILES, good, bound=2).bytes(), ["header unknown"], "RPM005")
make("payload bound by sha512", P(FILES, good, bound=10).bytes(), ["header valid"])
make("a signature that is a text", edited(P(FILES), t268=(rpm.STRING, "no signature")), ["header malformed"])
make("a signature that is a number", edited(P(FILES), t1005=(rpm.INT32, 7)), ["header_and_payload malformed"])
make("signatures that are bytes", edited(P(FILES), t278=(rpm.BINARY, b"7" * 9)), ["header malformed"])
make("a reserve", edited(P(FILES, good), t1008=(rpm.BINARY, bytes(4096))), ["header valid"])
make("a reserve that is used", edited(P(FILES, good), t1008=(rpm.BINARY, bytes(40) + b"MZ" + bytes(40))), ["header valid"], "RPM013")
make("a tag of its own", edited(P(FILES, good), t5000=(rpm.BINARY, b"MZ" * 40)), ["header valid"], "RPM013")
make("no archive", P(FILES, good).bytes()[:-len(signed.payload)] + b"what is no archive", ["header digest_mismatch"], "CONT002", "RPM003", "RPM004")
lead = bytearray(signed.bytes())
lead[6:8] = b"\1\2"
make("another lead", bytes(lead), ["header valid"])
make("behind the region", P(FILES, good, added=[(1008, rpm.INT32, 1)]).bytes(), ["header malformed"], "RPM002")
make("header changed", changed(signed, signed.header.index(b"builder")), ["header bad_signature"], "RPM004", "RPM004")
make("payload changed", changed(signed, len(signed.header) + 40), ["header digest_mismatch"], "CONT002", "RPM004")
make("payload changed, both", changed(both, len(both.header) + 40), ["header digest_mismatch", "header_and_payload bad_signature"],
     "CONT002", "RPM004", "SCAN008")
make("appended", signed.bytes() + b"tail", ["header digest_mismatch"], "RPM003", "RPM004")
make("cut", signed.bytes()[:-9], ["header digest_mismatch"], "CONT002", "RPM003", "RPM004")
make("md5 changed", changed(P(FILES, reach=False), len(P(FILES, reach=False).header) + 40), [], "CONT002", "RPM004")
make("signature of another", edited(P(FILES), t268=(rpm.BINARY, good(b"another"))), ["header bad_signature"])
make("stranger", P(FILES, signer("stranger")).bytes(), ["header incomplete_chain"])
make("expired key", P(FILES, signer("expired")).bytes(), ["header expired"])
make("signed later", P(FILES, signer("good", "20270101T000000")).bytes(), ["header expired"])
make("revoked key", P(FILES, revoked).bytes(), ["header distrusted"])
make("sha1 in 2026", P(FILES, signer("good", "20260101T000000", "--digest-algo", "SHA1")).bytes(), ["header unsupported"], "TRUST001")
make("no OpenPGP", edited(P(FILES), t268=(rpm.BINARY, b"\0" * 64)), ["header malformed"])
double = P(FILES)
double.signature = sorted(double.signature) + [(1000, rpm.INT32, 7)]
make("a tag twice", double.bytes(twice=True), [], "RPM001", "RPM013")
make("a short lead", signed.bytes()[:90] + bytes(10), [], "CONT002", "SCAN007")
make("no header", signed.bytes()[:200], [], "CONT002", "SCAN007")
make("a wrong count", signed.bytes()[:104] + b"\xff\xff\xff\xff" + signed.bytes()[108:], [], "CONT002", "SCAN007")

revocation = next(r for r in (work / "gpg/openpgp-revocs.d").iterdir() if b"revoked@acme.example" in r.read_bytes())
gpg("--import", stdin=revocation.read_bytes().replace(b":-----BEGIN", b"-----BEGIN"))
(work / "revoked.pgp").write_bytes(gpg("--export", "revoked@acme.example"))
KEYS = [a for k in ("good.asc", "expired.asc", "revoked.pgp") for a in ("--keyring", work / k)]
found = {r["locator"]: r for r in records("--as-of", "2026-06-01", "--all", *KEYS, work / "packages", check=(0, 1, 3))}
for name, (signatures, findings) in made.items():
    checked += 1
    record = found.get(str(work / "packages" / name), {})
    expect(f"{name}: signatures", [f"{s['where']} {s['status']}" for s in record.get("signatures", [])], signatures)
    expect(f"{name}: findings", sorted(f["id"] for f in record.get("findings", [])), findings)

record = found[str(work / "packages/both.rpm")]
claim = {"by": "rpm", "name": "tool", "version": "1.0-1", "company": "Acme Inc.", "packager": "Acme <build@acme.example>", "architecture": "noarch",
         "url": "https://acme.example/", "license": "MIT", "build_host": "builder.acme.example", "source": "tool-1.0-1.src.rpm",
         "built": "2026-01-01T00:00:00Z"}
expect("what a package claims", record["identity"]["claimed"], [claim])
expect("who is proven", record["identity"]["proven"], [{"by": "rpm", "user": "good <good@acme.example>", "key": fingerprint}] * 2)
expect("the format", record["format"], {"kind": "rpm", "subtype": "binary", "payload": "gzip", "files": 3})
coverage = {n: {c["check"]: c["result"] for s in found[str(work / f"packages/{n}.rpm")]["signatures"] for c in s["checks"]}["coverage"]
            for n in ("signed", "a reserve", "a reserve that is used", "a tag of its own")}
expect("coverage", coverage, {"signed": "pass", "a reserve": "pass", "a reserve that is used": "fail", "a tag of its own": "fail"})
expect("members behind another lead", sum("/another lead.rpm!" in l for l in found), 3)
expect("members", sorted(l.split("!")[1] for l in found if "/signed.rpm!" in l), ["/./etc/tool.conf", "/./usr/bin/tool", "/./usr/lib/tool/second"])
expect("what no signature covers", [r["why"] for r in record["unsigned_ranges"]], ["lead", "signature_header"])
checked += 7

# What rpm's own tools make, with a hard link, whose bytes lie with the last of its names.
SPEC = """Name: made
Version: 2
Release: 1
Epoch: 3
Summary: x
License: MIT
Vendor: Acme Inc.
BuildArch: noarch
%description
x
%install
mkdir -p %{buildroot}/usr/bin
cp %{image} %{buildroot}/usr/bin/a
ln %{buildroot}/usr/bin/a %{buildroot}/usr/bin/b
ln -s a %{buildroot}/usr/bin/c
%files
/usr/bin/*
"""


def define(**macros):
    return [a for k, v in macros.items() for a in ("--define", f"{k} {v}")]


def built(packing):
    """A package of rpmbuild's; None when it is not installed."""
    if not all(map(shutil.which, ("rpmbuild", "rpmsign"))):
        return None
    top = work / "rpmbuild" / packing
    top.mkdir(parents=True)
    (top / "made.spec").write_text(SPEC)
    subprocess.run(["rpmbuild", "-bb", *define(_topdir=top, image=samples / "unsigned.exe", _binary_payload=packing), top / "made.spec"],
                   check=True, capture_output=True, env=os.environ | {"HOME": str(top)})
    return next(top.glob("RPMS/noarch/*.rpm"))


for packing in ("w6.gzdio", "w3.zstdio"):
    package = built(packing)
    if package is None:
        print("NOT CHECKED: rpmbuild or rpmsign is not installed")
        break
    subprocess.run(["rpmsign", *define(__gpg=shutil.which("gpg"), _gpg_path=HOME, _gpg_name="good@acme.example",
                                       __gpg_sign_cmd=f"%{{__gpg}} gpg --batch --pinentry-mode loopback --passphrase '' --faked-system-time=20260101T000000! "
                                       "-u %{_gpg_name} -sbo %{__signature_filename} %{__plaintext_filename}"),
                    "--rpmv3", "--addsign", package], check=True, capture_output=True, stdin=subprocess.DEVNULL, env=os.environ | {"HOME": str(work)})
    found = records("--as-of", "2026-06-01", "--keyring", work / "good.asc", package)
    expect(f"rpmsign, {packing}", [f"{s['where']} {s['status']}" for s in found[0]["signatures"]], ["header valid", "header_and_payload valid"])
    expect(f"rpmbuild, {packing}: findings", found[0]["findings"], [])
    expect(f"rpmbuild, {packing}: claim", [found[0]["identity"]["claimed"][0].get(k) for k in ("name", "version", "company")], ["made", "3:2-1", "Acme Inc."])
    expect(f"a hard link, {packing}", [(r["locator"].split("!")[1], r["size"]) for r in found[1:]], [("/./usr/bin/b", len(IMAGE))])
    checked += 4

# Within archives, too.
with tarfile.open(work / "outer.tar", "w") as tar:
    for name, package in (("signed.rpm", signed.bytes()), ("changed.rpm", changed(signed, len(signed.header) + 40))):
        entry = tarfile.TarInfo(name)
        entry.size = len(package)
        tar.addfile(entry, io.BytesIO(package))
with zipfile.ZipFile(work / "nested.zip", "w") as z:
    z.write(work / "outer.tar", "outer.tar")
found = records("--as-of", "2026-06-01", *KEYS, work / "outer.tar", work / "nested.zip", check=(0, 1, 3))
packages = {r["locator"][len(str(work)) + 1:]: [s["status"] for s in r["signatures"]] for r in found if r["locator"].endswith(".rpm")}
expect("packages in archives", packages, {f"{a}!/{name}": [status] for a in ("nested.zip!/outer.tar", "outer.tar")
                                          for name, status in (("changed.rpm", "digest_mismatch"), ("signed.rpm", "valid"))})
checked += 1

# Without a keyring no signature is more than there.
texts = P([("/etc/a", b"text")])
(work / "texts.rpm").write_bytes(changed(texts, texts.header.index(b"builder")))  # holds no program, and its digests are wrong
found = records("--as-of", "2026-06-01", work / "texts.rpm")
expect("a package of texts", [sorted({f["id"] for f in r["findings"]}) for r in found], [["RPM004"]])
found = records("--as-of", "2026-06-01", work / "packages/both.rpm", work / "packages/payload changed.rpm", check=(0, 1, 3))
expect("no keyring", [s["status"] for r in found for s in r["signatures"]], ["incomplete_chain", "incomplete_chain", "digest_mismatch"])
checked += 1
os.unlink(HOME)
finish(checked)
