#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""As the examined machine would have judged: trees with a SOFTWARE hive, and what each record says. machine.py TOUCHMARK SAMPLES WORK"""
import shutil
import sys
import zipfile
from pathlib import Path

from harness import expect, finish, records, touchmark

samples, work = Path(sys.argv[2]), Path(sys.argv[3])
hives = samples / "ca/hives"
USUAL = "Windows/System32/config/SOFTWARE"
LEAF, FAR, FAR_ROOT, STAMPED = "hm-alone.exe", "hm-far-bare.exe", "hm-far-root.exe", "hm-far-stamped.exe"
CASES = [
    # hive, file, the machine's verdict, from which store, findings of the hive, findings of the file
    ("plain", LEAF, "valid", "ROOT", [], []),
    ("plain", FAR, "incomplete_chain", None, [], []),
    ("empty", LEAF, "incomplete_chain", None, [], []),
    ("planted", FAR, "valid", "ROOT", ["HIVE002"], ["HIVE004"]),
    ("planted", LEAF, "valid", "ROOT", ["HIVE002"], []),
    ("listed", FAR, "valid", "AuthRoot", [], []),
    ("long-list", FAR, "valid", "AuthRoot", [], []),
    ("list-disables", FAR, "untrusted", "AuthRoot", [], []),
    ("list-flipped", FAR, "valid", "AuthRoot", ["HIVE002", "HIVE003"], ["HIVE004"]),
    ("list-alone", FAR, "incomplete_chain", None, [], []),
    ("list-alone", FAR_ROOT, "valid", "the machine's list of roots", [], []),
    ("store-disables", FAR, "untrusted", "AuthRoot", [], []),
    ("store-for-servers", FAR, "wrong_usage", "AuthRoot", [], []),
    ("disallowed", LEAF, "distrusted", None, [], []),
    ("disallowed-list", LEAF, "distrusted", None, [], []),
    ("policy", LEAF, "valid", "policy Root", [], []),
    ("garbage", LEAF, "valid", "ROOT", ["HIVE001"], []),
]
COUNT = 0


def scan(*args):
    """Records by locator below the tree."""
    found = records("--as-of", "2026-01-01", "--trust", samples / "ca/hm-root.pem", *args)
    return {r["locator"].split("/work-machine/")[-1]: r for r in found}


def tree(name, hive, *files, at=USUAL):
    root = work / name
    (root / at).parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(hives / hive, root / at)
    for file in files:
        shutil.copy(samples / file, root / file)
    return root


def ids(record):
    return [f["id"] for f in record.get("findings", []) if f["id"].startswith("HIVE")]


def machine(record):
    global COUNT
    COUNT += 1
    return record["signatures"][0].get("machine", {})


shutil.rmtree(work, ignore_errors=True)
for i, (hive, file, *_) in enumerate(CASES):
    tree(f"case-{i}", hive, file)
seen = scan(work)
for i, (hive, file, status, store, on_hive, on_file) in enumerate(CASES):
    record = seen[f"case-{i}/{file}"]
    expect(f"{hive}, {file}: status", machine(record).get("status"), status)
    expect(f"{hive}, {file}: store", machine(record).get("store"), store)
    expect(f"{hive}, {file}: hive", machine(record).get("hive", "").endswith(f"case-{i}/{USUAL}"), True)
    expect(f"{hive}: findings", ids(seen[f"case-{i}/{USUAL}"]), on_hive)
    expect(f"{hive}, {file}: findings", ids(record), on_file)
    ours = {LEAF: "incomplete_chain", FAR: "incomplete_chain", FAR_ROOT: "untrusted"}[file]
    expect(f"{hive}, {file}: our own verdict stays", record["signatures"][0]["status"], ours)

outer = tree("two", "empty", LEAF)
tree("two/inner", "plain", LEAF, at="windows/system32/config/software")
tree("two/elsewhere", "disallowed", at="hive")
shutil.copy(samples / LEAF, outer / "elsewhere" / LEAF)
shutil.copy(samples / LEAF, work / LEAF)
seen = scan(work / "two", work / LEAF)
for path, status in ((f"two/{LEAF}", "incomplete_chain"), (f"two/inner/{LEAF}", "valid"), (f"two/elsewhere/{LEAF}", "distrusted"), (LEAF, None)):
    expect(f"the nearest machine: {path}", machine(seen[path]).get("status"), status)

whole = tree("archive", "plain", LEAF)
with zipfile.ZipFile(work / "disk.zip", "w") as z:
    for path in sorted(whole.rglob("*")):
        z.write(path, path.relative_to(whole))
expect("a machine in an archive", machine(scan(work / "disk.zip")[f"disk.zip!/{LEAF}"]).get("status"), "valid")

for hive in ("cut", "no-root", "no-keys", "no-checksum"):
    broken = [f["id"] for f in next(iter(scan(tree(hive, hive)).values()))["findings"]]
    COUNT += 1
    expect(f"{hive} is said to be unreadable", broken, ["SCAN007"])
dirty = next(iter(scan(tree("dirty", "dirty")).values()))
expect("a hive that was not closed", ids(dirty), ["HIVE005"])
expect("a hive that tells nothing of trust has no record", scan(tree("other", "other")), {})
one, four = (touchmark("scan", "--format", "ndjson", "-j", j, "--as-of", "2026-01-01", work, check=(0, 1))[1] for j in ("1", "4"))
expect("the same bytes for any number of workers", one == four, True)
text = touchmark("verify", "--as-of", "2026-01-01", work / "case-0", check=(0, 1))[1].decode()
expect("verify shows it", "this machine   valid" in text, True)
shutil.rmtree(work)
finish(COUNT)
