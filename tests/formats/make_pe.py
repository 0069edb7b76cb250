#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""
Makes small PE files with every part that the parser reads, by the PE format's tables alone. make_pe.py FOLDER
parts32.exe, parts64.exe, parts_arm64.exe   imports, delay imports, exports, resources, debug, Rich header; nothing behind
overlay_zip.exe, symbols.exe                a zip archive, a COFF symbol table behind the last section
"""
import struct
import sys
from pathlib import Path

RVA, RAW, ALIGN = 0x1000, 0x400, 0x200
EXPORT, IMPORT, RESOURCE, DEBUG, DELAY = 0, 1, 2, 6, 13


class Section:
    """One section's bytes; add() appends, aligned, and returns the address."""

    def __init__(self):
        self.data = bytearray()

    def add(self, data, align=4):
        self.data += bytes(-len(self.data) % align)
        self.data += data
        return RVA + len(self.data) - len(data)


def name(text):
    return text.encode() + b"\0"


def thunks(section, wide, imports):
    fmt, bit = ("<Q", 1 << 63) if wide else ("<I", 1 << 31)
    values = [bit | i if isinstance(i, int) else section.add(b"\0\0" + name(i), 2) for i in imports]
    return section.add(b"".join(struct.pack(fmt, v) for v in values + [0]), 8)


def imports(section, wide, libraries):
    rows = b""
    for dll, functions in libraries.items():
        table, address = thunks(section, wide, functions), thunks(section, wide, functions)
        rows += struct.pack("<5I", table, 0, 0, section.add(name(dll)), address)
    return section.add(rows + bytes(20)), len(rows) + 20


def delay_imports(section, wide, libraries):
    rows = b""
    for dll, functions in libraries.items():
        table = thunks(section, wide, functions)
        rows += struct.pack("<8I", 1, section.add(name(dll)), 0, table, table, 0, 0, 0)
    return section.add(rows + bytes(32)), len(rows) + 32


def exports(section):
    start = section.add(bytes(40))
    names = [section.add(name(n)) for n in ("alpha", "beta")]
    forward, own = section.add(name("OTHER.Beta")), section.add(name("parts.dll"))
    functions = section.add(struct.pack("<4I", 0x1010, forward, 0, 0x1020))
    rows = struct.pack("<IIHHIIIIIII", 0, 0, 0, 0, own, 3, 4, 2, functions, section.add(struct.pack("<2I", *names)),
                       section.add(struct.pack("<2H", 0, 1)))
    section.data[start - RVA:start - RVA + 40] = rows
    return start, len(section.data) - (start - RVA)


def block(key, value=b"", value_len=0, text=1, children=()):
    body = key.encode("utf-16-le") + b"\0\0"
    body += bytes(-(6 + len(body)) % 4) + value
    for child in children:
        body += bytes(-(6 + len(body)) % 4) + child
    return struct.pack("<HHH", 6 + len(body), value_len, text) + body


def version_info(tables):
    strings = [block(language, children=[block(k, v.encode("utf-16-le") + b"\0\0", len(v) + 1) for k, v in t.items()])
               for language, t in tables.items()]
    pairs = b"".join(struct.pack("<HH", int(k[:4], 16), int(k[4:], 16)) for k in tables)
    fixed = struct.pack("<13I", 0xFEEF04BD, 0x10000, 0x10002, 0x30004, 0x50006, 0x70008, 0x3F, 0, 4, 1, 0, 0, 0)
    return block("VS_VERSION_INFO", fixed, len(fixed), 0, [
        block("StringFileInfo", children=strings),
        block("VarFileInfo", children=[block("Translation", pairs, len(pairs), 0)])])


def resources(section, leaves):
    """leaves: {type: {name: {language: bytes}}}, names as numbers or text."""
    start, tree = section.add(b""), bytearray()

    def directory(entries, level):
        at = len(tree)
        texts = sum(isinstance(k, str) for k in entries)
        tree.extend(struct.pack("<IIHHHH", 0, 0, 0, 0, texts, len(entries) - texts) + bytes(8 * len(entries)))
        for i, (key, below) in enumerate(sorted(entries.items(), key=lambda e: (isinstance(e[0], int), e[0]))):
            number = key
            if isinstance(key, str):
                number = 0x80000000 | len(tree)
                tree.extend(struct.pack("<H", len(key)) + key.encode("utf-16-le"))
                tree.extend(bytes(-len(tree) % 4))
            if level < 2:
                to = 0x80000000 | directory(below, level + 1)
            else:
                to = len(tree)
                tree.extend(struct.pack("<4I", 0, len(below), 1252, 0))
                data.append((to, below))
            struct.pack_into("<II", tree, at + 16 + 8 * i, number, to)
        return at

    data = []
    directory(leaves, 0)
    section.add(bytes(len(tree)))
    for at, body in data:
        struct.pack_into("<I", tree, at, section.add(body))
    section.data[start - RVA:start - RVA + len(tree)] = tree
    return start, len(section.data) - (start - RVA)


def debug(section):
    pdb = b"RSDS" + bytes(range(16)) + struct.pack("<I", 7) + name("C:\\src\\parts.pdb")
    data = section.add(pdb)
    row = struct.pack("<IIHHIIII", 0, 0x5F5E1000, 0, 0, 2, len(pdb), data, RAW + data - RVA)
    return section.add(row), len(row)


def rotated(v, by):
    by &= 31
    return (v << by | v >> (32 - by)) & 0xFFFFFFFF


def dos_and_rich(lfanew):
    dos = bytearray(128)
    struct.pack_into("<HHHHHH", dos, 0, 0x5A4D, 0x90, 3, 0, 4, 0)
    struct.pack_into("<H", dos, 0x18, 0x40)
    struct.pack_into("<I", dos, 0x3C, lfanew)
    dos[0x40:0x68] = b"This program cannot be run in DOS mode.\n"
    entries = [(0x0101 << 16 | 30133, 11), (0x0104 << 16 | 30133, 2), (0x0102 << 16 | 30133, 1)]
    key = 128 + sum(rotated(b, i) for i, b in enumerate(dos) if not 0x3C <= i < 0x40)
    key = (key + sum(rotated(c, n) for c, n in entries)) & 0xFFFFFFFF
    words = [0x536E6144, 0, 0, 0] + [w for e in entries for w in e]
    return bytes(dos) + b"".join(struct.pack("<I", w ^ key) for w in words) + b"Rich" + struct.pack("<I", key)


def build(machine, wide, behind=b"", symbols=0):
    s = Section()
    dirs = [(0, 0)] * 16
    dirs[IMPORT] = imports(s, wide, {"KERNEL32.dll": ["ExitProcess", "Sleep"], "WS2_32.dll": [115, 4000],
                                     "OLEAUT32.DLL": [2], "odd.name.ocx": ["Do", 3]})
    dirs[DELAY] = delay_imports(s, wide, {"late.dll": ["Later", 9]})
    dirs[EXPORT] = exports(s)
    text = {"CompanyName": "Example Corp", "FileDescription": "Größe 大小", "ProductVersion": "1.2.3", "Comments": ""}
    dirs[RESOURCE] = resources(s, {
        16: {1: {0x409: version_info({"040904b0": text, "080404b0": {"CompanyName": "例子公司"}}),
                 0x407: version_info({"040704e4": {"CompanyName": "Beispiel GmbH", "Extra": "x"}})}},
        24: {1: {0x409: b"<assembly/>"}}, "TEXT": {"A": {0: b"abc"}, 5: {0: b"de"}}})
    dirs[DEBUG] = debug(s)
    head = dos_and_rich(0x100)
    head += bytes(0x100 - len(head)) + b"PE\0\0"
    size = 240 if wide else 224
    raw = bytes(s.data) + bytes(-len(s.data) % ALIGN)
    head += struct.pack("<HHIIIHH", machine, 1, 0x5F5E1000, RAW + len(raw) if symbols else 0, symbols, size, 0x22)
    head += struct.pack("<HBBIIIII", 0x20B if wide else 0x10B, 14, 29, len(raw), 0, 0, RVA, RVA)
    head += struct.pack("<Q", 0x140000000) if wide else struct.pack("<II", RVA, 0x400000)
    head += struct.pack("<IIHHHHHHIIIIHH", 0x1000, ALIGN, 6, 0, 0, 0, 6, 0, 0, 0x1000 + len(raw), RAW, 0, 3, 0x8160)
    head += struct.pack("<4Q" if wide else "<4I", 1 << 20, 4096, 1 << 20, 4096) + struct.pack("<II", 0, 16)
    head += b"".join(struct.pack("<II", *d) for d in dirs)
    head += struct.pack("<8sIIIIIIHHI", b".rdata", len(s.data), RVA, len(raw), RAW, 0, 0, 0, 0, 0x40000040)
    return head + bytes(RAW - len(head)) + raw + behind


folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
(folder / "parts32.exe").write_bytes(build(0x14C, False))
(folder / "parts64.exe").write_bytes(build(0x8664, True))
(folder / "parts_arm64.exe").write_bytes(build(0xAA64, True))
(folder / "overlay_zip.exe").write_bytes(build(0x8664, True, b"PK\5\6" + bytes(18)))
(folder / "symbols.exe").write_bytes(build(0x14C, False, bytes(36) + struct.pack("<I", 4), symbols=2))
