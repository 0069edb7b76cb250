# SPDX-License-Identifier: Apache-2.0
"""Signed samples that no tool makes: each wrong, or merely odd, in one way. make(OUT, case) writes them and names the cases."""
import hashlib
import struct

import revocation_made
import trust_made
from der import integer, octets, oid, seq, tlv
from pki import Cert, Key, attribute, basic_constraints, eku, extension
from signer import CONTENT_TYPE, INDIRECT, MESSAGE_DIGEST, PE, RFC3161, authenticode, countersignature, digest, indirect_data, token


class World:
    """A root, an intermediate, signers and time stampers of every kind."""
    def __init__(self, folder):
        self.folder = folder
        ca = [basic_constraints(True)]
        end = [basic_constraints(False)]
        self.key = {}
        self.root = Cert(self.new("hm-root", "rsa2048"), "hm root", exts=ca)
        self.twin = Cert(self.new("hm-twin"), "hm root", exts=ca)
        self.far_root = Cert(self.new("hm-far"), "hm far root", exts=ca)
        self.cross = Cert(self.key["hm-far"], "hm far root", self.root, ca)
        self.inter = Cert(self.new("hm-inter"), "hm inter", self.root, [basic_constraints(True, 0)])
        leaf = self.new("hm-leaf")
        code = [*end, eku("code")]
        self.leaf = Cert(leaf, "hm leaf", self.inter, code)
        self.past = Cert(leaf, "hm past", self.inter, code, end="20210101000000")
        self.lifetime = Cert(leaf, "hm lifetime", self.inter, [*end, eku("code", "lifetime")], end="20210101000000")
        self.by_serial = Cert(leaf, "hm by serial", self.root, code, aki="serial")
        self.far = Cert(leaf, "hm far", self.far_root, code)
        self.negative = Cert(leaf, "hm negative serial", self.inter, code, serial=b"\xf3\x12\x34")
        self.by_md5 = Cert(leaf, "hm md5", self.root, code, start="20100101000000", alg="md5")
        self.encipher = Cert(leaf, "hm encipherment", self.inter, [*code, extension("2.5.29.15", tlv(3, b"\x05\x20"), True)])
        self.same_serial = Cert(self.new("hm-double"), "hm double", self.inter, code, serial=self.leaf.serial[2:])
        self.signer_of = {kind: Cert(self.new(f"hm-{kind}", kind), f"hm {kind}", self.inter, code)
                          for kind in ("rsa512", "rsa1024", "rsa2048", "rsa3072", "rsa4096", "p384", "dsa", "explicit")}
        stamp = self.new("hm-tsa", "rsa2048")
        self.tsa = Cert(stamp, "hm tsa", self.root, [*end, eku("time", critical=True)])
        self.tsa_plain = Cert(stamp, "hm tsa plain", self.root, [*end, eku("time")])
        self.tsa_code = Cert(stamp, "hm tsa code", self.root, [*end, eku("code")])
        self.root.pem(folder / "hm-root.pem")
        self.both("hm-twins-1", self.root, self.twin)
        self.both("hm-twins-2", self.twin, self.root)

    def new(self, name, kind="p256"):
        self.key[name] = Key(self.folder, name, kind)
        return self.key[name]

    def both(self, name, *certs):
        for c in certs:
            c.pem(self.folder / "one.pem")
            with open(self.folder / f"{name}.pem", "a" if c is not certs[0] else "w", encoding="ascii") as f:
                f.write((self.folder / "one.pem").read_text())


def times(w):
    """Title, signer, further certificates, stamp, status, what else."""
    past, life, bag, tsas = w.past, w.lifetime, [w.inter], [w.inter, w.tsa, w.tsa_plain, w.tsa_code]
    return [
        ("stamped in its time", past, tsas, token(w.tsa, [w.tsa], "20200601000000"), "valid", "timestamp=pass"),
        ("stamped after notAfter", past, tsas, token(w.tsa, [w.tsa], "20220601000000"), "expired", "timestamp=pass"),
        ("lifetime signing, past, stamped", life, tsas, token(w.tsa, [w.tsa], "20200601000000"), "expired", "timestamp=pass"),
        ("non-critical TSA EKU", past, bag, token(w.tsa_plain, [w.tsa_plain], "20200601000000"), "valid", "timestamp=pass"),
        ("TSA with code-signing only", past, bag, token(w.tsa_code, [w.tsa_code], "20200601000000"), "expired",
         "timestamp=fail +TRUST002"),
        ("wrong imprint", w.leaf, bag, token(w.tsa, [w.tsa], "20200601000000", wrong_imprint=True), "valid",
         "timestamp=fail +TRUST002 +TRUST003 windows_would_fail"),
        ("wrong imprint, signer past", past, bag, token(w.tsa, [w.tsa], "20200601000000", wrong_imprint=True), "expired",
         "timestamp=fail +TRUST002"),
        ("TSTInfo as PKCS#9 content", past, bag, token(w.tsa, [w.tsa], "20200601000000", pkcs9=True), "valid", "timestamp=pass"),
        ("token's certificate missing", past, bag, token(w.tsa, [], "20200601000000"), "expired", "timestamp=fail +TRUST002"),
        ("countersignature", past, tsas, countersignature(w.tsa, "20200601000000"), "valid", "timestamp=pass"),
        ("bare-digest countersignature", past, tsas, countersignature(w.tsa, "20200601000000", form="bare"), "valid",
         "timestamp=pass"),
        ("bare digest with one trailing byte", past, tsas, countersignature(w.tsa, "20200601000000", form="bare_trailing"), "expired",
         "timestamp=fail +TRUST002"),
        ("countersignature of another value", w.leaf, tsas, countersignature(w.tsa, "20200601000000", wrong_imprint=True), "valid",
         "timestamp=fail +TRUST003 windows_would_fail"),
        ("two stamps, the first wrong", past, tsas,
         lambda v: token(w.tsa, [w.tsa], "20200601000000", wrong_imprint=True)(v) + countersignature(w.tsa, "20200701000000")(v),
         "valid", "timestamp=pass +TRUST002"),
        ("two stamps, the earliest counts", past, tsas,
         lambda v: token(w.tsa, [w.tsa], "20220601000000")(v) + countersignature(w.tsa, "20200701000000")(v), "valid",
         "timestamp=pass"),
    ]


def content_of_type(pe, kind):
    """SpcIndirectDataContent of the image, but said to be of another type."""
    usual = indirect_data(digest("sha256", pe.hashed()), "sha256")
    return usual.replace(oid("1.3.6.1.4.1.311.2.1.15"), oid(kind))


def odd_forms(w, pe):
    """Title, signer, further certificates, arguments, status, what else."""
    rows = [
        ("plain, made by hand", w.leaf, [w.inter], {}, "valid", "coverage=pass"),
        ("BER, indefinite length", w.leaf, [w.inter], {"ber": True}, "valid", "+AUTH008"),
        ("signed attributes in BER", w.leaf, [w.inter], {"ber_attrs": True}, "valid", ""),
        ("SignedData version 3", w.leaf, [w.inter], {"data_version": 3}, "valid", ""),
        ("SignerInfo version 0", w.leaf, [w.inter], {"version": 0}, "valid", ""),
        ("signer named by key identifier", w.leaf, [w.inter], {"by_key_id": True, "version": 3}, "valid", ""),
        ("digestAlgorithm as signature OID", w.signer_of["rsa2048"], [w.inter], {"digest_oid": "1.2.840.113549.1.1.11"}, "valid", ""),
        ("two SignerInfos", w.leaf, [w.inter], {"signer_infos": 2}, "valid", "+AUTH002"),
        ("certificate signed by MD5", w.by_md5, [], {}, "valid", "+TRUST004"),
        ("unsorted attributes", w.leaf, [w.inter], {"order": False}, "valid", ""),
        ("negative serial", w.negative, [w.inter], {}, "valid", ""),
        ("issuer named by serial", w.by_serial, [], {}, "valid", ""),
        ("cross-certificate as the only good way", w.far, [w.far_root, w.cross], {}, "valid", ""),
        ("duplicate signer certificates", w.leaf, [w.leaf, w.inter], {}, "valid", ""),
        ("two certificates of one serial, the other first", w.leaf, [], {"bag": [w.same_serial, w.leaf, w.inter]}, "valid", ""),
        ("a broken certificate in the bag", w.leaf, [], {"bag": [seq(integer(1)), w.leaf, w.inter]}, "valid", "+AUTH003"),
        ("explicit curve parameters", w.signer_of["explicit"], [w.inter], {}, "untrusted", ""),
        ("RSA key of 512 bits", w.signer_of["rsa512"], [w.inter], {"alg": "sha1"}, "untrusted", "signature=pass"),
        ("key usage without signatures", w.encipher, [w.inter], {}, "wrong_usage", "usage=fail"),
        ("MD2", w.leaf, [w.inter], {"digest_oid": "1.2.840.113549.2.2"}, "unsupported", ""),
        ("attributes of another content", w.leaf, [w.inter], {"attrs_alg": "sha1"}, "bad_signature", "digest=pass signature=fail"),
        ("contentType of another kind", w.leaf, [w.inter], {"content_type": "1.2.840.113549.1.7.1"}, "bad_signature",
         "signature=fail"),
        ("contentType twice", w.leaf, [w.inter], {"extra": [attribute(CONTENT_TYPE, oid(INDIRECT))]}, "bad_signature", "digest=pass signature=fail"),
        ("messageDigest twice, once of another content", w.leaf, [w.inter], {"extra": [attribute(MESSAGE_DIGEST, octets(bytes(32)))]},
         "bad_signature", "digest=pass signature=fail"),
        ("digest of another file", w.leaf, [w.inter], {"image_digest": hashlib.sha256(b"another").digest()}, "digest_mismatch",
         "digest=fail signature=pass"),
        ("signed as a script or installer", w.leaf, [w.inter], {"content": content_of_type(pe, "1.3.6.1.4.1.311.2.1.30")}, "digest_mismatch",
         "digest=fail signature=pass"),
        ("signed as a cabinet", w.leaf, [w.inter], {"content": content_of_type(pe, "1.3.6.1.4.1.311.2.1.25")}, "digest_mismatch",
         "digest=fail signature=pass"),
        ("content type of individual code signing, as sbsign writes it", w.leaf, [w.inter],
         {"content": content_of_type(pe, "1.3.6.1.4.1.311.2.1.21")}, "valid", "digest=pass"),
        ("unknown unsigned attribute", w.leaf, [w.inter],
         {"stamp": lambda v: [attribute("1.2.3.4.5.6", octets(b"carried along"))]}, "valid", "+AUTH009"),
        ("unsigned attribute without an identifier", w.leaf, [w.inter], {"stamp": lambda v: [seq(octets(b"carried along"))]}, "valid", "+AUTH009"),
        ("among unsigned attributes what is none", w.leaf, [w.inter], {"stamp": lambda v: [octets(b"carried along")]}, "valid", "+AUTH009"),
        ("among unsigned attributes what is no DER", w.leaf, [w.inter], {"stamp": lambda v: [b"\x30\x82carried along"]}, "valid", "+AUTH009"),
        ("behind a timestamp in its attribute", w.leaf, [w.inter],
         {"stamp": lambda v: [seq(oid(RFC3161), tlv(0x31, b""), octets(b"carried along"))]}, "valid", "+AUTH009"),
        ("behind the unsigned attributes", w.leaf, [w.inter], {"behind": octets(b"carried along")}, "malformed", ""),
        ("page hashes v1", w.leaf, [w.inter], {"pages": (pe.pages("sha1"), "sha1")}, "valid", "page_hashes=pass"),
        ("page hashes v2", w.leaf, [w.inter], {"pages": (pe.pages("sha256"), "sha256")}, "valid", "page_hashes=pass"),
        ("failing page hash", w.leaf, [w.inter], {"pages": (pe.pages("sha256").replace(pe.pages("sha256")[40:48], b"wrong!!!"), "sha256")},
         "valid", "page_hashes=fail digest=pass +AUTH005"),
    ]
    rows += [(f"key {kind}", w.signer_of[kind], [w.inter], {}, "valid", "+TRUST001" if kind == "rsa1024" else "")
             for kind in ("rsa1024", "rsa2048", "rsa3072", "rsa4096", "p384", "dsa")]
    rows += [(f"digest {alg}", w.signer_of["rsa2048"], [w.inter], {"alg": alg}, "valid", "+TRUST001" if alg in ("md5", "sha1") else "")
             for alg in ("md5", "sha1", "sha256", "sha384", "sha512")]
    return rows


def file_name(title):
    return "hm-" + "".join(c if c.isalnum() else "-" for c in title.lower()).strip("-") + ".exe"


def distrust_cases(w, write, case, pe):
    """One file, stamped while it was young, and a known-bad table a case."""
    blob = authenticode(pe, w.leaf, [w.leaf, w.inter], stamp=token(w.tsa, [w.tsa], "20230601000000"))
    write("hm-distrusted.exe", pe.with_table(blob))
    tbs = w.leaf.der[4:]
    end = 4 + int.from_bytes(tbs[2:4], "big")
    issuer = "CN=hm inter,O=Touchmark Test,C=XX"
    image = hashlib.sha256(pe.hashed()).hexdigest()
    rows = [
        ("known-bad signer by SHA-256", "sha256", hashlib.sha256(w.leaf.der).hexdigest(), "any", "", "distrusted"),
        ("known-bad signer by SHA-1", "sha1", hashlib.sha1(w.leaf.der).hexdigest(), "any", "", "distrusted"),
        ("known-bad signer by TBS digest", "tbs_sha256", hashlib.sha256(tbs[:end]).hexdigest(), "any", "", "distrusted"),
        ("known-bad signer by serial and issuer", "serial", f"{w.leaf.serial[2:].hex()}/{issuer}", "any", "", "distrusted"),
        ("known-bad signer by serial and issuer's common name", "serial", f"{w.leaf.serial[2:].hex()}/CN=hm inter", "any", "", "distrusted"),
        ("the serial of another issuer", "serial", f"{w.leaf.serial[2:].hex()}/CN=another", "any", "", "valid"),
        ("known-bad issuer", "sha256", hashlib.sha256(w.inter.der).hexdigest(), "any", "", "distrusted"),
        ("known-bad root", "sha256", hashlib.sha256(w.root.der).hexdigest(), "any", "", "distrusted"),
        ("known-bad after the stamp's time", "sha256", hashlib.sha256(w.leaf.der).hexdigest(), "any", "2024-01-01", "valid"),
        ("known-bad before the stamp's time", "sha256", hashlib.sha256(w.leaf.der).hexdigest(), "any", "2023-01-01", "distrusted"),
        ("known-bad for firmware alone", "sha256", hashlib.sha256(w.leaf.der).hexdigest(), "uefi", "", "valid"),
        ("known-bad image", "image_sha256", image, "codesign", "", "distrusted"),
    ]
    for i, (title, kind, value, profiles, since, status) in enumerate(rows):
        table = w.folder / f"bad-{i}.tsv"
        table.write_text(f"{kind}\t{value}\t{profiles}\t{since}\ta test\tsamples/make\n")
        also = "revocation=fail +TRUST005" if status == "distrusted" else "revocation=not_checked"
        case("hm-distrusted.exe", status, trust="hm-root", also=also, args=f"--distrust ca/bad-{i}.tsv", title=title)
    w.leaf.pem(w.folder / "hm-leaf.pem")
    case("hm-distrusted.exe", "distrusted", trust="hm-root", args="--distrust ca/hm-leaf.pem", title="known-bad signer, as a certificate")
    write("hm-distrusted-varied.exe", pe.with_table(authenticode(pe, w.leaf, [w.leaf.varied(), w.inter])))
    case("hm-distrusted-varied.exe", "valid", trust="hm-root", title="a certificate in other bytes")
    case("hm-distrusted-varied.exe", "distrusted", trust="hm-root", args="--distrust ca/hm-leaf.pem", title="known-bad signer in other bytes")
    (w.folder / "bad-tsa.tsv").write_text(f"sha256\t{hashlib.sha256(w.tsa.der).hexdigest()}\ttimestamp\t\ta test\tsamples/make\n")
    case(file_name("stamped in its time"), "expired", trust="hm-root", also="timestamp=fail", args="--distrust ca/bad-tsa.tsv",
         title="known-bad time stamper")


def tables(w, write, case, pe):
    """What stands around the signature in the certificate table, and behind it."""
    one = authenticode(pe, w.leaf, [w.leaf, w.inter])
    other = authenticode(pe, w.past, [w.past, w.inter])
    write("hm-slack-8.exe", pe.with_table(one, slack=bytes(8)))
    write("hm-slack-text.exe", pe.with_table(one, slack=b"x"))
    write("hm-slack-7.exe", pe.with_table(one, slack=bytes(7)))
    for file in ("hm-slack-8.exe", "hm-slack-text.exe"):
        case(file, "valid", trust="hm-root", also="coverage=fail +AUTH004", title="slack behind the signature")
        case(file, "digest_mismatch", trust="hm-root", args="--strict", also="coverage=fail +AUTH004", title="slack, --strict")
    case("hm-slack-7.exe", "valid", trust="hm-root", args="--strict", also="coverage=pass", title="usual slack, --strict")
    behind = b"behind the table"
    covered = PE(pe.data + behind)
    blob = authenticode(covered, w.leaf, [w.leaf, w.inter])
    write("hm-covered-tail.exe", pe.with_table(blob, behind=behind))
    case("hm-covered-tail.exe", "valid", trust="hm-root", also="digest=pass +PE016", title="bytes after the table, covered")
    write("hm-uncovered-tail.exe", pe.with_table(one, behind=behind))
    case("hm-uncovered-tail.exe", "digest_mismatch", trust="hm-root", title="bytes after the table, not covered")
    write("hm-two-entries.exe", pe.with_table(one, other))
    case("hm-two-entries.exe", "valid", 2, trust="hm-root", also="+SCAN008", title="signatures that disagree, the first valid")
    write("hm-two-entries-2.exe", pe.with_table(other, one))
    case("hm-two-entries-2.exe", "expired", 2, trust="hm-root", also="+SCAN008", title="signatures that disagree, the first expired")
    second = authenticode(pe, w.signer_of["p384"], [w.signer_of["p384"], w.inter], "sha384")
    third = authenticode(pe, w.signer_of["rsa2048"], [w.signer_of["rsa2048"], w.inter], "sha512")
    for i, nested in enumerate(([second, third], [third, second])):
        write(f"hm-nested-{i}.exe", pe.with_table(authenticode(pe, w.leaf, [w.leaf, w.inter], nested=nested)))
        case(f"hm-nested-{i}.exe", "valid", 3, trust="hm-root", title="nested signatures in either order")
    case("hm-nested-0.exe", "valid", 2, trust="hm-root", args="--limit max_signatures=2", also="+AUTH001", title="more signatures than are judged")
    wide = bytearray(pe.data)
    struct.pack_into("<I", wide, struct.unpack_from("<I", wide, 0x3c)[0] + 24 + 60, 0x400)
    wide = PE(wide)
    write("hm-wide-headers.exe", wide.with_table(authenticode(wide, w.leaf, [w.leaf, w.inter])))
    case("hm-wide-headers.exe", "valid", trust="hm-root", title="overlapping SizeOfHeaders")


def make(out, case, image):
    w = World(out / "ca")
    pe = PE(image)

    def write(name, data):
        (out / name).write_bytes(data)
    for title, signer, bag, stamp, status, also in times(w):
        write(file_name(title), pe.with_table(authenticode(pe, signer, [signer, *bag], stamp=stamp)))
        case(file_name(title), status, trust="hm-root", also=also, title=title)
    for title, signer, bag, how, status, also in odd_forms(w, pe):
        certs = how.pop("bag", [signer, *bag])
        write(file_name(title), pe.with_table(authenticode(pe, signer, certs, **how)))
        case(file_name(title), status, trust="hm-root", also=also, title=title)
    for order in (1, 2):
        case(file_name("plain, made by hand"), "valid", trust=f"hm-twins-{order}", title="same-name roots in both orders")
    tables(w, write, case, pe)
    distrust_cases(w, write, case, pe)
    revocation_made.make(w, write, case, pe)
    trust_made.make(w, write, case, pe)
    return w
