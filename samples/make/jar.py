# SPDX-License-Identifier: Apache-2.0
"""Signed JAR files and APK v1, by hand: each right, or wrong in one way."""
import base64

from der import octets, oid
from opc import apk_block
from pki import attribute, digest
from signer import CONTENT_TYPE, MESSAGE_DIGEST, signed_data, signer_info, token
from zips import DATA, Member, Zip

JAVA = {"sha256": "SHA-256", "sha1": "SHA1", "sha512": "SHA-512", "md5": "MD5"}
HEAD = b"Manifest-Version: 1.0\r\nCreated-By: a test\r\nImplementation-Title: Sample\r\nImplementation-Vendor: Touchmark Test\r\n\r\n"


def b64(alg, data):
    return base64.b64encode(digest(alg, data)).decode()


def attribute_line(key, value):
    """Folded at 72 bytes, as the specification asks."""
    line = f"{key}: {value}".encode()
    out, line = line[:70], line[70:]
    while line:
        out, line = out + b"\r\n " + line[:69], line[69:]
    return out + b"\r\n"


def section(name, rows):
    return attribute_line("Name", name) + b"".join(attribute_line(k, v) for k, v in rows) + b"\r\n"


def files():
    return [Member("a.txt", b"the first\n"), Member("folder/", b""), Member("folder/b.txt", b"the second\n" * 50, True),
            Member("a-name-that-is-longer-than-a-line-of-a-manifest-may-be/so-that-it-goes-on-in-the-next-one/c.txt", b"c", True)]


class Manifest:
    """.head, .sections by name; .bytes()"""
    def __init__(self, members, alg="sha256", head=HEAD):
        self.head = head
        self.sections = {m.name.decode(): section(m.name.decode(), [(f"{JAVA[alg]}-Digest", b64(alg, m.data))])
                         for m in members if not m.name.endswith(b"/")}

    def bytes(self):
        return self.head + b"".join(self.sections.values())

    def signature_file(self, alg="sha256", *, whole=True, head=True, extra=(), name=None, listed=True):
        java = name or JAVA[alg]
        rows = [("Signature-Version", "1.0"), *extra]
        if head:
            rows.append((f"{java}-Digest-Manifest-Main-Attributes", b64(alg, self.head)))
        if whole:
            rows.append((f"{java}-Digest-Manifest", b64(alg, self.bytes())))
        return b"".join(attribute_line(k, v) for k, v in rows) + b"\r\n" + \
            b"".join(section(n, [(f"{java}-Digest", b64(alg, s))]) for n, s in self.sections.items() if listed)


def block(sf, cert, certs, stamp=None, embedded=False):
    attrs = [attribute(CONTENT_TYPE, oid(DATA)), attribute(MESSAGE_DIGEST, octets(digest("sha256", sf)))]
    _, value = signer_info(cert, attrs)
    done, _ = signer_info(cert, attrs, value=value, unsigned=stamp(value) if stamp else ())
    return signed_data(DATA, octets(sf) if embedded else None, certs, [done])


def cases(w, write, case):
    bag = [w.leaf, w.inter]

    def archive(title, status, *, signed=None, now=None, manifest=None, shown=None, sf=None, shown_sf=None, signer=None, certs=None, p7=None,
                n=1, also="", args="", stamp=None, more=(), ext="EC", change=None, suffix="jar", stem="SIGNER", **how):
        """signed: the members when they were signed; now: as they are. shown, shown_sf: manifest and signature file as they are."""
        signed = signed or files()
        manifest = manifest or Manifest(signed)
        sf = sf or manifest.signature_file()
        p7 = p7 if p7 is not None else block(sf, signer or w.leaf, certs or bag, stamp)
        members = [Member("META-INF/MANIFEST.MF", shown or manifest.bytes(), True), Member(f"META-INF/{stem}.SF", shown_sf or sf, True),
                   Member(f"META-INF/{stem}.{ext}", p7, True), *more, *(now or signed)]
        data = Zip(members, **how).bytes()
        name = "jar-" + "".join(c if c.isalnum() else "-" for c in title.lower()) + "." + suffix
        write(name, change(data) if change else data)
        case(name, status, n, trust="hm-root", also=also, args=args, title=f"JAR: {title}")

    plain = Manifest(files())
    write("jar-unsigned.jar", Zip([Member("META-INF/MANIFEST.MF", plain.bytes()), *files()]).bytes())
    case("jar-unsigned.jar", "unsigned", 0, trust="hm-root", title="JAR: unsigned")
    archive("signed", "valid", also="structure=pass digest=pass signature=pass coverage=pass")
    archive("small", "valid", signed=[Member("a.txt", b"the first\n")])
    archive("lower case names", "valid", ext="ec")
    archive("sha1", "valid", manifest=Manifest(files(), "sha1"), sf=Manifest(files(), "sha1").signature_file("sha1"), also="+TRUST001")
    archive("sha512", "valid", manifest=Manifest(files(), "sha512"), sf=Manifest(files(), "sha512").signature_file("sha512"))
    archive("sections alone", "valid", sf=plain.signature_file(whole=False))
    archive("stamped in its time", "valid", signer=w.past, certs=[w.past, w.inter], stamp=token(w.tsa, [w.tsa], "20200601000000"), also="timestamp=pass")
    archive("content in the block", "valid", p7=block(plain.signature_file(), w.leaf, bag, embedded=True))
    other = w.signer_of["p384"]
    archive("two signers", "valid", n=2, more=[Member("META-INF/OTHER.SF", plain.signature_file(), True),
                                              Member("META-INF/OTHER.EC", block(plain.signature_file(), other, [other, w.inter]), True)])
    archive("two signers, one expired", "valid", n=2, also="+SCAN008",
            more=[Member("META-INF/OTHER.SF", plain.signature_file(), True),
                  Member("META-INF/OTHER.EC", block(plain.signature_file(), w.past, [w.past, w.inter]), True)])
    longer = Manifest([*files(), Member("later.txt", b"later")])
    archive("manifest grown, sections signed", "digest_mismatch", sf=plain.signature_file(), shown=longer.bytes(),
            now=[*files(), Member("later.txt", b"later")], also="digest=fail signature=pass +JAR002")
    archive("expired", "expired", signer=w.past, certs=[w.past, w.inter])
    archive("intermediate missing", "incomplete_chain", certs=[w.leaf])
    archive("signer may not sign code", "wrong_usage", signer=w.tsa, certs=[w.tsa])
    changed = files()
    changed[0].data = b"the First\n"
    archive("member changed", "digest_mismatch", now=changed, also="digest=fail signature=pass +JAR002")
    archive("member and manifest changed", "digest_mismatch", now=changed, shown=Manifest(changed).bytes(), also="signature=pass +JAR002")
    archive("member, manifest and signature file changed", "bad_signature", now=changed, shown=Manifest(changed).bytes(),
            shown_sf=Manifest(changed).signature_file(), also="digest=pass signature=fail")
    archive("member added", "digest_mismatch", now=[*files(), Member("x.txt", b"x")], also="+JAR002")
    archive("member added to META-INF", "digest_mismatch", now=[*files(), Member("META-INF/services/x", b"x")], also="+JAR002")
    archive("member left out", "digest_mismatch", now=files()[1:], also="+JAR002")
    archive("member hidden", "digest_mismatch", now=[Member("x.txt", b"x", hidden=True), *files()], also="+ZIP004")
    archive("member twice", "digest_mismatch", now=[*files(), Member("a.txt", b"another")], also="+ZIP001")
    archive("signature of another archive", "digest_mismatch", sf=Manifest(changed).signature_file(), also="+JAR002")
    archive("main section changed", "digest_mismatch", sf=plain.signature_file(whole=False), shown=HEAD.replace(b"Sample", b"Simple") + plain.bytes()[len(HEAD):])
    archive("section changed", "digest_mismatch", sf=plain.signature_file(whole=False),
            shown=plain.bytes().replace(b"Name: a.txt\r\n", b"Name: a.txt\r\nX: y\r\n"))
    archive("section twice", "digest_mismatch", sf=plain.signature_file(whole=False),
            shown=plain.bytes() + section("a.txt", [("SHA-256-Digest", b64("sha256", b"another"))]))
    archive("digest of no known algorithm", "unsupported", sf=plain.signature_file(name="SHA3-256"), also="digest=not_checked")
    archive("no signature file", "malformed", shown_sf=b" ", change=lambda d: d.replace(b"SIGNER.SF", b"SIGNER.SX"), also="structure=fail")
    archive("not a signature", "malformed", p7=b"not DER at all", also="structure=fail")
    archive("block taken away", "unsigned", n=0, change=lambda d: d.replace(b"SIGNER.EC", b"SIGNER.XX"), also="+JAR001")
    archive("slack behind the signature", "valid", p7=block(plain.signature_file(), w.leaf, bag) + b"slack", also="coverage=fail +PKG003")
    archive("bytes before", "valid", change=lambda d: b"#!/bin/sh\n" + d, also="coverage=fail +ZIP005 +PKG003")
    archive("bytes before, strict", "digest_mismatch", change=lambda d: b"#!/bin/sh\n" + d, args="--strict")
    apk = [Member("AndroidManifest.xml", b"\3\0\x08\0binary"), Member("classes.dex", b"dex\n035\0")]
    archive("APK v1", "valid", signed=apk, suffix="apk")
    archive("APK v1, member added to META-INF", "valid", signed=apk, now=[*apk, Member("META-INF/channel_x", b"x")], suffix="apk")
    stripped = Manifest(apk).signature_file(extra=[("X-Android-APK-Signed", "2")])
    archive("APK v2 taken away", "digest_mismatch", signed=apk, sf=stripped, suffix="apk", also="+JAR003")
    later = Member("resources.arsc", b"x", gap=apk_block())
    archive("APK v1 and v2", "unsupported", n=2, signed=[*apk, later], suffix="apk", also="-PKG003 -SCAN008")
    later = Member("resources.arsc", b"x", gap=apk_block(more=((0x42726577, bytes(40)), (0x71777777, b"channel"))))
    archive("APK v1 and v2, more in the block", "unsupported", n=2, signed=[*apk, later], suffix="apk", also="+PKG003 -SCAN008")
    later = Member("resources.arsc", b"x", gap=apk_block(more=((0x42726577, b"not zero"),)))
    archive("APK v1 and v2, padding that is none", "unsupported", n=2, signed=[*apk, later], suffix="apk", also="+PKG003")
    # an Android package by its block alone is none: META-INF is looked at, and the block bound by nothing
    evil, behind = Member("META-INF/versions/9/Evil.class", b"evil"), Member("x.txt", b"x", gap=apk_block())
    archive("no Android package, block and member in META-INF", "unsupported", n=2, signed=[*files(), behind], now=[*files(), evil, behind],
            also="+JAR002 +PKG003")
    archive("no Android package, block", "unsupported", n=2, signed=[*files(), behind], also="-JAR002 +PKG003")
    manifest = Member("AndroidManifest.xml", b"\3\0\x08\0binary")
    archive("Android manifest that is not signed", "digest_mismatch", now=[*files(), manifest, evil], also="digest=fail +JAR002")
    # readers find these by name whatever the case: which of two?
    archive("manifest twice but for its case", "digest_mismatch", more=[Member("meta-inf/manifest.mf", HEAD)], also="digest=fail +JAR002")
    archive("signature file twice but for its case", "digest_mismatch", more=[Member("META-INF/signer.sf", b"x")], also="digest=fail +JAR002")
    archive("folder that holds something", "digest_mismatch", now=[*files(), Member("evil/", b"MZ")], also="digest=fail +JAR002")
    # two digests of each: both must hold, the stronger counts, also as Mozilla writes it
    both, wrong = Manifest(files(), "sha1"), Manifest(files(), "sha1")
    for m in files():
        if not m.name.endswith(b"/"):
            both.sections[m.name.decode()] = section(m.name.decode(), [("SHA1-Digest", b64("sha1", m.data)), ("SHA256-Digest", b64("sha256", m.data))])
            wrong.sections[m.name.decode()] = section(m.name.decode(), [("SHA1-Digest", b64("sha1", m.data)), ("SHA256-Digest", b64("sha256", b"other"))])
    archive("two digests of each", "valid", manifest=both, sf=both.signature_file(), also="digest=pass -TRUST001")
    archive("two digests of each, the stronger is wrong", "digest_mismatch", manifest=wrong, sf=wrong.signature_file(), also="digest=fail +JAR002")
    archive("signature file by SHA-1 alone", "valid", sf=plain.signature_file("sha1"), also="+TRUST001")
    addon(archive, plain)


def addon(archive, plain):
    """Mozilla's add-ons: the .SF names no sections, and a second signature stands beside."""
    short = plain.signature_file(head=False, listed=False)
    cose = [Member("META-INF/cose.manifest", b"Manifest-Version: 1.0\n\n"), Member("META-INF/cose.sig", b"\xd8\x62\x84")]
    mozilla = {"sf": short, "stem": "mozilla", "ext": "rsa", "suffix": "xpi"}
    changed = files()
    changed[0].data = b"the First\n"
    archive("add-on", "valid", **mozilla, also="digest=pass coverage=pass")
    archive("add-on, COSE beside", "valid", n=2, more=cose, **mozilla, also="digest=pass -SCAN008")
    archive("add-on, one file of COSE", "digest_mismatch", more=cose[:1], **mozilla, also="digest=fail +JAR002")
    archive("add-on, block of Android and member in META-INF", "unsupported", n=2, now=[*files(), Member("META-INF/x", b"x", gap=apk_block())], **mozilla,
            also="+JAR002 +PKG003")
    archive("add-on, member changed", "digest_mismatch", now=changed, **mozilla, also="digest=fail +JAR002")
    archive("add-on, member added", "digest_mismatch", now=[*files(), Member("x.js", b"x")], **mozilla, also="digest=fail +JAR002")
    archive("add-on, member left out", "digest_mismatch", now=files()[1:], **mozilla, also="digest=fail +JAR002")
    archive("add-on, manifest changed", "digest_mismatch", now=changed, shown=Manifest(changed).bytes(), **mozilla, also="digest=fail +JAR002")
    archive("no sections, and no add-on", "digest_mismatch", sf=short, also="digest=fail +JAR002")
    archive("no add-on, COSE beside", "digest_mismatch", n=2, more=cose, also="digest=fail +JAR002")


def make(out, case, w):
    def write(name, data):
        (out / name).write_bytes(data)
    cases(w, write, case)
