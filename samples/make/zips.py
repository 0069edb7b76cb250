# SPDX-License-Identifier: Apache-2.0
"""Zip archives written by hand, and signed packages that are zip archives: each right, or wrong in one way."""
import base64
import hashlib
import struct
import zlib

from der import algorithm, octets, oid, seq, tlv, utf8
from pki import HASH_OID, attribute, digest
from signer import CONTENT_TYPE, MESSAGE_DIGEST, signed_data, signer_info, token

DATA, COUNTERSIGNATURE, CMS_TOKEN = "1.2.840.113549.1.7.1", "1.2.840.113549.1.9.6", "1.2.840.113549.1.9.16.2.14"
COMMITMENT, CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.16", "1.2.840.113549.1.9.16.2.47"
COMMITS = {"author": "1.2.840.113549.1.9.16.6.1", "repository": "1.2.840.113549.1.9.16.6.2"}


class Member:
    """hidden: in no directory. gap: bytes behind it. extra: of its central header."""
    def __init__(self, name, data, packed=False, *, extra=b"", hidden=False, gap=b""):
        self.name, self.data, self.packed = name.encode(), data, packed
        self.extra, self.hidden, self.gap = extra, hidden, gap

    def content(self):
        if not self.packed:
            return self.data
        c = zlib.compressobj(9, zlib.DEFLATED, -15)
        return c.compress(self.data) + c.flush()

    def local(self):
        content = self.content()
        self.fields = struct.pack("<HHHHHIII", 20, 0, 8 if self.packed else 0, 0, 0x5a21, zlib.crc32(self.data), len(content), len(self.data))
        return b"PK\3\4" + self.fields + struct.pack("<HH", len(self.name), 0) + self.name + content

    def central(self, offset):
        return b"PK\1\2" + struct.pack("<H", 20) + self.fields + \
            struct.pack("<HHHHHII", len(self.name), len(self.extra), 0, 0, 0, 0, offset) + self.name + self.extra


class Zip:
    """The parts of an archive: .files (local members), .directory, .end."""
    def __init__(self, members, *, comment=b"", before_end=b"", zip64=False):
        self.files, self.directory, n = b"", b"", 0
        for m in members:
            at = len(self.files)
            self.files += m.local() + m.gap
            if not m.hidden:
                self.directory += m.central(at)
                n += 1
        size, at = len(self.directory), len(self.files)
        self.end = before_end
        if zip64:
            self.end += b"PK\6\6" + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, n, n, size, at)
            self.end += b"PK\6\7" + struct.pack("<IQI", 0, at + size, 1)
        self.end += b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, n, n, size, at, len(comment)) + comment

    def bytes(self):
        return self.files + self.directory + self.end


# ---- NuGet ----

NUSPEC = b"""<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd">
  <metadata>
    <id>Touchmark.Sample</id>
    <version>1.2.3</version>
    <authors>Touchmark Test</authors>
    <owners>tester</owners>
    <description>A package for tests</description>
  </metadata>
</package>
"""


def package_members():
    return [Member("_rels/.rels", b"<Relationships/>", True), Member("Touchmark.Sample.nuspec", NUSPEC, True),
            Member("lib/netstandard2.0/readme.txt", b"what the package brings\n" * 20, True), Member("[Content_Types].xml", b"<Types/>")]


def ess(cert, alg="sha256"):
    head = b"" if alg == "sha256" else algorithm(HASH_OID[alg])
    return attribute(CERTIFICATE_V2, seq(seq(seq(head, octets(digest(alg, cert.der))))))


def nuget_attributes(cert, role, over, alg, *, named=None, further=()):
    attrs = [attribute(MESSAGE_DIGEST, octets(digest(alg, over))), ess(named or cert), *further]
    return attrs + ([attribute(COMMITMENT, seq(oid(COMMITS[role])))] if role else [])


def repository_attributes():
    return [attribute("1.3.6.1.4.1.311.84.2.1.1.1", tlv(0x16, b"https://repository.test/v3/index.json")),
            attribute("1.3.6.1.4.1.311.84.2.1.1.2", seq(utf8("tester"), utf8("second owner")))]


def repository_countersignature(cert, *, over=None, stamp=None):
    """A function from the author's signature value to an unsigned attribute."""
    def make(value):
        attrs = nuget_attributes(cert, "repository", over or value, "sha256", further=[attribute(CONTENT_TYPE, oid(DATA)), *repository_attributes()])
        _, own = signer_info(cert, attrs)
        unsigned = stamp(own) if stamp else ()
        info, _ = signer_info(cert, attrs, value=own, unsigned=unsigned)
        return [attribute(COUNTERSIGNATURE, info)]
    return make


def cms_stamp(tsa, time, **how):
    def make(value):
        return [token(tsa, [tsa], time, attr=CMS_TOKEN, **how)(value)[0]]
    return make


def nuget_signature(package, cert, certs, *, alg="sha256", role="author", text=None, unsigned=(), named=None, further=()):
    """package: the archive's bytes as they are without a signature. unsigned: functions from the value to attributes."""
    if text is None:
        text = f"Version:1\n\n{HASH_OID[alg]}-Hash:{base64.b64encode(digest(alg, package)).decode()}\n\n".encode()
    attrs = nuget_attributes(cert, role, text, "sha256", named=named, further=[attribute(CONTENT_TYPE, oid(DATA)), *further])
    _, value = signer_info(cert, attrs)
    more = [a for make in unsigned for a in make(value)]
    info, _ = signer_info(cert, attrs, value=value, unsigned=more)
    return signed_data(DATA, octets(text), certs, [info], version=3)


def nuget_cases(w, write, case):
    plain, bag = Zip(package_members()).bytes(), [w.leaf, w.inter]
    good = nuget_signature(plain, w.leaf, bag)

    def package(title, status, blob=None, n=1, also="", args="", members=None, at=None, change=None, sig=None, **how):
        """sig: how the signature's member is written."""
        name = "nuget-" + "".join(c if c.isalnum() else "-" for c in title.lower()) + ".nupkg"
        members = members or package_members()
        at = len(members) if at is None else at
        members.insert(at, Member(".signature.p7s", good if blob is None else blob, **(sig or {})))
        data = bytearray(Zip(members, **how).bytes())
        if change:
            data = change(data)
        write(name, bytes(data))
        case(name, status, n, trust="hm-root", also=also, args=args, title=f"NuGet: {title}")
        return name

    def signed(signer, certs, **how):
        return nuget_signature(plain, signer, certs, **how)

    write("nuget-unsigned.nupkg", plain)
    case("nuget-unsigned.nupkg", "unsigned", 0, trust="hm-root", title="NuGet: unsigned")
    package("author", "valid", also="structure=pass digest=pass signature=pass coverage=pass role")
    package("signature in the middle", "valid", at=2, also="digest=pass coverage=pass")
    package("repository", "valid", signed(w.leaf, bag, role="repository", further=repository_attributes()), also="role more_info")
    package("sha512", "valid", signed(w.leaf, bag, alg="sha512"))
    package("author and repository", "valid", signed(w.leaf, [*bag, w.signer_of["p384"]], unsigned=[repository_countersignature(w.signer_of["p384"])]), 2)
    package("countersignature of another value", "valid",
            signed(w.leaf, [*bag, w.signer_of["p384"]], unsigned=[repository_countersignature(w.signer_of["p384"], over=b"another")]), 2, "+SCAN008")
    package("countersignature that is none", "valid", signed(w.leaf, bag, unsigned=[lambda _: [attribute(COUNTERSIGNATURE, octets(b"none"))]]), also="+PKG004")
    package("signature over the limit", "malformed", args="--limit max_signature_size=4", also="+PKG001")
    package("countersigning time is no timestamp", "expired",
            signed(w.past, [w.past, w.inter, w.signer_of["p384"]], unsigned=[repository_countersignature(w.signer_of["p384"])]), 2, "+SCAN008")
    package("expired", "expired", signed(w.past, [w.past, w.inter]))
    package("expired and stamped in time", "valid",
            signed(w.past, [w.past, w.inter], unsigned=[cms_stamp(w.tsa, "20200601000000")]), also="timestamp=pass")
    package("stamp of another signature", "expired",
            signed(w.past, [w.past, w.inter], unsigned=[cms_stamp(w.tsa, "20200601000000", wrong_imprint=True)]), also="timestamp=fail +TRUST002")
    package("signer may not sign code", "wrong_usage", signed(w.tsa, [w.tsa]))
    package("intermediate missing", "incomplete_chain", signed(w.leaf, [w.leaf]))
    package("untrusted", "untrusted", signed(w.far, [w.far, w.far_root]))
    package("signing certificate names another", "bad_signature", signed(w.leaf, bag, named=w.far), also="signature=fail digest=pass")
    package("text of version 2", "malformed", signed(w.leaf, bag, text=b"Version:2\n\n" + b"x" * 20))
    package("digest by SHA-1 alone", "unsupported", signed(w.leaf, bag, text=b"Version:1\n\n1.3.14.3.2.26-Hash:AAAA\n\n"), also="digest=not_checked")
    package("not a signature", "malformed", b"not DER at all", also="structure=fail")
    package("signature of another package", "digest_mismatch", nuget_signature(plain + b"!", w.leaf, bag), also="digest=fail signature=pass")
    one = package_members()
    one[2].data = one[2].data.replace(b"brings", b"BRINGS", 1)
    package("member changed", "digest_mismatch", members=one, also="digest=fail signature=pass")
    package("member added", "digest_mismatch", members=[*package_members(), Member("lib/x.txt", b"x")])
    package("member hidden", "digest_mismatch", members=[*package_members(), Member("lib/x.txt", b"x", hidden=True)], also="+ZIP004")
    package("member left out", "digest_mismatch", members=package_members()[:-1])
    package("directory patched", "digest_mismatch", members=[*package_members()[:-1], Member("[Content_Types].xml", b"<Types/>", extra=b"\x99\x99\0\0")])
    package("comment added", "digest_mismatch", comment=b"a comment")
    package("bytes between the directory and its end", "digest_mismatch", before_end=b"between", also="+ZIP007")
    package("bytes before", "digest_mismatch", change=lambda d: b"#!/bin/sh\n" + d, also="+ZIP005")
    package("bytes behind", "digest_mismatch", change=lambda d: d + b"behind", also="+ZIP008")
    package("count of members patched", "digest_mismatch", change=lambda d: d[:-12] + b"\x09" + d[-11:], also="+ZIP011")
    package("signature compressed", "digest_mismatch", sig={"packed": True})
    package("signature twice", "digest_mismatch", n=2, members=[*package_members(), Member(".signature.p7s", good)], also="+ZIP001")
    package("slack behind the signature", "valid", good + b"slack", also="coverage=fail +PKG003")
    package("slack, strict", "digest_mismatch", good + b"slack", args="--strict", also="coverage=fail")
    package("extra field of the signature", "valid", sig={"extra": b"\x99\x99\3\0abc"}, also="coverage=fail +PKG003")
    package("bytes behind the signature's member", "valid", sig={"gap": b"loose"}, also="coverage=fail +PKG003 +ZIP006")


def make(out, case, w):
    def write(name, data):
        (out / name).write_bytes(data)
    nuget_cases(w, write, case)
