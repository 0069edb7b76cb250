#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""
Archives: members at all depths as objects, names that want to mislead, what is damaged, locked or too much.
containers.py TOUCHMARK SAMPLES WORK
"""
import bz2
import gzip
import io
import json
import lzma
import random
import shutil
import subprocess
import sys
import tarfile
import zipfile
import zlib
from pathlib import Path

from harness import expect, finish, parse_records, records, touchmark

samples, work = Path(sys.argv[2]), Path(sys.argv[3])
GOOD = (samples / "good.exe").read_bytes()
MODULE = (samples / "good.ko").read_bytes()
AS_OF = ["--as-of", "2026-01-01"]
checked = 0


def tar(members, kind="w", **more):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=kind, **more) as t:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            t.addfile(info, io.BytesIO(data))
    return out.getvalue()


def zipped(members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name, data in members:
            z.writestr(name, data)
    return out.getvalue()


def ar(members):
    out = b"!<arch>\n"
    for name, data in members:
        out += f"{name:<16}{0:<12}{0:<6}{0:<6}{'100644':<8}{len(data):<10}`\n".encode() + data + b"\n" * (len(data) % 2)
    return out


def put(name, data):
    (work / "tree" / name).write_bytes(data)


def scan(*args, check=(0,)):
    """Records by locator, from the tree's root on."""
    found = records(*AS_OF, *args, work / "tree", check=check)
    root = str((work / "tree").resolve()) + "/"
    return {r["locator"].removeprefix(root): r for r in found}


def fresh():
    shutil.rmtree(work, ignore_errors=True)
    (work / "tree").mkdir(parents=True)


def ids(record):
    return [f["id"] for f in record.get("findings", [])]


def case_kinds():
    """Every kind, and kinds within kinds: the member's record is that of the file itself, but for where it is."""
    global checked
    fresh()
    alone = records(*AS_OF, samples / "good.exe")[0]
    inner = tar([("deep/good.exe", GOOD), ("readme", b"text")])
    kinds = {"a.tar": inner, "a.tar.gz": gzip.compress(inner), "a.tar.xz": lzma.compress(inner), "a.tar.bz2": bz2.compress(inner),
             "a.zip": zipped([("deep/good.exe", GOOD), ("readme", b"text")]),
             "a.deb": ar([("debian-binary", b"2.0\n"), ("data.tar.xz", lzma.compress(inner))])}
    for name, data in kinds.items():
        put(name, data)
    put("readme.gz", gzip.compress(b"text" * 5000))
    found = scan()
    for name in kinds:
        place = f"{name}!/data.tar.xz!/deep/good.exe" if name == "a.deb" else f"{name}!/deep/good.exe"
        got = dict(found.pop(place, {}))
        for key in ("locator", "display", "same_as"):
            got.pop(key, None)
        expect(place, got, {k: v for k, v in alone.items() if k not in ("locator", "display", "same_as")})
        holder = found.pop(name)
        expect(name, (holder["kind"], holder["container"]["complete"]), ("container", True))
        checked += 1
    expect("deb", found.pop("a.deb!/data.tar.xz")["format"]["kind"], "tar")
    expect("nothing else has a record", list(found), [])


def case_names():
    """Locators are injective, whatever members are called."""
    global checked
    fresh()
    names = ["x.exe", "x.exe", "../x.exe", "/x.exe", "a//x.exe", "a!/x.exe", "a\nb.exe", "100%.exe"]
    put("n.tar", tar([(n, GOOD) for n in names]))
    found = scan()
    expect("locators", sorted(k for k in found if k != "n.tar"),
           sorted("n.tar" + w for w in ["!/x.exe", "!2/x.exe", "!/../x.exe", "!/%2Fx.exe", "!/a/%2Fx.exe", "!/a%21/x.exe", "!/a%0Ab.exe",
                                        "!/100%25.exe"]))
    checked += len(names)


def case_damaged():
    """What is cut or broken ends in a finding and exit status 3; what came before it stays."""
    global checked
    noise = random.Random(7).randbytes(30000)
    whole = tar([("one.exe", GOOD), ("noise", noise), ("two.ko", MODULE)])
    packed = gzip.compress(whole, 0)
    at = packed.index(noise[10000:10020])
    fresh()
    put("cut.tar", whole[:20000])
    put("cut.tar.gz", packed[:20000])
    put("flipped.tar.gz", packed[:at] + bytes([packed[at] ^ 0xff]) + packed[at + 1:])
    put("checksum.tar.gz", packed[:-8] + bytes([packed[-8] ^ 1]) + packed[-7:])
    put("no-member.tar", tar([("n" * 300, GOOD)], format=tarfile.PAX_FORMAT)[:1024])  # the header of a name, and no member
    found = scan(check=(3,))
    nothing = found.get("no-member.tar", {})
    expect("a container of which no member can be read is told of", (nothing.get("container", {}).get("members"), ids(nothing)), (0, ["CONT002"]))
    for name in ("cut.tar", "cut.tar.gz", "flipped.tar.gz", "checksum.tar.gz"):
        expect(f"{name} is told of", found.get(name, {}).get("container", {}).get("complete"), False)
        expect(f"{name}!/one.exe", found.get(f"{name}!/one.exe", {}).get("status"), "ok")
        checked += 1


def case_limits():
    """Each limit is said by its name, and nothing is lost but what it forbids."""
    global checked
    fresh()
    put("bomb.tar.gz", gzip.compress(tar([("good.exe", GOOD), ("zeros", b"\0" * (64 << 20)), ("last.exe", GOOD)])))
    found = scan("--limit", "max_member_size=1048576", check=(3,))
    expect("too large a member", found["bomb.tar.gz!/zeros"].get("reason"), "max_member_size")
    expect("the one behind it", found["bomb.tar.gz!/last.exe"]["status"], "ok")
    found = scan("--limit", "max_expanded_size=1048576", check=(3,))
    expect("too much in all", found["bomb.tar.gz!/zeros"].get("reason"), "max_expanded_size")
    found = scan("--limit", "max_members=1", check=(3,))
    expect("too many members", ids(found["bomb.tar.gz"]), ["CONT001"])
    fresh()
    nest = GOOD
    for level in range(6):
        nest = tar([(f"n{level}.tar" if level else "good.exe", nest)])
    put("nest.tar", nest)
    expect("a nest is read", len(scan()), 7)
    found = scan("--limit", "max_container_depth=3", check=(3,))
    expect("too deep", [k.count("!") for k, r in found.items() if "CONT001" in ids(r)], [3])
    checked += 5


def case_case_folder():
    """The ledger of members, and the same bytes for any number of workers and after resuming."""
    global checked
    fresh()
    for k in range(30):
        put(f"{k}.tar", tar([("good.exe", GOOD + bytes(k)), ("same.exe", GOOD), ("x.txt", b"x" * k)]))
    runs = [touchmark("scan", "--format", "ndjson", *AS_OF, f"-j{j}", work / "tree", check=(0,))[1] for j in (1, 2, 7)]
    expect("same bytes for -j1, -j2, -j7", [r == runs[0] for r in runs], [True] * 3)
    expect("records", len(parse_records(runs[0])), 90)
    touchmark("scan", "-o", work / "case", *AS_OF, work / "tree", check=(0,))
    touchmark("scan", "-o", work / "case", "--resume", *AS_OF, work / "tree", check=(0,))
    expect("resumed", (work / "case/records.ndjson").read_bytes() == runs[0], True)
    source = json.loads((work / "case/coverage.json").read_text())["sources"][0]
    expect("expanded", source["classes"]["expanded"]["files"], 30)
    expect("ledgers", [(c["members"], c["sniffed"], c["sniffed_bytes"]) for c in source["containers"]][:2], [(3, 1, 0), (3, 1, 1)])
    checked += 35


def case_static_library():
    """What a linker reads is no container; the same members without a table of symbols are."""
    global checked
    fresh()
    put("lib.a", ar([("/", b"\0\0\0\0"), ("m.o/", MODULE)]))
    put("plain.ar", ar([("m.o/", MODULE)]))
    expect("records", sorted(scan()), ["plain.ar", "plain.ar!/m.o"])
    checked += 2


def case_encrypted():
    """A locked member is said to be so, and a name that is no text; it needs 7z as the maker."""
    global checked
    tool = shutil.which("7zr") or shutil.which("7z")
    if tool is None:
        print("SKIPPED: no 7z to make a locked archive with")
        return
    fresh()
    subprocess.run([tool, "a", "-psecret", "-mhe=off", work / "tree/locked.7z", (samples / "good.exe").resolve()], check=True, capture_output=True)
    found = scan(check=(3,))
    expect("locked", found["locked.7z!/good.exe"].get("reason"), "encrypted")
    fresh()
    subprocess.run([tool, "a", "-mhc=off", work / "tree/name.7z", (samples / "good.exe").resolve()], check=True, capture_output=True)
    data = bytearray((work / "tree/name.7z").read_bytes())
    at = data.rindex("good.exe".encode("utf-16-le"))
    data[at:at + 2] = b"\0\xd8"  # half a surrogate pair
    head = 32 + int.from_bytes(data[12:20], "little")
    data[28:32] = zlib.crc32(data[head:]).to_bytes(4, "little")
    data[8:12] = zlib.crc32(data[12:32]).to_bytes(4, "little")
    put("name.7z", data)
    found = scan()
    expect("a name that is no text", ("CONT003" in ids(found["name.7z"]), found.get("name.7z!/member 1", {}).get("sha256")),
           (True, records(*AS_OF, samples / "good.exe")[0]["sha256"]))
    checked += 1


def case_holds():
    """A container's record tells of all that is in it, and comes before it, however much that is."""
    global checked
    fresh()
    inner = tar([("good.exe", GOOD), ("m.ko", MODULE)])
    middle = zipped([("a.tar", inner), ("good.exe", GOOD), ("readme.txt", b"text " * 99)])
    put("outer.tar", tar([("b.zip", middle), ("c.tar", inner), ("x", b"plain " * 99)]))
    found = scan()
    for name, counts in (("outer.tar", (8, 5, 3)), ("outer.tar!/b.zip", (4, 3, 1)), ("outer.tar!/b.zip!/a.tar", (2, 2, 0)), ("outer.tar!/c.tar", (2, 2, 0))):
        holds = found[name]["holds"]
        expect(f"{name} holds", (holds["records"], holds["executables"], holds["containers"]), counts)
        expect(f"{name}: each executable's status", sum(holds["signatures"].values()), counts[1])
        below = [r for k, r in found.items() if k.startswith(name + "!")]
        expect(f"{name}: as its members' records", holds["records"], len(below))
    expect("others hold nothing", [k for k, r in found.items() if "holds" in r and "container" not in r], [])
    put("many.tar", tar([(f"{k % 7}/{k}.exe", GOOD + b"%d" % k) for k in range(1200)]))
    runs = [records("--policy", "cn-2026-01", *AS_OF, f"-j{j}", work / "tree/many.tar", validated=3) for j in (1, 3)]
    expect("the same for -j1 and -j3", runs[0] == runs[1], True)
    expect("in order", [r["locator"] for r in runs[0]], sorted(r["locator"] for r in runs[0]))
    holds = runs[0][0]["holds"]
    expect("all of them", (holds["records"], sum(holds["outcomes"].values())), (1200, 1200))
    expect("the worst outcome", holds["outcome"] in {r["policy"]["outcome"] for r in runs[0][1:]}, True)
    checked += 7


for case in (case_holds, case_kinds, case_names, case_damaged, case_limits, case_case_folder, case_static_library, case_encrypted):
    case()
finish(checked)
