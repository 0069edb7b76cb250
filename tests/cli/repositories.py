#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""From a signed Release over its index and a package to a file, and each way in which that breaks:
repositories.py TOUCHMARK SAMPLES WORK"""
import gzip
import hashlib
import lzma
import os
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

from harness import expect, finish, parse_records, records, touchmark

samples, work = Path(sys.argv[2]).resolve(), Path(sys.argv[3]).resolve()
IMAGE = (samples / "unsigned.exe").read_bytes()
AS_OF = ["--as-of", "2026-06-01"]
checked = 0
if not all(map(shutil.which, ("dpkg-deb", "gpg"))):
    print("NOT CHECKED: dpkg-deb or gpg is not installed")
    sys.exit(77)
shutil.rmtree(work, ignore_errors=True)
(work / "gpg").mkdir(parents=True, mode=0o700)
HOME = f"/tmp/tmk-{os.getpid()}"  # the agent's socket has a short name
os.symlink(work / "gpg", HOME)


def gpg(*args, stdin=b"", when="20260101T000000"):
    return subprocess.run(["gpg", "--homedir", HOME, "--batch", "--quiet", "--yes", "--pinentry-mode", "loopback", "--passphrase", "",
                           f"--faked-system-time={when}!", *map(str, args)], input=stdin, check=True, capture_output=True).stdout


def key(name, expires="0", when="20200101T000000", *more):
    gpg(*more, "--quick-gen-key", f"{name} <{name}@acme.example>", "ed25519", "sign", expires, when=when)


def fingerprint_of(name):
    return re.search(r"^f\w+:+([0-9A-F]{40}):", gpg("--with-colons", "--list-keys", f"{name}@acme.example").decode(), re.M)[1]


def release(packages, origin="Acme"):
    lines = "".join(f" {hashlib.sha256(data).hexdigest()} {len(data)} main/binary-all/{name}\n" for name, data in packages.items())
    return (f"Origin: {origin}\nLabel: {origin} tools\nSuite: stable\nCodename: anvil\nDate: Thu, 01 Jan 2026 00:00:00 UTC\n"
            f"MD5Sum:\n 00000000000000000000000000000000 1 main/x\nSHA256:\n{lines}").encode()


def sign(text, *keys, when="20260101T000000", how=()):
    return gpg(*how, "--clearsign", *(a for k in keys for a in ("-u", f"{k}@acme.example")), stdin=text, when=when)


def program(name):
    return IMAGE + b"\n" + name.encode()


def deb(to, name, version, files):
    top = work / "tree" / name
    (top / "DEBIAN").mkdir(parents=True)
    sums = ""
    for path, text in files.items():
        (top / path).parent.mkdir(parents=True, exist_ok=True)
        (top / path).write_bytes(program(text))
        sums += f"{hashlib.md5(program(text)).hexdigest()}  {path}\n"
    (top / "DEBIAN/control").write_text(f"Package: {name}\nVersion: {version}\nArchitecture: all\nMaintainer: Acme <a@acme.example>\nDescription: x\n")
    (top / "DEBIAN/md5sums").write_text(sums)
    to.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["dpkg-deb", "--root-owner-group", "-Znone", "-b", top, to], check=True, stdout=subprocess.DEVNULL)
    data = to.read_bytes()
    return (f"Package: {name}\nVersion: {version}\nArchitecture: all\nFilename: pool/{to.name}\nSize: {len(data)}\n"
            f"SHA256: {hashlib.sha256(data).hexdigest()}\n\n").encode()


def said(record):
    packages = [f"{p['name']} {p['digest']} {p['index']}" for p in record.get("identity", {}).get("packaged", [])]
    return packages + sorted(f["id"] for f in record["findings"] if f["id"].startswith(("OWN", "APT")))


def see(what, folder, found, cases):
    """What is said of each path; of others nothing may be said."""
    global checked
    got = {r["locator"][len(str(folder)) + 1:]: said(r) for r in found}
    for path, expected in cases.items():
        checked += 1
        expect(f"{what}: {path}", got.pop(path, None), expected)
    expect(f"{what}: of others", {p: s for p, s in got.items() if s}, {})


key("good")
key("expired", "1y")
key("sha1", "0", "20200101T000000", "--cert-digest-algo", "SHA1")
key("revoked")
key("stranger")
key("old", "0", "20170101T000000")
gpg("-u", "stranger@acme.example", "--cert-digest-algo", "SHA512", "--quick-sign-key", fingerprint_of("sha1"))  # binds none of its names
for name in ("good", "expired", "sha1", "old"):
    (work / f"{name}.asc").write_bytes(gpg("--armor", "--export", f"{name}@acme.example"))
fingerprint = fingerprint_of("good")
expired = fingerprint_of("expired")
gpg("--quick-set-expire", expired, "0", when="20200601T000000")  # the key that was exported does not know of it
by_revoked = sign(b"Origin: Acme\nSHA256:\n", "revoked")
revocation = next(r for r in (work / "gpg/openpgp-revocs.d").iterdir() if b"revoked@acme.example" in r.read_bytes())
gpg("--import", stdin=revocation.read_bytes().replace(b":-----BEGIN", b"-----BEGIN"))
(work / "revoked.pgp").write_bytes(gpg("--export", "revoked@acme.example"))

# ---- a mirror ----
mirror = work / "mirror"
packages = deb(mirror / "pool/tool.deb", "tool", "1.0", {"usr/bin/tool": "tool", "usr/bin/second": "second"})
index = mirror / "dists/anvil/main/binary-all"
index.mkdir(parents=True)
(index / "Packages.xz").write_bytes(lzma.compress(packages))
text = release({"Packages": packages, "Packages.xz": lzma.compress(packages)})
inrelease = sign(text, "good")
(mirror / "dists/anvil/InRelease").write_bytes(inrelease)
KEY = ["--keyring", work / "good.asc"]
SIGNED = {"pool/tool.deb": ["tool match signed"], "pool/tool.deb!/data.tar!/./usr/bin/tool": ["tool match signed"],
          "pool/tool.deb!/data.tar!/./usr/bin/second": ["tool match signed"]}
UNSIGNED = {"pool/tool.deb": ["tool absent unsigned", "APT008"], "pool/tool.deb!/data.tar!/./usr/bin/tool": ["tool match unsigned"],
            "pool/tool.deb!/data.tar!/./usr/bin/second": ["tool match unsigned"]}
RELEASE = "dists/anvil/InRelease"
found = records(*AS_OF, *KEY, mirror)
see("a mirror", mirror, found, SIGNED)
one = next(r for r in found if r["locator"].endswith("/usr/bin/tool"))
repository = one["identity"]["packaged"][0]["repository"]
expect("repository, key and date", repository, {
    "origin": "Acme", "label": "Acme tools", "suite": "stable", "codename": "anvil", "date": "Thu, 01 Jan 2026 00:00:00 UTC",
    "key": fingerprint, "signed": "2026-01-01T00:00:00Z", "index": f"{index}/Packages.xz", "release": f"{mirror}/{RELEASE}"})
expect("roles", one["origin"]["roles"], {"packager": {"name": "Acme", "basis": "packaged_signed"},
                                         "carrier": {"name": "tool", "basis": "packaged_signed"}})
expect("score", one["provenance"]["score"], 85)
out = touchmark("scan", "--format", "ndjson", *AS_OF, *KEY, "-j", 1, mirror)[1]
expect("-j 4 gives the same bytes", touchmark("scan", "--format", "ndjson", *AS_OF, *KEY, "-j", 4, mirror)[1] == out, True)
see("without the key", mirror, records(*AS_OF, mirror), UNSIGNED | {RELEASE: ["APT003"]})
see("long before the signature", mirror, records("--as-of", "2025-01-01", *KEY, mirror), UNSIGNED | {RELEASE: ["APT005"]})


def variant(name, change):
    """A copy of the mirror with one thing changed."""
    to = work / name
    shutil.copytree(mirror, to)
    change(to)
    return to


def write(path, data):
    def change(to):
        (to / path).parent.mkdir(parents=True, exist_ok=True)
        (to / path).write_bytes(data)
    return change


def flip(data, at):
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]


tool = (mirror / "pool/tool.deb").read_bytes()
at = tool.index(b"Acme <a@acme")
for name, change, keys, expected in (
        ("apt-lists", lambda to: (shutil.move(to / RELEASE, to / "acme_dists_anvil_InRelease"), shutil.rmtree(to / "dists"),
                                  (to / "acme_dists_anvil_main_binary-all_Packages.gz").write_bytes(gzip.compress(packages))), KEY, SIGNED),
        ("plain-index", write("dists/anvil/main/binary-all/Packages", packages), KEY, SIGNED),
        ("text-behind", write(RELEASE, inrelease + b"SHA256:\n"), KEY, SIGNED | {RELEASE: ["APT004"]}),
        ("text-before", write(RELEASE, b"Origin: Evil\n\n" + inrelease), KEY, SIGNED | {RELEASE: ["APT004"]}),
        ("two-messages", write(RELEASE, inrelease + sign(text, "stranger")), KEY, SIGNED | {RELEASE: ["APT004"]}),
        ("two-keys", write(RELEASE, sign(text, "good", "stranger")), KEY, SIGNED | {RELEASE: ["APT003"]}),
        ("changed", write(RELEASE, inrelease.replace(b"Codename: anvil", b"Codename: anvim")), KEY, UNSIGNED | {RELEASE: ["APT002"]}),
        ("not-signed", write(RELEASE, text), KEY, UNSIGNED | {RELEASE: ["APT001"]}),
        ("cut", write(RELEASE, inrelease[:-60]), KEY, UNSIGNED | {RELEASE: ["APT001"]}),
        ("expired", write(RELEASE, sign(text, "expired", when="20200601T000000")), ["--keyring", work / "expired.asc"], SIGNED),
        ("revoked", write(RELEASE, by_revoked), ["--keyring", work / "revoked.pgp"], UNSIGNED | {RELEASE: ["APT005"]}),
        ("other-index", write("dists/anvil/main/binary-all/Packages.xz", lzma.compress(packages + b"\n")), KEY, UNSIGNED),
        ("broken-index", write("dists/anvil/main/binary-all/Packages.xz", lzma.compress(packages)[:-20]), KEY,
         {p: [s.replace("absent", "absent") for s in v if not s.startswith("APT")] for p, v in UNSIGNED.items()}
         | {"dists/anvil/main/binary-all/Packages.xz": ["APT001"]}),
        ("other-package", write("pool/tool.deb", flip(tool, at)), KEY,
         {p: [s for s in v if s != "APT008"] for p, v in UNSIGNED.items()} | {"pool/tool.deb": ["tool absent unsigned", "APT007"]}),
        ("other-member", write("pool/tool.deb", tool.replace(b"\nsecond\0", b"\nsEcond\0")), KEY,
         {"pool/tool.deb": ["tool absent unsigned", "APT007"], "pool/tool.deb!/data.tar!/./usr/bin/tool": ["tool match unsigned"],
          "pool/tool.deb!/data.tar!/./usr/bin/second": ["tool mismatch unsigned", "OWN001"]})):
    folder = variant(name, change)
    see(name, folder, records(*AS_OF, *keys, folder), expected)

# ---- a Release with its signature beside it ----
def detached(release=text, signature=None, *keys):
    def change(to):
        (to / RELEASE).unlink()
        (to / "dists/anvil/Release").write_bytes(release)
        beside = signature if signature is not None else gpg("--detach-sign", *(a for k in keys or ("good",) for a in ("-u", f"{k}@acme.example")), stdin=text)
        if signature != b"":
            (to / "dists/anvil/Release.gpg").write_bytes(beside)
    return change


def to_apt_lists(to):
    detached()(to)
    for name in ("Release", "Release.gpg"):
        shutil.move(to / "dists/anvil" / name, to / f"acme_dists_anvil_{name}")
    shutil.rmtree(to / "dists")
    (to / "acme_dists_anvil_main_binary-all_Packages").write_bytes(packages)


def as_link(to):
    detached()(to)
    shutil.move(to / "dists/anvil/Release.gpg", to / "elsewhere")
    (to / "dists/anvil/Release.gpg").symlink_to("../../elsewhere")


armored = gpg("--armor", "--detach-sign", "-u", "good@acme.example", stdin=text)
BESIDE = "dists/anvil/Release"
for name, change, keys, expected in (
        ("detached", detached(), KEY, SIGNED),
        ("detached, armored", detached(text, armored), KEY, SIGNED),
        ("detached, apt's lists", to_apt_lists, KEY, SIGNED),
        ("detached, by two", detached(text, None, "good", "stranger"), KEY, SIGNED | {BESIDE: ["APT003"]}),
        ("detached, no key", detached(), [], UNSIGNED | {BESIDE: ["APT003"]}),
        ("detached, changed", detached(text.replace(b"Codename: anvil", b"Codename: anvim")), KEY, UNSIGNED | {BESIDE: ["APT002"]}),
        ("detached, no signature", detached(text, b""), KEY, UNSIGNED),
        ("detached, cut", detached(text, armored[:40]), KEY, UNSIGNED | {BESIDE: ["APT009"]}),
        ("detached, over text", detached(text, gpg("--textmode", "--detach-sign", "-u", "good@acme.example", stdin=text)), KEY,
         UNSIGNED | {BESIDE: ["APT005"]}),
        ("detached, over text of other line ends",
         detached(text.replace(b"\n", b"\r\n"), gpg("--textmode", "--detach-sign", "-u", "good@acme.example", stdin=text)), KEY,
         UNSIGNED | {BESIDE: ["APT005"]}),
        ("detached, 33 times", detached(text, 33 * gpg("--detach-sign", "-u", "good@acme.example", stdin=text)), KEY, SIGNED | {BESIDE: ["APT005"]}),
        ("detached, behind 32 others", detached(text, 32 * gpg("--detach-sign", "-u", "stranger@acme.example", stdin=text)
                                                + gpg("--detach-sign", "-u", "good@acme.example", stdin=text)),
         KEY, UNSIGNED | {BESIDE: 32 * ["APT003"] + ["APT005"]}),
        ("detached, a link", as_link, KEY, UNSIGNED | {BESIDE: ["APT009"]}),
        ("detached, an index changed", lambda to: (detached()(to), write("dists/anvil/main/binary-all/Packages.xz", lzma.compress(packages + b"\n"))(to)),
         KEY, UNSIGNED)):
    folder = variant(name, change)
    found = records(*AS_OF, *keys, folder)
    see(name, folder, found, expected)
    if name == "detached":
        r = next(r for r in found if r["locator"].endswith("/usr/bin/tool"))["identity"]["packaged"][0]["repository"]
        expect("its Release and key", (r["release"], r["key"], r["signed"]), (f"{folder}/{BESIDE}", fingerprint, "2026-01-01T00:00:00Z"))
        case = work / "detached-case"
        touchmark("scan", *AS_OF, *KEY, "-o", case, folder)
        (folder / f"{BESIDE}.gpg").write_bytes(b"nothing")
        code, out, _ = touchmark("scan", "--format", "ndjson", *AS_OF, *KEY, "-o", case, "--resume", folder)
        expect("a signature that was changed since is read again", "APT009" in "".join(p.read_text() for p in case.glob("records*")), True)

# ---- keys that had gone when they signed, and one whose names hang on SHA-1 ----
for name, signer, when, keyring, ids in (
        ("before-expiry", "expired", "20200602T000000", "expired.asc", []),
        ("after-expiry", "expired", "20230101T000000", "expired.asc", ["APT005"]),
        ("sha1-bound", "sha1", "20230101T000000", "sha1.asc", ["APT006"])):
    folder = variant(name, write(RELEASE, sign(text, signer, when=when)))
    got = [said(r) for r in records(*AS_OF, "--keyring", work / keyring, folder) if r["locator"].endswith("InRelease")]
    expect(name, got, [ids] if ids else [])
    checked += 1
sha1 = variant("sha1-bound-shown", write(RELEASE, sign(text, "sha1", when="20230101T000000")))
found = records(*AS_OF, "--keyring", work / "sha1.asc", sha1)
see("bound by SHA-1", sha1, found, SIGNED | {RELEASE: ["APT006"]})
shown = [r["identity"]["packaged"][0]["repository"].get("weak") for r in found if r["locator"].endswith("usr/bin/tool")]
expect("the repository's key is shown as weak", shown, [True])
for digest in ("SHA1", "RIPEMD160"):  # of a time when librnp believes them
    weak = variant(f"{digest}-signed", write(RELEASE, sign(text, "old", when="20180101T000000", how=("--digest-algo", digest))))
    found = records(*AS_OF, "--keyring", work / "old.asc", weak)
    see(f"signed by {digest}", weak, found, UNSIGNED | {RELEASE: ["APT005"]})
    expect(f"signed by {digest}: why", [f["args"][1] for r in found for f in r["findings"] if f["id"] == "APT005"], ["weak_hash"])

# ---- a file that was installed, and its package at hand ----
system = work / "system"
info = system / "var/lib/dpkg/info"
info.mkdir(parents=True)
(system / "usr/bin").mkdir(parents=True)
(system / "usr/bin/tool").write_bytes(program("tool"))
(system / "usr/bin/second").write_bytes(program("replaced"))  # and the list with it
(system / "var/lib/dpkg/status").write_text("Package: tool\nStatus: install ok installed\nVersion: 1.0\nArchitecture: all\n")
(info / "tool.list").write_text("/usr/bin/tool\n/usr/bin/second\n")
(info / "tool.md5sums").write_text("".join(f"{hashlib.md5(program(t)).hexdigest()}  usr/bin/{n}\n" for n, t in (("tool", "tool"), ("second", "replaced"))))
see("a system by itself", system, records(*AS_OF, system), {"usr/bin/tool": ["tool match unsigned"], "usr/bin/second": ["tool match unsigned"]})
both = [r for r in records(*AS_OF, *KEY, system, mirror) if r["locator"].startswith(str(system))]
see("a system and its package", system, both, {"usr/bin/tool": ["tool match signed"], "usr/bin/second": ["tool match unsigned", "OWN012"]})
nokey = [r for r in records(*AS_OF, system, mirror) if r["locator"].startswith(str(system))]
see("a system and a package that nobody vouches for", system, nokey,
    {"usr/bin/tool": ["tool match unsigned"], "usr/bin/second": ["tool match unsigned"]})

# ---- two packages of one name in one archive: each speaks for itself alone ----
shutil.rmtree(work / "tree/tool")
deb(work / "evil.deb", "tool", "1.0", {"usr/bin/tool": "tool", "usr/bin/second": "replaced"})
genuine, evil = mirror / "pool/tool.deb", work / "evil.deb"
for name, order in (("genuine-first", (genuine, evil)), ("evil-first", (evil, genuine))):
    folder = work / name
    shutil.copytree(mirror / "dists", folder / "dists")
    with tarfile.open(folder / "a.tar", "w") as t:
        for member in order:
            t.add(member, "tool.deb")
    at = {member: f"a.tar!{'2' * n}/tool.deb" for n, member in enumerate(order)}
    inner = [f"!/data.tar!/./usr/bin/{n}" for n in ("tool", "second")]
    expected = {at[genuine] + i: ["tool match signed"] for i in ("", *inner)} | {at[evil]: ["tool absent unsigned", "APT007"]} | {
        at[evil] + i: ["tool match unsigned"] for i in inner}
    see(f"two packages of one name, {name}", folder, records(*AS_OF, *KEY, folder), expected)
    both = [r for r in records(*AS_OF, *KEY, system, folder) if r["locator"].startswith(str(system))]
    see(f"a system and two packages of one name, {name}", system, both,
        {"usr/bin/tool": ["tool match signed"], "usr/bin/second": ["tool match unsigned", "OWN012"]})

# ---- every byte of what is signed ----
flips = work / "flips"
flips.mkdir()
body = inrelease.index(b"\n\n") + 2
end = inrelease.index(b"-----BEGIN PGP SIGNATURE")
places = [*range(body, end - 1, max(1, (end - body) // 20)), *range(end + 31, len(inrelease) - 35, 17)]
for n, place in enumerate(places):
    (flips / f"{n}_InRelease").write_bytes(flip(inrelease, place))
found = {r["locator"]: said(r) for r in records(*AS_OF, *KEY, flips)}
survivors = [places[n] for n in range(len(places)) if not found.get(f"{flips}/{n}_InRelease")]
expect("a flipped byte that nothing is said of", [inrelease[p:p + 1] for p in survivors], [])
checked += len(places)

# ---- what is no keyring ----
code, _, message = touchmark("scan", "--keyring", work / "mirror/dists/anvil/InRelease", mirror)
expect("no keyring", (code, "--keyring" in message), (2, True))
subprocess.run(["gpgconf", "--homedir", HOME, "--kill", "all"], check=False)
os.unlink(HOME)
finish(checked)
