# SPDX-License-Identifier: Apache-2.0
"""Samples signed with SM2 and SM3 (GM/T 0010), each wrong, or merely odd, in one way. make(OUT, case, image) writes and names them."""
import copy

from pki import Cert, Key, basic_constraints, digest, eku
from signer import PE, authenticode, token
from sm import Sm2Key

GM_DATA = "1.2.156.10197.6.1.4.2.2"


class OtherIdentity(Sm2Key):
    """The same key, but what it signs is salted with another identity."""
    def sign(self, _alg, message, signer_id=b"ALICE123@YAHOO.COM", bare=False):
        return super().sign(_alg, message, signer_id, bare)


class Bare(Sm2Key):
    """r and s without DER."""
    def sign(self, _alg, message, signer_id=b"1234567812345678", bare=True):
        return super().sign(_alg, message, signer_id, bare)


def keyed(cert, kind):
    """The same certificate, whose key signs in another way."""
    other = copy.copy(cert)
    other.key = kind(cert.key.d)
    return other


class World:
    def __init__(self, folder):
        ca, code = [basic_constraints(True)], [basic_constraints(False), eku("code")]
        self.root = Cert(Sm2Key(), "gm root", exts=ca)
        self.other = Cert(Sm2Key(), "gm other root", exts=ca)
        self.inter = Cert(Sm2Key(), "gm inter", self.root, ca)
        self.wrong_inter = Cert(self.inter.key, "gm inter", keyed(self.root, OtherIdentity), ca)
        key = Sm2Key()
        self.leaf = Cert(key, "gm leaf", self.inter, code)
        self.past = Cert(key, "gm past", self.inter, code, end="20210101000000")
        self.tsa = Cert(Sm2Key(), "gm tsa", self.root, [basic_constraints(False), eku("time", critical=True)])
        self.rsa_root = Cert(Key(folder, "gm-rsa-root", "rsa2048"), "gm rsa root", exts=ca)
        self.mixed_inter = Cert(Sm2Key(), "gm mixed inter", self.rsa_root, ca)
        self.mixed_leaf = Cert(key, "gm mixed leaf", self.mixed_inter, code)
        self.rsa_leaf = Cert(Key(folder, "gm-rsa-leaf", "rsa2048"), "gm international leaf", self.rsa_root, code)
        self.under_sm2 = Cert(self.rsa_leaf.key, "gm rsa leaf under sm2", self.inter, code)
        for name, certs in (("gm-root", [self.root]), ("gm-other", [self.other]), ("gm-rsa-root", [self.rsa_root]),
                            ("gm-both", [self.rsa_root, self.root]), ("gm-self", [keyed(self.root, OtherIdentity)])):
            path = folder / f"{name}.pem"
            text = ""
            for c in certs:
                c.pem(path)
                text += path.read_text()
            path.write_text(text)


def sign(pe, cert, bag, **how):
    how.setdefault("data_oid", GM_DATA)
    return authenticode(pe, cert, bag, how.pop("alg", "sm3"), **how)


def rows(w, pe):
    """Title, trust, signer, certificates, arguments, status, what else."""
    leaf, inter, both = w.leaf, w.inter, [w.leaf, w.inter]
    return [
        ("SM2 and SM3", "gm-root", leaf, both, {}, "valid", "digest=pass signature=pass"),
        ("SM2 in SignedData of PKCS#7", "gm-root", leaf, both, {"data_oid": "1.2.840.113549.1.7.2"}, "valid", ""),
        ("SM2, r and s without DER", "gm-root", keyed(leaf, Bare), both, {}, "valid", "signature=pass"),
        ("SM2, signature algorithm by the curve", "gm-root", leaf, both, {"key_oid": "1.2.156.10197.1.301"}, "valid", ""),
        ("SM2, signature algorithm as signing", "gm-root", leaf, both, {"key_oid": "1.2.156.10197.1.301.1"}, "valid", ""),
        ("SM3 without a key, by name", "gm-root", leaf, both, {"digest_oid": "1.2.156.10197.1.401.1"}, "valid", ""),
        ("SM2, signer's identity another", "gm-root", keyed(leaf, OtherIdentity), both, {}, "bad_signature", "digest=pass signature=fail"),
        ("SM2, SM3 digest of another file", "gm-root", leaf, both, {"image_digest": digest("sm3", b"another")}, "digest_mismatch",
         "digest=fail signature=pass"),
        ("SM2, attributes of another content", "gm-root", leaf, both, {"attrs_alg": "sha256"}, "bad_signature", "digest=pass signature=fail"),
        ("SM2, r and s cut short", "gm-root", leaf, both, {"value": b"\x11" * 63}, "bad_signature", "signature=fail"),
        ("SM2, r and s of nobody", "gm-root", leaf, both, {"value": b"\x11" * 64}, "bad_signature", "signature=fail"),
        ("SM2, r and s of zeros", "gm-root", leaf, both, {"value": bytes(64)}, "bad_signature", "signature=fail"),
        ("SM2, DER with a trailing byte", "gm-root", leaf, both, {"trail": b"\0"}, "bad_signature", "signature=fail"),
        ("SM2 over SHA-256", "gm-root", leaf, both, {"alg": "sha256"}, "unsupported", "signature=not_checked"),
        ("SM2, intermediate's issuer of another identity", "gm-root", leaf, [leaf, w.wrong_inter], {}, "incomplete_chain", "chain=fail"),
        ("SM2, intermediate missing", "gm-root", leaf, [leaf], {}, "incomplete_chain", ""),
        ("SM2, root of nobody", "gm-other", leaf, [leaf, inter, w.root], {}, "untrusted", ""),
        ("SM2 below a root of RSA", "gm-rsa-root", w.mixed_leaf, [w.mixed_leaf, w.mixed_inter], {}, "valid", ""),
        ("RSA below an intermediate of SM2", "gm-root", w.under_sm2, [w.under_sm2, inter], {"alg": "sha256"}, "valid", ""),
        ("SM2, unstamped, expired", "gm-root", w.past, [w.past, inter], {}, "expired", ""),
        ("SM2, stamped in its time", "gm-root", w.past, [w.past, inter], {"stamp": token(w.tsa, [w.tsa], "20200601000000", alg="sm3")},
         "valid", "timestamp=pass"),
        ("SM2, stamp of another value", "gm-root", w.past, [w.past, inter],
         {"stamp": token(w.tsa, [w.tsa], "20200601000000", alg="sm3", wrong_imprint=True)}, "expired", "timestamp=fail +TRUST002"),
    ]


def file_name(title):
    return "gm-" + "".join(c if c.isalnum() else "-" for c in title.lower()).strip("-") + ".exe"


def make(out, case, image):
    w = World(out / "ca")
    pe = PE(image)

    def write(name, data):
        (out / name).write_bytes(data)
    for title, trust, signer, bag, how, status, also in rows(w, pe):
        trail = how.pop("trail", None)
        if trail is not None:
            plain = signer.key
            signer = copy.copy(signer)
            signer.key = copy.copy(plain)
            signer.key.sign = lambda alg, data, k=plain, t=trail: k.sign(alg, data) + t
        write(file_name(title), pe.with_table(sign(pe, signer, bag, **how)))
        case(file_name(title), status, trust=trust, also=also, title=title)
    gm = sign(pe, w.leaf, [w.leaf, w.inter])
    international = authenticode(pe, w.rsa_leaf, [w.rsa_leaf])
    write("gm-two-entries.exe", pe.with_table(international, gm))
    case("gm-two-entries.exe", "valid", 2, trust="gm-both", title="one international and one GM signature")
    case("gm-two-entries.exe", "valid", 2, trust="gm-rsa-root", also="+SCAN008", title="the GM signature of nobody's root")
    write("gm-two-entries-2.exe", pe.with_table(gm, international))
    case("gm-two-entries-2.exe", "valid", 2, trust="gm-both", title="one GM and one international signature")
    write("gm-nested.exe", pe.with_table(authenticode(pe, w.rsa_leaf, [w.rsa_leaf], nested=[gm])))
    case("gm-nested.exe", "valid", 2, trust="gm-both", title="a GM signature nested in an international one")
