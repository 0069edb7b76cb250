#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""
Each sample's record, and some texts, against what stands here. golden.py TOUCHMARK SAMPLES WORK

TMK_RERECORD=1 writes the expectations anew: read the difference before it is committed. What differs from one making of the
samples to the next (keys, so digests and signature sizes; the place) is replaced by a word first.
"""
import difflib
import json
import os
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "cli"))
from harness import fail, finish, parse_records, touchmark  # noqa: E402

HERE = Path(__file__).resolve().parent
RERECORD = os.environ.get("TMK_RERECORD") == "1"
samples = Path(sys.argv[2]).resolve()
# Members whose values depend on the keys, on the clock at making or on the compiler.
VARIES = {"claimed_signing_time", "size", "length", "offset", "serial", "build_id", "comment", "expected", "actual", "bytes", "package_code"}
# Padding to a multiple of 8: there or not, as the signature's size happens to be.
PADDING = {"certificate_table_gap", "certificate_table_slack"}
# One change each of a sample that stands here: the truth table sees those.
CHANGED = re.compile(r"hm-(msi|cab)--|hm-msi-(ex-)?edit-")
# What would change the record of another file that is scanned with it: catalogues, kernels.
ALONE = re.compile(r"cat|.*\.cat$|.*\.ko(\.|$)|vmlinuz")
MANY = 16  # ranges of a compound file: which reasons there are is enough
EXPLAINED = ["good.exe", "bad-appended.exe", "bad-expired.exe"]
TEXTS = ["good.exe", "good-page-hashes.exe", "bad-appended.exe", "bad-expired.exe", "good.ko", "hm-revoked.exe", "hm-revoked-later.exe", "cat-listed.exe"]


def plain(value, key=""):
    """The value with what varies replaced."""
    if isinstance(value, dict):
        if value.get("id") in ("AUTH004", "CAB005"):  # sizes of padding and of signatures, as they happen to be
            value = value | {"args": ["<n>"] * len(value["args"])}
        return {k: plain(v, k) for k, v in sorted(value.items())}
    if isinstance(value, list):
        if key == "unsigned_ranges" and len(value) > MANY:
            return sorted({v["why"] for v in value})
        return [plain(v, key) for v in value if not (isinstance(v, dict) and v.get("why") in PADDING)]
    if key in VARIES and not isinstance(value, bool):
        return f"<{key}>"
    return text_plain(value) if isinstance(value, str) else value


def text_plain(text):
    text = text.replace(str(samples), "/samples")
    text = re.sub(r"(serial +)[0-9a-f]+", r"\1<serial>", text)
    text = re.sub(r"\b[0-9a-f]{32,}\b", "<digest>", text)
    return re.sub(r"\b\d+ bytes\b", "<n> bytes", text)


def compare(name, actual):
    path = HERE / "expected" / name
    if RERECORD:
        path.parent.mkdir(exist_ok=True)
        path.write_text(actual, encoding="utf-8")
        return
    expected = path.read_text(encoding="utf-8") if path.exists() else ""
    if actual != expected:
        diff = difflib.unified_diff(expected.splitlines(), actual.splitlines(), "expected", "actual", lineterm="", n=2)
        fail(f"{name}: differs (TMK_RERECORD=1 ctest -R golden writes it anew)\n" + "\n".join(list(diff)[:60]))


cases, groups = {}, {}
for line in (samples / "cases.tsv").read_text().splitlines():
    name, trust, as_of, *_, further, _ = line.split("\t")
    if name not in cases and not CHANGED.match(name):
        args = ["--as-of", as_of] + ([] if trust == "-" else ["--trust", samples / trust])
        cases[name] = args + [samples / word if "/" in word else word for word in further.split()]
        groups.setdefault((*map(str, cases[name]), name if ALONE.match(name) else ""), []).append(name)
for (*args, _), names in groups.items():
    found = {}
    for record in parse_records(touchmark("scan", "--format", "ndjson", *args, *[samples / n for n in names], check=(0, 1, 3))[1]):
        record.pop("same_as", None)  # of what else is scanned, not of the file
        found.setdefault(record["locator"].removeprefix(f"{samples}/").split("!")[0].split("/")[0], []).append(record)
    for name in names:
        if name not in found:
            fail(f"{name}: no record")
            continue
        compare(name + ".json", "".join(json.dumps(plain(r), indent=1, ensure_ascii=False) + "\n" for r in found[name]))
for name in TEXTS:
    compare(name + ".txt", text_plain(touchmark("verify", *cases[name], samples / name, check=(0, 1))[1].decode()))
for name in EXPLAINED:
    for tongue, locale in (("", "C.UTF-8"), (".zh", "zh_CN.UTF-8")):
        os.environ["LC_ALL"] = locale
        said = touchmark("explain", "--policy", "cn-2026-01", *cases[name], samples / name, check=(0, 1))[1].decode()
        compare(f"{name}.explain{tongue}.txt", text_plain(said))
finish(len(cases) + len(TEXTS) + 2 * len(EXPLAINED))
