# SPDX-License-Identifier: Apache-2.0
"""Signed scripts of PowerShell and of the Windows Script Host, as their subject interface packages write them, and otherwise."""
import base64
import struct

from der import algorithm, integer, octets, oid, seq
from pki import HASH_OID, digest
from signer import authenticode, token

SIP_INFO = "1.3.6.1.4.1.311.2.1.30"
SIP = {"powershell": "1fcc3b60594b084eb724d2c6297ef351", "vbscript": "4ef029169927b54d8fe5ace10f17ebab",
       "jscript": "10e0c906ce38d411a2a300104bd35090", "wsf": "7005611ace38d411a2a300104bd35090"}
# suffix: SIP, first line, last line, before and behind the base64, of the Script Host?
FORMS = {
    "ps1": ("powershell", "# SIG # Begin signature block", "# SIG # End signature block", "# ", "", False),
    "ps1xml": ("powershell", "<!-- SIG # Begin signature block -->", "<!-- SIG # End signature block -->", "<!-- ", " -->", False),
    "mof": ("powershell", "/* SIG # Begin signature block */", "/* SIG # End signature block */", "/* ", " */", False),
    "vbs": ("vbscript", "'' SIG '' Begin signature block", "'' SIG '' End signature block", "'' SIG '' ", "", True),
    "js": ("jscript", "// SIG // Begin signature block", "// SIG // End signature block", "// SIG // ", "", True),
    "wsf": ("wsf", "<signature>", "</signature>", "** SIG ** ", "", True),
}
TEXT = {
    "ps1": "param([int]$n = 1)\r\nWrite-Output \"touchmark $n\"\r\n",
    "ps1xml": "<?xml version=\"1.0\"?>\r\n<Configuration>\r\n</Configuration>\r\n",
    "mof": "#pragma namespace(\"\\\\\\\\.\\\\root\")\r\nclass Touchmark { };\r\n",
    "vbs": "' touchmark\r\nWScript.Echo \"touchmark\"\r\n",
    "js": "// touchmark\r\nWScript.Echo('touchmark');\r\n",
    "wsf": "<job>\r\n<script language=\"JScript\">\r\nWScript.Echo('touchmark');\r\n</script>",
}
BEHIND = {"wsf": "</job>\r\n"}
MARKS = {"utf-8-sig": b"\xef\xbb\xbf", "utf-16-le-sig": b"\xff\xfe", "utf-16-be-sig": b"\xfe\xff"}


def encode(text, encoding):
    return MARKS.get(encoding, b"") + text.encode(encoding.removesuffix("-sig"))


def hashed(form, text, encoding):
    """What the package hashes: UTF-16LE, with the mark (PowerShell) or with the length behind it (Script Host)."""
    host = FORMS[form][5]
    wide = text.encode("utf-16-le")
    if not host and encoding in MARKS:
        wide = b"\xff\xfe" + wide
    return wide + (struct.pack("<I", len(wide) // 2) if host else b"")


def lines_of(form, der, width=64):
    _, begin, end, before, behind, _ = FORMS[form]
    text = base64.b64encode(der).decode()
    return [begin, *(before + text[i:i + width] + behind for i in range(0, len(text), width)), end]


def indirect(form, text, encoding, alg="sha256", sip=None, kind=SIP_INFO, hashed_text=None):
    info = seq(integer(1 if FORMS[form][5] else 65536), octets(bytes.fromhex(SIP[sip or FORMS[form][0]])), *(integer(0) for _ in range(5)))
    value = digest(alg, hashed_text if hashed_text is not None else hashed(form, text, encoding))
    return seq(seq(oid(kind), info), seq(algorithm(HASH_OID[alg]), octets(value)))


class Maker:
    def __init__(self, w):
        self.w = w

    def der(self, form, text, encoding, signer=None, bag=None, stamp=None, alg="sha256", nested=(), **how):
        signer = signer or self.w.leaf
        content = indirect(form, text, encoding, alg, **how)
        return authenticode(None, signer, bag or [signer, self.w.inter], content=content, stamp=stamp, nested=nested)

    def script(self, form, encoding="utf-8", text=None, tail=b"", block=None, gap="\r\n", end="\r\n", slack=b"", **how):
        """block: a function over the block's lines; gap: the line end before it; end: behind each of its lines."""
        text = TEXT[form] if text is None else text
        behind = BEHIND.get(form, "")
        lines = lines_of(form, self.der(form, text + behind, encoding, **how) + slack)
        if block:
            lines = block(lines)
        return encode(text + gap + "".join(line + end for line in lines) + behind, encoding) + tail


def with_line(at, line):
    return lambda lines: lines[:at] + [line] + lines[at:]


def flip(data, find):
    at = data.index(find)
    return data[:at] + bytes([data[at] ^ 0x20]) + data[at + 1:]


def encodings(m):
    """Title, suffix, bytes, status, what else."""
    latin, far = "# d\xe9j\xe0 vu \x80\r\n".replace("\x80", "\u20ac"), "# \u6f22\u5b57 \U0001f600\r\n"
    rows = [(f"script, {form}", form, m.script(form), "valid", "digest=pass coverage=pass") for form in FORMS]
    for encoding in ("utf-8", *MARKS):
        rows.append((f"PowerShell in {encoding}", "ps1", m.script("ps1", encoding, TEXT["ps1"] + far), "valid", "digest=pass"))
    for encoding in ("utf-16-le", "utf-16-be"):
        rows.append((f"PowerShell in {encoding} without a mark", "ps1", m.script("ps1", encoding), "unsupported", "digest=not_checked"))
    for encoding in MARKS:
        for form in ("ps1xml", "vbs", "js", "wsf"):
            rows.append((f"script, {form} in {encoding}", form, m.script(form, encoding, TEXT[form] + far + " "), "valid", "digest=pass"))
    rows += [(f"script, {form} in its code page", form, m.script(form, "cp1252", TEXT[form] + latin), "valid", "digest=pass")
             for form in ("ps1", "ps1xml", "vbs", "js")]
    rows += [
        ("script with sha1", "ps1", m.script("ps1", alg="sha1"), "valid", "digest=pass"),
        ("script of LF lines, block behind CR LF", "ps1", m.script("ps1", text="a\nb\n"), "valid", "digest=pass"),
        ("script that is nothing but its block", "ps1", m.script("ps1", text=""), "valid", "digest=pass"),
        ("script, several line ends behind the block", "ps1", m.script("ps1", tail=b"\r\n\r\n"), "valid", "coverage=pass"),
        ("script, no line end behind the block", "ps1", m.script("ps1")[:-2], "valid", "coverage=pass"),
        ("script with a zero in its first line", "ps1", m.script("ps1", text="# \0\r\n" + TEXT["ps1"]), "valid", "digest=pass"),
        ("script behind a comment of control characters", "ps1",
         m.script("ps1", text="<# drawn by hand " + "".join(map(chr, range(1, 9))) * 14 + "\0#>\r\n" + TEXT["ps1"]), "valid", "digest=pass"),
        ("script behind a comment in Chinese, UTF-16", "ps1",
         m.script("ps1", "utf-16-le-sig", text="# " + "\u4e00\u5e01\u4e02" * 60 + "\r\n" + TEXT["ps1"]), "valid", "digest=pass"),
        ("script, long base64 lines", "ps1", m.script("ps1", block=lambda l: [l[0], "# " + "".join(x[2:] for x in l[1:4]), *l[4:]]), "valid", ""),
        ("script hashed as UTF-8 where Windows reads bytes", "js",
         m.script("js", text=TEXT["js"] + latin, hashed_text=hashed("js", TEXT["js"] + latin, "utf-8")), "unsupported", "digest=not_checked"),
        ("script in a code page that nobody knows", "vbs", m.script("vbs", "cp932", TEXT["vbs"] + "' \u6f22\r\n"), "unsupported", "digest=not_checked"),
        ("script that is not in the encoding of its mark", "ps1",
         m.script("ps1", "utf-8-sig").replace(b"touchmark", b"touchm\xe9rk", 1), "unsupported", "digest=not_checked"),
    ]
    return rows


def damaged(m):
    rows = [(f"script with one byte changed, {form}", form, flip(m.script(form), b"ouchmark" if form != "ps1xml" else b"onfiguration"),
             "digest_mismatch", "digest=fail signature=pass") for form in FORMS]
    rows += [(f"script with its line ends changed, {form}", form, m.script(form).replace(b"\r\n", b"\n"), "digest_mismatch",
              "digest=fail signature=pass") for form in FORMS]
    for was, now in (("utf-8-sig", "utf-8"), ("utf-8", "utf-8-sig"), ("utf-16-le-sig", "utf-16-le"), ("utf-16-be-sig", "utf-16-be")):
        data = m.script("ps1", was)
        data = data[len(MARKS[was]):] if was in MARKS else MARKS[now] + data
        rows.append((f"script, {was} made {now}", "ps1", data, "digest_mismatch", "digest=fail"))
    two = lambda l: l + l
    rows += [
        ("script, line end before its block changed", "ps1", m.script("ps1", gap="\n"), "unsupported", "digest=not_checked"),
        ("script with text behind its block", "ps1", m.script("ps1", tail=b"Remove-Item x\r\n"), "digest_mismatch", "digest=fail coverage=fail +SCRIPT002"),
        ("script with text of the Host behind its block", "vbs", m.script("vbs", tail=b"WScript.Echo 1\r\n"), "digest_mismatch",
         "digest=fail coverage=fail +SCRIPT002"),
        ("script with a comment behind its block", "js", m.script("js", tail=b"// more"), "digest_mismatch", "digest=fail +SCRIPT002"),
        ("script with text in the Host's file behind its block", "wsf", m.script("wsf", tail=b"<job/>\r\n"), "digest_mismatch", "digest=fail"),
        ("script with two blocks", "ps1", m.script("ps1", block=two), "digest_mismatch", "digest=fail coverage=fail +SCRIPT002"),
        ("script with its block in mid-file", "ps1", m.script("ps1", tail=TEXT["ps1"].encode()), "digest_mismatch", "digest=fail +SCRIPT002"),
        ("script whose block is cut", "ps1", m.script("ps1")[:-40], "malformed", "structure=fail +SCRIPT001"),
        ("script whose block has no last line", "ps1", m.script("ps1", block=lambda l: l[:-1]), "malformed", "structure=fail +SCRIPT001"),
        ("script whose block is empty", "ps1", m.script("ps1", block=lambda l: [l[0], l[-1]]), "malformed", "structure=fail"),
        ("script with code in its block", "ps1", m.script("ps1", block=with_line(2, "Remove-Item x")), "malformed", "structure=fail +SCRIPT001"),
        ("script with an empty line in its block", "ps1", m.script("ps1", block=with_line(3, "")), "malformed", "structure=fail +SCRIPT001"),
        ("script with broken base64", "ps1", m.script("ps1", block=lambda l: [*l[:2], l[2].replace(l[2][9], "*"), *l[3:]]), "malformed",
         "structure=fail +SCRIPT001"),
        ("script with base64 of a wrong length", "ps1", m.script("ps1", block=lambda l: [*l[:2], l[2][:-1], *l[3:]]), "malformed", "structure=fail"),
        ("script with a line lost from its block", "ps1", m.script("ps1", block=lambda l: l[:4] + l[5:]), "malformed", "structure=fail"),
        ("script with a line too long in its block", "ps1", m.script("ps1", block=lambda l: [l[0], "# " + "".join(x[2:] for x in l[1:9]), *l[9:]]),
         "malformed", "structure=fail +SCRIPT001"),
        ("script whose block begins nowhere", "ps1", m.script("ps1", block=lambda l: l[1:]), "unsigned", "+SCRIPT001"),
        ("script, bytes behind the signature in its block", "ps1", m.script("ps1", slack=b"carried"), "valid", "coverage=fail"),
        ("script with the signature of another kind of script", "js", m.script("js", sip="powershell"), "digest_mismatch", "digest=fail"),
        ("script with the signature of no script", "ps1", m.script("ps1", kind="1.3.6.1.4.1.311.2.1.15"), "digest_mismatch", "digest=fail"),
        ("script of the Host without its length", "vbs", m.script("vbs", hashed_text=TEXT["vbs"].encode("utf-16-le")), "digest_mismatch",
         "digest=fail"),
        ("script hashed in bytes, not in UTF-16", "ps1", m.script("ps1", hashed_text=TEXT["ps1"].encode()), "digest_mismatch", "digest=fail"),
    ]
    return rows


def signers(m):
    w = m.w
    stamp = token(w.tsa, [w.tsa], "20200601000000")
    late = token(w.tsa, [w.tsa], "20220601000000")
    wrong = token(w.tsa, [w.tsa], "20200601000000", wrong_imprint=True)
    second = m.der("ps1", TEXT["ps1"], "utf-8", signer=w.signer_of["p384"], alg="sha384")
    return [
        ("script stamped in its time", "ps1", m.script("ps1", signer=w.past, stamp=stamp), "valid", "timestamp=pass"),
        ("script stamped after notAfter", "ps1", m.script("ps1", signer=w.past, stamp=late), "expired", "timestamp=pass"),
        ("script, expired, unstamped", "ps1", m.script("ps1", signer=w.past), "expired", "validity_time=fail"),
        ("script, wrong imprint", "ps1", m.script("ps1", stamp=wrong), "valid", "timestamp=fail +TRUST002"),
        ("script, lifetime signing, past, stamped", "ps1", m.script("ps1", signer=w.lifetime, stamp=stamp), "expired", ""),
        ("script signed by a time stamper", "ps1", m.script("ps1", signer=w.tsa, bag=[w.tsa]), "wrong_usage", "usage=fail"),
        ("script, intermediate missing", "ps1", m.script("ps1", bag=[w.leaf]), "incomplete_chain", "chain=fail"),
        ("script, signer missing", "ps1", m.script("ps1", bag=[w.inter]), "incomplete_chain", ""),
        ("script, explicit curve parameters", "ps1", m.script("ps1", signer=w.signer_of["explicit"]), "untrusted", ""),
        ("script, cross-certificate as the only good way", "ps1", m.script("ps1", signer=w.far, bag=[w.far, w.far_root, w.cross]), "valid", ""),
        ("script, key usage without signatures", "ps1", m.script("ps1", signer=w.encipher), "wrong_usage", "usage=fail"),
        ("script with a nested signature", "ps1", m.script("ps1", nested=[second]), "valid", "digest=pass"),
        ("script, DSA", "ps1", m.script("ps1", signer=w.signer_of["dsa"]), "valid", ""),
    ]


def for_catalogues(w):
    """A script with a signature that has expired, and what it is over."""
    return {"ps1": Maker(w).script("ps1", signer=w.past), "ps1_hashed": hashed("ps1", TEXT["ps1"], "utf-8")}


def make(w, write, case):
    m = Maker(w)
    for title, form, data, status, also in (*encodings(m), *damaged(m), *signers(m)):
        name = "".join(c if c.isalnum() else "-" for c in title.lower()).strip("-") + f".{form}"
        write(name, data)
        n = 0 if status == "unsigned" else 2 if "nested" in title else 1
        case(name, status, n, trust="hm-root", also=also, title=title)
    plain = m.script("ps1")
    write("script-signed.ps1", plain)
    case("script-signed.ps1", "incomplete_chain", trust="root", also="digest=pass anchor=not_checked", title="script under another root")
    case("script-signed.ps1", "expired", trust="hm-root", as_of="2019-01-01", title="script, before notBefore")
    case("script-signed.ps1", "expired", trust="hm-root", as_of="2041-01-01", title="script, after notAfter")
