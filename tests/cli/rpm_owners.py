#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Which rpm package holds a file: of systems with rpm's databases, of packages themselves: rpm_owners.py TOUCHMARK SAMPLES WORK"""
import hashlib
import os
import shutil
import subprocess
import sys
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
HOME = f"/tmp/tmk-rpmo-{os.getpid()}"  # the agent's socket has a short name
os.symlink(work / "gpg", HOME)
checked = 0


def gpg(*args, stdin=b""):
    return subprocess.run(["gpg", "--homedir", HOME, "--batch", "--quiet", "--yes", "--pinentry-mode", "loopback", "--passphrase", "",
                           "--faked-system-time=20260101T000000!", *map(str, args)], input=stdin, check=True, capture_output=True).stdout


for name in ("good", "stranger"):
    gpg("--quick-gen-key", f"{name} <{name}@acme.example>", "ed25519", "sign", "0")
(work / "good.asc").write_bytes(gpg("--armor", "--export", "good@acme.example"))


def by(name):
    return lambda data: gpg("--detach-sign", "-u", f"{name}@acme.example", stdin=data)


def program(name):
    return IMAGE + b"\n" + name.encode()


def installed(name, files, sign=None, change=None, states=None, **what):
    """The header of a package as a database keeps it; files: paths, and what they hold; change: after it was signed."""
    built = rpm.header(rpm.about(name, files=files, **what))
    added = [(1008, rpm.INT32, 1767225600), (273, rpm.STRING, hashlib.sha256(rpm.MAGIC + built).hexdigest())]
    if states:
        added.append((1029, 1, bytes(states)))
    if sign:
        added.append((268, rpm.BINARY, sign(rpm.MAGIC + built)))
    header = rpm.header(rpm.about(name, files=files, **what), added=[(t, rpm.INT8 if k == 1 else k, list(v) if k == 1 else v) for t, k, v in added])
    return change(header) if change else header


def held(record):
    packages = [f"{p['name']} {p['digest']} {p['index']}" for p in record.get("identity", {}).get("packaged", [])]
    return packages + sorted(f["id"] for f in record["findings"] if f["id"].startswith(("OWN", "RPM", "CONT", "SCAN")))


def digest(name):
    return hashlib.sha256(program(name)).hexdigest().encode()


HEADERS = [
    installed("tool", [("/usr/bin/tool", program("tool")), ("/usr/bin/changed", program("as it was")), ("/usr/bin/link", None),
                       ("/etc/tool.exe", program("conf"), rpm.CONFIG), ("/bin/old", program("old")), ("/usr/bin/shared", program("shared"))], by("good")),
    installed("other", [("/usr/bin/shared", program("shared")), ("/usr/lib/other.exe", program("other"))], by("stranger")),
    installed("of-md5", [("/usr/bin/of-md5", program("of-md5"))], by("good"), algorithm=1),
    installed("of-sha512", [("/usr/bin/of-sha512", program("of-sha512"))], by("good"), algorithm=10),
    installed("left-out", [("/usr/share/in", program("in")), ("/usr/share/out", program("out"))], by("good"), states=[0, 2]),
    installed("edited", [("/usr/bin/edited", program("honest"))], by("good"), lambda h: h.replace(digest("honest"), digest("forged"))),
]
FILES = {"usr/bin/tool": "tool", "usr/bin/changed": "as it is", "etc/tool.exe": "conf, edited", "usr/bin/old": "old", "usr/bin/link": "no link",
         "usr/bin/shared": "shared", "usr/lib/other.exe": "other", "usr/bin/of-md5": "of-md5", "usr/bin/of-sha512": "of-sha512", "usr/share/in": "in",
         "usr/share/out": "out", "usr/bin/edited": "forged", "usr/bin/foreign": "foreign"}
HELD = {"usr/bin/tool": ["tool match signed"], "usr/bin/changed": ["tool mismatch unsigned", "OWN001"], "etc/tool.exe": ["tool edited unsigned", "OWN010"],
        "usr/bin/old": ["tool match signed"], "usr/bin/link": ["tool absent unsigned"], "usr/bin/shared": ["tool match signed", "other match unsigned"],
        "usr/lib/other.exe": ["other match unsigned"], "usr/bin/of-md5": ["of-md5 match unsigned"], "usr/bin/of-sha512": ["of-sha512 absent unsigned"],
        "usr/share/in": ["left-out match signed"], "usr/share/out": ["OWN015"], "usr/bin/edited": ["edited match unsigned"], "usr/bin/foreign": ["OWN015"]}


def root(name, place, data, files):
    """A system with such a database; data: its bytes, or what writes it."""
    top = work / "roots" / name
    path = top / place
    path.parent.mkdir(parents=True)
    if callable(data):
        data(path)
    else:
        path.write_bytes(data)
    for file, text in files.items():
        (top / file).parent.mkdir(parents=True, exist_ok=True)
        (top / file).write_bytes(program(text))
    return top


def noted(path, data):
    """A damaged copy of a database that is there."""
    return lambda to: to.write_bytes(data(bytearray((work / "roots" / path).read_bytes())))


def xored(at, text=b"\xff"):
    def change(data):
        data[at:at + len(text)] = text
        return bytes(data)
    return change


SMALL = [installed("tool", [("/usr/bin/tool", program("tool"))], by("good"))]
ONE, IS_ONE, LOST = {"usr/bin/tool": "tool"}, {"usr/bin/tool": ["tool match signed"]}, {"usr/bin/tool": ["OWN015"]}
NDB, BDB = rpm.ndb(SMALL), rpm.bdb(SMALL)
VAR, SYS = "var/lib/rpm/", "usr/lib/sysimage/rpm/"
ENDLESS = "CREATE TABLE t(x); CREATE VIEW Packages(blob) AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c"
# name, place, database, files, what is held, what is said of the database
ROOTS = [
    ("sqlite", VAR + "rpmdb.sqlite", lambda p: rpm.sqlite(p, HEADERS), FILES, HELD, ["RPM010"]),
    ("ndb", SYS + "Packages.db", rpm.ndb(HEADERS), FILES, HELD, ["RPM010"]),
    ("bdb", VAR + "Packages", rpm.bdb(HEADERS), FILES, HELD, ["RPM010"]),
    ("bdb of the other order", VAR + "Packages", rpm.bdb(SMALL, ">", 1024), ONE, IS_ONE, []),
    ("sqlite, sysimage", SYS + "rpmdb.sqlite", lambda p: rpm.sqlite(p, SMALL), ONE, IS_ONE, []),
    ("sqlite, cut", VAR + "rpmdb.sqlite", noted("sqlite, sysimage/" + SYS + "rpmdb.sqlite", lambda d: bytes(d[:4096])), ONE, LOST, ["RPM008"]),
    ("sqlite, a head alone", VAR + "rpmdb.sqlite", b"SQLite format 3\0", ONE, LOST, ["RPM008"]),
    ("sqlite, no table", VAR + "rpmdb.sqlite", lambda p: rpm.sqlite(p, [], "CREATE TABLE t(x)"), ONE, LOST, ["RPM008"]),
    ("sqlite, a view", VAR + "rpmdb.sqlite", lambda p: rpm.sqlite(p, [], ENDLESS), ONE, LOST, ["RPM008"]),
    ("no header", VAR + "rpmdb.sqlite", lambda p: rpm.sqlite(p, [b"x" * 40, *SMALL]), ONE, IS_ONE, ["RPM009"]),
    ("lists that differ", VAR + "rpmdb.sqlite", lambda p: rpm.sqlite(p, [installed("bad", [("/a", b"a")], more=[(1028, rpm.INT32, [1])]),
     rpm.header([(1000, rpm.STRING, "bad"), (1117, rpm.ARRAY, ["a", "b"]), (1116, rpm.INT32, [0]), (1118, rpm.ARRAY, ["/"])]), *SMALL]), ONE, IS_ONE, ["RPM009"]),
    ("no format", VAR + "Packages", b"no database of any kind" * 9, ONE, LOST, ["RPM008"]),
    ("ndb, a blob of another", VAR + "Packages.db", xored(4096 + 4)(bytearray(NDB)), ONE, LOST, ["RPM008"]),
    ("ndb, a slot too far", VAR + "Packages.db", xored(32 + 8, b"\xff\xff\xff\x7f")(bytearray(NDB)), ONE, LOST, ["RPM008"]),
    ("ndb, no slots", VAR + "Packages.db", NDB[:24], ONE, LOST, ["RPM008"]),
    ("ndb, pages beyond", VAR + "Packages.db", xored(12, b"\xff\xff\xff\xff")(bytearray(NDB)), ONE, LOST, ["RPM008"]),
    ("bdb, encrypted", VAR + "Packages", xored(24, b"\1")(bytearray(BDB)), ONE, LOST, ["RPM008"]),
    ("bdb, a page's size", VAR + "Packages", xored(20, b"\1\2\0\0")(bytearray(BDB)), ONE, LOST, ["RPM008"]),
    ("bdb, a chain that turns back", VAR + "Packages", xored(3 * 512 + 16, b"\2")(bytearray(rpm.bdb(SMALL, "<", 512))), ONE, LOST, ["RPM008"]),
    ("bdb, an item of no kind", VAR + "Packages", xored(4096 + 4096 - 5 - 5 - 5 - 12, b"\7")(bytearray(BDB)), ONE, LOST, ["RPM008"]),
    ("a log beside it", VAR + "rpmdb.sqlite", lambda p: (rpm.sqlite(p, SMALL), p.with_name("rpmdb.sqlite-wal").write_bytes(b"7" * 64)),
     ONE | {"usr/bin/new": "new"}, IS_ONE | {"usr/bin/new": ["OWN015"]}, ["RPM011"]),
    ("an empty log beside it", VAR + "rpmdb.sqlite", lambda p: (rpm.sqlite(p, SMALL), p.with_name("rpmdb.sqlite-wal").write_bytes(b"")),
     ONE | {"usr/bin/new": "new"}, IS_ONE | {"usr/bin/new": ["OWN002"]}, []),
]
for name, place, data, files, _, _ in ROOTS:
    root(name, place, data, files)
ARGS = ["--as-of", "2026-06-01", "--keyring", work / "good.asc"]
found = {r["locator"][len(str(work / "roots")) + 1:]: r for r in records(*ARGS, work / "roots", check=(0, 1, 3))}
for name, place, _, _, expected, said in ROOTS:
    checked += 1
    mine = {l[len(name) + 1:]: held(r) for l, r in found.items() if l.startswith(name + "/")}
    databases = {p: mine.pop(p) for p in [p for p in mine if p.startswith((VAR, SYS))]}
    expect(name, mine, expected)
    expect(f"{name}: the database", sum(databases.values(), []), said)
# A live system's, by its root; its other name may be a link.
live = work / "roots/sqlite, sysimage"
(live / "var/lib").mkdir(parents=True)
(live / "var/lib/rpm").symlink_to("../../usr/lib/sysimage/rpm")
for top in (live, work / "roots/ndb", work / "roots/bdb"):
    expect(f"--package-root {top.name}", [held(r) for r in records(*ARGS, "--package-root", top, top / "usr/bin/tool", check=(0, 1, 3))], [["tool match signed"]])
    checked += 1
record = found["sqlite/usr/bin/tool"]["identity"]["packaged"][0]
expect("a record's words", {k: record.get(k) for k in ("by", "version", "vendor", "origin", "maintainer", "source", "algorithm")},
       {"by": "rpmdb", "version": "1.0-1", "vendor": "Acme Inc.", "origin": "Acme Inc.", "maintainer": "Acme <build@acme.example>",
        "source": "tool-1.0-1.src.rpm", "algorithm": "sha256"})
expect("who signed", {k: record["repository"].get(k) for k in ("user", "signed")}, {"user": "good <good@acme.example>", "signed": "2026-01-01T00:00:00Z"})
expect("basis", found["sqlite/usr/bin/tool"]["origin"]["roles"]["carrier"], {"name": "tool", "basis": "packaged_signed"})

# The packages themselves, and what lies in them.
PACKAGED = [("/usr/bin/a", program("a")), ("/usr/lib/b", program("b"))]
signed = rpm.Package(PACKAGED, by("good"))
swapped = rpm.Package(PACKAGED, by("good"))
swapped.payload = rpm.gzip.compress(rpm.cpio([("./usr/bin/a", program("swapped")), ("./usr/lib/b", program("b")), ("./usr/bin/extra", program("x"))]), mtime=0)
lists = rpm.Package(PACKAGED, by("good"), more=[(1028, rpm.INT32, [1, 2, 3])])
lists.header = rpm.MAGIC + rpm.header([e for e in rpm.about(files=PACKAGED) if e[0] != 1037] + [(1037, rpm.INT32, [0])])
A, B = "!/./usr/bin/a", "!/./usr/lib/b"
PACKAGES = {
    "signed.rpm": (signed.bytes(), {A: ["tool match signed"], B: ["tool match signed"]}),
    "without its name": (signed.bytes(), {A: ["tool match signed"], B: ["tool match signed"]}),
    "unsigned.rpm": (rpm.Package(PACKAGED).bytes(), {A: ["tool match unsigned"], B: ["tool match unsigned"]}),
    "by a stranger.rpm": (rpm.Package(PACKAGED, by("stranger")).bytes(), {A: ["tool match unsigned"], B: ["tool match unsigned"]}),
    "swapped.rpm": (swapped.bytes(), {A: ["tool mismatch unsigned", "OWN001"], B: ["tool match signed"], "!/./usr/bin/extra": ["RPM012"]}),
    "lists.rpm": (lists.bytes(), {A: ["RPM012"], B: ["RPM012"]}),
    "no package.rpm": (b"nothing of the kind", {}),
}
(work / "packages").mkdir()
for name, (data, _) in PACKAGES.items():
    (work / "packages" / name).write_bytes(data)
found = {r["locator"][len(str(work / "packages")) + 1:]: r for r in records(*ARGS, work / "packages", check=(0, 1, 3))}
for name, (_, expected) in PACKAGES.items():
    checked += 1
    expect(name, {l[len(name):]: held(r) for l, r in found.items() if l.startswith(name + "!")}, expected)
expect("a package itself", held(found["signed.rpm"]), ["tool absent unsigned"])
expect("lists that differ", held(found["lists.rpm"]), ["tool absent unsigned", "RPM003", "RPM004", "RPM004", "RPM004", "RPM005", "RPM007"])
expect("nothing of a name alone", found.get("no package.rpm"), None)
checked += 6

# rpm's own database and package, where its tools are installed.
SPEC = """Name: made
Version: 2
Release: 1
Summary: x
License: MIT
BuildArch: noarch
%description
x
%install
install -D %{image} %{buildroot}/usr/bin/a
ln %{buildroot}/usr/bin/a %{buildroot}/usr/bin/b
%files
/usr/bin/*
"""
if all(map(shutil.which, ("rpm", "rpmbuild"))):
    top, build = work / "by-rpm", work / "rpmbuild"
    (top / "usr/bin").mkdir(parents=True)
    build.mkdir()
    (build / "made.spec").write_text(SPEC)
    subprocess.run(["rpmbuild", "-bb", "--define", f"_topdir {build}", "--define", f"image {samples / 'unsigned.exe'}", build / "made.spec"],
                   check=True, capture_output=True, env=os.environ | {"HOME": str(build)})
    subprocess.run(["rpm", "--root", top, "--dbpath", "/var/lib/rpm", "-i", "--nodeps", "--nosignature", "--justdb", "--force-debian",
                    *build.glob("RPMS/noarch/*.rpm")], check=True, capture_output=True)
    for name in "ab":
        (top / "usr/bin" / name).write_bytes(IMAGE)
    found = records(*ARGS, top)
    expect("by rpm itself", {r["locator"][len(str(top)):]: held(r) for r in found}, {f"/usr/bin/{n}": ["made match unsigned"] for n in "ab"})
    checked += 1
else:
    print("NOT CHECKED: rpm or rpmbuild is not installed")
os.unlink(HOME)
finish(checked)
