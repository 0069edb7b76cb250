#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""
One scan in slices: what merge makes of their cases is the case of one scan, byte for byte; and what it refuses.
shards.py TOUCHMARK SAMPLES WORK
"""
import json
import shutil
import signal
import subprocess
import sys
import tarfile
from pathlib import Path

from harness import PROGRAM, expect, finish, touchmark

samples, work = Path(sys.argv[2]), Path(sys.argv[3])
shutil.rmtree(work, ignore_errors=True)
tree = work / "tree"
tree.mkdir(parents=True)
checked = 0
for path in sorted(samples.glob("[b-hn]*")):  # catalogues and what they list, packages, kernels and their modules
    if path.is_file():
        shutil.copy(path, tree)
shutil.copy(samples / "good.exe", tree / "again.exe")
(tree / "hard-link.exe").hardlink_to(tree / "again.exe")
with tarfile.open(tree / "m.tar", "w") as t:
    for name in ("good.exe", "bad-appended.exe"):
        t.add(samples / name, name)
OPTIONS = ["--as-of", "2026-01-01", "--trust", samples / "ca/root.pem", "--policy", "cn-2026-01", "--all"]


def scan(name, *options, check=(0, 1, 3)):
    return touchmark("scan", "--format", "ndjson", "-o", work / name, *OPTIONS, *options, tree, check=check)


def merge(name, *shards, check=(0, 1, 3)):
    return touchmark("merge", "--format", "ndjson", "-o", work / name, *[work / s for s in shards], check=check)


def case(name):
    manifest = json.loads((work / name / "manifest.json").read_text())
    counts = {k: v for k, v in manifest["counts"].items()}
    return [(work / name / f).read_bytes() for f in ("records.ndjson", "coverage.json")], counts, manifest["plan"], manifest["verdict"]


whole = scan("whole")
for n in (1, 3):
    for k in range(n):
        status, out, _ = scan(f"{n}-{k}", "--shard", f"{k + 1}/{n}", "-j", str(1 + k % 2))
        expect(f"shard {k + 1}/{n}: records", out, b"")
        expect(f"shard {k + 1}/{n}: what it leaves", sorted(p.name for p in (work / f"{n}-{k}").iterdir()), ["manifest.json", "segments"])
    order = [f"{n}-{k}" for k in reversed(range(n))]
    merged = merge(f"merged-{n}", *order)
    expect(f"{n} shards: exit and records", (merged[0], merged[1] == whole[1]), (whole[0], True))
    expect(f"{n} shards: the case", case(f"merged-{n}"), case("whole"))
    checked += 1
sizes = [(work / f"3-{k}" / "segments/facts.seg").stat().st_size for k in range(3)]
expect("each has its part", min(sizes) > 1000, True)
again = merge("merged-again", *[f"3-{k}" for k in range(3)])
expect("merged again", again[1] == whole[1], True)
checked += 2

# ---- a shard that was killed goes on; until then it is none ----
killed = subprocess.Popen([PROGRAM, "scan", "-q", "-o", str(work / "killed"), *map(str, OPTIONS), "--shard", "2/3", "-j", "1", str(tree)],
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
while not (work / "killed/manifest.json").exists() and killed.poll() is None:
    pass
killed.send_signal(signal.SIGKILL)
killed.wait()
state = json.loads((work / "killed/manifest.json").read_text())["state"]
if state == "unfinished":
    expect("not finished", "was not finished" in merge("early", "3-0", "killed", "3-2", check=(2,))[2], True)
    scan("killed", "--shard", "2/3", "--resume")
expect("finished", merge("late", "3-0", "killed", "3-2")[1] == whole[1], True)
checked += 2

# ---- refused: nothing is written ----
scan("of-four", "--shard", "1/4")
touchmark("scan", "-o", work / "other", *OPTIONS, "--limit", "max_findings=7", "--shard", "2/3", tree, check=(0, 1, 3))
damaged = work / "damaged"
shutil.copytree(work / "3-1", damaged)
(damaged / "segments/facts.seg").write_bytes(b"nothing of ours")
for what, shards, words in (
    ("one is missing", ["3-0", "3-2"], "shard 2/3 is missing"),
    ("one is there twice", ["3-0", "3-1", "3-0", "3-2"], "are both shard 1"),
    ("of another number", ["3-0", "of-four"], "one of 4 shards"),
    ("of another plan", ["3-0", "other", "3-2"], "another 'limits'"),
    ("a whole case", ["whole"], "no shard of a scan"),
    ("no case", ["tree"], "holds no case"),
    ("none", [], "which shards?"),
):
    refused = merge("refused", *shards, check=(2,))
    expect(what, (words in refused[2], (work / "refused").exists()), (True, False))
    checked += 1
expect("facts that are none", "not a segment of facts" in merge("broken", "3-0", "damaged", "3-2", check=(2, 4))[2], True)
for options, words in ((["--shard", "0/3"], "is not I/N"), (["--shard", "4/3"], "is not I/N"), (["--shard", "1"], "is not I/N"), (["--shard", "1/3x"], "is not I/N")):
    expect(f"{options}", words in touchmark("scan", "-o", work / "refused", *OPTIONS, *options, tree, check=(2,))[2], True)
expect("no time", "as of when?" in touchmark("scan", "-o", work / "refused", "--shard", "1/2", tree, check=(2,))[2], True)
expect("no case to leave them in", "where to?" in touchmark("scan", *OPTIONS, "--shard", "1/2", tree, check=(2,))[2], True)
expect("another shard is not gone on with", "another 'shard'" in scan("3-0", "--resume", "--shard", "2/3", check=(2,))[2], True)
expect("a shard has no report", "one shard of a scan" in touchmark("report", work / "3-0", "--csv", "-", check=(2,))[2], True)
expect("no place", "where to?" in touchmark("merge", work / "3-0", check=(2,))[2], True)
checked += 10

finish(checked)
