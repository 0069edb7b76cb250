#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A system that pacman itself installed from packages that makepkg made, then doctored: pacman.py TOUCHMARK SAMPLES WORK"""
import gzip
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from harness import expect, finish, records

samples, work = Path(sys.argv[2]).resolve(), Path(sys.argv[3]).resolve()
IMAGE = (samples / "unsigned.exe").read_bytes()
AS_OF = ["--as-of", "2026-06-01"]
FILES = {"usr/bin/tool": "tool", "usr/bin/second": "second", "usr/lib/a b!c": "spaces", "etc/acme.exe": "configuration"}
checked = 0
if not all(map(shutil.which, ("makepkg", "pacman", "bsdtar", "fakeroot"))):
    print("NOT CHECKED: makepkg, pacman, bsdtar or fakeroot is not installed")
    sys.exit(77)
shutil.rmtree(work, ignore_errors=True)
work.mkdir(parents=True)
build = Path(tempfile.mkdtemp(prefix="makepkg-"))  # where a user that is nobody gets to


def program(name):
    return IMAGE + b"\n" + name.encode()


def said(record):
    packages = [f"{p['by']} {p['name']} {p['version']} {p['digest']} {p.get('algorithm')}" for p in record.get("identity", {}).get("packaged", [])]
    claims = [f"{c['name']} {c['version']} by {c['author']}" for c in record.get("identity", {}).get("claimed", []) if c["by"] == "pkginfo"]
    return packages + claims + sorted(f["id"] for f in record["findings"] if f["id"].startswith("OWN"))


def see(what, folder, cases, *options):
    """What is said of each path; of others nothing may be said."""
    global checked
    got = {r["locator"][len(str(folder)) + 1:]: said(r) for r in records(*AS_OF, *options, folder)}
    for path, expected in cases.items():
        checked += 1
        expect(f"{what}: {path}", got.pop(path, None), expected)
    expect(f"{what}: of others", {p: s for p, s in got.items() if s}, {})


# ---- a package, and a system ----
for path, text in FILES.items():
    (build / "src" / path).parent.mkdir(parents=True, exist_ok=True)
    (build / "src" / path).write_bytes(program(text))
(build / "PKGBUILD").write_text("""pkgname=acme-tool
pkgver=1.0
epoch=1
pkgrel=1
arch=(any)
url=https://acme.example
license=(custom)
options=(!strip)
backup=(etc/acme.exe)
package() { cp -r "$startdir/src/usr" "$startdir/src/etc" "$pkgdir"; }
""")
how, as_user = {**os.environ, "PACKAGER": "Acme <a@acme.example>", "PKGEXT": ".pkg.tar.gz", "SOURCE_DATE_EPOCH": "1767225600"}, []
if os.getuid() == 0:  # makepkg refuses to run as root
    for p in (build, *build.rglob("*")):
        os.chown(p, 65534, 65534)
    as_user = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
subprocess.run([*as_user, "makepkg", "--nodeps", "-f", "--noextract"], cwd=build, env={**how, "HOME": str(build)}, check=True, capture_output=True)
package = shutil.copy(next(build.glob("*.pkg.tar.gz")), work)
shutil.rmtree(build)
stock = work / "stock"
(stock / "var/lib/pacman").mkdir(parents=True)
(work / "pacman.conf").write_text("[options]\nArchitecture = auto\nSigLevel = Never\nLocalFileSigLevel = Never\n")
subprocess.run(["fakeroot", "pacman", "--root", stock, "--config", work / "pacman.conf", "--noconfirm", "--logfile", work / "log",
                "--cachedir", work / "cache", "-U", package], check=True, capture_output=True)
local = "var/lib/pacman/local/acme-tool-1:1.0-1"
(stock / "usr/bin/stray").write_bytes(program("stray"))
MATCH = ["pacman acme-tool 1:1.0-1 match sha256"]
STOCK = {"usr/bin/tool": MATCH, "usr/bin/second": MATCH, "usr/lib/a b%21c": MATCH, "etc/acme.exe": MATCH, "usr/bin/stray": ["OWN002"]}
see("stock", stock, STOCK)
one = next(r for r in records(*AS_OF, stock) if r["locator"].endswith("/usr/bin/tool"))
packaged = one["identity"]["packaged"][0]
expect("what is said of it", packaged, {
    "by": "pacman", "name": "acme-tool", "version": "1:1.0-1", "architecture": "any", "source": "acme-tool", "maintainer": "Acme <a@acme.example>",
    "digest": "match", "algorithm": "sha256", "expected": hashlib.sha256(program("tool")).hexdigest(), "index": "unsigned",
    "root": f"{stock}/", "database": f"{stock}/{local}/mtree"})
expect("score", one["provenance"]["score"], 55)
expect("a live system's files by its root", [said(r) for r in records(*AS_OF, "--package-root", stock, stock / "usr/bin/tool")], [MATCH])
with tarfile.open(work / "stock.tar", "w") as t:
    t.add(stock, ".")
found = {r["locator"].split("!/./")[1]: said(r) for r in records(*AS_OF, work / "stock.tar") if "!/./" in r["locator"]}
expect("in an archive", {p: s for p, s in found.items() if s}, STOCK)

# ---- doctored ----
bad = work / "bad"
shutil.copytree(stock, bad, symlinks=True)
(bad / "usr/bin/tool").write_bytes(program("replaced"))
(bad / "etc/acme.exe").write_bytes(program("edited"))
shutil.move(bad / "usr/bin/second", bad / "usr/bin/elsewhere")
see("doctored", bad, {"usr/bin/tool": ["pacman acme-tool 1:1.0-1 mismatch sha256", "OWN001"], "usr/bin/elsewhere": ["OWN002"],
                      "etc/acme.exe": ["pacman acme-tool 1:1.0-1 edited sha256", "OWN010"], "usr/lib/a b%21c": MATCH, "usr/bin/stray": ["OWN002"]})
broken = work / "broken"
shutil.copytree(stock, broken, symlinks=True)
mtree = (broken / local / "mtree").read_bytes()
(broken / local / "mtree").write_bytes(mtree[:-20])
files = (broken / local / "files").read_text()
(broken / local / "files").write_text("no field\n" + files)
NONE = ["pacman acme-tool 1:1.0-1 absent None"]
see("cut lists", broken, {"usr/bin/tool": NONE, "usr/bin/second": NONE, "usr/lib/a b%21c": NONE,
                          "etc/acme.exe": ["pacman acme-tool 1:1.0-1 match md5"], "usr/bin/stray": ["OWN015"],
                          f"{local}/mtree": ["OWN017"], f"{local}/files": ["OWN003"]})
(broken / local / "mtree").write_bytes(gzip.compress(gzip.decompress(mtree).replace(b"sha256digest", b"sha1digest")))
(broken / local / "files").write_text(files.replace("usr/bin/tool\n", ""))
(broken / local / "desc").write_text((broken / local / "desc").read_text().replace("acme-tool", "another"))
got = {r["locator"][len(str(broken)) + 1:]: [p["digest"] + " " + p["algorithm"] for p in r.get("identity", {}).get("packaged", [])] +
       sorted(f["id"] for f in r["findings"] if f["id"].startswith("OWN")) for r in records(*AS_OF, broken)}
expect("lists of MD5 alone, and a folder of another name", {p: s for p, s in got.items() if s}, {
    "usr/bin/tool": ["match md5", "OWN005", "OWN006"], "usr/bin/second": ["match md5", "OWN005"], "usr/lib/a b%21c": ["match md5", "OWN005"],
    "etc/acme.exe": ["match md5", "OWN005"], "usr/bin/stray": ["OWN002"]})
# ---- another version of it is listed, too: in a version a colon ends the epoch, in dpkg's names the name ----
twice = work / "twice"
shutil.copytree(stock, twice, symlinks=True)
shutil.copytree(twice / local, twice / local.replace("1:1.0", "1:2.0"))
(twice / local.replace("1:1.0", "1:2.0") / "desc").write_text((stock / local / "desc").read_text().replace("1:1.0", "1:2.0"))
(twice / "var/lib/dpkg/info").mkdir(parents=True)
(twice / "var/lib/dpkg/status").write_text("Package: acme-tool-1\nStatus: install ok installed\nVersion: 3\nArchitecture: all\n")
(twice / "var/lib/dpkg/info/acme-tool-1.list").write_text("/usr/bin/second\n")
shutil.rmtree(twice / "usr/lib")
TWO = [*MATCH, MATCH[0].replace("1:1.0", "1:2.0")]
see("twice", twice, {"usr/bin/tool": [*TWO, "OWN007"], "usr/bin/second": ["dpkg acme-tool-1 3 absent None", *TWO, "OWN007", "OWN007"],
                     "etc/acme.exe": [*TWO, "OWN007"], "usr/bin/stray": ["OWN002"]})
(twice / local.replace("1:1.0", "1:2.0") / "desc").unlink()
named = [p["name"] for r in records(*AS_OF, twice) if r["locator"].endswith("usr/bin/tool") for p in r["identity"]["packaged"]]
expect("a package without a desc has its folder's name", named, ["acme-tool", "acme-tool-1:2.0-1"])
checked += 7

# ---- the package by itself: its own words are a claim ----
found = {r["locator"].split("!/")[-1]: r for r in records(*AS_OF, package) if "!" in r["locator"]}
expect("a package's files claim", {p: said(r) for p, r in found.items()}, {p.replace("!", "%21"): ["acme-tool 1:1.0-1 by Acme <a@acme.example>"] for p in FILES})
expect("and prove nothing", {(r["provenance"]["score"], r["origin"].get("basis")) for r in found.values()}, {(20, None)})
finish(checked + 2)
