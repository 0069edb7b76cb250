# SPDX-License-Identifier: Apache-2.0
"""Revocation lists (RFC 5280 5) and OCSP answers (RFC 6960), written by hand, each right but for one thing."""
import base64
import hashlib

from der import algorithm, bits, explicit, generalized_time, integer, octets, oid, read, seq, tlv, utc_time
from pki import HASH_OID, Cert, basic_constraints, eku, extension
from signer import authenticode, token

REASON, INVALIDITY, DELTA, SCOPE = "2.5.29.21", "2.5.29.24", "2.5.29.27", "2.5.29.28"
OCSP_SIGNING = extension("2.5.29.37", seq(oid("1.3.6.1.5.5.7.3.9")))


def revoked(cert, when, reason=None, invalid=None):
    exts = []
    if reason is not None:
        exts.append(extension(REASON, tlv(10, bytes([reason]))))
    if invalid is not None:
        exts.append(extension(INVALIDITY, generalized_time(invalid)))
    return seq(cert.serial, utc_time(when), seq(*exts) if exts else b"")


def crl(issuer, rows=(), this="20230501000000", until="20230801000000", exts=(), key=None):
    signs = algorithm((key or issuer.key).oid("sha256"), b"\x05\x00" if (key or issuer.key).family == "rsa" else b"")
    tbs = seq(integer(1), signs, issuer.name, utc_time(this), utc_time(until) if until else b"", seq(*rows) if rows else b"",
              explicit(0, seq(*exts)) if exts else b"")
    return seq(tbs, signs, bits((key or issuer.key).sign("sha256", tbs)))


def scope(**parts):
    """part: a name of the distribution point; user, authority, indirect: flags."""
    body = b""
    if "part" in parts:
        body += tlv(0xa0, tlv(0xa0, tlv(0x86, parts["part"].encode())))
    for tag, word in ((0x81, "user"), (0x82, "authority"), (0x84, "indirect")):
        body += tlv(tag, b"\xff") if parts.get(word) else b""
    return extension(SCOPE, seq(body), True)


def key_bits(cert):
    _, whole, _ = read(cert.key.spki)
    _, _, at = read(whole)
    return read(whole, at)[1][1:]


def answer(cert, issuer, status, signer=None, certs=(), this="20230501000000", until="20230801000000", alg="sha1", more=()):
    """more: what the same answer says of the same certificate beside it."""
    signer = signer or issuer
    cert_id = seq(algorithm(HASH_OID[alg]), octets(hashlib.new(alg, issuer.name).digest()),
                  octets(hashlib.new(alg, key_bits(issuer)).digest()), cert.serial)
    times = generalized_time(this), explicit(0, generalized_time(until)) if until else b""
    singles = [seq(cert_id, s, *times) for s in (status, *more)]
    data = seq(explicit(1, signer.name), generalized_time(this), seq(*singles))
    signs = algorithm(signer.key.oid("sha256"), b"\x05\x00" if signer.key.family == "rsa" else b"")
    basic = seq(data, signs, bits(signer.key.sign("sha256", data)), explicit(0, seq(*(c.der for c in certs))) if certs else b"")
    return seq(tlv(10, b"\0"), explicit(0, seq(oid("1.3.6.1.5.5.7.48.1.1"), octets(basic))))


def pem(data):
    return b"-----BEGIN X509 CRL-----\n" + base64.encodebytes(data) + b"-----END X509 CRL-----\n"


GOOD, UNKNOWN = tlv(0x80, b""), tlv(0x82, b"")


def was_revoked(when):
    return tlv(0xa1, generalized_time(when) + explicit(0, tlv(10, b"\x01")))


def lists(w):
    """Title, lists that stand beside the root's, status, what else; the file is stamped on 2023-06-01."""
    leaf, inter, other = w.leaf, w.inter, w.far_root
    before, after = "20230401000000", "20230701000000"
    part = "http://crl.example/2.crl"
    return [
        ("every certificate told good", [crl(inter)], "valid", "revocation=pass"),
        ("lists in PEM", [pem(crl(inter))], "valid", "revocation=pass"),
        ("a list for the issuer alone", [], "valid", "revocation=not_checked"),
        ("revoked before the stamp", [crl(inter, [revoked(leaf, before, 1)])], "distrusted", "revocation=fail +REV001"),
        ("revoked before the stamp, no reason", [crl(inter, [revoked(leaf, before)])], "distrusted", "revocation=fail +REV001"),
        ("revoked at the stamp's time", [crl(inter, [revoked(leaf, "20230601000000", 1)])], "distrusted", "revocation=fail"),
        ("revoked after the stamp", [crl(inter, [revoked(leaf, after, 1)], "20230702000000", "20231001000000")], "valid",
         "revocation=pass +REV002"),
        ("revoked after the stamp, key bad before", [crl(inter, [revoked(leaf, after, 1, before)], "20230702000000")], "valid",
         "revocation=pass +REV002 +REV003"),
        ("list of before the stamp, out of date", [crl(inter, (), "20230101000000", "20230301000000")], "valid", "revocation=not_checked"),
        ("list out of date that names it", [crl(inter, [revoked(leaf, "20221201000000", 4)], "20230101000000", "20230301000000")],
         "distrusted", "revocation=fail +REV001"),
        ("list without a next update", [crl(inter, (), "20230501000000", None)], "valid", "revocation=not_checked"),
        ("list of after the stamp", [crl(inter, (), "20240101000000", "20240301000000")], "valid", "revocation=pass"),
        ("list by another key", [crl(inter, [revoked(leaf, before)], key=other.key)], "valid", "revocation=not_checked"),
        ("list of another issuer", [crl(other, [revoked(leaf, before)])], "valid", "revocation=not_checked"),
        ("issuer revoked before the stamp", [crl(inter), crl(w.root, [revoked(inter, before, 2)])], "distrusted", "revocation=fail +REV001"),
        ("issuer revoked after the stamp", [crl(inter), crl(w.root, [revoked(inter, after, 2)], "20230702000000")], "valid",
         "revocation=pass +REV002"),
        ("list in parts, not its part", [crl(inter, exts=[scope(part=part)])], "valid", "revocation=not_checked"),
        ("list in parts that names it", [crl(inter, [revoked(leaf, before)], exts=[scope(part=part)])], "distrusted", "revocation=fail"),
        ("list of authorities alone", [crl(inter, [revoked(leaf, before)], exts=[scope(authority=True)])], "valid", "revocation=not_checked"),
        ("list of end entities alone", [crl(inter, exts=[scope(user=True)])], "valid", "revocation=pass"),
        ("indirect list", [crl(inter, [revoked(leaf, before)], exts=[scope(indirect=True)])], "valid", "revocation=not_checked"),
        ("delta list", [crl(inter, exts=[extension(DELTA, integer(1), True)])], "valid", "revocation=not_checked"),
        ("delta list that names it", [crl(inter, [revoked(leaf, before)], exts=[extension(DELTA, integer(1), True)])], "distrusted",
         "revocation=fail"),
        ("list with an unknown critical extension", [crl(inter, [revoked(leaf, before)], exts=[extension("1.2.3.4", integer(1), True)])],
         "valid", "revocation=not_checked"),
        ("on hold", [crl(inter, [revoked(leaf, before, 6)])], "distrusted", "revocation=fail"),
        ("hold lifted", [crl(inter, [revoked(leaf, before, 6)], "20230402000000"), crl(inter)], "valid", "revocation=pass"),
        ("hold lifted, and on hold again", [crl(inter, [revoked(leaf, "20230301000000", 6)], "20230302000000"), crl(inter, (), before),
                                            crl(inter, [revoked(leaf, "20230501000000", 6)], "20230502000000")], "distrusted", "revocation=fail"),
        ("hold, and a list of a later revocation", [crl(inter, [revoked(leaf, before, 6)], "20230402000000"),
                                                    crl(inter, [revoked(leaf, after, 1)], "20230702000000", "20231001000000")],
         "distrusted", "revocation=fail +REV001"),
        ("hold lifted, and a list of a later revocation", [crl(inter, [revoked(leaf, before, 6)], "20230402000000"), crl(inter),
                                                           crl(inter, [revoked(leaf, after, 1)], "20230702000000", "20231001000000")],
         "valid", "revocation=pass +REV002"),
    ]


def answers(w, folder):
    """As lists; the answer stands in the place of the leaf's issuer's list."""
    leaf, inter = w.leaf, w.inter
    key = w.new("hm-ocsp")
    end = [basic_constraints(False)]
    named = Cert(key, "hm ocsp", inter, [*end, OCSP_SIGNING])
    unnamed = Cert(key, "hm ocsp plain", inter, [*end, eku("code")])
    stranger = Cert(key, "hm ocsp stranger", w.far_root, [*end, OCSP_SIGNING])
    past = Cert(key, "hm ocsp past", inter, [*end, OCSP_SIGNING], end="20230101000000")
    return [
        ("OCSP good", [answer(leaf, inter, GOOD)], "valid", "revocation=pass"),
        ("OCSP good, SHA-256", [answer(leaf, inter, GOOD, alg="sha256")], "valid", "revocation=pass"),
        ("OCSP revoked before the stamp", [answer(leaf, inter, was_revoked("20230401000000"))], "distrusted", "revocation=fail +REV001"),
        ("OCSP revoked after the stamp", [answer(leaf, inter, was_revoked("20230701000000"), this="20230702000000")], "valid",
         "revocation=pass +REV002"),
        ("OCSP good, and revoked beside it", [answer(leaf, inter, GOOD, more=[was_revoked("20230401000000")])], "distrusted",
         "revocation=fail +REV001"),
        ("OCSP revoked, and good beside it", [answer(leaf, inter, was_revoked("20230401000000"), more=[GOOD])], "distrusted",
         "revocation=fail +REV001"),
        ("OCSP unknown", [answer(leaf, inter, UNKNOWN)], "valid", "revocation=not_checked"),
        ("OCSP out of date", [answer(leaf, inter, GOOD, this="20230101000000", until="20230301000000")], "valid", "revocation=not_checked"),
        ("OCSP of another certificate", [answer(w.lifetime, inter, GOOD)], "valid", "revocation=not_checked"),
        ("OCSP by another key", [answer(leaf, inter, was_revoked("20230401000000"), signer=w.far_root)], "valid", "revocation=not_checked"),
        ("OCSP by a named responder", [answer(leaf, inter, GOOD, named, [named])], "valid", "revocation=pass"),
        ("OCSP revoked by a named responder", [answer(leaf, inter, was_revoked("20230401000000"), named, [named])], "distrusted",
         "revocation=fail"),
        ("OCSP by a named responder that is revoked", [answer(leaf, inter, GOOD, named, [named]), crl(inter, [revoked(named, "20230401000000", 1)],
                                                                                            "20230402000000", "20230403000000")],
         "valid", "revocation=not_checked"),
        ("OCSP revoked by a responder that is revoked later", [answer(leaf, inter, was_revoked("20230401000000"), named, [named]),
                                                               crl(inter, [revoked(named, "20230701000000")], "20230702000000")],
         "valid", "revocation=not_checked"),
        ("OCSP by a named responder, another revoked", [answer(leaf, inter, GOOD, named, [named]),
                                                        crl(inter, [revoked(unnamed, "20230401000000")], "20230402000000", "20230403000000")],
         "valid", "revocation=pass"),
        ("OCSP by a responder without its EKU", [answer(leaf, inter, was_revoked("20230401000000"), unnamed, [unnamed])], "valid",
         "revocation=not_checked"),
        ("OCSP by another issuer's responder", [answer(leaf, inter, GOOD, stranger, [stranger])], "valid", "revocation=not_checked"),
        ("OCSP by a responder past its time", [answer(leaf, inter, GOOD, past, [past])], "valid", "revocation=not_checked"),
        ("OCSP by a responder whose certificate is not there", [answer(leaf, inter, GOOD, named)], "valid", "revocation=not_checked"),
    ]


def make(w, write, case, pe):
    folder = w.folder / "revocation"
    folder.mkdir(exist_ok=True)
    n = 0

    def put(data):
        nonlocal n
        n += 1
        (folder / f"{n}.crl").write_bytes(data)
        return f"--revocation ca/revocation/{n}.crl"
    root = put(crl(w.root))
    blob = authenticode(pe, w.leaf, [w.leaf, w.inter], stamp=token(w.tsa, [w.tsa], "20230601000000"))
    for name, when, status in (("hm-revoked.exe", "20230401000000", "distrusted"), ("hm-revoked-later.exe", "20230701000000", "valid")):
        write(name, pe.with_table(blob))
        args = f"{root} {put(crl(w.inter, [revoked(w.leaf, when, 1)], '20230702000000', '20231001000000'))}"
        case(name, status, trust="hm-root", args=args, also="revocation=pass" if status == "valid" else "revocation=fail", title=name[3:-4])
    for title, items, status, also in lists(w) + answers(w, folder):
        args = " ".join([root, *(put(i) for i in items)])
        case("hm-distrusted.exe", status, trust="hm-root", args=args, also=also, title=title)
    (folder / "empty").mkdir(exist_ok=True)
    (folder / "broken.pem").write_bytes(pem(crl(w.inter)[:-9]))
    (folder / "cut.pem").write_bytes(pem(crl(w.inter)) + pem(crl(w.root))[:-40])
    inter = put(crl(w.inter, [revoked(w.leaf, "20230401000000")]))
    case("hm-distrusted.exe", "distrusted", trust="other", args=inter, also="revocation=fail", title="revoked, issuer not trusted")
    case("hm-plain--made-by-hand.exe", "distrusted", trust="hm-root", args=inter, title="revoked, unstamped")
    tsa = put(crl(w.root, [revoked(w.tsa, "20200101000000")], "20200501000000", "20200801000000"))
    case("hm-stamped-in-its-time.exe", "expired", trust="hm-root", args=tsa, also="timestamp=fail +TRUST002", title="time stamper revoked before")
    past = [put(crl(w.root, (), "20220101000000")), put(crl(w.inter, (), "20220101000000"))]
    kept = put(crl(w.inter, (), "20220101000000", exts=[extension("2.5.29.60", generalized_time("20150101000000"))]))
    case("hm-stamped-in-its-time.exe", "valid", trust="hm-root", args=" ".join(past), also="revocation=not_checked",
         title="list made after the certificate expired")
    case("hm-stamped-in-its-time.exe", "valid", trust="hm-root", args=f"{past[0]} {kept}", also="revocation=pass",
         title="list made after, that keeps what expired")
    mute = Cert(w.key["hm-inter"], "hm mute", w.root, [basic_constraints(True, 0), extension("2.5.29.15", tlv(3, b"\x02\x04"), True)])
    point = seq(seq(tlv(0xa0, tlv(0xa0, tlv(0x86, b"http://crl.example/2.crl")))))
    for title, issuer, exts, items, also in (
            ("issuer that may not sign lists", mute, [], [crl(mute)], "revocation=not_checked"),
            ("list in parts, its part", w.inter, [extension("2.5.29.31", point)],
             [crl(w.inter, exts=[scope(part="http://crl.example/2.crl")])], "revocation=pass")):
        leaf = Cert(w.key["hm-leaf"], "hm leaf of its own", issuer, [basic_constraints(False), eku("code"), *exts])
        name = "hm-" + title.replace(",", "").replace(" ", "-") + ".exe"
        write(name, pe.with_table(authenticode(pe, leaf, [leaf, issuer], stamp=token(w.tsa, [w.tsa], "20230601000000"))))
        case(name, "valid", trust="hm-root", args=" ".join([root, *(put(i) for i in items)]), also=also, title=title)
