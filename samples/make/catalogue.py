# SPDX-License-Identifier: Apache-2.0
"""Security catalogues as makecat would write them (wincrypt.h, CTL_INFO; mscat.h), and in ways in which it would not."""
import hashlib
import uuid

from der import algorithm, explicit, integer, octets, oid, seq, set_of, tlv, utc_time
from pki import HASH_OID, Cert, attribute, basic_constraints, eku
from signer import CONTENT_TYPE, MESSAGE_DIGEST, PE, authenticode, content_of, digest, page_moniker, signed_data, signer_info, token

CTL, CATALOGUE = "1.3.6.1.4.1.311.10.1", "1.3.6.1.4.1.311.12.1.1"
MEMBER = {1: "1.3.6.1.4.1.311.12.1.2", 2: "1.3.6.1.4.1.311.12.1.3"}
NAME_VALUE, MEMBER_INFO, MEMBER_INFO2 = "1.3.6.1.4.1.311.12.2.1", "1.3.6.1.4.1.311.12.2.2", "1.3.6.1.4.1.311.12.2.3"
INDIRECT, PE_IMAGE, LINK = "1.3.6.1.4.1.311.2.1.4", "1.3.6.1.4.1.311.2.1.15", "1.3.6.1.4.1.311.2.1.25"
GUID = {"pe": "{C689AAB8-8E78-11D0-8C47-00C04FC295EE}", "flat": "{DE351A42-8E59-11D0-8C47-00C04FC295EE}",
        "cab": "{C689AABA-8E78-11D0-8C47-00C04FC295EE}", "msi": "{000C10F1-0000-0000-C000-000000000046}",
        "ps1": "{603BCC1F-4B59-4E08-B724-D2C6297EF351}", "java": "{C689AAB9-8E78-11D0-8C47-00C04FC295EE}"}
SIP_INFO = "1.3.6.1.4.1.311.2.1.30"


def wide(text):
    return text.encode("utf-16-le") + b"\0\0"


def name_value(name, value):
    return seq(tlv(0x1e, name.encode("utf-16-be")), integer(0x10010001), octets(wide(value)))


def sip_bytes(kind):
    """As in memory: the first three fields least significant octet first."""
    return uuid.UUID(GUID[kind]).bytes_le


def indirect(kind, image, alg, pages=None):
    link = page_moniker(*pages) if pages else tlv(0xa2, tlv(0x80, "<<<Obsolete>>>".encode("utf-16-be")))
    data = seq(oid(PE_IMAGE), seq(tlv(3, b"\0"), explicit(0, link))) if kind == "pe" else seq(oid(LINK), link)
    if kind in ("msi", "ps1", "java"):
        data = seq(oid(SIP_INFO), seq(integer(1), octets(sip_bytes(kind)), *(integer(0) for _ in range(5))))
    return attribute(INDIRECT, seq(data, seq(algorithm(HASH_OID[alg]), octets(image))))


def hex_tag(image):
    return wide(image.hex().upper())


def member(tag, *attrs):
    return seq(octets(tag), set_of(*attrs)) if attrs else seq(octets(tag))


def member_v1(kind, image, alg="sha1", file="listed.exe", tag=None, **how):
    """As inf2cat and makecat write it: the digest as text, who computed it, the file's name, SpcIndirectData."""
    return member(hex_tag(image) if tag is None else tag, attribute(NAME_VALUE, name_value("File", file)),
                  attribute(NAME_VALUE, name_value("OSAttr", "2:10.0")), attribute(MEMBER_INFO, seq(tlv(
                      0x1e, GUID[kind].encode("utf-16-be")), integer(512))), indirect(kind, image, alg, **how))


def members_v2(kind, sha1, sha256):
    """One file, twice: the raw SHA-1 says nothing else, the SHA-256 has SpcIndirectData."""
    info = attribute(MEMBER_INFO2, tlv(0x80, b""))
    return [member(sha1, info), member(sha256, info, indirect(kind, sha256, "sha256"))]


def ctl(members, version=1, next_update=None, os="2:6.1,2:10.0", usage=CATALOGUE, subjects=None):
    extension = seq(oid(NAME_VALUE), octets(name_value("OSAttr", os))) + \
        seq(oid(NAME_VALUE), octets(name_value("HWID1", "pci\\ven_1234&dev_5678")))
    return seq(seq(oid(usage)), octets(hashlib.md5(b"list").digest()), utc_time("20240102030405"),
               utc_time(next_update) if next_update else b"", algorithm(MEMBER[version]),
               subjects if subjects is not None else seq(*members), explicit(0, seq(extension)))


def catalogue(content, cert, certs, alg="sha256", *, stamp=None, flip=False, content_type=CTL, ber=False):
    attrs = [attribute(CONTENT_TYPE, oid(content_type)), attribute(MESSAGE_DIGEST, octets(digest(alg, content_of(content))))]
    _, value = signer_info(cert, attrs, alg)
    info, _ = signer_info(cert, attrs, alg, value=value, unsigned=stamp(value) if stamp else ())
    if flip:
        at = content.index("HWID1".encode("utf-16-be")) + 1
        content = content[:at] + bytes([content[at] ^ 1]) + content[at + 1:]
    return signed_data(CTL, content, certs, [info], alg, 1, ber)


class Files:
    """What is listed."""
    def __init__(self, image):
        self.pe = PE(image)
        self.hashed = self.pe.hashed()

    def image(self, alg):
        return digest(alg, self.hashed)

    def flat(self, alg):
        return digest(alg, self.pe.data)


def lists(f):
    """Title, members, arguments of ctl, what the listed file's record says, what the catalogue's says."""
    s1, s2, flat1 = f.image("sha1"), f.image("sha256"), f.flat("sha1")
    other = hashlib.sha1(b"another").digest()
    one = [member_v1("pe", s1)]
    wrong_pages = f.pe.pages("sha1")
    return [
        ("v1, SHA-1", one, {}, "valid", "digest=pass +TRUST001", ""),
        ("v1, SHA-256", [member_v1("pe", s2, "sha256")], {}, "valid", "digest=pass -TRUST001", ""),
        ("v1, several members", [member_v1("flat", other, file="a.inf"), *one, member_v1("flat", hashlib.sha1(b"b").digest())], {},
         "valid", "digest=pass", ""),
        ("v1, no SpcIndirectData", [member(hex_tag(s1))], {}, "valid", "digest=pass", ""),
        ("v1, tag without its NUL", [member(hex_tag(s1)[:-2])], {}, "valid", "digest=pass", ""),
        ("v1, tag in small letters", [member(hex_tag(s1).lower())], {}, "valid", "digest=pass", ""),
        ("v1, a name for a tag", [member_v1("pe", s1, tag=wide("listed.exe"))], {}, "valid", "digest=pass", ""),
        ("v1, page hashes", [member_v1("pe", s1, pages=(wrong_pages, "sha1"))], {}, "valid", "digest=pass page_hashes=not_checked", ""),
        ("v2, listed twice", members_v2("pe", s1, s2), {"version": 2}, "valid", "digest=pass -TRUST001", ""),
        ("v2, SHA-1 alone", members_v2("pe", s1, s2)[:1], {"version": 2}, "valid", "digest=pass +TRUST001", ""),
        ("v2, SHA-256 without SpcIndirectData", [member(s2)], {"version": 2}, "valid", "digest=pass", ""),
        ("a program listed as a flat file", [member_v1("flat", flat1)], {}, "valid", "digest=pass", ""),
        ("flat digest, type not told", [member(flat1)], {"version": 2}, "valid", "digest=pass", ""),
        ("flat digest said to be an image's", [member_v1("pe", flat1)], {}, "unsigned", "", ""),
        ("image digest said to be flat", [member_v1("flat", s1)], {}, "unsigned", "", ""),
        ("another file", [member_v1("pe", other)], {}, "unsigned", "", ""),
        ("no members", [], {}, "unsigned", "", ""),
        ("tag and SpcIndirectData differ", [member_v1("pe", other, tag=hex_tag(s1))], {}, "digest_mismatch", "digest=fail", "+CAT005"),
        ("a tag of wrong length", [member(s1 + b"\0")], {"version": 2}, "unsigned", "", "+CAT004"),
        ("duplicate tags", [*one, *one], {}, "valid", "digest=pass", "+CAT003"),
        ("SpcIndirectData that cannot be read", [member(hex_tag(s1), attribute(INDIRECT, integer(1)))], {}, "digest_mismatch", "digest=fail",
         "+CAT006"),
        ("a broken member after this one", [*one, integer(1)], {}, "valid", "digest=pass", "+CAT001"),
        ("a broken member before this one", [integer(1), *one], {}, "unsigned", "", "+CAT001"),
        ("a list that is longer than its list", one, {"subjects": b"\x30\x84\x00\xff\xff\xff" + one[0]}, "unsigned", "", "+CAT009"),
        ("next update has passed", one, {"next_update": "20250102030405"}, "valid", "digest=pass +CAT010", "+CAT010"),
        ("next update to come", one, {"next_update": "20300102030405"}, "valid", "digest=pass -CAT010", "-CAT010"),
        ("a list of another usage", one, {"usage": "1.3.6.1.4.1.311.10.3.9"}, "unsigned", "", ""),
    ]


def signers(w, f):
    """Title, signer, further certificates, arguments of catalogue, status of both records, what else both say."""
    past, bag = w.past, [w.inter]
    server = Cert(w.key["hm-leaf"], "cat server", w.inter, [basic_constraints(False), eku("server")])
    alone = Cert(w.key["hm-leaf"], "cat alone", None, [basic_constraints(False), eku("code")])
    return [
        ("signed by EC", w.leaf, bag, {}, "valid", "signature=pass"),
        ("signed by RSA", w.signer_of["rsa2048"], bag, {}, "valid", "signature=pass"),
        ("list signed by SHA-1", w.signer_of["rsa2048"], bag, {"alg": "sha1"}, "valid", ""),
        ("in BER", w.leaf, bag, {"ber": True}, "valid", ""),
        ("signer expired", past, bag, {}, "expired", "validity_time=fail"),
        ("signer expired, stamped", past, bag, {"stamp": token(w.tsa, [w.tsa], "20200601000000")}, "valid", "timestamp=pass"),
        ("signer of another usage", server, bag, {}, "wrong_usage", "usage=fail"),
        ("self-signed", alone, [], {}, "untrusted", ""),
        ("intermediate missing", w.leaf, [], {}, "incomplete_chain", ""),
        ("one bit of the list", w.leaf, bag, {"flip": True}, "bad_signature", "signature=fail"),
        ("contentType of another content", w.leaf, bag, {"content_type": INDIRECT}, "bad_signature", "signature=fail"),
    ]


def file_name(title):
    return "cat-" + "".join(c if c.isalnum() else "-" for c in title.lower()).strip("-") + ".cat"


def embedded(w, f, write, case, good, bad):
    """Files that are signed in themselves, too."""
    both = [
        ("embedded valid, catalogue valid", w.leaf, {}, good, "valid", "-SCAN008"),
        ("embedded expired, catalogue valid", w.past, {}, good, "valid", "+SCAN008"),
        ("embedded for another file, catalogue valid", w.leaf, {"image_digest": digest("sha256", b"another")}, good, "valid", "+SCAN008"),
        ("embedded valid, catalogue untrusted", w.leaf, {}, bad, "valid", "+SCAN008"),
        ("embedded expired, catalogue untrusted", w.past, {}, bad, "expired", "+SCAN008"),
    ]
    for title, signer, how, name, status, also in both:
        file = file_name(title).replace(".cat", ".exe")
        write(file, f.pe.with_table(authenticode(f.pe, signer, [signer, w.inter], **how)))
        case(file, status, 2, trust="hm-root", also=also, args=f"--catalog-dir ./{name}", title=title)


def tables(w, f, write, case, good):
    """What stands in the certificate table of a listed file: the image hash leaves it out."""
    write("cat-junk-table.exe", f.pe.with_table(b"no signature at all"))
    case("cat-junk-table.exe", "valid", 2, trust="hm-root", also="digest=pass coverage=fail +SCAN008", args=f"--catalog-dir ./{good}",
         title="a table of junk in a listed file")
    case("cat-junk-table.exe", "malformed", 2, trust="hm-root", also="", args=f"--strict --catalog-dir ./{good}",
         title="a table of junk in a listed file, --strict")


def odd_files(w, write, case, make):
    """A program whose size is no multiple of 8 (with zeros thought behind it, or without), and files that are none."""
    odd = PE(make(b"\x90" * 3))
    write("cat-odd-size.exe", odd.data)
    for title, hashed in (("padded", odd.hashed() + bytes(-len(odd.data) % 8)), ("unpadded", odd.hashed())):
        content = ctl([member_v1("pe", digest("sha256", hashed), "sha256")])
        write(f"cat-odd-size-{title}.cat", catalogue(content, w.leaf, [w.leaf, w.inter]))
        case("cat-odd-size.exe", "valid", trust="hm-root", also="digest=pass", args=f"--catalog-dir ./cat-odd-size-{title}.cat",
             title=f"a size that is no multiple of 8, {title}")
    text = b"; an information file\r\n[Version]\r\n"
    write("cat-listed.inf", text)
    for kind, status in (("flat", "valid"), ("pe", "unsigned")):
        content = ctl([member_v1(kind, digest("sha1", text), file="cat-listed.inf")])
        write(f"cat-inf-{kind}.cat", catalogue(content, w.leaf, [w.leaf, w.inter]))
        case("cat-listed.inf", status, 1 if status == "valid" else 0, trust="hm-root", also="digest=pass" if status == "valid" else "",
             args=f"--all --catalog-dir ./cat-inf-{kind}.cat", title=f"a text listed as {kind}")


def signed_by_kind(w, write, case, files):
    """
    Files of other kinds, by the digest that a signature of their own would be over. Windows looks cabinets up so, and
    all else as flat files: an installer or a script that is listed by its own kind's digest is shown, and does not count.
    """
    rows = [  # kind, what is hashed, name of the file, its status: listed by its own digest, by all its bytes, as something else
        ("cab", files["cab"], files["cab_hashed"], ("valid", 2)),
        ("msi", files["msi"], files["msi_hashed"], ("expired", 2)),
        ("ps1", files["ps1"], files["ps1_hashed"], ("expired", 2)),
    ]
    for kind, data, hashed, (status, n) in rows:
        write(f"cat-listed.{kind}", data)
        no_word = "-CAT016" if kind == "cab" else "+CAT016"
        table = [("own", member_v1(kind, digest("sha256", hashed), "sha256"), status, n, no_word + " +SCAN008"),
                 ("own-sha1", member_v1(kind, digest("sha1", hashed)), status, n, no_word),
                 ("own-untold", member(digest("sha256", hashed)), status, n, no_word),
                 ("flat", member_v1("flat", digest("sha256", data), "sha256"), "valid", 2, "-CAT016 digest=pass"),
                 ("as-java", member_v1("java", digest("sha256", data), "sha256"), "valid", 2, "-CAT016"),
                 ("as-pe", member_v1("pe", digest("sha256", hashed), "sha256"), "expired", 1, "-CAT016"),
                 ("wrong", member_v1(kind, digest("sha256", hashed + b"x"), "sha256"), "expired", 1, "-CAT016")]
        for how, one, status_of_file, signatures, also in table:
            name = f"cat-{kind}-{how}.cat"
            write(name, catalogue(ctl([one]), w.leaf, [w.leaf, w.inter]))
            case(f"cat-listed.{kind}", status_of_file, signatures, trust="hm-root", also=also, args=f"--catalog-dir ./{name}",
                 title=f"{kind} listed {how}")
    case("cat-ps1-as-java.cat", "valid", trust="hm-root", also="+CAT015", title="members of a kind that is not handled")
    write("cat-refused.cab", files["cab_refused"])
    write("cat-cab-refused.cat", catalogue(ctl([member_v1("cab", digest("sha256", files["cab_refused_hashed"]), "sha256")]), w.leaf,
                                           [w.leaf, w.inter]))
    case("cat-refused.cab", "digest_mismatch", 2, trust="hm-root", args="--catalog-dir ./cat-cab-refused.cat",
         title="a listed cabinet with bytes behind its signature")


def several(w, f, out, case, contents):
    """More than one catalogue lists the file: a valid one wins, whatever the order of names."""
    for title, order in (("the valid one first", (0, 1)), ("the valid one last", (1, 0))):
        folder = out / ("cats-" + title.replace(" ", "-"))
        folder.mkdir(exist_ok=True)
        for name, which in zip("ab", order):
            (folder / f"{name}.cat").write_bytes(contents[which])
        case("cat-listed.exe", "valid", 2, trust="hm-root", also="+SCAN008 digest=pass", args=f"--catalog-dir ./{folder.name}", title=title)
    folder = out / "cats-twice-the-same"
    folder.mkdir(exist_ok=True)
    for name in ("a.cat", "b.bin"):
        (folder / name).write_bytes(contents[0])
    case("cat-listed.exe", "valid", 1, trust="hm-root", also="-SCAN008", args=f"--catalog-dir ./{folder.name}", title="one catalogue under two names")


def make(out, case, make_image, w, files):
    f = Files(make_image(b""))
    bag = [w.leaf, w.inter]

    def write(name, data):
        (out / name).write_bytes(data)

    def listed(status, name, also, title, args=""):
        n = 0 if status == "unsigned" else 1
        case("cat-listed.exe", status, n, trust="hm-root", also=also, args=f"--catalog-dir ./{name} {args}".strip(), title=f"listed: {title}")
    write("cat-listed.exe", f.pe.data)
    for title, members, how, status, also, own in lists(f):
        name = file_name(title)
        write(name, catalogue(ctl(members, **how), w.leaf, bag))
        listed(status, name, also, title)
        of_list = "malformed" if "CAT009" in own else "wrong_usage" if "usage" in how else "valid"
        case(name, of_list, trust="hm-root", also=own, title=title)
    lister = Cert(w.key["hm-leaf"], "cat lister", w.inter, [basic_constraints(False), eku("lists")])
    roots = ctl([member(hashlib.sha1(b"root").digest())], usage="1.3.6.1.4.1.311.10.3.9")
    write("cat-roots.cat", catalogue(roots, lister, [lister, w.inter]))
    case("cat-roots.cat", "valid", trust="hm-root", also="usage=pass", title="a list of roots by a signer of lists")
    content = ctl([member_v1("pe", f.image("sha256"), "sha256")])
    write("cat-lister.cat", catalogue(content, lister, [lister, w.inter]))
    case("cat-lister.cat", "wrong_usage", trust="hm-root", also="usage=fail", title="a catalogue by a signer of lists")
    made = {}
    for title, signer, more, how, status, also in signers(w, f):
        name = file_name(title)
        made[title] = catalogue(content, signer, [signer, *more], **how)
        write(name, made[title])
        listed(status, name, also, title)
        case(name, status, trust="hm-root", also=also, title=title)
    good, bad = made["signed by EC"], made["self-signed"]
    write("cat-unsigned.cat", signed_data(CTL, content, [], []))
    case("cat-unsigned.cat", "unsigned", 0, also="+CAT008", title="a catalogue that nobody signed")
    listed("unsigned", "cat-unsigned.cat", "+CAT011", "a catalogue that nobody signed")
    write("cat-tail.cat", good + b"behind")
    case("cat-tail.cat", "valid", trust="hm-root", also="coverage=fail +CAT007", title="bytes behind a catalogue")
    case("cat-tail.cat", "digest_mismatch", trust="hm-root", also="coverage=fail +CAT007", args="--strict", title="bytes behind a catalogue, --strict")
    write("cat-cut.cat", good[:len(good) - 40])
    case("cat-cut.cat", "malformed", trust="hm-root", title="a catalogue that is cut short")
    listed("valid", "cat-tail.cat", "digest=pass", "bytes behind the catalogue")
    listed("distrusted", file_name("signed by EC"), "revocation=fail +TRUST005", "known-bad signer", "--distrust ca/cat-leaf.pem")
    w.leaf.pem(out / "ca" / "cat-leaf.pem")
    embedded(w, f, write, case, file_name("signed by EC"), file_name("self-signed"))
    tables(w, f, write, case, file_name("signed by EC"))
    odd_files(w, write, case, make_image)
    several(w, f, out, case, (good, bad))
    signed_by_kind(w, write, case, files)
