# SPDX-License-Identifier: Apache-2.0
"""Trust lists (authroot.stl, disallowedcert.stl), serialized stores (.sst) and bags of certificates (.p7b), written by hand."""
import base64
import calendar
import hashlib
import struct
import time

from der import algorithm, explicit, integer, octets, oid, read, seq, set_of, tlv, utc_time
from hive import Hive, sealed, software
from pki import EKU, Cert, basic_constraints, eku, extension
from signer import CONTENT_TYPE, MESSAGE_DIGEST, SIGNED_DATA, attribute, authenticode, content_of, digest, signed_data, signer_info, token

CTL, ROOTS, DISALLOWED = "1.3.6.1.4.1.311.10.1", "1.3.6.1.4.1.311.10.3.9", "1.3.6.1.4.1.311.10.3.30"
SHA1, SIGNATURE_HASH = "1.3.14.3.2.26", "1.3.6.1.4.1.311.10.11.15"
EKUS, NAME, SHA256, DISABLED, REMOVED, NOT_BEFORE, NOT_BEFORE_EKUS, CA_DISABLED = 9, 11, 98, 104, 122, 126, 127, 128


def file_time(text):
    """YYYY-MM-DD as 100 ns since 1601."""
    return struct.pack("<Q", (calendar.timegm(time.strptime(text, "%Y-%m-%d")) + 11644473600) * 10000000)


def uses(*words):
    return seq(*(oid(EKU[w]) for w in words))


def subject(name, props=()):
    rows = [seq(oid(f"1.3.6.1.4.1.311.10.11.{n}"), set_of(octets(v))) for n, v in props]
    return seq(octets(name), set_of(*rows) if rows else b"")


def ctl(subjects, usage=ROOTS, alg=SHA1, this="20240101000000"):
    return seq(seq(oid(usage)), octets("list".encode("utf-16-le")), integer(20240101), utc_time(this), algorithm(alg), seq(*subjects))


def signed(content, cert, certs):
    attrs = [attribute(CONTENT_TYPE, oid(CTL)), attribute(MESSAGE_DIGEST, octets(digest("sha256", content_of(content))))]
    info, _ = signer_info(cert, attrs)
    return signed_data(CTL, content, certs, [info])


def entry(number, value):
    return struct.pack("<III", number, 1, len(value)) + value


def store(*certs):
    """Each a certificate in DER with its properties; the form of an exported store."""
    return struct.pack("<I", 0) + b"CERT" + b"".join(blob(*c) for c in certs) + bytes(12)


def blob(der, props=()):
    return b"".join(entry(n, v) for n, v in props) + entry(32, der)


def bag(*certs):
    return seq(oid(SIGNED_DATA), explicit(0, seq(integer(1), tlv(0x31, b""), seq(oid("1.2.840.113549.1.7.1")),
                                                 tlv(0xa0, b"".join(c.der for c in certs)), tlv(0x31, b""))))


def tbs_of(cert):
    _, whole, _ = read(cert.der)
    return whole[:read(whole)[2]]


def sha1(cert):
    return hashlib.sha1(cert.der).digest()


class Lists:
    """Signers of lists, and where the lists are put."""
    def __init__(self, w):
        self.w, self.folder = w, w.folder / "lists"
        self.folder.mkdir(exist_ok=True)
        key, end = w.new("hm-list"), basic_constraints(False)

        def signer(title, issuer, *usages):
            return Cert(key, title, issuer, [end, extension("2.5.29.37", seq(*map(oid, usages)))], end="20250101000000")
        self.roots = signer("hm list", w.root, ROOTS)
        self.disallowed = signer("hm disallowed", w.root, DISALLOWED)
        self.code = signer("hm code list", w.root, EKU["code"])
        self.stranger = signer("hm stranger list", w.far_root, ROOTS)

    def put(self, name, data):
        (self.folder / name).parent.mkdir(exist_ok=True)
        (self.folder / name).write_bytes(data)
        return f"ca/lists/{name}"


def root_cases(lists, case):
    """Of a root that a list alone names; the file carries it. Title, its properties, stamped, unstamped in 2026."""
    far = lists.w.far_root
    rows = [
        ("listed", [], "valid", "valid"),
        ("listed, with what tells nothing", [(NAME, "far\0".encode("utf-16-le")), (SHA256, hashlib.sha256(far.der).digest()), (20, b"x")], "valid", "valid"),
        ("listed for code signing", [(EKUS, uses("server", "code"))], "valid", "valid"),
        ("listed for servers alone", [(EKUS, uses("server"))], "wrong_usage", "wrong_usage"),
        ("listed for nothing", [(EKUS, seq())], "wrong_usage", "wrong_usage"),
        ("code signing removed", [(REMOVED, uses("code"))], "wrong_usage", "wrong_usage"),
        ("servers removed", [(REMOVED, uses("server"))], "valid", "valid"),
        ("disabled after the stamp", [(DISABLED, file_time("2024-01-01"))], "valid", "untrusted"),
        ("disabled before the stamp", [(DISABLED, file_time("2023-01-01"))], "untrusted", "untrusted"),
        ("disabled from ever", [(DISABLED, struct.pack("<Q", 0))], "untrusted", "untrusted"),
        ("no signers since before the signer", [(NOT_BEFORE, file_time("2019-01-01"))], "untrusted", "untrusted"),
        ("no signers since after the signer", [(NOT_BEFORE, file_time("2021-01-01"))], "valid", "valid"),
        ("no servers since before the signer", [(NOT_BEFORE, file_time("2019-01-01")), (NOT_BEFORE_EKUS, uses("server"))], "valid", "valid"),
        ("no code signers since before the signer", [(NOT_BEFORE, file_time("2019-01-01")), (NOT_BEFORE_EKUS, uses("code"))], "untrusted", "untrusted"),
        ("a property that is not handled", [(CA_DISABLED, file_time("2019-01-01"))], "untrusted", "untrusted"),
        ("a property that cannot be read", [(EKUS, b"\x30\x05")], "untrusted", "untrusted"),
    ]
    for i, (title, props, stamped, unstamped) in enumerate(rows):
        path = lists.put(f"roots-{i}.stl", signed(ctl([subject(sha1(far), props)]), lists.roots, [lists.roots]))
        case("hm-far-stamped.exe", stamped, trust="hm-root", args=f"--trust {path}", title=f"root {title}, stamped")
        case("hm-far-root.exe", unstamped, trust="hm-root", args=f"--trust {path}", title=f"root {title}, unstamped")
    case("hm-far-stamped.exe", "untrusted", trust="hm-root", title="root on no list")
    case("hm-far-bare.exe", "incomplete_chain", trust="hm-root", args="--trust ca/lists/roots-0.stl", title="root listed, its certificate nowhere")
    lists.put("folder/authroot.stl", (lists.folder / "roots-0.stl").read_bytes())
    lists.put("folder/far.crt", far.der)
    case("hm-far-bare.exe", "valid", trust="hm-root", args="--trust ca/lists/folder", title="root listed, its certificate beside the list")
    lists.put("other/authroot.stl", signed(ctl([subject(b"\1" * 20)]), lists.roots, [lists.roots]))
    lists.put("other/far.crt", far.der)
    case("hm-far-bare.exe", "incomplete_chain", trust="hm-root", args="--trust ca/lists/other", title="root beside a list that does not name it")


def store_cases(lists, case):
    w = lists.w
    pem = b"-----BEGIN PKCS7-----\n" + base64.encodebytes(bag(w.far_root)) + b"-----END PKCS7-----\n"
    rows = [
        ("root in a store", "root.sst", store((w.far_root.der,)), "hm-far-bare.exe", "valid"),
        ("root in a store, disabled", "disabled.sst", store((w.far_root.der, [(DISABLED, file_time("2023-01-01"))])), "hm-far-bare.exe", "untrusted"),
        ("root in a store, for servers", "server.sst", store((w.inter.der,), (w.far_root.der, [(EKUS, uses("server"))])), "hm-far-bare.exe", "wrong_usage"),
        ("issuer in a store", "issuer.sst", store((w.inter.der, [(NAME, "i\0".encode("utf-16-le"))])), "hm-alone.exe", "valid"),
        ("root in a bag", "root.p7b", bag(w.inter, w.far_root), "hm-far-bare.exe", "valid"),
        ("root in a bag, PEM", "root.p7", pem, "hm-far-bare.exe", "valid"),
        ("issuer in a bag", "issuer.p7b", bag(w.inter), "hm-alone.exe", "valid"),
    ]
    for title, name, data, file, status in rows:
        case(file, status, trust="hm-root", args=f"--trust {lists.put(name, data)}", title=title)
    case("hm-alone.exe", "incomplete_chain", trust="hm-root", title="issuer nowhere")
    for name, data in (("cut.sst", store((w.far_root.der,))[:-12]), ("lies.sst", store((w.far_root.der,))[:300]), ("bad.sst", store((b"0",)))):
        lists.put(name, data)


def disallowed_cases(lists, case):
    """The file is signed by the leaf and stamped on 2023-06-01."""
    leaf, inter = lists.w.leaf, lists.w.inter
    tbs = hashlib.sha256(tbs_of(leaf)).digest()
    _, whole, _ = read(leaf.key.spki)
    key = hashlib.md5(read(whole, read(whole)[2])[1][1:]).digest()
    rows = [
        ("signer disallowed by SHA-1", SHA1, sha1(leaf), [], "distrusted"),
        ("issuer disallowed by SHA-1", SHA1, sha1(inter), [], "distrusted"),
        ("signer disallowed by its signature's hash", SIGNATURE_HASH, tbs, [], "distrusted"),
        ("signer disallowed by its signature's SHA-1", SIGNATURE_HASH, hashlib.sha1(tbs_of(leaf)).digest(), [], "distrusted"),
        ("signer disallowed by its signature's SHA-384", SIGNATURE_HASH, hashlib.sha384(tbs_of(leaf)).digest(), [], "distrusted"),
        ("signer disallowed by its key", SIGNATURE_HASH, key, [], "distrusted"),
        ("another disallowed", SIGNATURE_HASH, bytes(32), [], "valid"),
        ("signer disallowed from later", SHA1, sha1(leaf), [(DISABLED, file_time("2024-01-01"))], "valid"),
        ("signer disallowed from earlier", SHA1, sha1(leaf), [(DISABLED, file_time("2023-01-01"))], "distrusted"),
        ("signer disallowed for servers", SHA1, sha1(leaf), [(REMOVED, uses("server"))], "valid"),
        ("signer disallowed for code", SHA1, sha1(leaf), [(REMOVED, uses("code"))], "distrusted"),
    ]
    for i, (title, alg, name, props, status) in enumerate(rows):
        list_ = signed(ctl([subject(bytes(len(name))), subject(name, props)], DISALLOWED, alg), lists.disallowed, [lists.disallowed])
        path = lists.put(f"disallowed-{i}.stl", list_)
        for option in ("--trust", "--distrust") if i < 2 else ("--trust",):
            case("hm-distrusted.exe", status, trust="hm-root", args=f"{option} {path}", title=title,
                 also="revocation=fail +TRUST005" if status == "distrusted" else "")
    case("hm-distrusted.exe", "distrusted", trust="hm-root", args=f"--distrust {lists.put('leaf.sst', store((leaf.der,)))}", title="signer in a store of the distrusted")


def broken_lists(lists):
    """Lists that must be refused; by name for tests/cli/trust_import.py."""
    far = lists.w.far_root
    content = ctl([subject(sha1(far))])
    good = signed(content, lists.roots, [lists.roots])
    flipped = bytearray(good)
    flipped[good.index(sha1(far))] ^= 1
    lists.put("flipped.stl", bytes(flipped))
    lists.put("unsigned.stl", signed_data(CTL, content, [], []))
    lists.put("code.stl", signed(content, lists.code, [lists.code]))
    lists.put("stranger.stl", signed(content, lists.stranger, [lists.stranger]))
    lists.put("late.stl", signed(ctl([subject(sha1(far))], this="20260101000000"), lists.roots, [lists.roots]))
    lists.put("catalogue.stl", signed(ctl([], "1.3.6.1.4.1.311.12.1.1"), lists.roots, [lists.roots]))
    lists.put("odd.stl", signed(ctl([subject(b"short")]), lists.roots, [lists.roots]))
    two = ctl([subject(sha1(lists.w.inter)), subject(sha1(far), [(DISABLED, file_time("2024-01-01")), (EKUS, uses("code", "time"))])], this="20240601000000")
    lists.put("newer/authroot.stl", signed(two, lists.roots, [lists.roots]))
    lists.put("newer/far.crt", far.der)


def hives(lists):
    """SOFTWARE hives of machines, for tests/cli/machine.py."""
    w = lists.w
    root, far, inter, leaf = (blob(c.der, [(NAME, "x\0".encode("utf-16-le"))]) for c in (w.root, w.far_root, w.inter, w.leaf))
    listed = signed(ctl([subject(sha1(w.far_root))]), lists.roots, [lists.roots])
    disabled = signed(ctl([subject(sha1(w.far_root), [(DISABLED, file_time("2023-01-01"))])]), lists.roots, [lists.roots])
    flipped = (lists.folder / "flipped.stl").read_bytes()
    refused = signed(ctl([subject(sha1(leaf_) if leaf_ else bytes(20)) for leaf_ in (None, w.leaf)], DISALLOWED), lists.disallowed, [lists.disallowed])
    long = signed(ctl([subject(sha1(w.far_root))] + [subject(hashlib.sha1(b"%d" % i).digest()) for i in range(900)]), lists.roots, [lists.roots])
    rows = {
        "plain": ({"ROOT": [root], "CA": [inter], "TrustedPublisher": [leaf]},),
        "empty": ({"ROOT": []},),
        "planted": ({"ROOT": [root, far], "CA": [inter]},),
        "listed": ({"ROOT": [root], "AuthRoot": [far]}, {"EncodedCtl": listed}),
        "long-list": ({"AuthRoot": [far]}, {"EncodedCtl": long}),
        "list-disables": ({"ROOT": [root], "AuthRoot": [far]}, {"EncodedCtl": disabled}),
        "list-flipped": ({"ROOT": [root], "AuthRoot": [far]}, {"EncodedCtl": flipped}),
        "list-alone": ({"ROOT": [root]}, {"EncodedCtl": listed}),
        "store-disables": ({"ROOT": [root], "AuthRoot": [blob(w.far_root.der, [(DISABLED, file_time("2023-01-01"))])]}, {"EncodedCtl": listed}),
        "store-for-servers": ({"ROOT": [root], "AuthRoot": [blob(w.far_root.der, [(EKUS, uses("server"))])]}, {"EncodedCtl": listed}),
        "disallowed": ({"ROOT": [root], "CA": [inter], "Disallowed": [leaf]},),
        "disallowed-list": ({"ROOT": [root], "CA": [inter]}, {"DisallowedCertEncodedCtl": refused}),
        "policy": ({"ROOT": []}, (), {"Root": [root], "CA": [inter]}),
        "garbage": ({"ROOT": [root, b"\x20\0\0\0"], "CA": [inter]},),
    }
    folder = w.folder / "hives"
    folder.mkdir(exist_ok=True)
    for name, parts in rows.items():
        (folder / name).write_bytes(software(*parts))
    (folder / "other").write_bytes(Hive().file({"Select": {"Current": b"\1\0\0\0"}}))
    whole = (folder / "plain").read_bytes()
    (folder / "cut").write_bytes(whole[:len(whole) // 2 & ~4095 | 40])
    (folder / "dirty").write_bytes(sealed(whole[:4] + b"\2" + whole[5:]))
    keys = whole.index(b"lf\x02\0", whole.index(b"Classes"))
    (folder / "no-keys").write_bytes(whole[:keys] + b"xx" + whole[keys + 2:])
    (folder / "no-root").write_bytes(sealed(whole[:36] + b"\xff\xff\0\0" + whole[40:]))
    (folder / "no-checksum").write_bytes(whole[:4] + b"\2" + whole[5:])


def make(w, write, case, pe):
    lists = Lists(w)
    write("hm-far-root.exe", pe.with_table(authenticode(pe, w.far, [w.far, w.far_root])))
    write("hm-far-bare.exe", pe.with_table(authenticode(pe, w.far, [w.far])))
    write("hm-alone.exe", pe.with_table(authenticode(pe, w.leaf, [w.leaf])))
    write("hm-far-stamped.exe", pe.with_table(authenticode(pe, w.far, [w.far, w.far_root], stamp=token(w.tsa, [w.tsa], "20230601000000"))))
    root_cases(lists, case)
    store_cases(lists, case)
    disallowed_cases(lists, case)
    broken_lists(lists)
    hives(lists)
