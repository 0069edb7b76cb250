# SPDX-License-Identifier: Apache-2.0
"""Images for firmware, with its databases (EFI_SIGNATURE_LIST, UEFI 2.10, 32.4.1) and SBAT rows. make(OUT, case, image) writes and names them."""
import hashlib
import struct
import uuid

from der import read
from pki import Cert, Key, basic_constraints, eku
from signer import PE, authenticode, token

TYPE = {"x509": "a5c059a1-94e4-4aa7-87b5-ab155c2bf072", "rsa2048": "3c5766e8-269c-4e34-aa14-ed776e85b3b6",
        "sha1": "826ca512-cf10-4ac9-b187-be01496631bd", "sha256": "c1c41626-504c-4092-aca9-41f936934328",
        "sha384": "ff3e5307-9fd0-48c9-85f1-8ad56c701e01", "sha512": "093e0fae-a6c4-4f50-9f1b-d41e2b89c19a",
        "x509_sha256": "3bd2a492-96c0-4079-b420-fcf98ef103ed", "x509_sha384": "7076876e-80c2-4ee6-aad2-28b349a6865b",
        "x509_sha512": "446dbf63-2502-4cda-bcfa-2465d2b0fe9d", "another": "00112233-4455-6677-8899-aabbccddeeff"}
PKCS7 = uuid.UUID("4aafd29d-68df-49ee-8aa9-347d375665a7").bytes_le
NEVER = bytes(16)
SBAT = "sbat,1,SBAT Version,sbat,1,https://github.com/rhboot/shim/blob/main/SBAT.md\ntmk,{},Touchmark,tmk,1,https://example.org\n"


def efi_time(year, month=1, day=1):
    return struct.pack("<HBBBBBBIhBB", year, month, day, 0, 0, 0, 0, 0, 0, 0, 0)


def esl(kind, *values):
    """One list; the values are of one length."""
    size = 16 + len(values[0])
    return uuid.UUID(TYPE[kind]).bytes_le + struct.pack("<III", 28 + size * len(values), 0, size) + \
        b"".join(bytes(range(16)) + v for v in values)


def update(lists):
    """EFI_VARIABLE_AUTHENTICATION_2 before the lists, as in dbxupdate.bin."""
    pkcs7 = b"\x30\x03\x02\x01\x01"
    return efi_time(2024) + struct.pack("<IHH", 24 + len(pkcs7), 0x200, 0xef1) + PKCS7 + pkcs7 + lists


def efivar(lists):
    return struct.pack("<I", 0x27) + lists


def efi_image(image, sbat=None):
    """The image as an EFI application; with rows of SBAT in a section of its own."""
    data = bytearray(image)
    pe = struct.unpack_from("<I", data, 0x3c)[0]
    struct.pack_into("<H", data, pe + 24 + 68, 10)
    if sbat is not None:
        n, size = struct.unpack_from("<H", data, pe + 6)[0], struct.unpack_from("<H", data, pe + 20)[0]
        text = sbat.encode()
        head = struct.pack("<8sIIIIIIHHI", b".sbat", len(text), 0x2000, 0x200, len(data), 0, 0, 0, 0, 0x40000040)
        struct.pack_into("<H", data, pe + 6, n + 1)
        struct.pack_into("<I", data, pe + 24 + 56, 0x3000)
        data[pe + 24 + size + 40 * n:pe + 24 + size + 40 * (n + 1)] = head
        data += text.ljust(0x200, b"\0")
    return bytes(data)


def tbs(cert):
    _, whole, _ = read(cert.der)
    return whole[:read(whole)[2]]


def modulus(cert):
    """Of an RSA key of 2048 bits: the 256 bytes before the exponent 65537."""
    return cert.key.spki[-5 - 256:-5]


class World:
    def __init__(self, folder):
        self.folder = folder
        ca, code = [basic_constraints(True)], [basic_constraints(False), eku("code")]
        self.root = Cert(Key(folder, "efi-root"), "efi root", exts=ca)
        self.twin = Cert(self.root.key, "efi root", exts=ca)
        self.inter = Cert(Key(folder, "efi-inter"), "efi inter", self.root, ca)
        self.leaf = Cert(Key(folder, "efi-leaf", "rsa2048"), "efi leaf", self.inter, code, end="20210101000000")
        self.far_root = Cert(Key(folder, "efi-far"), "efi far root", exts=ca)
        self.far = Cert(Key(folder, "efi-far-leaf"), "efi far leaf", self.far_root, code)
        self.tsa = Cert(Key(folder, "efi-tsa"), "efi tsa", self.root, [basic_constraints(False), eku("time", critical=True)])
        self.root.pem(folder / "efi-root.pem")
        self.n = 0

    def file(self, data, name=None):
        """An argument that names a file of these bytes."""
        self.n += 1
        path = self.folder / (name or f"efi-{self.n}.esl")
        path.write_bytes(data)
        return f"ca/{path.name}"


def sha(alg, data):
    return hashlib.new(alg, data).digest()


def db_cases(w, case, good, unsigned):
    """What db may be, and hold: a title, the file, the status of a signed image, and of one that is not."""
    x509, image = esl("x509", w.root.der), sha("sha256", unsigned.hashed())
    table = [
        ("root in db", x509, "valid", "unsigned"),
        ("db as efivarfs gives it", efivar(x509), "valid", "unsigned"),
        ("db as an update", update(x509), "valid", "unsigned"),
        ("db as an update with attributes", efivar(update(x509)), "valid", "unsigned"),
        ("db as one certificate in DER", w.root.der, "valid", "unsigned"),
        ("db as certificates in PEM", (w.folder / "efi-root.pem").read_bytes(), "valid", "unsigned"),
        ("intermediate in db", esl("x509", w.inter.der), "valid", "unsigned"),
        ("signer in db", esl("x509", w.leaf.der), "valid", "unsigned"),
        ("two lists in db, the second names the root", esl("x509", w.far_root.der) + x509, "valid", "unsigned"),
        ("another root in db", esl("x509", w.far_root.der), "incomplete_chain", "unsigned"),
        ("the key alone in db", esl("rsa2048", modulus(w.leaf)), "incomplete_chain", "unsigned"),
        ("hash in db", esl("sha256", sha("sha256", b"another"), image), "valid", "valid"),
        ("SHA-1 hash in db", esl("sha1", sha("sha1", unsigned.hashed())), "valid", "valid"),
        ("SHA-384 hash in db", esl("sha384", sha("sha384", unsigned.hashed())), "valid", "valid"),
        ("SHA-512 hash in db", esl("sha512", sha("sha512", unsigned.hashed())), "valid", "valid"),
        ("hash of another image in db", esl("sha256", sha("sha256", b"another")), "incomplete_chain", "unsigned"),
        ("an entry of another type in db", esl("another", b"whatever") + x509, "valid", "unsigned"),
    ]
    for title, data, signed_status, unsigned_status in table:
        arg = f"--db {w.file(data)}"
        by_hash = unsigned_status == "valid"
        case(good, signed_status, 2 if by_hash else 1, trust=None, args=arg, also="+UEFI007" if by_hash else "", title=title)
        case("efi-unsigned.efi", unsigned_status, int(by_hash), trust=None, args=arg, also="+UEFI007 digest=pass" if by_hash else "",
             title=f"{title}; unsigned")


def dbx_cases(w, case, good, stamped, unsigned):
    db = f"--db {w.file(esl('x509', w.root.der))} --dbx "
    image, tbs256 = sha("sha256", unsigned.hashed()), sha("sha256", tbs(w.leaf))
    table = [
        ("hash in dbx", good, esl("sha256", image), "distrusted"),
        ("hash in dbx; unsigned", "efi-unsigned.efi", esl("sha256", image), "distrusted"),
        ("SHA-1 hash in dbx", good, esl("sha1", sha("sha1", unsigned.hashed())), "distrusted"),
        ("SHA-384 hash in dbx", good, esl("sha384", sha("sha384", unsigned.hashed())), "distrusted"),
        ("SHA-512 hash in dbx, as an update", good, update(esl("sha512", sha("sha512", unsigned.hashed()))), "distrusted"),
        ("hash of another image in dbx", good, esl("sha256", sha("sha256", b"another")), "valid"),
        ("signer in dbx", good, esl("x509", w.leaf.der), "distrusted"),
        ("intermediate in dbx", good, esl("x509", w.inter.der), "distrusted"),
        ("root in dbx and in db", good, esl("x509", w.root.der), "distrusted"),
        ("root's key in dbx under another certificate", good, esl("x509", w.twin.der), "distrusted"),
        ("signer's key in dbx", good, esl("rsa2048", modulus(w.leaf)), "distrusted"),
        ("TBS hash in dbx", good, esl("x509_sha256", tbs256 + NEVER), "distrusted"),
        ("TBS hash of the root in dbx", good, esl("x509_sha256", sha("sha256", tbs(w.root)) + NEVER), "distrusted"),
        ("TBS SHA-384 hash in dbx", good, esl("x509_sha384", sha("sha384", tbs(w.leaf)) + NEVER), "distrusted"),
        ("TBS SHA-512 hash in dbx", good, esl("x509_sha512", sha("sha512", tbs(w.inter)) + NEVER), "distrusted"),
        ("TBS hash of another certificate in dbx", good, esl("x509_sha256", sha("sha256", tbs(w.far)) + NEVER), "valid"),
        ("TBS hash from after the stamp", stamped, esl("x509_sha256", tbs256 + efi_time(2021)), "valid"),
        ("TBS hash from before the stamp", stamped, esl("x509_sha256", tbs256 + efi_time(2020, 3)), "distrusted"),
        ("TBS hash from ever, stamped", stamped, esl("x509_sha256", tbs256 + NEVER), "distrusted"),
        ("TBS hash from a later day, unstamped", good, esl("x509_sha256", tbs256 + efi_time(2035)), "distrusted"),
        ("dbx as one certificate in DER", good, w.leaf.der, "distrusted"),
    ]
    for title, name, data, status in table:
        also = "revocation=pass" if status == "valid" else "revocation=fail +TRUST005"
        case(name, status, trust="efi-root" if name == stamped else None, args=db + w.file(data), also=also, title=title)
    case(good, "valid", trust=None, args=db + w.file(esl("another", b"whatever")), also="revocation=not_checked",
         title="an entry of another type in dbx")
    by_hash = f"--db {w.file(esl('sha256', image))} --dbx "
    case("efi-unsigned.efi", "distrusted", trust=None, args=by_hash + w.file(esl("sha256", image)), title="hash in db and in dbx")
    case(good, "distrusted", 2, trust=None, args=by_hash + w.file(esl("x509", w.leaf.der)), title="hash in db, signer in dbx")


def dbx_digests(w, case, unsigned):
    """What is shown is the digest that is listed."""
    for alg in ("sha1", "sha384", "sha512"):
        case("efi-unsigned.efi", "distrusted", trust=None, args=f"--dbx {w.file(esl(alg, sha(alg, unsigned.hashed())))}",
             also=f"digest=pass digest:{alg}", title=f"{alg} of an unsigned image in dbx")


def several(w, write, case, pe):
    mine = authenticode(pe, w.leaf, [w.leaf, w.inter])
    far = authenticode(pe, w.far, [w.far])
    db, dbx = f"--db {w.file(esl('x509', w.root.der))}", f" --dbx {w.file(esl('x509', w.far.der))}"
    for name, table in (("efi-two.efi", (far, mine)), ("efi-two-2.efi", (mine, far))):
        write(name, pe.with_table(*table))
        case(name, "valid", 2, trust=None, args=db, also="+SCAN008", title="one of two entries in db")
        case(name, "distrusted", 2, trust=None, args=db + dbx, title="one of two entries in db, the other in dbx")
    write("efi-nested.efi", pe.with_table(authenticode(pe, w.far, [w.far], nested=[mine])))
    case("efi-nested.efi", "incomplete_chain", 2, trust=None, args=db, also="+UEFI008", title="nested in db alone: firmware does not read it")


def sbat_cases(w, write, case, image):
    db = f"--db {w.file(esl('x509', w.root.der))}"
    level = f"{db} --sbat-level {w.file(b'sbat,1,2025' + b'010100' + bytes([10]) + b'tmk,3' + bytes([10]), 'efi-level.csv')}"
    for name, text, status, also in (
            ("sbat-newer", SBAT.format(4), "valid", ""), ("sbat-equal", SBAT.format(3), "valid", ""),
            ("sbat-older", SBAT.format(2), "distrusted", "revocation=fail +UEFI005"),
            ("sbat-broken", "sbat,1\n" + SBAT.format(4), "distrusted", "revocation=fail +UEFI001"),
            ("sbat-no-number", SBAT.format("x"), "distrusted", "revocation=fail +UEFI001"),
            ("sbat-other", SBAT.format(1).replace("tmk,", "tml,"), "valid", ""),
            ("sbat-none", None, "valid", "+UEFI006")):
        pe = PE(efi_image(image, text))
        write(f"efi-{name}.efi", pe.with_table(authenticode(pe, w.leaf, [w.leaf, w.inter])))
        case(f"efi-{name}.efi", status, trust=None, args=level, also=also, title=f"SBAT: {name}")
    case("efi-sbat-older.efi", "valid", trust=None, args=f"{db} --sbat-level none", title="SBAT: no level")
    case("efi-sbat-older.efi", "valid", trust=None, args=db, title="SBAT: a component that the shipped level does not name")


def order_cases(w, write, case, image):
    """Firmware hashes by sections: what lies otherwise gives it another digest."""
    db = f"--db {w.file(esl('x509', w.root.der))}"
    short = bytearray(efi_image(image))
    pe = struct.unpack_from("<I", short, 0x3c)[0]
    struct.pack_into("<I", short, pe + 24 + 60, 0x1f8)  # the first section lies at 0x200
    far = bytearray(efi_image(image, SBAT.format(1)))
    struct.pack_into("<I", far, pe + 24 + 240 + 40 + 20, 0x10000)
    for name, data, finding in (("efi-short-headers.efi", short, "UEFI003"), ("efi-section-outside.efi", far, "UEFI004")):
        p = PE(bytes(data))
        write(name, p.with_table(authenticode(p, w.leaf, [w.leaf, w.inter])))
        case(name, "digest_mismatch", trust=None, args=db, also=f"digest=fail signature=pass +{finding}", title=f"firmware's order: {name}")
    by_hash = f"--db {w.file(esl('sha256', sha('sha256', PE(bytes(short)).hashed())))}"
    write("efi-short-unsigned.efi", bytes(short))
    case("efi-short-unsigned.efi", "unsigned", 0, trust=None, args=by_hash, title="hash in db, but in the order of Windows")


def make(out, case, image):
    w = World(out / "ca")
    pe = PE(efi_image(image))

    def write(name, data):
        (out / name).write_bytes(data)
    write("efi-unsigned.efi", pe.data)
    write("efi-good.efi", pe.with_table(authenticode(pe, w.leaf, [w.leaf, w.inter])))
    write("efi-stamped.efi", pe.with_table(authenticode(pe, w.leaf, [w.leaf, w.inter], stamp=token(w.tsa, [w.tsa], "20200601000000"))))
    write("efi-whole-chain.efi", pe.with_table(authenticode(pe, w.leaf, [w.leaf, w.inter, w.root])))
    case("efi-good.efi", "incomplete_chain", trust=None, title="firmware: in no db")
    case("efi-whole-chain.efi", "untrusted", trust="efi-root", title="firmware: a root that is trusted for code, in no db")
    case("efi-whole-chain.efi", "untrusted", trust=None, args=f"--db {w.file(esl('x509', w.far.der))}", title="firmware: the whole chain, another db")
    db_cases(w, case, "efi-good.efi", pe)
    dbx_cases(w, case, "efi-good.efi", "efi-stamped.efi", pe)
    w.file(esl("x509", w.root.der)[:-1], "efi-cut.esl")  # of bad configuration: tests/cli/usage.py
    w.file(b"", "efi-empty.esl")
    w.file(esl("x509", b"\x30\x03\x02\x01\x01"), "efi-no-certificate.esl")
    several(w, write, case, pe)
    sbat_cases(w, write, case, image)
    order_cases(w, write, case, image)
    dbx_digests(w, case, pe)
