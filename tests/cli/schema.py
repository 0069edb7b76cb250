#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Records are as record.schema.json says, and the schema can say no. schema.py TOUCHMARK SAMPLES WORK"""
import copy
import json
import re
import sys
from pathlib import Path

from harness import SCHEMA, VALIDATOR, expect, fail, finish, parse_records, schema_errors, touchmark

SKIP = 77
if VALIDATOR is None:
    sys.exit(SKIP)
samples = Path(sys.argv[2])
MODEL = SCHEMA.parents[1] / "model"
schema = json.loads(SCHEMA.read_text())


def words(table, macro):
    """The second argument of each MACRO(id, "tag") of a .def table."""
    return re.findall(rf'^{macro}\(\w+, "(\w+)"\)', (MODEL / table).read_text(), re.M)


defs = schema["$defs"]
expect("statuses", defs["sig_status"]["enum"], words("signature.def", "STATUS"))
expect("checks", defs["check"]["enum"], words("signature.def", "CHECK"))
expect("results", defs["check_result"]["enum"] + ["not_applicable"], words("signature.def", "RESULT"))
kinds = re.findall(r"^SIGKIND\((\w+)\)", (SCHEMA.parents[1] / "signatures/sigkinds.def").read_text(), re.M)
expect("signature kinds", defs["signature"]["properties"]["kind"]["enum"], [*kinds, "image_hash"])  # in firmware's db or dbx: no kind that is read
formats = re.findall(r"^FORMAT\((\w+)\)", (SCHEMA.parents[1] / "formats/formats.def").read_text(), re.M)
if not set(formats) <= set(defs["format"]["properties"]["kind"]["enum"]):
    fail(f"formats.def has {formats}")

trust = ["--trust", samples / "ca/root.pem", "--as-of", "2026-01-01"]
every = parse_records(touchmark("scan", "--format", "ndjson", "--all", "--hashes", "md5,sha1", *trust, samples, check=(0, 1, 3))[1])
every += parse_records(touchmark("inspect", "--json", *trust, samples, check=(0, 1, 3))[1])
every += parse_records(touchmark("scan", "--format", "ndjson", "--limit", "max_file_size=10", samples, check=(3,))[1])
good = next(r for r in every if r["display"].endswith("/good.exe") and r["status"] == "ok")
EDITS = [
    # what is wrong, how a good record is made so
    ("a member that nobody knows", lambda r: r.update(extra=1)),
    ("null", lambda r: r.update(reason=None)),
    ("another schema", lambda r: r.update(schema="touchmark.record/2")),
    ("no locator", lambda r: r.pop("locator")),
    ("a status that is none", lambda r: r.update(status="fine")),
    ("no signatures in an object that was read", lambda r: r.pop("signatures")),
    ("skipped without a reason", lambda r: r.update(status="skipped")),
    ("a digest cut short", lambda r: r.update(sha256=r["sha256"][:-1])),
    ("a signature's status that is none", lambda r: r["signatures"][0].update(status="good")),
    ("a signature that is not valid, without a reason", lambda r: r["signatures"][0].update(status="expired")),
    ("a check not made, without a reason", lambda r: r["signatures"][0]["checks"][0].update(result="not_checked")),
    ("no checks", lambda r: r["signatures"][0].update(checks=[])),
    ("a maker without a basis", lambda r: r.update(origin={"vendor": "x"})),
    ("no maker and no reason", lambda r: r.update(origin={})),
    ("a score above 100", lambda r: r.update(provenance={"score": 101, "contributions": []})),
    ("an outcome that is none", lambda r: r.update(policy={"name": "x", "digest": "0" * 64, "outcome": "fine"})),
]
for what, edit in EDITS:
    bad = copy.deepcopy(good)
    edit(bad)
    if not schema_errors(bad):
        fail(f"the schema takes {what}")
finish(len(every) + len(EDITS))
