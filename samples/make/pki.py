# SPDX-License-Identifier: Apache-2.0
"""Keys by openssl, certificates by hand: a CA that can issue what no tool would."""
import base64
import hashlib
import subprocess

import sm
from der import algorithm, bits, explicit, integer, octets, oid, read, seq, set_of, tlv, utc_time, utf8

HASH_OID = {"md2": "1.2.840.113549.2.2", "md5": "1.2.840.113549.2.5", "sha1": "1.3.14.3.2.26", "sha256": "2.16.840.1.101.3.4.2.1",
            "sha384": "2.16.840.1.101.3.4.2.2", "sha512": "2.16.840.1.101.3.4.2.3", "sm3": "1.2.156.10197.1.401"}
RSA_OID = {"md5": "1.2.840.113549.1.1.4", "sha1": "1.2.840.113549.1.1.5", "sha256": "1.2.840.113549.1.1.11",
           "sha384": "1.2.840.113549.1.1.12", "sha512": "1.2.840.113549.1.1.13"}
EC_OID = {"sha256": "1.2.840.10045.4.3.2", "sha384": "1.2.840.10045.4.3.3", "sha512": "1.2.840.10045.4.3.4"}
DSA_OID = {"sha256": "2.16.840.1.101.3.4.3.2", "sha1": "1.2.840.10040.4.3"}
EKU = {"code": "1.3.6.1.5.5.7.3.3", "time": "1.3.6.1.5.5.7.3.8", "server": "1.3.6.1.5.5.7.3.1", "lifetime": "1.3.6.1.4.1.311.10.3.13",
       "lists": "1.3.6.1.4.1.311.10.3.9"}


def run(*args, stdin=None):
    done = subprocess.run([str(a) for a in args], capture_output=True, input=stdin, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, args))}\n{done.stdout.decode(errors='replace')}{done.stderr.decode(errors='replace')}")
    return done.stdout


def digest(alg, data):
    if alg == "sm3":
        return sm.sm3(data)
    return hashlib.new(alg, data).digest()


class Key:
    """kind: rsa2048..., p256, p384, dsa."""
    def __init__(self, folder, name, kind="p256"):
        self.kind, self.path = kind, folder / f"{name}.key"
        if kind.startswith("rsa"):
            run("openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", f"rsa_keygen_bits:{kind[3:]}", "-out", self.path)
        elif kind == "dsa":
            run("openssl", "genpkey", "-genparam", "-algorithm", "DSA", "-pkeyopt", "dsa_paramgen_bits:1024", "-pkeyopt",
                "dsa_paramgen_q_bits:160", "-out", f"{self.path}.params")
            run("openssl", "genpkey", "-paramfile", f"{self.path}.params", "-out", self.path)
        else:
            encoding = "explicit" if kind == "explicit" else "named_curve"
            curve = {"p384": "P-384"}.get(kind, "P-256")
            run("openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", f"ec_paramgen_curve:{curve}", "-pkeyopt",
                f"ec_param_enc:{encoding}", "-out", self.path)
        self.spki = run("openssl", "pkey", "-in", self.path, "-pubout", "-outform", "DER")

    @property
    def family(self):
        return "rsa" if self.kind.startswith("rsa") else "dsa" if self.kind == "dsa" else "ec"

    def oid(self, alg):
        return {"rsa": RSA_OID, "dsa": DSA_OID, "ec": EC_OID}[self.family][alg]

    def sign(self, alg, data):
        args = ["-pkeyopt", f"digest:{alg}"] if self.family == "rsa" else []
        hashed = digest(alg, data)
        if self.family == "dsa":
            hashed = hashed[:20]
        return run("openssl", "pkeyutl", "-sign", "-inkey", self.path, *args, stdin=hashed)

    def sign_bare(self, data):
        """RSA alone: PKCS#1 padding around the bytes themselves, no DigestInfo."""
        return run("openssl", "pkeyutl", "-sign", "-inkey", self.path, stdin=data)


def name(common, org="Touchmark Test"):
    def part(dotted, text):
        return tlv(0x31, seq(oid(dotted), utf8(text)))
    return seq(part("2.5.4.6", "XX"), part("2.5.4.10", org), part("2.5.4.3", common))


def extension(dotted, value, critical=False):
    return seq(oid(dotted), b"\x01\x01\xff" if critical else b"", octets(value))


def basic_constraints(is_ca, path_len=None):
    return extension("2.5.29.19", seq(b"\x01\x01\xff" if is_ca else b"", b"" if path_len is None else integer(path_len)), True)


def eku(*words, critical=False):
    return extension("2.5.29.37", seq(*(oid(EKU[w]) for w in words)), critical)


class Cert:
    """issuer: another Cert, or None for self-signed. serial: int or the octets as they shall stand."""
    serials = 0x1000

    def __init__(self, key, common, issuer=None, exts=(), start="20200101000000", end="20400101000000", alg="sha256", serial=None,
                 aki="key", version=3):
        Cert.serials += 1
        self.key, self.name = key, name(common)
        self.serial = integer(Cert.serials if serial is None else serial)
        self.key_id = hashlib.sha1(key.spki).digest()
        up = issuer or self
        signs = algorithm(up.key.oid(alg), b"\x05\x00" if up.key.family == "rsa" else b"")
        all_exts = [extension("2.5.29.14", octets(self.key_id)), *exts]
        if issuer is not None and aki == "key":
            all_exts.append(extension("2.5.29.35", seq(tlv(0x80, issuer.key_id))))
        elif issuer is not None and aki == "serial":
            all_exts.append(extension("2.5.29.35", seq(tlv(0xa1, tlv(0xa4, issuer.issuer_name)), tlv(0x82, issuer.serial[2:]))))
        self.issuer_name = up.name
        tbs = seq(explicit(0, integer(version - 1)), self.serial, signs, up.name, seq(utc_time(start), utc_time(end)), self.name,
                  key.spki, explicit(3, seq(*all_exts)))
        self.der = seq(tbs, signs, bits(up.key.sign(alg, tbs)))

    def varied(self):
        """The same certificate in other bytes: (r, s) and (r, n - s) are one ECDSA signature (P-256)."""
        n = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551
        _, whole, _ = read(self.der)
        _, _, tbs_end = read(whole)
        _, _, alg_end = read(whole, tbs_end)
        _, value, _ = read(whole, alg_end)
        _, pair, _ = read(value[1:])
        _, r, at = read(pair)
        _, s, _ = read(pair, at)
        return seq(whole[:alg_end], bits(seq(integer(int.from_bytes(r, "big")), integer(n - int.from_bytes(s, "big")))))

    def pem(self, path):
        text = base64.encodebytes(self.der).decode()
        path.write_text(f"-----BEGIN CERTIFICATE-----\n{text}-----END CERTIFICATE-----\n")


def attribute(dotted, *values):
    return seq(oid(dotted), set_of(*values))
