#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""
Disk images made by the file systems' own tools: every file of a volume, its place in the file system, and what is not
opened. images.py TOUCHMARK SAMPLES WORK
"""
import datetime
import hashlib
import json
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import ntfs_edit
from harness import expect, finish, records, touchmark

samples, work = Path(sys.argv[2]).resolve(), Path(sys.argv[3])
AS_OF = ["--as-of", "2026-01-01"]
ALONE = records(*AS_OF, samples / "good.exe")[0]
# name, kind, first bytes, finding
KINDS = (
    ("x.E01", "ewf", b"EVF\x09\r\n\xff\0", "IMG007"),
    ("x.Ex01", "ewf2", b"EVF2\r\n\x81\0", "IMG001"),
    ("x.L01", "lvf", b"LVF\x09\r\n\xff\0", "IMG001"),
    ("x.qcow2", "qcow", b"QFI\xfb", "IMG003"),
    ("x.vdi", "vdi", bytes(64) + b"\x7f\x10\xda\xbe", "IMG001"),
    ("x.wim", "wim", b"MSWIM\0\0\0", "IMG001"),
    ("x.squashfs", "squashfs", b"hsqs", "IMG002"),
    ("luks", "raw", b"LUKS\xba\xbe\0\2", "IMG002"),
    ("bitlocker", "raw", b"\xeb\x58\x90-FVE-FS-", "IMG002"),
    ("apfs", "raw", bytes(32) + b"NXSB", "IMG002"),
    ("lvm", "raw", bytes(512) + b"LABELONE", "IMG002"),
    ("xfs", "raw", b"XFSB\0\0\x10\0", "IMG002"),
)
checked = 0


def run(*args, **more):
    subprocess.run([str(a) for a in args], check=True, capture_output=True, **more)


def tool(*names):
    missing = [n for n in names if shutil.which(n, path="/usr/sbin:/usr/bin:/sbin:/bin") is None]
    if missing:
        print("SKIPPED: not installed:", *missing)
    return not missing


def fresh():
    shutil.rmtree(work, ignore_errors=True)
    (work / "src/Windows/System32").mkdir(parents=True)
    (work / "out").mkdir()
    shutil.copy(samples / "good.exe", work / "src/Windows/System32/good.exe")
    (work / "src/readme.txt").write_text("text\n" * 3000)


def fat(name, size, *options):
    image = work / "out" / name
    run("/usr/sbin/mkfs.vfat", *options, "-C", image, size)
    run("mcopy", "-i", image, "-s", work / "src/Windows", work / "src/readme.txt", "::")


def check(name, *options, prefix="", files=2, kind=None, status=(0,), owner=True):
    """The image's own record; its good.exe must be the one that lies beside it."""
    global checked
    found = {r["locator"].split(f"{name}")[-1]: r for r in records(*AS_OF, *options, work / "out" / name, check=status)}
    holder, inside = found.pop(""), dict(found.get(f"!/{prefix}Windows/System32/good.exe", {}))
    fs = inside.pop("fs", {})
    expect(f"{name}: state", fs.get("state"), "allocated")
    expect(f"{name}: has an inode and a time of change", ("inode" in fs, bool({"modified", "created"} & set(fs.get("times", {})))),
           (owner, owner))
    for key in ("locator", "display", "same_as"):
        inside.pop(key, None)
    expect(f"{name}: the file", inside, {k: v for k, v in ALONE.items() if k not in ("locator", "display")})
    volumes = holder["container"]["volumes"]
    expect(f"{name}: the volumes cover it", sum(v["length"] for v in volumes), holder["size"])
    if kind is not None:
        expect(f"{name}: volumes", [(v.get("volume"), v["kind"], v.get("files")) for v in volumes], [(None, kind, files)])
    checked += 1
    return holder, found


def case_volumes():
    if tool("mke2fs"):
        for t in ("ext2", "ext3", "ext4"):
            run("/usr/sbin/mke2fs", "-q", "-t", t, "-d", work / "src", work / "out" / t, "16M")
            check(t, kind=t)
    if tool("mkfs.vfat", "mcopy"):
        fat("fat12", 2048)
        fat("fat16", 16384)
        fat("fat32", 65536, "-F", "32")
        for t in ("fat12", "fat16", "fat32"):
            check(t, kind=t)
    if tool("genisoimage"):
        run("genisoimage", "-quiet", "-J", "-R", "-o", work / "out/iso", work / "src")
        check("iso", kind="iso9660")


def case_xfs():
    """XFS as it is made now and with the former format; what is wrong with a volume is said."""
    global checked
    if not tool("mkfs.xfs", "xfs_db"):
        return
    proto = work / "proto"
    proto.write_text(f"/\n0 0\nd--755 0 0\nreadme.txt ---644 7 0 {work / 'src/readme.txt'}\nlink l--777 0 0 readme.txt\nWindows d--755 0 0\nSystem32 d--755 0 0\n"
                     f"good.exe ---755 0 0 {samples / 'good.exe'}\n$\n$\nmany d--755 0 0\n" +
                     "".join(f"a-name-that-is-long-{k:04} ---644 0 0 {work / 'src/readme.txt'}\n" for k in range(300)) + "$\n$\n")
    number = None
    for name, options in (("xfs", ()), ("xfs4", ("-m", "crc=0"))):
        with open(work / "out" / name, "wb") as f:
            f.truncate(301 << 20)
        run("/usr/sbin/mkfs.xfs", "-q", "-p", proto, *options, work / "out" / name)
        holder, found = check(name, kind="xfs", files=302)
        fs = found["!/Windows/System32/good.exe"]["fs"]
        expect(f"{name}: when it was made", fs["times"]["modified"][:4], str(datetime.date.today().year))
        space = holder["container"]["volumes"][0]["space"]
        expect(f"{name}: bytes of files", space["files"], 301 * (work / "src/readme.txt").stat().st_size + (samples / "good.exe").stat().st_size)
        number = number or fs["inode"]
    bad = work / "bad.xfs"

    def harm(*commands):
        shutil.copy(work / "out/xfs", bad)
        for c in commands:
            run("/usr/sbin/xfs_db", "-x", "-c", f"inode {number}", "-c", c, bad)

    harm("write core.mode 0")
    told("xfs: no inode", bad, [("IMG003", "0 of its folders, and what 1 of its names lead to")], False)
    harm("write u3.bmx[0].extentflag 1")
    expect("xfs: blocks that were never written to are zeros", [r["container"]["complete"] for r in records(*AS_OF, bad)], [True])
    harm("write core.realtime 1")
    expect("xfs: on another device", [r["status"] for r in records(*AS_OF, bad, check=(3,))], ["ok", "unreadable"])
    with open(bad, "r+b") as f:
        f.seek(219)
        f.write(b"\x20")
    told("xfs: features", bad, [("IMG002", "xfs with features that are not read here")], False)
    harm()
    with open(bad, "r+b") as f:
        f.truncate(280 << 20)
    told("xfs: cut", bad, [("IMG009", "the image is cut, or segments behind it are missing")])
    checked += 2


def case_squashfs():
    """By each compressor, alone and in a partition; what is cut or harmed in it is said."""
    global checked
    if not tool("mksquashfs", "sfdisk"):
        return
    for name in ("gzip", "xz", "zstd", "lz4", "lzo"):
        run("mksquashfs", work / "src", work / f"out/sq-{name}", "-comp", name, "-no-progress", "-quiet")
        if name != "lzo":
            holder, _ = check(f"sq-{name}", kind="squashfs")
            expect(f"{name}: its classes", sorted(holder["container"]["volumes"][0]["space"]), ["files", "metadata", "slack"])
    told("lzo", work / "out/sq-lzo", [("IMG002", "squashfs by a compressor that is not read here")], False)
    disk = work / "out/sq-disk"
    with open(disk, "wb") as f:
        f.truncate(3 << 20)
    run("/usr/sbin/sfdisk", "-q", disk, input=b"label: gpt\n1MiB,1MiB\n")
    with open(disk, "r+b") as f:
        f.seek(1 << 20)
        f.write((work / "out/sq-gzip").read_bytes())
    check("sq-disk", prefix="p1/")
    for name, of, prefix in (("sq-boot", "sq-disk", "p1/"), ("sq-ext4", "ext4", "")):  # no squashfs: a disk and a volume with these bytes for boot code
        (work / "out" / name).write_bytes(b"hsqs" + (work / "out" / of).read_bytes()[4:])
        check(name, prefix=prefix)
    whole = (work / "out/sq-gzip").read_bytes()
    used, inodes, folders = (int.from_bytes(whole[at:at + 8], "little") for at in (40, 64, 72))
    bad = work / "bad.sq"
    big = bytes(70_000)  # cut behind all that is read of it, but for its length: still an image
    bad.write_bytes(whole[:40] + (used + 100_000).to_bytes(8, "little") + whole[48:] + big)
    told("squashfs: cut", bad, [("IMG009", "the image is cut, or segments behind it are missing")])
    for what, at, status, findings in (("its root", inodes + 2, None, [("IMG002", "squashfs, and its tables cannot be read")]), ("content", 96 + 20, "unreadable", []),
                                       ("a folder", folders + 2, None, [("IMG003", "1 of its folders, and what 0 of its names lead to")])):
        bad.write_bytes(whole[:at] + b"\xff" * 16 + whole[at + 16:])
        found = records(*AS_OF, bad, check=(3,))
        expect(f"squashfs: {what}", ({r["status"] for r in found[1:]}, [(f["id"], f["message"].split(": ")[-1]) for f in found[0]["findings"]]),
               ({status} - {None}, findings))
        checked += 1


def case_ntfs():
    """Files and their streams; the volume's own files are files, too."""
    if not tool("mkntfs", "ntfscp"):
        return
    image = work / "out/ntfs"
    with open(image, "wb") as f:
        f.truncate(16 << 20)
    run("/usr/sbin/mkntfs", "-q", "-F", image)
    run("ntfscp", image, work / "src/readme.txt", "readme.txt")
    run("ntfscp", "-N", "hidden", image, samples / "good.exe", "readme.txt")
    found = {r["locator"].split("ntfs")[-1]: r for r in records(*AS_OF, image)}
    expect("a stream is an object", found.get("!/readme.txt:hidden", {}).get("sha256"), ALONE["sha256"])
    expect("nothing else of a format", len(found), 2)


def case_ntfs_forms():
    """What NTFS keeps in another form is read where its form is known, and else told: never as other bytes than the file's."""
    global checked
    if not tool("mkntfs", "ntfscp"):
        return
    image = work / "forms.ntfs"
    with open(image, "wb") as f:
        f.truncate(16 << 20)
    run("/usr/sbin/mkntfs", "-q", "-F", image)
    program = (samples / "good.exe").read_bytes()
    large = work / "large.exe"
    large.write_bytes(program + bytes(k * k % 253 for k in range(80_000)) + program)
    (work / "zeros").write_bytes(bytes(large.stat().st_size))
    expected = {}
    for name, number, provider in (("encrypted.exe", None, None), ("wim.exe", 0, 1), ("future.exe", 9, 2), ("no-stream.exe", 0, 2)):
        ntfs_edit.copy(image, samples / "good.exe", name)
        if name != "no-stream.exe":
            ntfs_edit.copy(image, work / "src/readme.txt", name, "WofCompressedData")
        record = ntfs_edit.Record(image, name)
        if number is None:
            record.mark(ntfs_edit.ENCRYPTED)
        else:
            record.reparse(ntfs_edit.wof_point(number, provider))
        record.write()
        expected[name] = ("skipped", "encrypted" if number is None else "compressed")
    ntfs_edit.copy(image, work / "src/readme.txt", "stream.exe")
    ntfs_edit.copy(image, samples / "good.exe", "stream.exe", "secret")
    record = ntfs_edit.Record(image, "stream.exe")
    record.mark(ntfs_edit.ENCRYPTED, "secret")
    record.write()
    expected["stream.exe:secret"] = ("skipped", "encrypted")
    for name, point, hole in (("dedup.exe", struct.pack("<IHHQ", 0x80000013, 8, 0, 1), True), ("cloud.exe", struct.pack("<IHHQ", 0x9000001a, 8, 0, 1), True),
                              ("no-tag.exe", b"", True), ("known-bytes.exe", struct.pack("<IHHQ", 0x80000013, 8, 0, 1), False),
                              ("name-of-another.exe", struct.pack("<IHHQ", 0xa000000c, 8, 0, 1), True)):
        ntfs_edit.copy(image, samples / "good.exe", name)
        record = ntfs_edit.Record(image, name)
        if hole:
            record.mark(ntfs_edit.SPARSE)
        record.reparse(point)
        record.write()
        expected[name] = ("ok", ALONE["sha256"]) if not hole or "another" in name else ("skipped", "reparse")
    for algorithm, (number, _, _) in ntfs_edit.ALGORITHMS.items():
        for source in (samples / "good.exe", large):
            packed = ntfs_edit.compress(source.read_bytes(), algorithm)
            if packed is None:
                print("SKIPPED: not installed: libwim")
                continue
            for harmed in (False, True) if source == large else (False,):
                name = f"{algorithm}-{source.stem}{'-harmed' * harmed}.exe"
                (work / "packed").write_bytes(packed[:len(packed) // 2] if harmed else packed)
                (work / "hole").write_bytes(bytes(source.stat().st_size))
                ntfs_edit.copy(image, work / "hole", name)
                ntfs_edit.copy(image, work / "packed", name, "WofCompressedData")
                record = ntfs_edit.Record(image, name)
                record.reparse(ntfs_edit.wof_point(number))
                record.write()
                expected[name] = ("unreadable", "unreadable") if harmed else ("ok", hashlib.sha256(source.read_bytes()).hexdigest())
    found = {r["locator"].split("!/")[-1]: (r["status"], r.get("sha256", r.get("reason"))) for r in records(*AS_OF, image, check=(3,)) if "!/" in r["locator"]}
    expect("files of NTFS in other forms", found, expected)
    checked += len(expected)


def case_partitions():
    if not tool("sfdisk", "mkfs.vfat", "mcopy", "mke2fs"):
        return
    fat("one", 8192)
    run("/usr/sbin/mke2fs", "-q", "-t", "ext4", "-d", work / "src", work / "out/two", "8M")
    for label in ("gpt", "dos"):
        image = work / "out" / label
        with open(image, "wb") as f:
            f.truncate(40 << 20)
        run("/usr/sbin/sfdisk", "-q", image, input=f"label: {label}\n1MiB,8MiB\n12MiB,8MiB\n24MiB,4MiB\n28MiB,4MiB\n".encode())
        with open(image, "r+b") as f:
            for at, data in ((1 << 20, (work / "out/one").read_bytes()), (12 << 20, (work / "out/two").read_bytes()),
                             (24 << 20, b"LUKS\xba\xbe\0\2" + bytes(4096)), (28 << 20, bytes(4086) + b"SWAPSPACE2")):
                f.seek(at)
                f.write(data)
        holder, found = check(label, prefix="p2/", status=(3,))
        expect(f"{label}: kinds", [(v["volume"], v["kind"]) for v in holder["container"]["volumes"] if "volume" in v],
               [("p1", "fat16" if holder["container"]["volumes"][1]["kind"] == "fat16" else "fat12"), ("p2", "ext4"), ("p3", "luks"),
                ("p4", "swap")])
        expect(f"{label}: what is locked is said", [(f["id"], f["message"]) for f in holder["findings"]],
               [("IMG002", "p3 is not opened: luks")])
        expect(f"{label}: both partitions", sorted(k[:5] for k in found), ["!/p1/", "!/p2/"])


def case_deleted():
    """A deleted file comes on demand, and is marked so."""
    if not tool("mkfs.vfat", "mcopy", "mdel"):
        return
    fat("deleted", 16384)
    run("mdel", "-i", work / "out/deleted", "::Windows/System32/good.exe")
    expect("not asked for", len(records(*AS_OF, work / "out/deleted")), 1)
    found = [r for r in records(*AS_OF, "--deleted", work / "out/deleted") if r.get("sha256") == ALONE["sha256"]]
    expect("asked for", {r["fs"]["state"] for r in found}, {"deleted"})


def case_not_opened():
    """Kinds that are known and not opened, and a volume that is cut: the scan is incomplete."""
    global checked
    (work / "kinds").mkdir()
    for name, kind, data, finding in KINDS:
        (work / "kinds" / name).write_bytes(data + bytes(70000 - len(data)))
    found = {Path(r["locator"]).name: r for r in records(*AS_OF, work / "kinds", check=(3,))}
    for name, kind, data, finding in KINDS:
        r = found[name]
        expect(name, (r["format"]["kind"], r["container"]["complete"], [f["id"] for f in r["findings"]]), (kind, False, [finding]))
        checked += 1
    case_beside_catalogue(found)
    boot = bytearray(1 << 17)  # the header of a Linux boot image: its fields look like a partition of type 1
    boot[0x1f1:0x1f4], boot[0x1fe:0x200], boot[0x202:0x206] = b"\5\1\0", b"\x55\xaa", b"HdrS"
    (work / "out/boot").write_bytes(boot)
    expect("a boot image is no disk", records(*AS_OF, work / "out/boot"), [])
    boot[0x202:0x206] = b"none"
    (work / "out/boot").write_bytes(boot)
    expect("the same without its mark", [r["format"]["kind"] for r in records(*AS_OF, work / "out/boot", check=(3,))], ["raw"])
    checked += 2
    if tool("mke2fs"):
        run("/usr/sbin/mke2fs", "-q", "-t", "ext4", "-d", work / "src", work / "out/cut", "16M")
        with open(work / "out/cut", "r+b") as f:
            f.truncate(100 << 10)
        r = records(*AS_OF, work / "out/cut", check=(3,))[0]
        expect("a cut volume", (r["container"]["complete"], [f["id"] for f in r["findings"]]), (False, ["IMG003", "IMG009"]))
        case_cut_behind_files()
        checked += 1


def told(what, image, expected, has_file=True, options=()):
    """An image that cannot be read as a whole: its findings, and whether good.exe is found in it all the same."""
    global checked
    found = records(*AS_OF, *options, image, check=(3,))
    expect(f"{what}: told", (found[0]["container"]["complete"], [(f["id"], f["message"].split(": ")[-1]) for f in found[0]["findings"]]), (False, expected))
    expect(f"{what}: the file", [r["status"] for r in found if r["locator"].endswith("/good.exe")], ["ok"] * has_file)
    checked += 1
    return found[0]


def case_cut_behind_files():
    """A volume that is cut behind all of its files, or whose partition lies beyond the image: nothing fails when it is read."""
    image = work / "cut-late"
    shutil.copy(work / "out/ext4", image)
    with open(image, "r+b") as f:
        f.truncate(12 << 20)
    told("cut behind its files", image, [("IMG009", "the image is cut, or segments behind it are missing")])
    if not tool("sfdisk"):
        return
    with open(image, "wb") as f:
        f.truncate(20 << 20)
    run("/usr/sbin/sfdisk", "-q", image, input=b"label: gpt\n1MiB,16MiB\n17MiB,1MiB\n18MiB,1MiB\n")
    data = bytearray(image.read_bytes())
    data[1 << 20:17 << 20] = (work / "out/ext4").read_bytes()
    entries = data.index(b"EFI PART") + 512
    data[entries + 128 + 40:entries + 128 + 48] = (1 << 40).to_bytes(8, "little")  # p2 ends beyond
    data[entries + 256 + 32:entries + 256 + 48] = ((1 << 55) + 2048).to_bytes(8, "little") + ((1 << 55) + 4095).to_bytes(8, "little")  # p3 is p1, in 64 bits
    image.write_bytes(data)
    r = told("partitions beyond the image", image, 
             [e for k in (2, 3) for e in (("IMG009", f"p{k} is cut, or segments behind it are missing"), ("IMG002", "no file system that is read here"))])
    expect("partitions beyond the image: clamped", [(v["volume"], v["offset"], v["length"], v["kind"]) for v in r["container"]["volumes"] if "volume" in v],
           [("p1", 1 << 20, 16 << 20, "ext4"), ("p2", 17 << 20, 3 << 20, "unknown"), ("p3", 20 << 20, 0, "unknown")])


def case_lost():
    """Folders that cannot be read, and names that lead to nothing, are counted."""
    if not tool("mke2fs", "debugfs"):
        return
    for name, command, lost, has_file in (
            ("lost-name", "sif /readme.txt mode 0", "0 of its folders, and what 1 of its names lead to", True),
            ("lost-folder", "sif /Windows/System32 block[0] 99999999", "1 of its folders, and what 0 of its names lead to", False),
            ("lost-both", "sif /Windows mode 0", "0 of its folders, and what 1 of its names lead to", False)):
        shutil.copy(work / "out/ext2", work / name)
        run("/usr/sbin/debugfs", "-w", "-R", command, work / name)
        told(name, work / name, [("IMG003", lost)], has_file)
    (work / "deep" / "/".join(["d"] * 200)).mkdir(parents=True)
    shutil.copy(samples / "good.exe", work / "deep" / "/".join(["d"] * 200))
    run("/usr/sbin/mke2fs", "-q", "-t", "ext4", "-d", work / "deep", work / "deep.img", "4M")
    told("too deep", work / "deep.img", [("IMG003", "1 of its folders, and what 0 of its names lead to")], False)


def case_beside_catalogue(found):
    """A catalogue that is not called one is found late, and all is asked again: images are told as before."""
    global checked
    shutil.copytree(work / "kinds", work / "late")
    shutil.copy(samples / "cat-another-file.cat", work / "late/late")
    again = [r for r in records(*AS_OF, work / "late", check=(3,)) if not r["locator"].endswith("/late/late")]
    expect("beside a catalogue", [(r["status"], r.get("findings")) for r in again],
           [("ok", found[Path(r["locator"]).name]["findings"]) for r in again])
    expect("all of them", len(again), len(KINDS))
    checked += len(KINDS)


def case_nested():
    """An image within an image or an archive is not opened, and that is said."""
    global checked
    if not tool("genisoimage", "mke2fs"):
        return
    run("genisoimage", "-quiet", "-o", work / "nested.iso", work / "src")
    (work / "more").mkdir()
    shutil.move(work / "nested.iso", work / "more/nested.iso")
    run("/usr/sbin/mke2fs", "-q", "-t", "ext4", "-d", work / "more", work / "out/holder", "16M")
    run("tar", "-C", work / "more", "-cf", work / "out/holder.tar", "nested.iso")
    for name in ("holder", "holder.tar"):
        found = [r for r in records(*AS_OF, work / "out" / name, check=(3,)) if r["locator"].endswith("!/nested.iso")]
        expect(f"{name}: the image in it", [(r["status"], r["reason"]) for r in found], [("skipped", "nested_image")])
        checked += 1


def case_same_bytes():
    runs = [records(*AS_OF, f"-j{j}", work / "out", check=(3,)) for j in (1, 2, 5)]
    expect("the same for -j1, -j2, -j5", [r == runs[0] for r in runs], [True] * 3)


def case_hybrid():
    """A disc with a partition table in front, as installers are: its files are read, whatever the table says; zeros at the start of a volume
    do not make it an empty one."""
    global checked
    if not tool("genisoimage"):
        return
    run("genisoimage", "-quiet", "-J", "-R", "-o", work / "hybrid.iso", work / "src")
    disc = bytearray((work / "hybrid.iso").read_bytes())
    disc[446:462] = b"\x80\0\2\0\xcd\xff\xff\xff" + (1).to_bytes(4, "little") + (len(disc) // 512 - 1).to_bytes(4, "little")
    disc[510:512] = b"\x55\xaa"
    (work / "hybrid").mkdir()
    (work / "hybrid/disc.iso").write_bytes(disc)
    found = {r["locator"].split("hybrid/")[-1]: r for r in records(*AS_OF, work / "hybrid", check=(0,))}
    expect("hybrid: the file", found.get("disc.iso!/Windows/System32/good.exe", {}).get("sha256"), ALONE["sha256"])
    expect("hybrid: the volumes", [v["kind"] for v in found["disc.iso"]["container"]["volumes"]], ["iso9660", "disc"])
    locked = disc + bytes(-len(disc) % 2048) + b"LUKS\xba\xbe\0\2" + bytes(1 << 16)
    locked[462:478] = b"\0\2\0\0\x83\xff\xff\xff" + ((len(locked) - (1 << 16) - 8) // 512).to_bytes(4, "little") + (128).to_bytes(4, "little")
    (work / "locked.iso").write_bytes(locked)
    r = told("locked behind a disc", work / "locked.iso", [("IMG002", "luks")])
    expect("locked behind a disc: the volumes", [v["kind"] for v in r["container"]["volumes"]], ["iso9660", "disc", "luks"])
    disc[32768:] = bytes(len(disc) - 32768 - 512) + b"x" * 512
    (work / "hybrid/disc.iso").write_bytes(disc)
    holder = records(*AS_OF, work / "hybrid", check=(3,))[0]
    expect("zeros in front: told", (holder["container"]["complete"], [f["id"] for f in holder["findings"]]), (False, ["IMG002"]))
    checked += 2


def case_udf():
    """A disc with UDF beside ISO 9660 or alone, as Windows is installed from: what stands in UDF alone is not missed."""
    global checked
    if not tool("genisoimage"):
        return
    block = 2048
    run("genisoimage", "-quiet", "-udf", "-o", work / "udf.iso", work / "src")
    bridge = bytearray((work / "udf.iso").read_bytes())
    both = records(*AS_OF, work / "udf.iso")
    expect("both: the program in each", sorted(r["locator"].split("!")[1] for r in both[1:]), ["/WINDOWS/SYSTEM32/GOOD.EXE", "/udf/Windows/System32/good.exe"])
    volumes = both[0]["container"]["volumes"]
    expect("both: volumes", [(v.get("volume"), v["kind"], v["files"]) for v in volumes], [(None, "iso9660", 2), ("udf", "udf", 2)])
    expect("both: bytes of files, once", volumes[0]["space"]["files"], 3936 + 15000)
    name = bridge.index(b"\x07WINDOWS")
    bridge[name - 32:name + 8] = bytes(40)  # the last record of the root folder
    (work / "out/udf").write_bytes(bridge)
    found = records(*AS_OF, work / "out/udf")
    expect("in UDF alone", [(r["locator"].split("!")[1], r["sha256"]) for r in found[1:]], [("/udf/Windows/System32/good.exe", ALONE["sha256"])])
    start = next(k for k in range(16, 64) if bridge[k * block + 1:k * block + 6] == b"BEA01")
    bridge[16 * block:19 * block] = bridge[start * block:(start + 3) * block]
    bridge[19 * block:(start + 3) * block] = bytes((start - 16) * block)
    (work / "out/pure").write_bytes(bridge)
    check("pure", kind="udf", owner=False)
    integrity = next(k for k in range(16, 300) if bridge[k * block:k * block + 2] == b"\x09\0" and bridge[k * block + 12:k * block + 16] == k.to_bytes(4, "little"))
    files = integrity * block + 80 + 8 + 32
    expect("files that the volume counts", int.from_bytes(bridge[files:files + 4], "little"), 2)
    bridge[files] = 5
    told_of("udf: files are lost", bridge, [("IMG003", "0 of its folders, and what 3 of its names lead to")])
    bridge[files] = 2
    folder = bridge.rindex(b"\x08System32")
    bridge[folder - 38] ^= 0xff  # the tag of the entry that names it: the folder above cannot be read on
    told_of("udf: a folder", bridge, [("IMG003", "2 of its folders, and what 1 of its names lead to")], False)
    anchor = 256 * block
    bridge[anchor:anchor + block] = bytes(block)
    told_of("udf: no anchor", bridge, [("IMG002", "udf, in a form that is not read here")], False)


def told_of(what, data, expected, has_file=True):
    (work / "bad.udf").write_bytes(data)
    told(what, work / "bad.udf", expected, has_file)


def case_coverage():
    """Each byte of every source, of every disk and of all members is in one class."""
    global checked
    touchmark("scan", "-q", *AS_OF, "--format", "ndjson", "-o", work / "case", work / "out", work / "kinds", check=(3,))
    listed = {}
    for s in json.loads((work / "case/coverage.json").read_text())["sources"]:
        expect(f"{s['source']}: its files", sum(c["bytes"] for c in s["classes"].values()), s["size"])
        listed |= {Path(e["locator"]).name: e["class"] for e in s["listed"]}
        for c in s["containers"]:
            name, disk = Path(c["locator"]).name, c.get("disk")
            expect(f"{name}: bytes of its members", sum(k["bytes"] for k in c["classes"].values()), c["bytes"])
            expect(f"{name}: its members", sum(k["files"] for k in c["classes"].values()), c["members"])
            if disk is not None:
                expect(f"{name}: the disk", sum(disk["classes"].values()), disk["size"])
            if name in EXACT and disk is not None:
                expect(f"{name}: the classes", disk["classes"], EXACT[name])
            checked += 1
    for sources in ((work / "out", work / "kinds"), (work / "kinds",)):  # the second has nothing but what is not opened
        case = work / f"again-{len(sources)}"
        first = touchmark("scan", "-q", *AS_OF, "--format", "ndjson", "-o", case, *sources, check=(3,))[1]
        told = (case / "coverage.json").read_bytes()
        again = touchmark("scan", "-q", "--resume", "--format", "ndjson", "-o", case, *sources, check=(3,))[1]
        expect(f"{case.name}: recalled, the same records and coverage", (again == first, (case / "coverage.json").read_bytes() == told), (True, True))
        checked += 1
    for name, _, _, _ in KINDS:
        expect(f"{name}: is listed", listed.get(name), "not_opened")
        checked += 1


# two files of 3936 and 15000 bytes, in clusters of 2048, 2048 and 512 bytes and blocks of 1024
EXACT = {
    "fat12": {"files": 18936, "slack": 1544, "metadata": 24064, "unallocated": 2052608},
    "fat32": {"files": 18936, "slack": 520, "metadata": 1051136, "unallocated": 66038272},
    "ext2": {"files": 18936, "slack": 520, "metadata": 1204224, "unallocated": 15553536},
}

fresh()
for case in (case_volumes, case_xfs, case_squashfs, case_ntfs, case_ntfs_forms, case_partitions, case_deleted, case_not_opened, case_lost, case_nested, case_udf, case_same_bytes, case_hybrid, case_coverage):
    case()
finish(checked)
