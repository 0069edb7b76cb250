#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""
What touchmark reads in PE files beside what pefile, an independent parser, reads in them: machine, sections, imports,
delay imports, exports, imphash, Rich hash, version strings, PDB identity, resources, start of the overlay.

    pefile_diff.py TOUCHMARK PATH...      PATH: files, or folders of which every PE file is compared

Every disagreement is printed and fails, except those of REASONS, which are counted. Without pefile (Debian:
python3-pefile) the test says so and is skipped (exit 77).
"""
import collections
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

try:
    import pefile
except ImportError:
    print("SKIPPED: python3-pefile is not installed; nothing was compared")
    sys.exit(77)

# C++ names are longer than pefile reads by default
pefile.MAX_SYMBOL_NAME_LENGTH = pefile.MAX_IMPORT_NAME_LENGTH = 4096
PROGRAM = sys.argv[1]
BATCH = 40
MACHINES = {0x14C: "i386", 0x8664: "x86_64", 0xAA64: "arm64", 0x1C4: "arm", 0x1C2: "arm", 0x1C0: "arm",
            0x200: "ia64", 0xEBC: "efi_bytecode", 0x5064: "riscv64", 0x6264: "loongarch64"}
# A disagreement that is understood: (what, test on both values and the record, why it is touchmark's that stands).
REASONS = [
    ("machine", lambda ours, theirs, record: (ours, theirs) in (("arm64ec", "x86_64"), ("arm64x", "arm64")),
     "the header names the machine it runs beside; CHPE metadata tells the real one"),
    ("versions", lambda ours, theirs, record: ours and any(r["type"] == 16 and r["offset"] % 4 for r in resources(record)),
     "a version resource at no multiple of four: its blocks are aligned to its own start, pefile aligns to the address"),
    ("versions", lambda ours, theirs, record: len(ours) > len(theirs) and all(t in ours for t in theirs),
     "pefile takes StringFileInfo's length for its end, and stops before a table that starts behind that"),
    ("sections", lambda ours, theirs, record: ours[:len(theirs)] == theirs and has_finding(record, "PE005"),
     "pefile ends the list at a section whose fields are impossible"),
    ("overlay", lambda ours, theirs, record: ours is None and has_finding(record, "PE005"),
     "a section reaches past the end of the file: there is nothing behind it"),
]
# All that is compared; the unwind tables are not, and take pefile minutes.
DIRECTORIES = [0, 1, 2, 6, 13]


def is_pe(path):
    try:
        if os.path.islink(path):
            return False
        with open(path, "rb") as f:
            head = f.read(64)
            if len(head) < 64 or head[:2] != b"MZ":
                return False
            f.seek(int.from_bytes(head[60:64], "little"))
            return f.read(4) == b"PE\0\0"
    except OSError:
        return False


def files_of(paths):
    for path in paths:
        if Path(path).is_dir():
            for folder, _, names in os.walk(path):
                yield from (os.path.join(folder, n) for n in sorted(names))
        else:
            yield path


def text(raw):
    """Bytes as touchmark writes them: what is no valid UTF-8, and controls but tab, as %XX."""
    out = ""
    for c in raw.decode("utf-8", "surrogateescape"):
        code = ord(c)
        if 0xDC80 <= code <= 0xDCFF:
            out += f"%{code - 0xDC00:02X}"
        elif (code < 32 and c != "\t") or code == 127:
            out += f"%{code:02X}"
        else:
            out += c
    return out


def dll_list(entries):
    """[dll, [name or #ordinal...]] of each descriptor."""
    return [[text(e.dll), [f"#{i.ordinal}" if i.import_by_ordinal else text(i.name or b"") for i in e.imports]] for e in entries]


def version_strings(pe):
    tables = []
    for info in getattr(pe, "FileInfo", []) or []:
        for part in info:
            for table in getattr(part, "StringTable", []) or []:
                tables.append((text(table.LangID),
                               {text(k): text(v.strip(b" \t\r\n")) for k, v in table.entries.items()}))
    return tables


def codeview(pe):
    for d in getattr(pe, "DIRECTORY_ENTRY_DEBUG", []) or []:
        e = d.entry
        if e is not None and hasattr(e, "Signature_Data1"):
            tail = getattr(e, "Signature_Data4", 0)
            guid = f"{e.Signature_Data1:08x}{e.Signature_Data2:04x}{e.Signature_Data3:04x}"
            raw = pe.__data__[d.struct.PointerToRawData + 12:d.struct.PointerToRawData + 20]
            return guid + bytes(raw).hex() + f"{e.Age:x}" if tail is not None else None
    return None


def walk_resources(directory, path=()):
    for e in directory.entries:
        here = path + ((text(e.name.string) if e.name is not None else e.id),)
        if hasattr(e, "directory"):
            yield from walk_resources(e.directory, here)
        elif len(here) == 3:
            yield [*here, e.data.struct.Size]


def overlay_of(pe):
    """pefile counts a COFF symbol table and its strings as overlay, and the certificate table; here they are not."""
    start, h = pe.get_overlay_data_start_offset(), pe.FILE_HEADER
    if start is not None and h.NumberOfSymbols and 0 <= h.PointerToSymbolTable - start <= pe.OPTIONAL_HEADER.FileAlignment:
        end = h.PointerToSymbolTable + 18 * h.NumberOfSymbols
        strings = int.from_bytes(pe.__data__[end:end + 4], "little")
        end += strings if 4 <= strings <= len(pe.__data__) - end else 0
        start = end if end < len(pe.__data__) else None
    table = pe.OPTIONAL_HEADER.DATA_DIRECTORY[4] if len(pe.OPTIONAL_HEADER.DATA_DIRECTORY) > 4 else None
    return None if start is None or (table and table.Size and table.VirtualAddress == start) else start


def theirs_of(path):
    pe = pefile.PE(path, fast_load=True, max_symbol_exports=65536)
    pe.parse_data_directories(directories=DIRECTORIES)
    rich = pe.parse_rich_header()
    out = {
        "machine": MACHINES.get(pe.FILE_HEADER.Machine, f"0x{pe.FILE_HEADER.Machine:04x}"),
        "sections": [[text(s.Name.split(b"\0")[0]), s.VirtualAddress, s.Misc_VirtualSize, s.PointerToRawData,
                      s.SizeOfRawData] for s in pe.sections],
        "imports": dll_list(getattr(pe, "DIRECTORY_ENTRY_IMPORT", [])),
        "delay_imports": dll_list(getattr(pe, "DIRECTORY_ENTRY_DELAY_IMPORT", [])),
        "imphash": pe.get_imphash() or None,
        "rich_hash": hashlib.md5(rich["clear_data"]).hexdigest() if rich else None,
        "build_id": codeview(pe),
        "overlay": overlay_of(pe),
        "versions": version_strings(pe),
    }
    exports = getattr(pe, "DIRECTORY_ENTRY_EXPORT", None)
    out["exports"] = sorted([s.ordinal, text(s.name) if s.name else None, text(s.forwarder) if s.forwarder else None]
                            for s in exports.symbols) if exports else []
    resources = getattr(pe, "DIRECTORY_ENTRY_RESOURCE", None)
    out["resources"] = sorted(walk_resources(resources), key=str) if resources else []
    pe.close()
    return out


def ours_of(record):
    f, d = record["format"], record.get("details", {})
    lists = {k: [[e["dll"], e.get("names", [])] for e in d.get(k, [])] for k in ("imports", "delay_imports")}
    tables = [t for info in d.get("version_info", []) for t in info.get("tables", [])]
    return {
        "machine": f.get("machine"),
        "sections": [[s["name"], s["virtual_address"], s["virtual_size"], s["offset"], s["size"]]
                     for s in d.get("sections", [])],
        **lists,
        "imphash": f.get("imphash"),
        "rich_hash": f.get("rich_hash"),
        "build_id": f.get("build_id"),
        "overlay": f.get("overlay", {}).get("offset"),
        "versions": [(t.get("language", ""), {s["key"]: s.get("value", "") for s in t.get("strings", [])}) for t in tables],
        "exports": sorted([e["ordinal"], e.get("name"), e.get("forward")] for e in d.get("exports", [])),
        "resources": sorted(([r["type"], r["name"], r["language"], r["size"]] for r in d.get("resources", [])), key=str),
    }


def records_of(paths):
    done = subprocess.run([PROGRAM, "inspect", "--json", *paths], capture_output=True, timeout=1200, check=False)
    return {r["locator"]: r for r in map(json.loads, done.stdout.splitlines())}


def resources(record):
    return record.get("details", {}).get("resources", [])


def has_finding(record, name):
    return any(f["id"] == name for f in record.get("findings", []))


def reason_for(what, ours, theirs, record):
    return next((why for name, test, why in REASONS if name == what and test(ours, theirs, record)), None)


def first_difference(ours, theirs):
    """What to print: of two lists, where they part."""
    at = 0
    if isinstance(ours, list) and isinstance(theirs, list):
        same = (i for i, (a, b) in enumerate(zip(ours, theirs)) if a != b)
        at = next(same, min(len(ours), len(theirs)))
        ours, theirs = f"({len(ours)}) {ours[at:at + 2]}", f"({len(theirs)}) {theirs[at:at + 2]}"
    return f"touchmark [{at}] {str(ours)[:500]}", f"pefile    [{at}] {str(theirs)[:500]}"


def main():
    agree, differ, excused, unread = collections.Counter(), collections.Counter(), collections.Counter(), 0
    paths = [p for p in files_of(sys.argv[2:]) if is_pe(p)]
    for start in range(0, len(paths), BATCH):
        batch = paths[start:start + BATCH]
        records = records_of(batch)
        for path in batch:
            try:
                theirs = theirs_of(path)
            except pefile.PEFormatError as e:
                unread += 1
                print(f"pefile cannot read {path}: {e}")
                continue
            record = records.get(path)
            ours = ours_of(record) if record else dict.fromkeys(theirs, "no record")
            for what, value in theirs.items():
                if ours[what] == value:
                    agree[what] += 1
                    continue
                why = reason_for(what, ours[what], value, record or {})
                (excused if why else differ)[f"{what}: {why}" if why else what] += 1
                if not why:
                    print(f"{path}: {what}", *first_difference(ours[what], value), sep="\n  ")
    print(f"{len(paths)} PE files, {unread} that pefile cannot read; agree: {dict(agree)}")
    for what, n in excused.items():
        print(f"explained ({n}): {what}")
    print(f"disagree: {dict(differ)}")
    sys.exit(1 if differ or not paths else 0)


main()
