# SPDX-License-Identifier: Apache-2.0
"""MSIX and APPX packages, signed by hand: each right, or wrong in one way."""
import base64

from der import algorithm, integer, octets, oid, seq
from pki import HASH_OID, attribute, digest
from signer import CONTENT_TYPE, INDIRECT, MESSAGE_DIGEST, content_of, signed_data, signer_info, token
from zips import Member, Zip

HASH_URI = {"sha256": "http://www.w3.org/2001/04/xmlenc#sha256", "sha512": "http://www.w3.org/2001/04/xmlenc#sha512"}
SIP_INFO, SIP_GUID = "1.3.6.1.4.1.311.2.1.30", bytes.fromhex("4bdfc50a07cee24db76e23c839a09fd1")
PUBLISHER = "CN=hm leaf, O=Touchmark Test, C=XX"
TYPES = b'<?xml version="1.0" encoding="UTF-8"?>\n<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'


def manifest(publisher=PUBLISHER):
    return f"""<?xml version="1.0" encoding="utf-8"?>
<Package xmlns="http://schemas.microsoft.com/appx/manifest/foundation/windows10">
  <Identity Name="Touchmark.Sample" Publisher="{publisher}" Version="1.2.3.0" ProcessorArchitecture="x64"/>
  <Properties><DisplayName>Sample</DisplayName><PublisherDisplayName>Touchmark Test</PublisherDisplayName></Properties>
</Package>
""".encode()


def bundle_manifest():
    return f"""<?xml version="1.0" encoding="utf-8"?>
<Bundle xmlns="http://schemas.microsoft.com/appx/2013/bundle"><Identity Name="Touchmark.Bundle" Publisher="{PUBLISHER}" Version="1.0.0.0"/>
</Bundle>""".encode()


def block_map(members, alg="sha256", doctype=""):
    text = f'<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n{doctype}<BlockMap ' \
        f'xmlns="http://schemas.microsoft.com/appx/2010/blockmap" HashMethod="{HASH_URI[alg]}">'
    for m in members:
        name = m.name.decode().replace("%20", " ").replace("/", "\\")
        blocks = [m.data[i:i + 65536] for i in range(0, len(m.data), 65536)]
        text += f'<File Name="{name}" Size="{len(m.data)}" LfhSize="{30 + len(m.name)}">'
        text += "".join(f'<Block Hash="{base64.b64encode(digest(alg, b)).decode()}"/>' for b in blocks) + "</File>"
    return (text + "</BlockMap>").encode()


def payload(publisher=PUBLISHER):
    return [Member("Assets/read%20me.txt", b"what the package brings\n" * 40, True), Member("data.bin", bytes(range(256)) * 600),
            Member("empty", b""), Member("AppxManifest.xml", manifest(publisher), True)]


def whole(members, *, mapped=None, doctype="", alg="sha256", more=()):
    """With the package's own parts; mapped: what the block map is made of."""
    listed = members if mapped is None else mapped
    return [*members, Member("AppxBlockMap.xml", block_map(listed, alg, doctype), True), Member("[Content_Types].xml", TYPES, True), *more]


def digests(members, alg, **how):
    z = Zip(members, **how)
    by_name = {m.name: m.data for m in members}
    rows = [(b"AXPC", z.files), (b"AXCD", z.directory + z.end), (b"AXCT", by_name[b"[Content_Types].xml"]),
            (b"AXBM", by_name[b"AppxBlockMap.xml"])]
    if b"AppxMetadata/CodeIntegrity.cat" in by_name:
        rows.append((b"AXCI", by_name[b"AppxMetadata/CodeIntegrity.cat"]))
    return [(tag, digest(alg, data)) for tag, data in rows]


def signature(rows, cert, certs, *, alg="sha256", stamp=None, kind=SIP_INFO):
    info = seq(integer(0x1010000), octets(SIP_GUID), *(integer(0) for _ in range(5)))
    blob = b"APPX" + b"".join(tag + value for tag, value in rows)
    content = seq(seq(oid(kind), info), seq(algorithm(HASH_OID[alg]), octets(blob)))
    attrs = [attribute(CONTENT_TYPE, oid(INDIRECT)), attribute(MESSAGE_DIGEST, octets(digest("sha256", content_of(content))))]
    _, value = signer_info(cert, attrs)
    done, _ = signer_info(cert, attrs, value=value, unsigned=stamp(value) if stamp else ())
    return signed_data(INDIRECT, content, certs, [done])


def cases(w, write, case):
    bag = [w.leaf, w.inter]

    def package(title, status, members=None, *, signed=None, blob=None, rows=None, signer=None, certs=None, n=1, also="", args="", at=None,
                alg="sha256", stamp=None, kind=SIP_INFO, magic=b"PKCX", change=None, how=None, sig=None):
        """signed: the members that were signed; members: what is in the package now."""
        signed = signed or whole(payload())
        members = list(members or signed)
        if blob is None:
            rows = rows or digests(signed, alg, **(how or {}))
            blob = signature(rows, signer or w.leaf, certs or bag, alg=alg, stamp=stamp, kind=kind)
        members.insert(len(members) if at is None else at, Member("AppxSignature.p7x", magic + blob, **(sig or {"packed": True})))
        data = Zip(members, **(how or {})).bytes()
        name = "msix-" + "".join(c if c.isalnum() else "-" for c in title.lower()) + ".msix"
        write(name, change(data) if change else data)
        case(name, status, n, trust="hm-root", also=also, args=args, title=f"MSIX: {title}")

    write("msix-unsigned.msix", Zip(whole(payload())).bytes())
    case("msix-unsigned.msix", "unsigned", 0, trust="hm-root", title="MSIX: unsigned")
    package("signed", "valid", also="structure=pass digest=pass page_hashes=pass signature=pass coverage=pass")
    package("small", "valid", signed=whole([m for m in payload() if m.name != b"data.bin"]))  # for the byte flips
    package("zip64", "valid", how={"zip64": True}, also="digest=pass")
    package("signature stored", "valid", sig={"packed": False})
    package("signature in the middle", "digest_mismatch", at=1, also="page_hashes=pass")
    package("sha512", "valid", signed=whole(payload(), alg="sha512"), alg="sha512")
    package("code catalogue", "valid", signed=whole(payload(), more=[Member("AppxMetadata/CodeIntegrity.cat", b"a catalogue")]))
    bundle = [Member("AppxMetadata/AppxBundleManifest.xml", bundle_manifest(), True)]
    package("bundle", "valid", signed=[Member("inner.msix", b"a package of its own"), *whole(bundle)])
    package("publisher the other way round", "valid", signed=whole(payload("C=XX, O=Touchmark Test, CN=hm leaf")))
    package("another publisher", "bad_signature", signed=whole(payload("CN=Another, O=Touchmark Test, C=XX")), also="signature=fail digest=pass +MSIX001")
    package("publisher with parts exchanged", "bad_signature", signed=whole(payload("CN=Touchmark Test, O=hm leaf, C=XX")), also="+MSIX001")
    package("no publisher", "bad_signature", signed=whole(payload()[:-1]), also="+MSIX001")
    package("stamped in its time", "valid", signer=w.past, certs=[w.past, w.inter], signed=whole(payload("CN=hm past, O=Touchmark Test, C=XX")),
            stamp=token(w.tsa, [w.tsa], "20200601000000"), also="timestamp=pass")
    package("expired", "expired", signer=w.past, certs=[w.past, w.inter], signed=whole(payload("CN=hm past, O=Touchmark Test, C=XX")))
    package("intermediate missing", "incomplete_chain", certs=[w.leaf])
    changed = whole(payload())
    changed[1].data = changed[1].data[:-1] + b"!"
    package("member changed", "digest_mismatch", changed, also="digest=fail page_hashes=fail signature=pass +MSIX002")
    package("member added", "digest_mismatch", [*whole(payload()), Member("x.txt", b"x")], also="+MSIX003")
    package("member left out", "digest_mismatch", whole(payload())[1:], also="+MSIX002")
    package("member hidden", "digest_mismatch", [*whole(payload()), Member("x.txt", b"x", hidden=True)], also="page_hashes=pass +ZIP004")
    package("member twice", "digest_mismatch", [*whole(payload()), payload()[0]], also="+ZIP001")
    package("directory patched", "digest_mismatch",
            [*whole(payload())[:-1], Member("[Content_Types].xml", TYPES, True, extra=b"\x99\x99\0\0")], also="digest=fail page_hashes=pass")
    package("content types changed", "digest_mismatch", [*whole(payload())[:-1], Member("[Content_Types].xml", TYPES + b" ", True)])
    package("comment added", "digest_mismatch", change=lambda d: d[:-2] + b"\1\0!", also="page_hashes=pass")
    package("bytes before", "digest_mismatch", change=lambda d: b"#!/bin/sh\n" + d, also="+ZIP005")
    package("bytes behind", "digest_mismatch", change=lambda d: d + b"behind", also="+ZIP008")
    package("zip64 record patched", "digest_mismatch", how={"zip64": True}, change=lambda d: d[:-22 - 20 - 56 + 12] + b"\x2c" + d[-22 - 20 - 56 + 13:])
    package("signature of another package", "digest_mismatch", signed=whole(payload()[1:]), members=whole(payload()))
    package("signature twice", "malformed", [*whole(payload()), Member("AppxSignature.p7x", b"PKCX")], n=2, also="+ZIP001")
    package("block map of other content", "digest_mismatch", signed=whole(payload(), mapped=changed[:4]), also="page_hashes=fail +MSIX002")
    package("file that no block map lists", "digest_mismatch", signed=whole(payload(), mapped=payload()[1:]), also="page_hashes=fail +MSIX003")
    package("listed file that is not there", "digest_mismatch", signed=whole(payload()[1:], mapped=payload()), also="page_hashes=fail +MSIX002")
    package("block map with a document type", "digest_mismatch",
            signed=whole(payload(), doctype='<!DOCTYPE BlockMap [<!ENTITY a "b">]>'), also="page_hashes=fail +PKG002")
    good = digests(whole(payload()), "sha256")
    for i, (tag, _) in enumerate(good):
        bad = [(t, v if k != i else b"!" * 32) for k, (t, v) in enumerate(good)]
        package(f"{tag.decode()} of something else", "digest_mismatch", rows=bad, also="digest=fail page_hashes=pass signature=pass")
        package(f"no {tag.decode()}", "digest_mismatch", rows=[row for row in good if row[0] != tag])
    package("unknown digest", "unsupported", rows=[*good, (b"AXZZ", bytes(32))], also="digest=not_checked")
    package("digest twice", "digest_mismatch", rows=[*good, good[0]])
    package("digests cut short", "digest_mismatch", rows=[*good, (b"AXCI", b"short")])
    package("code catalogue without digest", "digest_mismatch",
            signed=whole(payload(), more=[Member("AppxMetadata/CodeIntegrity.cat", b"a catalogue")]), rows=
            digests(whole(payload(), more=[Member("AppxMetadata/CodeIntegrity.cat", b"a catalogue")]), "sha256")[:-1])
    package("not a package that was signed", "malformed", kind="1.3.6.1.4.1.311.2.1.15", also="structure=fail")
    package("without its magic", "malformed", magic=b"", also="structure=fail")
    package("slack behind the signature", "valid", blob=signature(good, w.leaf, bag) + b"slack", also="coverage=fail +PKG003")
    package("slack, strict", "digest_mismatch", blob=signature(good, w.leaf, bag) + b"slack", args="--strict", also="coverage=fail")


def make(out, case, w):
    def write(name, data):
        (out / name).write_bytes(data)
    cases(w, write, case)
