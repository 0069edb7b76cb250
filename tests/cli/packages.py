#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A system that dpkg itself installed, then doctored: each file's package, and exactly the contradictions:
packages.py TOUCHMARK SAMPLES WORK"""
import base64
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

from harness import expect, fail, finish, parse_records, records, touchmark

samples, work = Path(sys.argv[2]).resolve(), Path(sys.argv[3]).resolve()
IMAGE = (samples / "unsigned.exe").read_bytes()
checked = 0


def program(name):
    """An executable like no other."""
    return IMAGE + b"\n" + name.encode()


def deb(name, files, version="1.0-1", arch="all", conffiles=(), fields=""):
    """A package with these files, {path: text of its program}, made by dpkg-deb."""
    top = work / "debs" / name
    (top / "DEBIAN").mkdir(parents=True)
    sums = ""
    for path, text in files.items():
        to = top / path
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_bytes(program(text))
        if path not in conffiles:
            sums += f"{hashlib.md5(program(text)).hexdigest()}  {path}\n"
    control = f"Package: {name}\nVersion: {version}\nArchitecture: {arch}\nMaintainer: Acme <a@acme.example>\nDescription: x\n"
    (top / "DEBIAN/control").write_text(control + fields)
    (top / "DEBIAN/md5sums").write_text(sums)
    if conffiles:
        (top / "DEBIAN/conffiles").write_text("".join(f"/{c}\n" for c in conffiles))
    to = work / f"{name}.deb"
    subprocess.run(["dpkg-deb", "--root-owner-group", "-Znone", "-b", top, to], check=True, stdout=subprocess.DEVNULL)
    return to


def install(root, *debs):
    for folder in ("updates", "info", "alternatives", "triggers"):
        (root / "var/lib/dpkg" / folder).mkdir(parents=True, exist_ok=True)
    (root / "var/lib/dpkg/status").touch()
    subprocess.run(["dpkg", f"--root={root}", "--force-not-root", "--force-script-chrootless", "--force-overwrite",
                    "--log=/dev/null", "-i", *debs], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def said(record):
    """What a record says of packages, short: "name digest" of each, and the findings."""
    packages = [f"{p['name']} {p['digest']}" for p in record.get("identity", {}).get("packaged", [])]
    return packages + sorted(f["id"] for f in record["findings"] if f["id"].startswith(("OWN", "KNOW")))


def see(what, root, out, cases, prefix=None):
    """Each path of the table, and no further record but those of containers."""
    global checked
    prefix = f"{root}/" if prefix is None else prefix
    found = {r["locator"][len(prefix):]: r for r in out if r["locator"].startswith(prefix)}
    for path, expected in cases.items():
        checked += 1
        if path not in found:
            fail(f"{what}: {path}: no record")
            continue
        expect(f"{what}: {path}", said(found.pop(path)), expected)
    expect(f"{what}: further records", sorted(found), [])
    return out


shutil.rmtree(work, ignore_errors=True)
work.mkdir(parents=True)
if shutil.which("dpkg-deb") is None:
    sys.exit(77)

# ---- as installed ----
stock = work / "stock"
stock.mkdir()
for folder in ("bin", "sbin", "lib"):
    (stock / "usr" / folder).mkdir(parents=True)
    (stock / folder).symlink_to(f"usr/{folder}")
install(stock,
        deb("acme-tool", {"usr/bin/tool": "tool", "usr/bin/second": "second", "usr/lib/acme/plugin!%.so": "plugin",
                          "usr/bin/ünïcode": "unicode", "etc/acme.conf": "conf", "etc/other.conf": "other"},
            conffiles=("etc/acme.conf", "etc/other.conf"), fields="Origin: Acme\n"),
        deb("usrmerge-less", {"bin/old": "old", "lib/libold.so.1": "libold"}, version="2:0.9~rc1"),
        deb("libacme1", {"usr/lib/x86_64-linux-gnu/libacme.so.1": "libacme"}, arch="amd64", fields="Multi-Arch: same\n"),
        deb("empty-handed", {"usr/bin/undigested": "undigested"}))
(stock / "var/lib/dpkg/info/empty-handed.md5sums").unlink()
(stock / "usr/local/bin").mkdir(parents=True)
(stock / "usr/local/bin/own").write_bytes(program("own"))
STOCK = {
    "usr/bin/tool": ["acme-tool match"],
    "usr/bin/second": ["acme-tool match"],
    "usr/lib/acme/plugin%21%25.so": ["acme-tool match"],
    "usr/bin/ünïcode": ["acme-tool match"],
    "etc/acme.conf": ["acme-tool match"],
    "etc/other.conf": ["acme-tool match"],
    "usr/bin/old": ["usrmerge-less match"],
    "usr/lib/libold.so.1": ["usrmerge-less match"],
    "usr/lib/x86_64-linux-gnu/libacme.so.1": ["libacme1 match"],
    "usr/bin/undigested": ["empty-handed absent"],
    "usr/local/bin/own": ["OWN002"],
}
expect("dpkg names a shared library's lists by its architecture",
       (stock / "var/lib/dpkg/info/libacme1:amd64.list").exists(), True)
terms = ["--as-of", "2026-01-01"]
out = touchmark("scan", "--format", "ndjson", *terms, "-j", 1, stock, check=(0,))[1]
see("stock", stock, parse_records(out), STOCK)
for jobs in (2, 3):
    expect(f"-j {jobs} gives the same bytes", touchmark("scan", "--format", "ndjson", *terms, "-j", jobs, stock)[1] == out, True)
whole = {r["locator"][len(str(stock)) + 1:]: r for r in parse_records(out)}
expect("all that is said of a file", whole["usr/bin/old"]["identity"]["packaged"], [{
    "by": "dpkg", "name": "usrmerge-less", "version": "2:0.9~rc1", "architecture": "all", "maintainer": "Acme <a@acme.example>",
    "index": "unsigned", "root": f"{stock}/", "database": f"{stock}/var/lib/dpkg/info/usrmerge-less.md5sums", "algorithm": "md5",
    "expected": hashlib.md5(program("old")).hexdigest(), "digest": "match"}])
expect("who built and who carries it", whole["usr/bin/tool"]["origin"]["roles"],
       {"packager": {"name": "Acme", "basis": "packaged"}, "carrier": {"name": "acme-tool", "basis": "packaged"}})
expect("scores: with and without a digest, by none", [whole[p]["provenance"]["score"] for p in
                                                      ("usr/bin/tool", "usr/bin/undigested", "usr/local/bin/own")], [55, 50, 0])

# ---- one file, with the database of the system that it lies in ----
alone = records(*terms, "--package-root", stock, stock / "usr/bin")
see("--package-root", stock, alone, {p: s for p, s in STOCK.items() if p.startswith("usr/bin/")})
code, _, text = touchmark("scan", "--package-root", work / "debs", stock / "usr/bin")
expect("a root without a database is refused", (code, "var/lib/dpkg" in text), (2, True))
see("no database at hand", stock, records(*terms, stock / "usr/bin/tool"), {"usr/bin/tool": []})

# ---- in an archive, and in an image ----
with tarfile.open(work / "stock.tar", "w") as t:
    t.add(stock, ".")
archive = records(*terms, work / "stock.tar")
see("a tar archive", stock, [r for r in archive if "!" in r["locator"]], STOCK, f"{work}/stock.tar!/./")
if shutil.which("mke2fs"):
    subprocess.run(["mke2fs", "-q", "-t", "ext4", "-d", stock, work / "stock.img", "8M"], check=True)
    image = records(*terms, work / "stock.img")
    see("an image", stock, [r for r in image if "!" in r["locator"]], STOCK, f"{work}/stock.img!/p1/"
        if any("!/p1/" in r["locator"] for r in image) else f"{work}/stock.img!/")
else:
    print("NOT CHECKED in an image: mke2fs is not installed")

# ---- folders of their own: /bin is not /usr/bin ----
split = work / "split"
split.mkdir()
install(split, work / "usrmerge-less.deb")
(split / "usr/bin").mkdir(parents=True)
shutil.copyfile(split / "bin/old", split / "usr/bin/old")
see("folders of their own", split, records(*terms, split),
    {"bin/old": ["usrmerge-less match"], "lib/libold.so.1": ["usrmerge-less match"], "usr/bin/old": ["OWN002"]})

# ---- doctored ----
bad = work / "doctored"
shutil.copytree(stock, bad, symlinks=True)
info = bad / "var/lib/dpkg/info"


def edit(path, change):
    path.write_text(change(path.read_text()))


shutil.copyfile(bad / "usr/bin/second", bad / "usr/bin/tool")                     # transplanted
(bad / "usr/bin/old").rename(bad / "usr/bin/innocent")                            # renamed
(bad / "usr/bin/second").write_bytes(program("second, rebuilt"))                  # rebuilt
(bad / "etc/acme.conf").write_bytes(program("as the administrator likes it"))     # edited, as one may
(bad / "usr/lib/libold.so.1").write_bytes(program("evil"))                        # replaced, and the database with it
edit(info / "usrmerge-less.md5sums", lambda t: t.replace(hashlib.md5(program("libold")).hexdigest(), hashlib.md5(program("evil")).hexdigest()))
(bad / "usr/bin/added").write_bytes(program("added"))                             # a digest, but on no list
with (info / "acme-tool.md5sums").open("a") as f:
    f.write(f"{hashlib.md5(program('added')).hexdigest()}  usr/bin/added\n")
    f.write(f"{hashlib.md5(b'another').hexdigest()}  usr/bin/ünïcode\n")          # two digests of one file
(bad / "usr/bin/ghost").write_bytes(program("ghost"))                             # of a package that is none
(info / "ghost.list").write_text("/usr/bin/ghost\n")
(info / "thief.list").write_text("/usr/bin/undigested\n")                         # two that hold one file
edit(bad / "var/lib/dpkg/status", lambda t: t + "\nPackage: thief\nStatus: deinstall ok config-files\nArchitecture: all\nVersion: 1\n")
(bad / "usr/bin/editor").write_bytes(program("editor"))                           # where a link of the alternatives was
(bad / "var/lib/dpkg/alternatives/editor").write_text("auto\n/usr/bin/editor\n\n/usr/bin/second\n10\n\n")
(bad / "usr/bin/view").write_bytes(program("view"))                               # diverted: the diverter's lies here, the other's there
(bad / "usr/bin/view.distrib").write_bytes(program("view of acme"))
(bad / "usr/bin/local").write_bytes(program("local"))
(bad / "var/lib/dpkg/diversions").write_text("/usr/bin/view\n/usr/bin/view.distrib\nempty-handed\n/usr/bin/local\n/usr/bin/local.distrib\n:\n")
for package, text in (("acme-tool", "view of acme"), ("empty-handed", "view")):
    with (info / f"{package}.list").open("a") as f:
        f.write("/usr/bin/view\n/usr/bin/local\n")
    with (info / f"{package}.md5sums").open("a") as f:
        f.write(f"{hashlib.md5(program(text)).hexdigest()}  usr/bin/view\n")
DOCTORED = {
    "usr/bin/tool": ["acme-tool mismatch", "OWN001"],
    "usr/bin/second": ["acme-tool mismatch", "OWN001"],
    "usr/lib/acme/plugin%21%25.so": ["acme-tool match"],
    "usr/bin/ünïcode": ["acme-tool mismatch", "OWN001", "OWN009"],
    "etc/acme.conf": ["acme-tool edited", "OWN010"],
    "etc/other.conf": ["acme-tool match"],
    "usr/bin/innocent": ["OWN002"],
    "usr/lib/libold.so.1": ["usrmerge-less match"],  # a database that was edited along is believed: it is a witness, no more
    "usr/lib/x86_64-linux-gnu/libacme.so.1": ["libacme1 match"],
    "usr/bin/undigested": ["empty-handed absent", "thief absent", "OWN007"],
    "usr/bin/added": ["acme-tool match", "OWN006"],
    "usr/bin/ghost": ["ghost absent", "OWN005"],
    "usr/bin/editor": ["OWN002", "OWN008"],
    "usr/bin/view": ["empty-handed match"],
    "usr/bin/view.distrib": ["acme-tool match"],
    "usr/bin/local": ["OWN002"],
    "usr/local/bin/own": ["OWN002"],
}
found = see("doctored", bad, records(*terms, bad), DOCTORED)
by_path = {r["locator"][len(str(bad)) + 1:]: r for r in found}
expect("a changed file's score", [by_path[p]["provenance"]["score"] for p in ("usr/bin/tool", "usr/bin/added", "usr/bin/ghost")],
       [0, 15, 15])
message = next(f["message"] for f in by_path["usr/bin/tool"]["findings"] if f["id"] == "OWN001")
expect("both sides are said", [hashlib.md5(program(t)).hexdigest() in message for t in ("tool", "second")], [True, True])
expect("the state of a package that is not installed",
       [p.get("state") for p in by_path["usr/bin/undigested"]["identity"]["packaged"]], [None, "config-files"])

# ---- a case, ended and gone on with ----
touchmark("scan", *terms, "-o", work / "case", bad, check=(0,))
expect("a case has the same records", (work / "case/records.ndjson").read_bytes(),
       touchmark("scan", "--format", "ndjson", *terms, bad)[1])

# ---- two systems in one scan: each database speaks for its own tree ----
both = records(*terms, stock, bad)
see("two systems", stock, [r for r in both if r["locator"].startswith(f"{stock}/")], STOCK)
see("two systems", bad, [r for r in both if r["locator"].startswith(f"{bad}/")], DOCTORED)

# ---- npm packages: the nearest one above speaks, as a claim ----
node = work / "node/node_modules"
for folder, text in ((node.parent, '{"name": "app", "version": "0.1"}'),
                     (node / "@acme/addon", '{"name": "@acme/addon", "version": "2.0.0", "author": {"name": "Acme"}, "repository": "github:acme/addon"}'),
                     (node / "@acme/addon/build", '{"type": "module"}'), (node / "broken", '{"name": '), (node / "bad", '{"name": 7, "version": []}')):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "package.json").write_text(text)
    (folder / "x.node").write_bytes(program(f"x of {folder}"))
with tarfile.open(work / "addon.tgz", "w:gz") as t:
    t.add(node / "@acme/addon", "package")
npm = {r["locator"][len(str(work)) + 1:]: next((c for c in r["identity"]["claimed"] if c["by"] == "npm"), None)
       for r in records(*terms, node.parent, work / "addon.tgz") if r["locator"].endswith(".node")}
ADDON = {"by": "npm", "name": "@acme/addon", "version": "2.0.0", "author": "Acme", "repository": "github:acme/addon"}
APP = {"by": "npm", "name": "app", "version": "0.1", "file": f"{node.parent}/package.json"}
expect("npm packages", npm, {
    "node/x.node": APP,
    "node/node_modules/@acme/addon/x.node": ADDON | {"file": f"{node}/@acme/addon/package.json"},
    "node/node_modules/@acme/addon/build/x.node": ADDON | {"file": f"{node}/@acme/addon/package.json"},
    "node/node_modules/broken/x.node": APP, "node/node_modules/bad/x.node": APP,
    "addon.tgz!/package/x.node": ADDON | {"file": f"{work}/addon.tgz!/package/package.json"},
    "addon.tgz!/package/build/x.node": ADDON | {"file": f"{work}/addon.tgz!/package/package.json"}})
roles = next(r["origin"]["roles"] for r in records(*terms, work / "addon.tgz") if r["locator"].endswith("package/x.node"))
expect("an npm package's roles", roles, {"packager": {"name": "Acme", "basis": "claimed"}, "carrier": {"name": "@acme/addon", "basis": "claimed"}})
checked += len(npm) + 1

# ---- Python packages: what RECORD lists with a digest ----
site = work / "py/site-packages"
(site / "acme").mkdir(parents=True)
(site / "Acme_Lib-1.2.dist-info").mkdir()
lines = ""
for name, text in (("acme/fast.so", "fast"), ("acme/slow, but sure.so", "slow"), ("acme/changed.so", "as released"), ("acme/own.so", None)):
    (site / name).write_bytes(program(text if text not in (None, "as released") else name))
    if text:
        digest = base64.urlsafe_b64encode(hashlib.sha256(program(text)).digest()).decode().rstrip("=")
        lines += (f'"{name}"' if "," in name else name) + f",sha256={digest},1\n"
(site / "Acme_Lib-1.2.dist-info/RECORD").write_text(lines + "Acme_Lib-1.2.dist-info/RECORD,,\n../../bin/acme,sha256=x,1\n")
(site / "Acme_Lib-1.2.dist-info/METADATA").write_text("Name: Acme_Lib\nVersion: 1.2\nAuthor-email: a@acme.example\n\nName: no header\n")
PYTHON = {"acme/fast.so": ["Acme_Lib match"], "acme/slow, but sure.so": ["Acme_Lib match"], "acme/changed.so": ["Acme_Lib mismatch", "OWN013"],
          "acme/own.so": []}
found = see("Python packages", site, records(*terms, site), PYTHON)
expect("who made it", {p.get("maintainer") for r in found for p in r.get("identity", {}).get("packaged", [])}, {"a@acme.example"})
with zipfile.ZipFile(work / "acme.whl", "w") as z:
    for file in sorted(site.rglob("*.*")):
        if file.is_file():
            z.write(file, file.relative_to(site))
    z.write(site / "Acme_Lib-1.2.dist-info/RECORD", "Acme_Lib-1.2.dist-info/RECORD")
    z.write(site / "Acme_Lib-1.2.dist-info/METADATA", "Acme_Lib-1.2.dist-info/METADATA")
see("a wheel", site, [r for r in records(*terms, work / "acme.whl") if "!" in r["locator"]], PYTHON, f"{work}/acme.whl!/")

# ---- databases that cannot be read ----
broken = work / "broken"
shutil.copytree(stock, broken, symlinks=True)
info = broken / "var/lib/dpkg/info"
edit(info / "acme-tool.md5sums", lambda t: "no digest\n" + t + "0123\n" + 31 * "a" + "g  usr/bin/x\n")
(info / "libacme1:amd64.list").write_bytes(b"/usr/lib/x86_64-linux-gnu/libacme.so.1\nrelative\n\0\xff\n\n/../etc/passwd\n")
(broken / "var/lib/dpkg/status").write_bytes(b" goes on with nothing\nno field\n\nVersion: 1\n\n" + (stock / "var/lib/dpkg/status").read_bytes()[:-20])
(broken / "var/lib/dpkg/diversions").write_text("/usr/bin/x\n")
(broken / "var/lib/dpkg/alternatives/x").write_text("auto\nnowhere\n")
UNKNOWN = {p: ["OWN015" if s == "OWN002" else s for s in v] for p, v in STOCK.items()}  # of a system that is not read in full
BROKEN = UNKNOWN | {"var/lib/dpkg/info/acme-tool.md5sums": ["OWN003"], "var/lib/dpkg/info/libacme1:amd64.list": ["OWN003"],
                  "var/lib/dpkg/status": ["OWN003"], "var/lib/dpkg/diversions": ["OWN003"], "var/lib/dpkg/alternatives/x": ["OWN003"]}
out = see("broken", broken, records(*terms, broken), BROKEN)
lines = {Path(r["locator"]).name: f["args"] for r in out for f in r["findings"] if f["id"] == "OWN003"}
expect("how many lines, and the first", lines, {"acme-tool.md5sums": ["3", "1"], "libacme1:amd64.list": ["3", "2"], "status": ["3", "1"],
                                                "diversions": ["1", "1"], "x": ["1", "2"]})
for name, limit, ids in (("too large a file", "max_package_file=150", ["OWN016"]), ("too many rows", "max_package_rows=3", ["OWN004"])):
    out = parse_records(touchmark("scan", "--format", "ndjson", *terms, "--limit", limit, stock)[1])
    told = {i for r in out if "/var/lib/dpkg/" in r["locator"] for f in r["findings"] for i in [f["id"]]}
    expect(f"{name}: the database's file says so", told, set(ids))
    of = {i for r in out if "/var/lib/dpkg/" not in r["locator"] for f in r["findings"] for i in [f["id"]] if i in ("OWN002", "OWN015")}
    expect(f"{name}: of no file it is said that no package holds it", of, {"OWN015"})
    checked += 2

# ---- one file that is listed more often than is looked at ----
crowded = work / "crowded"
(crowded / "var/lib/dpkg/info").mkdir(parents=True)
(crowded / "etc").mkdir()
for name in ("often", "held", "fine"):
    (crowded / "etc" / name).write_bytes(program(name))
sums = {name: hashlib.md5(program(name)).hexdigest() for name in ("often", "held", "fine")}
conffiles = "".join(f" /etc/x{n} {sums['fine']}\n" for n in range(4097))
(crowded / "var/lib/dpkg/status").write_text(
    "".join(f"Package: a\nStatus: install ok installed\nVersion: {n}\nConffiles:\n /etc/often {sums['often']}\n\n" for n in range(5000))
    + "".join(f"Package: h{n}\nConffiles:\n /etc/held {sums['held']}\n\n" for n in range(17)) + f"Package: many\nConffiles:\n{conffiles}\n")
(crowded / "var/lib/dpkg/info/a.list").write_text("/etc/fine\n" * 200000)
(crowded / "var/lib/dpkg/info/a.md5sums").write_text(f"{sums['fine']}  etc/fine\n" * 200000)
(crowded / "var/lib/dpkg/info/s.list").write_text("/site/stripped.so\n/site/changed.so\n")
stripped, changed = program("stripped"), program("changed")
(crowded / "var/lib/dpkg/info/s.md5sums").write_text(f"{hashlib.md5(stripped).hexdigest()}  site/stripped.so\n{32 * '0'}  site/changed.so\n")
(crowded / "site/s-1.dist-info").mkdir(parents=True)
(crowded / "site/stripped.so").write_bytes(stripped)
(crowded / "site/changed.so").write_bytes(changed)
(crowded / "site/s-1.dist-info/RECORD").write_text("".join(f"{n}.so,sha256={43 * 'A'},1\n" for n in ("stripped", "changed")))
(crowded / "site/fast.so").write_bytes(program("fast"))
digest = base64.urlsafe_b64encode(hashlib.sha256(program("fast")).digest()).decode().rstrip("=")
for n in range(17):
    (crowded / f"site/p{n}-1.dist-info").mkdir()
    (crowded / f"site/p{n}-1.dist-info/RECORD").write_text(f"fast.so,sha256={digest},1\n" * (10000 if n == 0 else 1))
by_locator = {r["locator"][len(str(crowded)) + 1:]: said(r) for r in records(*terms, crowded, check=(3,))}
expect("crowded: often", by_locator["etc/often"], ["a match", "OWN014"])
expect("crowded: held by 17", (len(by_locator["etc/held"]), by_locator["etc/held"][-1]), (16 + 15 + 1, "OWN011"))
expect("crowded: listed often", by_locator["etc/fine"], ["a match"])
expect("stripped by the distribution", by_locator["site/stripped.so"], ["s mismatch", "s match", "OWN005"])
expect("changed since", by_locator["site/changed.so"], ["s mismatch", "s mismatch", "OWN001", "OWN005", "OWN013"])
expect("crowded: status", by_locator["var/lib/dpkg/status"], ["OWN004"])
expect("crowded: Python", [by_locator["site/fast.so"].count(f"p{n} match") for n in (0, 9)] + by_locator["site/fast.so"][-2:], [1, 0, "OWN011", "OWN015"])
code, out, _ = touchmark("scan", "--format", "ndjson", *terms, "--limit", "max_package_rows=3", stock)
expect("over a limit the scan is incomplete", (code, "OWN004" in out.decode()), (3, True))
finish(checked)
