# SPDX-License-Identifier: Apache-2.0
"""Packages with signatures that are told of, and not verified: OPC and later schemes of APK."""
import struct

from zips import Member, Zip

VSIX = b"""<?xml version="1.0" encoding="utf-8"?>
<PackageManifest Version="2.0.0" xmlns="http://schemas.microsoft.com/developer/vsx-schema/2011">
  <Metadata><Identity Id="Sample" Version="1.0" Language="en-US" Publisher="Touchmark Test"/><DisplayName>Sample</DisplayName></Metadata>
</PackageManifest>"""


def apk_block(more=()):
    """A signer of scheme v2; more: further pairs of id and value."""
    pairs = b"".join(struct.pack("<QI", 4 + len(value), number) + value for number, value in ((0x7109871a, b"a signer"), *more))
    size = len(pairs) + 24
    return struct.pack("<Q", size) + pairs + struct.pack("<Q", size) + b"APK Sig Block 42"


def make(out, case, _):
    members = [Member("extension.vsixmanifest", VSIX, True), Member("[Content_Types].xml", b"<Types/>")]
    part = Member("package/services/digital-signature/xml-signature/1.psdsxs", b"<Signature/>")
    office = [Member("[Content_Types].xml", b"<Types/>"), Member("_xmlsignatures/sig1.xml", b"<Signature/>")]
    apk = Zip([Member("AndroidManifest.xml", b"\3\0\x08\0"), Member("classes.dex", b"dex\n035\0", gap=apk_block())])
    for name, data, status, n, also in (
            ("vsix-unsigned.vsix", Zip(members).bytes(), "unsigned", 0, ""),
            ("vsix-signed.vsix", Zip([*members, part]).bytes(), "unsupported", 1, "digest=not_checked signature=not_checked"),
            ("opc-signed.docx", Zip(office).bytes(), "unsupported", 1, "digest=not_checked signature=not_checked"),
            ("apk-v2.apk", apk.bytes(), "unsupported", 1, "digest=not_checked signature=not_checked")):
        (out / name).write_bytes(data)
        case(name, status, n, trust="hm-root", also=also, title=f"told of: {name}")
