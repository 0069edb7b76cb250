# SPDX-License-Identifier: Apache-2.0
"""Installer databases and cabinets: made by wixl and gcab, and by hand, signed, and then wrong in one way each."""
import struct

from compound import SIGNATURE, SIGNATURE_EX, Compound, Entry, packed, summary
from der import algorithm, explicit, integer, octets, oid, seq, tlv
from pki import HASH_OID, attribute
from signer import CONTENT_TYPE, INDIRECT, MESSAGE_DIGEST, NESTED, content_of, digest, signed_data, signer_info, token

MSI_SUBJECT = bytes.fromhex("f1100c0000000000c000000000000046")
SCRIPT_SUBJECT = bytes.fromhex("1fcc3b607e4fd1118cb500c04fc295ee")
SIP_INFO, CAB_DATA = "1.3.6.1.4.1.311.2.1.30", "1.3.6.1.4.1.311.2.1.25"
WIX = """<?xml version='1.0'?>
<Wix xmlns='http://schemas.microsoft.com/wix/2006/wi'>
 <Product Name='Tmk Sample' Id='ABCDDCBA-86C7-4D14-AEC0-86416A69ABDE' UpgradeCode='ABCDDCBA-7349-453F-94F6-BCB5110BA4FD'
   Language='1033' Codepage='1252' Version='1.2.3' Manufacturer='Touchmark Test'>
  <Package Id='ABCDDCBA-0000-4D14-AEC0-86416A69ABDE' Description='Tmk Sample' Manufacturer='Touchmark Test' InstallerVersion='100'
    Languages='1033' Compressed='yes' SummaryCodepage='1252'/>
  <Media Id='1' Cabinet='sample.cab' EmbedCab='yes'/>
  <Directory Id='TARGETDIR' Name='SourceDir'><Directory Id='D' Name='Tmk'>
   <Component Id='C' Guid='ABCDDCBA-83F1-4F22-985B-FDB3C8ABD471'>
    <File Id='F' Name='unsigned.exe' DiskId='1' Source='unsigned.exe' KeyPath='yes'/></Component></Directory></Directory>
  <Feature Id='Complete' Level='1'><ComponentRef Id='C'/></Feature>
 </Product>
</Wix>
"""


def sip_info(subject):
    return seq(oid(SIP_INFO), seq(integer(1), octets(subject), *(integer(0) for _ in range(5))))


def cab_data():
    return seq(oid(CAB_DATA), tlv(0xa2, tlv(0x80, "<<<Obsolete>>>".encode("utf-16-be"))))


def signature(data, image, cert, certs, alg="sha256", *, stamp=None, nested=(), version=1):
    """SignedData over SpcIndirectDataContent of any kind."""
    content = seq(data, seq(algorithm(HASH_OID[alg]), octets(image)))
    attrs = [attribute(CONTENT_TYPE, oid(INDIRECT)), attribute(MESSAGE_DIGEST, octets(digest(alg, content_of(content))))]
    _, value = signer_info(cert, attrs, alg)
    unsigned = list(stamp(value)) if stamp else []
    if nested:
        unsigned.append(seq(oid(NESTED), tlv(0x31, b"".join(nested))))
    info, _ = signer_info(cert, attrs, alg, unsigned=unsigned, value=value)
    return signed_data(INDIRECT, content, certs, [info], alg, version)


# ---- installer databases by hand ----

def database(**how):
    """Two tables, a stream of names, one that is long, a storage in a storage, one that is empty."""
    return Compound([
        Entry(packed("_StringPool", True), bytes(range(200))), Entry(packed("Property", True), b"one row" * 9),
        Entry(packed("sample.cab"), b"MSCF, of a kind. " * 300), Entry(packed("Empty"), b""),
        Entry("\5SummaryInformation", summary(title="Installation Database", subject="Tmk Sample", author="Touchmark Test",
                                              template="Intel;1033", revision="{0}", application="a hand")),
        Entry("Transform", children=[Entry("A", b"a" * 70), Entry("Inner", children=[Entry("B", b"b")], clsid=b"inner class id..")],
              clsid=b"outer class id..", created=1, modified=2),
    ], **how)


class Signer:
    """Signs compound files by hand as w.leaf, unless told otherwise."""
    def __init__(self, w):
        self.w = w

    def msi(self, c, extended=True, alg="sha256", cert=None, subject=MSI_SUBJECT, data=None, behind=b"", ex=None, image=None, **how):
        cert = cert or self.w.leaf
        blob = signature(data or sip_info(subject), image or c.digest(alg, extended), cert, how.pop("bag", [cert, self.w.inter]), alg, **how)
        c.root.children.append(Entry(SIGNATURE, blob + behind))
        if extended:
            c.root.children.append(Entry(SIGNATURE_EX, digest(alg, c.meta()) if ex is None else ex))
        return c

    def cab(self, unsigned, cert=None, alg="sha256", data=None, slack=b"", behind=b"", image=None, **how):
        cert = cert or self.w.leaf
        image = image or digest(alg, unsigned[:4] + unsigned[8:34] + unsigned[56:])
        blob = signature(data or cab_data(), image, cert, how.pop("bag", [cert, self.w.inter]), alg, **how) + slack
        return unsigned[:44] + struct.pack("<II", len(unsigned), len(blob)) + unsigned[52:] + blob + behind


def by_name(c, name):
    found = []

    def walk(storage):
        for e in storage.children:
            found.extend([e] if e.name == name else [])
            if e.children is not None:
                walk(e)
    walk(c.root)
    return found[0]


def forms(w, s):
    """Title, file, status, what else: signed by hand in every form."""
    stamped = [w.past, w.inter]
    second = {alg: signature(sip_info(MSI_SUBJECT), database().digest(alg, ext), w.signer_of["p384"],
                             [w.signer_of["p384"], w.inter], alg) for alg, ext in (("sha256", True), ("sha384", False))}
    return [
        ("MSI, plain", s.msi(database(), False), "valid", "digest=pass coverage=fail +MSI005"),
        ("MSI, directory signed", s.msi(database()), "valid", "digest=pass coverage=pass"),
        ("MSI of version 4", s.msi(database(version=4)), "valid", "digest=pass coverage=pass"),
        ("MSI in backward sectors", s.msi(database(reverse=True)), "valid", "digest=pass"),
        ("MSI, SHA-1", s.msi(database(), alg="sha1", cert=w.signer_of["rsa2048"]), "valid", "+TRUST001"),
        ("MSI, SHA-384", s.msi(database(), alg="sha384"), "valid", "digest=pass coverage=pass"),
        ("MSI patch", s.msi(database(clsid=bytes.fromhex("86100c0000000000c000000000000046"))), "valid", ""),
        ("MSI transform", s.msi(database(clsid=bytes.fromhex("82100c0000000000c000000000000046"))), "valid", ""),
        ("MSI, stamped in its time", s.msi(database(), cert=w.past, bag=stamped, stamp=token(w.tsa, [w.tsa], "20200601000000")),
         "valid", "timestamp=pass"),
        ("MSI, stamped after notAfter", s.msi(database(), cert=w.past, bag=stamped, stamp=token(w.tsa, [w.tsa], "20220601000000")),
         "expired", "timestamp=pass"),
        ("MSI, expired", s.msi(database(), cert=w.past), "expired", ""),
        ("MSI, nested signature", s.msi(database(), nested=[second["sha256"]]), "valid", "digest=pass"),
        ("MSI, nested signature of another digest", s.msi(database(), False, nested=[second["sha384"]]), "valid", "digest=pass"),
        ("MSI, signed as a script", s.msi(database(), subject=SCRIPT_SUBJECT), "digest_mismatch", "digest=fail signature=pass"),
        ("MSI, signed as a cabinet", s.msi(database(), data=cab_data()), "digest_mismatch", "digest=fail signature=pass"),
        ("MSI, digest of another file", s.msi(database(), image=digest("sha256", b"another")), "digest_mismatch", "digest=fail"),
        ("MSI, digest of the directory wrong", s.msi(database(), ex=bytes(32)), "digest_mismatch", "digest=fail signature=pass"),
        ("MSI, digest of the directory too long", s.msi(database(), ex=bytes(33)), "digest_mismatch", "digest=fail"),
        ("MSI, bytes behind the signature", s.msi(database(), behind=b"behind it"), "valid", "coverage=fail +AUTH004"),
        ("MSI, zeros behind the signature", s.msi(database(), behind=bytes(7)), "valid", "coverage=pass"),
        ("MSI, signature is no SignedData", unreadable(s), "malformed", "structure=fail"),
        ("MSI, sector slack", s.msi(database(slack=b"hidden in slack.")), "valid", "coverage=pass +MSI001"),
        ("MSI, signature in a storage below", below(s), "unsigned", "+MSI002"),
    ]


def unreadable(s):
    c = s.msi(database())
    by_name(c, SIGNATURE).data = b"\x30\x82\xff\xff no signature"
    return c


def below(s):
    c = s.msi(database())
    found = by_name(c, SIGNATURE)
    c.root.children.remove(found)
    by_name(c, "Transform").children.append(found)
    return c


def edits():
    """What is changed after signing; status without and with MsiDigitalSignatureEx."""
    def data(name, at=0):
        def change(c):
            e = by_name(c, name)
            e.data = e.data[:at] + bytes([e.data[at] ^ 1]) + e.data[at + 1:]
        return change

    def of(which, **members):
        return lambda c: [setattr(by_name(c, which) if which else c.root, k, v) for k, v in members.items()]

    def exchange(one, two):
        def change(c):
            a, b = by_name(c, one), by_name(c, two)
            a.name, b.name = b.name, a.name
        return change

    def append(name):
        return lambda c: setattr(by_name(c, name), "data", by_name(c, name).data + b"\0")
    pool, prop, cab = packed("_StringPool", True), packed("Property", True), packed("sample.cab")
    bad, good = "digest_mismatch", "valid"
    return [
        ("a byte of the string pool", data(pool), bad, bad), ("a byte of a table", data(prop, 5), bad, bad),
        ("a byte of the cabinet stream", data(cab, 5000), bad, bad), ("a byte of the summary", data("\5SummaryInformation", 60), bad, bad),
        ("a byte in a storage below", data("B"), bad, bad), ("a byte more", append("A"), bad, bad),
        ("a stream renamed in its place", of(packed("Empty"), name=packed("Emptx")), good, bad),
        ("a stream renamed", of(prop, name=packed("0", True)), bad, bad),
        ("an empty stream more", lambda c: c.root.children.append(Entry("New")), good, bad),
        ("a stream more", lambda c: c.root.children.append(Entry("New", b"new")), bad, bad),
        ("a stream less", lambda c: c.root.children.remove(by_name(c, prop)), bad, bad),
        ("two names exchanged", exchange("A", "Inner"), bad, bad),
        ("state bits of a stream", of(prop, state=1), good, bad), ("state bits of the root", of(None, state=1), good, bad),
        ("the time of a storage's making", of("Transform", created=3), good, bad),
        ("the time of a storage's change", of("Transform", modified=3), good, bad),
        ("the class of the root", of(None, clsid=bytes.fromhex("86100c0000000000c000000000000046")), bad, bad),
        ("the class of a storage", of("Inner", clsid=b"inner class id.!"), bad, bad),
    ]


def entry_field(c, e, at, value):
    def change(data):
        data[e.at + at:e.at + at + len(value)] = value
    return change


def damages(c):
    """Title, what is changed in the bytes, status, what else."""
    fat = c.fat_at[0]
    long, short, prop = by_name(c, packed("sample.cab")), by_name(c, packed("Property", True)), by_name(c, packed("_StringPool", True))
    number = struct.pack("<I", 1)

    def at(offset, value):
        def change(data):
            data[offset:offset + len(value)] = value
        return change
    return [
        ("a chain that loops", at(fat + 4 * long.start, struct.pack("<I", long.start)), "malformed", "+OLE001"),
        ("a chain that leaves the file", at(fat + 4 * long.start, struct.pack("<I", 0x123456)), "malformed", "+OLE002"),
        ("a chain that ends too early", at(fat + 4 * long.start, struct.pack("<I", 0xfffffffe)), "malformed", "+OLE003"),
        ("a directory that loops", entry_field(c, short, 72, number), "malformed", "+OLE004 +OLE007 +MSI003"),
        ("a sibling that is not there", entry_field(c, short, 72, struct.pack("<I", 0x1000)), "malformed", "+OLE005"),
        ("an entry of no type", entry_field(c, short, 66, b"\3"), "malformed", "+OLE005"),
        ("a name without an end", entry_field(c, short, len(short.wide), b"x"), "malformed", "+OLE005"),
        ("two entries of one name", entry_field(c, short, 0, prop.wide.ljust(64, b"\0") + struct.pack("<H", len(prop.wide) + 2)),
         "malformed", "+OLE006"),
        ("a size beyond the file", entry_field(c, short, 120, struct.pack("<I", 0x7fffffff)), "malformed", "+OLE003"),
        ("more FAT sectors than there are", at(0x2c, struct.pack("<I", 0x7fffffff)), "malformed", "+OLE002"),
        ("a mini sector size that is none", at(0x20, b"\7"), "unsigned", "+SCAN007"),
        ("a directory outside the file", at(0x30, struct.pack("<I", 0x1000)), "unsigned", "+OLE002 +SCAN007"),
    ]


def msi_by_hand(w, write, case):
    s = Signer(w)
    for title, c, status, also in forms(w, s):
        name = file_name(title, ".msi")
        write(name, c.bytes())
        n = 0 if status == "unsigned" else 2 if "nested" in title else 1
        case(name, status, n, trust="hm-root", also=also, title=title)
        if "coverage=fail" in also:
            case(name, "digest_mismatch", trust="hm-root", args="--strict", also=also, title=f"{title}, --strict")
    for i, (title, change, plain, extended) in enumerate(edits()):
        for ex, status in ((False, plain), (True, extended)):
            c = s.msi(database(), ex)
            change(c)
            name = f"hm-msi-{'ex-' if ex else ''}edit-{i:02}.msi"
            write(name, c.bytes())
            case(name, status, trust="hm-root", title=f"MSI{', directory signed' if ex else ''}: {title}")
    for ex, title in ((False, "MsiDigitalSignatureEx added"), (True, "MsiDigitalSignatureEx taken off")):
        c = s.msi(database(), ex)
        if ex:
            c.root.children.remove(by_name(c, SIGNATURE_EX))
        else:
            c.root.children.append(Entry(SIGNATURE_EX, digest("sha256", c.meta())))
        write(file_name(title, ".msi"), c.bytes())
        case(file_name(title, ".msi"), "digest_mismatch", trust="hm-root", title=title)
    c = s.msi(database())
    good = c.bytes()
    for title, change, status, also in damages(c):
        data = bytearray(good)
        change(data)
        write(file_name(f"MSI: {title}", ".msi"), data)
        case(file_name(f"MSI: {title}", ".msi"), status, 0 if status == "unsigned" else 1, trust="hm-root", also=also, title=f"MSI: {title}")
    data = bytearray(good)
    at = by_name(c, "B").at
    data[at:at + 128] = bytes(128)
    struct.pack_into("<I", data, by_name(c, "Inner").at + 76, 0xffffffff)
    write("hm-msi-cut-tree.msi", data)
    case("hm-msi-cut-tree.msi", "digest_mismatch", trust="hm-root", title="MSI: a branch cut off")
    data = bytearray(good + b"behind the last sector")
    write("hm-msi-behind.msi", data)
    case("hm-msi-behind.msi", "valid", trust="hm-root", also="digest=pass +MSI001", title="MSI: bytes behind the last sector")
    write("hm-msi-cut.msi", good[:len(good) // 2])
    case("hm-msi-cut.msi", "unsigned", 0, trust="hm-root", also="+SCAN007", title="MSI: cut in the middle")
    case(file_name("MSI: a directory that loops", ".msi"), "malformed", trust="hm-root", args="--limit max_findings=1", also="+SCAN004",
         title="MSI: more findings than are kept")
    summary = good.index(bytes.fromhex("feff0000"))
    write("hm-msi-summary.msi", good[:summary + 44] + b"\xff\xff\xff\x7f" + good[summary + 48:])
    case("hm-msi-summary.msi", "digest_mismatch", trust="hm-root", also="+MSI004", title="MSI: summary information outside its stream")
    write("hm-ole.doc", Compound([Entry("WordDocument", b"text" * 50)], clsid=bytes(16)).bytes())


def file_name(title, suffix):
    return "hm-" + "".join(c if c.isalnum() else "-" for c in title.lower()).strip("-") + suffix


# ---- cabinets by hand ----

def cabinet(folders=1, reserve=20, folder_reserve=0, data_reserve=0, previous=None, following=None, index=0):
    """Stored files, one a folder."""
    flags = (1 if previous else 0) | (2 if following else 0) | 4
    names = b"".join(n.encode() + b"\0" for n in (*(previous or ()), *(following or ())))
    folder_size, head = 8 + folder_reserve, 40 + reserve + len(names)
    files_at = head + folders * folder_size
    contents = [f"the content of file {i}\n".encode() * 3 for i in range(folders)]
    files = b"".join(struct.pack("<IIHHHH", len(d), 0, i, 0x5821, 0, 0x20) + f"file{i}.txt".encode() + b"\0" for i, d in enumerate(contents))
    at, table, blocks = files_at + len(files), b"", b""
    for d in contents:
        table += struct.pack("<IHH", at + len(blocks), 1, 0) + bytes(folder_reserve)
        blocks += struct.pack("<IHH", 0, len(d), len(d)) + bytes(data_reserve) + d
    whole = at + len(blocks)
    out = b"MSCF" + struct.pack("<IIIIIBBHHHHH", 0, whole, 0, files_at, 0, 3, 1, folders, folders, flags, 77, index)
    out += struct.pack("<HBB", reserve, folder_reserve, data_reserve) + struct.pack("<I", 0x100000).ljust(reserve, b"\0")[:reserve]
    return out + names + table + files + blocks


def cab_forms(w, s):
    pair = ("first.cab", "Disk 1"), ("third.cab", "Disk 3")
    second = signature(cab_data(), digest("sha384", cabinet()[:4] + cabinet()[8:34] + cabinet()[56:]), w.signer_of["p384"],
                       [w.signer_of["p384"], w.inter], "sha384")
    return [
        ("CAB, plain", s.cab(cabinet()), "valid", "digest=pass coverage=pass"),
        ("CAB of three folders", s.cab(cabinet(3)), "valid", "digest=pass"),
        ("CAB of a set", s.cab(cabinet(2, previous=pair[0], following=pair[1], index=1)), "valid", "digest=pass"),
        ("CAB, folders and data with reserves", s.cab(cabinet(2, folder_reserve=4, data_reserve=6)), "valid", "digest=pass"),
        ("CAB, SHA-1", s.cab(cabinet(), alg="sha1", cert=w.signer_of["rsa2048"]), "valid", "+TRUST001"),
        ("CAB, stamped in its time", s.cab(cabinet(), cert=w.past, stamp=token(w.tsa, [w.tsa], "20200601000000")), "valid", "timestamp=pass"),
        ("CAB, expired", s.cab(cabinet(), cert=w.past), "expired", ""),
        ("CAB, nested signature", s.cab(cabinet(), nested=[second]), "valid", "digest=pass"),
        ("CAB, usual slack", s.cab(cabinet(), slack=bytes(7)), "valid", "coverage=pass"),
        ("CAB, slack", s.cab(cabinet(), slack=b"hidden"), "valid", "coverage=fail +AUTH004"),
        ("CAB, bytes behind the signature", s.cab(cabinet(), behind=b"behind"), "digest_mismatch", "digest=fail signature=pass +CAB009"),
        ("CAB, digest of another file", s.cab(cabinet(), image=digest("sha256", b"another")), "digest_mismatch", "digest=fail"),
        ("CAB, signed as an installer", s.cab(cabinet(), data=sip_info(MSI_SUBJECT)), "digest_mismatch", "digest=fail signature=pass"),
        ("CAB, declared to reach over its signature", s.cab(longer(cabinet())), "digest_mismatch", "digest=fail signature=pass"),
        ("CAB, another reserve", cabinet(reserve=24), "unsigned", "+CAB008"),
        ("CAB, a reserve that names no signature", cabinet(), "unsigned", "+CAB008"),
    ]


def longer(data):
    return data[:8] + struct.pack("<I", len(data) + 64) + data[12:]


def cab_edits(data):
    """Title, offset, new bytes, status, what else; after signing."""
    files = struct.unpack_from("<I", data, 16)[0]
    at, size = struct.unpack_from("<II", data, 44)
    return [
        ("the version", 24, b"\4", "digest_mismatch", "digest=fail"), ("the set's number", 32, b"\1", "digest_mismatch", "digest=fail"),
        ("the declared size", 8, struct.pack("<I", at - 1), "digest_mismatch", "digest=fail"),
        ("the place in the set", 34, b"\1", "valid", ""), ("the first reserved field", 4, b"\1", "valid", ""),
        ("a word of the reserve", 52, b"\1", "valid", ""), ("the last word of the reserve", 56, b"\1", "digest_mismatch", "digest=fail"),
        ("a file's name", files + 16, b"F", "digest_mismatch", "digest=fail"), ("a file's size", files, b"\1", "digest_mismatch", "digest=fail"),
        ("a byte of a file", at - 1, b"!", "digest_mismatch", "digest=fail"),
        ("the folders' reserve", 38, b"\1", "digest_mismatch", "digest=fail signature=pass"),
        ("the data's reserve", 39, b"\1", "digest_mismatch", "digest=fail signature=pass"),
        ("the number of folders", 26, b"\xff\xff", "digest_mismatch", "+CAB002"), ("the number of files", 28, b"\xff\xff", "digest_mismatch", "+CAB004"),
        ("the header's reserve", 36, b"\x15", "unsigned", "+CAB008"),
        ("the signature's place, earlier", 44, struct.pack("<I", at - 1), "malformed", ""),
        ("the signature's place, beyond the file", 44, struct.pack("<I", 0x7fffffff), "malformed", "+CAB005"),
        ("the signature's size, too long", 48, struct.pack("<I", size + 1), "malformed", "+CAB005"),
        ("the signature's size, 4 GB", 48, struct.pack("<I", 0xffffffff), "malformed", "+CAB005"),
        ("the signature's size, too short", 48, struct.pack("<I", size - 1), "malformed", "structure=fail"),
        ("the signature's size, none", 48, bytes(4), "malformed", ""),
    ]


def cab_by_hand(w, write, case):
    s = Signer(w)
    for title, data, status, also in cab_forms(w, s):
        name = file_name(title, ".cab")
        write(name, data)
        case(name, status, 0 if status == "unsigned" else 2 if "nested" in title else 1, trust="hm-root", also=also, title=title)
        if "coverage=fail" in also:
            case(name, "digest_mismatch", trust="hm-root", args="--strict", also=also, title=f"{title}, --strict")
    good = s.cab(cabinet())
    for title, at, new, status, also in cab_edits(good):
        name = file_name(f"CAB: {title}", ".cab")
        write(name, good[:at] + new + good[at + len(new):])
        case(name, status, 0 if status == "unsigned" else 1, trust="hm-root", also=also, title=f"CAB: {title}")
    taken = s.cab(cabinet(2, folder_reserve=4, data_reserve=6))
    for title, at in (("the folders' reserve taken away", 38), ("the data's reserve taken away", 39)):
        write(file_name(f"CAB: {title}", ".cab"), taken[:at] + b"\0" + taken[at + 1:])
        case(file_name(f"CAB: {title}", ".cab"), "digest_mismatch", trust="hm-root", also="digest=fail signature=pass", title=f"CAB: {title}")
    case(file_name("CAB, plain", ".cab"), "malformed", trust="hm-root", args="--limit max_signature_size=4", also="+CAB006",
         title="CAB: a signature over the limit")
    write("hm-cab-cut.cab", good[:len(good) - 100])
    case("hm-cab-cut.cab", "malformed", trust="hm-root", also="+CAB005", title="CAB: cut within the signature")
    write("hm-cab-cut-data.cab", good[:100])
    case("hm-cab-cut-data.cab", "malformed", trust="hm-root", also="+CAB001 +CAB005", title="CAB: cut within the files")
    write("hm-cab-behind.cab", cabinet(reserve=0) + b"behind")
    case("hm-cab-behind.cab", "unsigned", 0, trust="hm-root", also="+CAB007", title="CAB: bytes behind an unsigned cabinet")


# ---- by wixl, gcab and osslsigncode ----

def by_tools(out, run, sign, case):
    (out / "installer.wxs").write_text(WIX)
    run("wixl", "-o", "unsigned.msi", "installer.wxs", cwd=out)
    run("gcab", "-c", "-n", "-z", out / "unsigned.cab", out / "unsigned.exe", out / "unsigned32.exe")
    for kind in ("msi", "cab"):
        title = kind.upper()
        case(f"unsigned.{kind}", "unsigned", 0, title=f"{title} by tools, unsigned")
        sign(f"unsigned.{kind}", f"good.{kind}", "leaf", "inter")
        case(f"good.{kind}", "valid", also="digest=pass", title=f"{title} by tools")
        sign(f"good.{kind}", f"nested.{kind}", "ecleaf", "inter", args=("-nest",))
        case(f"nested.{kind}", "valid", 2, title=f"{title} by tools, nested")
        for name, status in (("server", "wrong_usage"), ("old", "expired"), ("young", "expired"), ("life", "expired")):
            sign(f"unsigned.{kind}", f"bad-{name}.{kind}", name, "inter")
            case(f"bad-{name}.{kind}", status, title=f"{title} by tools, {name}")
        sign(f"unsigned.{kind}", f"bad-alone.{kind}", "leaf")
        case(f"bad-alone.{kind}", "incomplete_chain", title=f"{title} by tools, intermediate missing")
        data = bytearray((out / f"good.{kind}").read_bytes())
        # within what is signed, but neither the digest nor whose it is: an integer of SpcSipInfo, a letter of SpcLink
        at = data.index(MSI_SUBJECT) + 18 if kind == "msi" else data.index("Obsolete".encode("utf-16-be")) + 1
        data[at] ^= 1
        (out / f"bad-content.{kind}").write_bytes(data)
        case(f"bad-content.{kind}", "bad_signature", also="signature=fail", title=f"{title} by tools, one bit in SpcIndirectData")
    sign("unsigned.msi", "good-ex.msi", "leaf", "inter", args=("-add-msi-dse",))
    case("good-ex.msi", "valid", also="digest=pass coverage=pass", title="MSI by tools, directory signed")


def for_catalogues(w):
    """Files with a signature that has expired, and what it is over."""
    s = Signer(w)
    cab, database_of_past = s.cab(cabinet(), cert=w.past), s.msi(database(), False, cert=w.past)
    end = struct.unpack_from("<I", cab, 44)[0]
    behind = s.cab(cabinet(2), cert=w.past, behind=b"behind")
    end_behind = struct.unpack_from("<I", behind, 44)[0]
    return {"cab": cab, "cab_hashed": cab[:4] + cab[8:34] + cab[56:end], "msi": database_of_past.bytes(), "msi_hashed": database_of_past.hashed(),
            "cab_refused": behind, "cab_refused_hashed": behind[:4] + behind[8:34] + behind[56:end_behind]}


def make(out, run, sign, case, world):
    def write(name, data):
        (out / name).write_bytes(data)
    by_tools(out, run, sign, case)
    msi_by_hand(world, write, case)
    cab_by_hand(world, write, case)
