# SPDX-License-Identifier: Apache-2.0
"""Authenticode and its timestamps, written by hand ("Windows Authenticode Portable Executable Signature Format", 2008; RFC 3161)."""
import struct

from der import algorithm, bits, explicit, generalized_time, indefinite, integer, octets, oid, seq, set_of, tlv, utc_time
from pki import HASH_OID, attribute, digest

SIGNED_DATA, INDIRECT = "1.2.840.113549.1.7.2", "1.3.6.1.4.1.311.2.1.4"
CONTENT_TYPE, MESSAGE_DIGEST, SIGNING_TIME = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4", "1.2.840.113549.1.9.5"
NESTED, RFC3161, COUNTERSIGNATURE = "1.3.6.1.4.1.311.2.4.1", "1.3.6.1.4.1.311.3.3.1", "1.2.840.113549.1.9.6"
PAGE_CLASS = bytes.fromhex("a6b586d5b4a12466ae05a217da8e60d6")


class PE:
    """The offsets that signing needs."""
    def __init__(self, data):
        self.data = bytes(data)
        pe = struct.unpack_from("<I", data, 0x3c)[0]
        plus = struct.unpack_from("<H", data, pe + 24)[0] == 0x20b
        self.checksum, self.entry = pe + 24 + 64, pe + 24 + (112 if plus else 96) + 4 * 8
        self.headers = struct.unpack_from("<I", data, pe + 24 + 60)[0]
        n, size = struct.unpack_from("<H", data, pe + 6)[0], struct.unpack_from("<H", data, pe + 20)[0]
        self.sections = [struct.unpack_from("<II", data, pe + 24 + size + 40 * i + 16) for i in range(n)]  # raw size, offset

    def hashed(self):
        at, size = struct.unpack_from("<II", self.data, self.entry)
        d, end = self.data, at if size else len(self.data)
        return d[:self.checksum] + d[self.checksum + 4:self.entry] + d[self.entry + 8:end] + (d[at + size:] if size else b"")

    def with_table(self, *blobs, slack=b"", behind=b""):
        """Each blob in its own WIN_CERTIFICATE, padded outside dwLength; behind: bytes after the table."""
        table = b""
        for blob in blobs:
            whole = struct.pack("<IHH", 8 + len(blob) + len(slack), 0x200, 2) + blob + slack
            table += whole.ljust((len(whole) + 7) & ~7, b"\0")
        data = bytearray(self.data + table + behind)
        struct.pack_into("<II", data, self.entry, len(self.data), len(table))
        return bytes(data)

    def pages(self, alg):
        """The rows of the page hash table."""
        d, size = self.data, len(digest(alg, b""))
        head = d[:self.checksum] + d[self.checksum + 4:self.entry] + d[self.entry + 8:self.headers]
        rows = struct.pack("<I", 0) + digest(alg, head + bytes(max(0, 0x1000 - self.headers)))
        end = self.headers
        for raw, offset in self.sections:
            for done in range(0, raw, 0x1000):
                page = d[offset + done:offset + min(raw, done + 0x1000)]
                rows += struct.pack("<I", offset + done) + digest(alg, page.ljust(0x1000, b"\0"))
            end = offset + raw
        return rows + struct.pack("<I", end) + bytes(size)


def page_moniker(rows, alg):
    version = {"sha1": "1.3.6.1.4.1.311.2.3.1", "sha256": "1.3.6.1.4.1.311.2.3.2"}[alg]
    return tlv(0xa1, octets(PAGE_CLASS) + octets(set_of(seq(oid(version), set_of(octets(rows))))))


def indirect_data(image_digest, alg, pages=None):
    link = page_moniker(*pages) if pages else tlv(0xa2, tlv(0x80, b""))
    value = seq(bits(b"", 0), explicit(0, link))
    return seq(seq(oid("1.3.6.1.4.1.311.2.1.15"), value), seq(algorithm(HASH_OID[alg]), octets(image_digest)))


def signer_id(cert):
    return seq(cert.issuer_name, cert.serial)


def signer_info(cert, attrs, alg="sha256", *, version=1, unsigned=(), digest_oid=None, order=True, ber_attrs=False, value=None,
                by_key_id=False, key_oid=None, behind=b""):
    body = b"".join(sorted(attrs) if order else attrs)
    if value is None:
        value = cert.key.sign(alg, tlv(0x31, body))
    sid = tlv(0x80, cert.key_id) if by_key_id else signer_id(cert)
    signed = indefinite(0xa0, body) if ber_attrs else tlv(0xa0, body)
    key_alg = algorithm("1.2.840.113549.1.1.1") if cert.key.family == "rsa" else algorithm(key_oid or cert.key.oid(alg), b"")
    info = seq(integer(version), sid, algorithm(digest_oid or HASH_OID[alg]), signed, key_alg, octets(value),
               tlv(0xa1, b"".join(unsigned)) if unsigned or behind else b"", behind)
    return info, value


def signed_data(content_type, content, certs, infos, alg="sha256", version=1, ber=False, data_oid=SIGNED_DATA):
    bag = b"".join(c if isinstance(c, bytes) else c.der for c in certs)
    outer = indefinite if ber else tlv
    body = integer(version) + set_of(algorithm(HASH_OID[alg])) + seq(oid(content_type), b"" if content is None else explicit(0, content)) + \
        tlv(0xa0, bag) + tlv(0x31, b"".join(infos))
    return outer(0x30, oid(data_oid) + outer(0xa0, outer(0x30, body)))


def content_of(element):
    """What messageDigest of Authenticode is over: the content octets."""
    n = element[1]
    return element[2 + (n & 0x7f if n & 0x80 else 0):]


def authenticode(pe, cert, certs, alg="sha256", *, file_alg=None, pages=None, stamp=None, nested=(), attrs_alg=None, content_type=INDIRECT,
                 data_version=1, ber=False, extra=(), image_digest=None, content=None, data_oid=SIGNED_DATA, signer_infos=1, **info):
    """stamp: a function from the signature value to unsigned attributes; content: SpcIndirectDataContent of a file that is no PE
    (pe is None then); signer_infos: how often the one stands there. The rest is as it is in signer_info."""
    file_alg = file_alg or alg
    content = content or indirect_data(image_digest or digest(file_alg, pe.hashed()), file_alg, pages)
    attrs = [attribute(CONTENT_TYPE, oid(content_type)), attribute(MESSAGE_DIGEST, octets(digest(attrs_alg or alg, content_of(content)))), *extra]
    _, value = signer_info(cert, attrs, alg, **info)
    unsigned = list(stamp(value)) if stamp else []
    if nested:
        unsigned.append(seq(oid(NESTED), tlv(0x31, b"".join(nested))))
    done, _ = signer_info(cert, attrs, alg, unsigned=unsigned, **{**info, "value": value})
    return signed_data(INDIRECT, content, certs, [done] * signer_infos, alg, data_version, ber, data_oid)


def token(tsa, certs, time, *, alg="sha256", wrong_imprint=False, pkcs9=False, generalized=True, attr=RFC3161):
    """An RFC 3161 token as an unsigned attribute."""
    def stamp(value):
        imprint = digest(alg, value + (b"!" if wrong_imprint else b""))
        when = generalized_time(time) if generalized else utc_time(time)
        tst = seq(integer(1), oid("1.2.3.4.1"), seq(algorithm(HASH_OID[alg]), octets(imprint)), integer(7), when)
        tst_type = "1.2.840.113549.1.9.16.1.4"
        over = content_of(tst) if pkcs9 else tst
        attrs = [attribute(CONTENT_TYPE, oid(tst_type)), attribute(MESSAGE_DIGEST, octets(digest(alg, over)))]
        info, _ = signer_info(tsa, attrs, alg)
        return [attribute(attr, signed_data(tst_type, tst if pkcs9 else octets(tst), certs, [info], alg, 3))]
    return stamp


def countersignature(tsa, time, *, alg="sha1", form="digest_info", wrong_imprint=False):
    """A PKCS#9 countersignature; its certificates travel in the outer bag. form: digest_info, bare, bare_trailing."""
    def stamp(value):
        attrs = [attribute(CONTENT_TYPE, oid("1.2.840.113549.1.7.1")), attribute(SIGNING_TIME, utc_time(time)),
                 attribute(MESSAGE_DIGEST, octets(digest(alg, value + (b"!" if wrong_imprint else b""))))]
        hashed = digest(alg, tlv(0x31, b"".join(sorted(attrs))))
        made = None if form == "digest_info" else tsa.key.sign_bare(hashed + (b"\0" if form == "bare_trailing" else b""))
        info, _ = signer_info(tsa, attrs, alg, value=made)
        return [attribute(COUNTERSIGNATURE, info)]
    return stamp
