#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""
Bytes that no signature covers: the record lists them, rules run on them by themselves, what is found there is no evidence of a maker,
and inspection draws them. unsigned_bytes.py TOUCHMARK SAMPLES WORK
"""
import shutil
import sys
from pathlib import Path

from harness import expect, fail, finish, records, touchmark

samples, work = Path(sys.argv[2]), Path(sys.argv[3])
CARRIES = samples / "hm-unknown-unsigned-attribute.exe"  # "carried along" in an attribute that nobody signs
TRUST = ["--trust", samples / "ca/hm-root.pem", "--as-of", "2026-01-01"]
RULE = """rule {name} {{ meta: vendor = "microsoft" weight = "strong" witness = "code"
strings: $a = "{text}" condition: {condition} }}
"""
shutil.rmtree(work, ignore_errors=True)
work.mkdir(parents=True)
looked = 0


def matches(name, text, condition, file=CARRIES):
    rule = work / f"{name}.yar"
    rule.write_text(RULE.format(name=name, text=text, condition=condition))
    record = records("--no-shipped-rules", "--rules", rule, *TRUST, file)[0]
    return record, record.get("matches", [])


# the ranges, and that they hold what they say
data, record = CARRIES.read_bytes(), matches("nothing", "no such text", "$a")[0]
ranges = record["unsigned_ranges"]
expect("the order", ranges, sorted(ranges, key=lambda r: r["offset"]))
expect("no overlap", all(a["offset"] + a["length"] <= b["offset"] for a, b in zip(ranges, ranges[1:])), True)
loose = [r for r in ranges if r["why"] == "unauthenticated_attributes"]
expect("one range of loose attributes", len(loose), 1)
inside = data[loose[0]["offset"]:loose[0]["offset"] + loose[0]["length"]]
expect("what it holds", (b"carried along" in inside, data.count(b"carried along")), (True, 1))
for r in ranges:
    zero = not any(data[r["offset"]:r["offset"] + r["length"]])
    expect(f"{r['why']}: zero", r.get("zero", False), zero)
looked += 4 + len(ranges)

# a rule sees the whole file, and the range by itself
_, found = matches("anywhere", "carried along", "$a")
expect("anywhere", [m.get("where") for m in found], [None, "unsigned_range"])
expect("the range's offset", found[-1].get("offset"), loose[0]["offset"])
expect("the string's offset is of the file", {m["strings"][0]["offset"] for m in found}, {data.index(b"carried along")})
record, found = matches("alone", "carried along", "$a and uint16(0) != 0x5a4d")
expect("by itself alone", [m.get("where") for m in found], ["unsigned_range"])
expect("no evidence of a maker", record["origin"].get("vendor"), None)
_, found = matches("code", "ABCDEFGHIJ", "$a and uint16(0) == 0x5a4d")
expect("covered bytes are not marked", [m.get("where") for m in found], [None])
text = (samples / "script--ps1.ps1")
_, found = matches("block", "SIG # Begin signature block", "$a", text)
expect("a script's block", [m.get("where") for m in found], [None, "unsigned_range"])
record, found = matches("unsigned", "MZ", "$a", samples / "unsigned.exe")
expect("an unsigned file has no such ranges", ([m.get("where") for m in found], record.get("unsigned_ranges", [])), ([None], []))
looked += 8

# drawn
DRAWN = [
    (CARRIES, ["covered by the signature", "attributes that nobody signs", "fields that the hash leaves out", "the signature itself"],
     ["slack, gaps"]),
    (samples / "hm-slack-text.exe", ["slack, gaps and what lies behind"], []),
    (samples / "hm-slack-7.exe", ["zeros that nothing covers"], ["slack, gaps and what lies behind"]),
    (text, ["covered by the signature", "the signature itself"], ["slack, gaps"]),
    (samples / "unsigned.exe", ["bytes:"], ["what the signatures cover"]),
]
for file, held, not_held in DRAWN:
    out = touchmark("inspect", "--text", *TRUST, file, check=(0, 1))[1].decode()
    for word in held:
        if word not in out:
            fail(f"{file.name}: '{word}' is not in\n{out}")
    for word in not_held:
        if word in out:
            fail(f"{file.name}: '{word}' is in\n{out}")
    looked += 1
shutil.rmtree(work)
finish(looked)
