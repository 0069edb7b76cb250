#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""
What touchmark reads in ELF files beside what readelf (binutils) reads in them: class, byte order, type, interpreter,
needed libraries, soname, rpath, runpath, build id, .comment, sections, segments, whether it is stripped.

    readelf_diff.py TOUCHMARK PATH...     PATH: files, or folders of which every ELF file is compared

Every disagreement is printed and fails. Without readelf the test says so and is skipped (exit 77).
"""
import collections
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

if shutil.which("readelf") is None:
    print("SKIPPED: readelf (binutils) is not installed; nothing was compared")
    sys.exit(77)

PROGRAM = sys.argv[1]
BATCH = 50
TYPES = {"REL": "rel", "EXEC": "exec", "DYN": "dyn", "CORE": "core", "NONE": "none"}


def is_elf(path):
    try:
        if os.path.islink(path) or not os.path.isfile(path):
            return False
        with open(path, "rb") as f:
            return f.read(4) == b"\x7fELF"
    except OSError:
        return False


def files_of(paths):
    for path in paths:
        if Path(path).is_dir():
            for folder, _, names in os.walk(path):
                yield from (os.path.join(folder, n) for n in sorted(names))
        else:
            yield path


def first(pattern, text):
    found = re.search(pattern, text, re.M)
    return found.group(1) if found else None


def count(text, what):
    """From the header; "0 (70000)" where the count stands in section 0."""
    return int(first(rf"Number of {what} headers: +(?:0 \()?(\d+)", text) or 0)


def comments(path):
    """Each text once: relocatable files repeat them."""
    out = subprocess.run(["readelf", "-W", "-p", ".comment", path], capture_output=True, check=False).stdout
    return list(dict.fromkeys(line.split("]", 1)[1].strip() for line in out.decode("utf-8", "replace").splitlines()
                              if re.match(r"\s+\[\s*[0-9a-f]+\]", line)))


def theirs_of(path):
    out = subprocess.run(["readelf", "-W", "-h", "-l", "-d", "-n", "-S", path], capture_output=True, check=False)
    text = out.stdout.decode("utf-8", "replace")
    sections = re.findall(r"^  \[ *\d+\] (.*?) +(NULL|[A-Z0-9_<>: a-f]+?) +[0-9a-f]{8,16} [0-9a-f]{6,}", text, re.M)
    return {
        "class": int(first(r"Class: +ELF(\d\d)", text) or 0),
        "endian": "big" if "big endian" in (first(r"Data: +(.*)", text) or "") else "little",
        "type": TYPES.get(first(r"Type: +(\w+)", text), "other"),
        "interpreter": first(r"Requesting program interpreter: (.*)\]", text),
        "needed": re.findall(r"\(NEEDED\) +Shared library: \[(.*)\]", text),
        "soname": first(r"\(SONAME\) +Library soname: \[(.*)\]", text),
        "rpath": first(r"\(RPATH\) +Library rpath: \[(.*)\]", text),
        "runpath": first(r"\(RUNPATH\) +Library runpath: \[(.*)\]", text),
        "build_id": first(r"Build ID: ([0-9a-f]+)", text),
        "comment": comments(path),
        "stripped": not any(kind == "SYMTAB" for _, kind in sections),
        "sections": count(text, "section"),
        "segments": count(text, "program"),
    }


def ours_of(record):
    f, d = record["format"], record.get("details", {})
    one = {k: f.get(k) for k in ("class", "endian", "type", "interpreter", "soname", "rpath", "runpath", "build_id",
                                 "stripped")}
    return {**one, "needed": f.get("needed", []), "comment": [c.strip() for c in f.get("comment", [])],
            "sections": len(d.get("sections", [])), "segments": len(d.get("segments", []))}


def records_of(paths):
    done = subprocess.run([PROGRAM, "inspect", "--json", *paths], capture_output=True, timeout=1200, check=False)
    return {r["locator"]: r for r in map(json.loads, done.stdout.splitlines())}


def main():
    agree, differ = collections.Counter(), collections.Counter()
    paths = [p for p in files_of(sys.argv[2:]) if is_elf(p)]
    for start in range(0, len(paths), BATCH):
        batch = paths[start:start + BATCH]
        records = records_of(batch)
        for path in batch:
            theirs = theirs_of(path)
            ours = ours_of(records[path]) if path in records else dict.fromkeys(theirs, "no record")
            for what, value in theirs.items():
                (agree if ours[what] == value else differ)[what] += 1
                if ours[what] != value:
                    print(f"{path}: {what}\n  touchmark {str(ours[what])[:400]}\n  readelf   {str(value)[:400]}")
    print(f"{len(paths)} ELF files; agree: {dict(agree)}")
    print(f"disagree: {dict(differ)}")
    sys.exit(1 if differ or not paths else 0)


main()
