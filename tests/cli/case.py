#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""
The case folder and what may befall a scan: files in odd places, workers and coordinator killed in mid-scan, Ctrl-C,
resuming. case.py TOUCHMARK SAMPLES WORK
"""
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from harness import PROGRAM, expect, fail, finish, touchmark

samples, work = Path(sys.argv[2]), Path(sys.argv[3])
AS_OF = ["--as-of", "2026-01-01"]
FILES = int(os.environ.get("TMK_CASE_FILES", "1500"))
checked = 0


def kept(case):
    return sorted(p.name for p in case.iterdir())


def check_verdict(case):
    """The manifest holds what the table says of the whole."""
    touchmark("scan", "-o", case, *AS_OF, "--policy", "cn-2026-01", samples / "good.exe", check=(0,))
    verdict = json.loads((case / "manifest.json").read_text())["verdict"]
    expect("verdict", (verdict["policy"], verdict["verdict"]), ("cn-2026-01", "inconclusive"))


def check_coverage(case, size):
    """Every byte in one class, and the classes add up."""
    coverage = json.loads((case / "coverage.json").read_text())
    for source in coverage["sources"]:
        expect("sum of the classes", sum(c["bytes"] for c in source["classes"].values()), source["size"])
        expect("size", source["size"], size)
    return coverage["sources"][0]


def children(pid):
    """Processes below pid, with depth: the zygote is at 1, workers at 2."""
    found, level = [], [pid]
    for depth in (1, 2):
        level = [int(c) for p in level for c in Path(f"/proc/{p}/task/{p}/children").read_text().split()]
        found += [(depth, c) for c in level]
    return found


def start(case, *options):
    return subprocess.Popen([PROGRAM, "scan", "--format", "ndjson", "-q", "-o", str(case), *AS_OF, *options, str(tree)],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def wait_for_facts(case):
    """Until a scan is under way; False when it was too quick for us."""
    facts = case / "segments/facts.seg"
    for _ in range(2000):
        if facts.exists() and facts.stat().st_size > 20000:
            return not (case / "records.ndjson").exists()
        time.sleep(0.002)
    return False


shutil.rmtree(work, ignore_errors=True)
tree = work / "tree"
tree.mkdir(parents=True)
good = (samples / "good.exe").read_bytes()
for i in range(FILES):  # of many contents: a byte behind the file makes another
    (tree / f"f{i:04d}.exe").write_bytes(good + str(i).encode() if i % 3 else b"text")
os.link(tree / "f0001.exe", tree / "hard-link.exe")
os.mkdir(tree / "\udcff%!")
shutil.copy(samples / "good.exe", tree / "\udcff%!" / "name")
size = sum(p.stat().st_size for p in tree.rglob("*") if p.is_file() and p.name != "hard-link.exe")

whole = work / "whole"
out = touchmark("scan", "--format", "ndjson", "-o", whole, *AS_OF, tree, check=(0,))[1]
expect("what a case holds", kept(whole), ["coverage.json", "manifest.json", "records.ndjson", "segments"])
expect("records and stdout", (whole / "records.ndjson").read_bytes() == out, True)
source = check_coverage(whole, size)
expect("hard links", source["classes"]["hard_link"], {"files": 1, "bytes": 0})
manifest = json.loads((whole / "manifest.json").read_text())
expect("state", manifest["state"], "finished")
expect("as_of", manifest["plan"]["as_of"], "2026-01-01T00:00:00Z")
expect("the odd name", sum(1 for line in out.splitlines() if json.loads(line)["locator"].endswith("/%FF%25%21/name")), 1)
expect("not overwritten", touchmark("scan", "-o", whole, tree)[0], 2)
checked += 7

# with any number of workers, mapped or copied, the bytes are the same
for options in (["-j", "1"], ["-j", "8"], ["--frozen"]):
    again = touchmark("scan", "--format", "ndjson", *options, *AS_OF, tree, check=(0,))[1]
    expect(f"{options}: same bytes", again == out, True)
    checked += 1

# kill -9 of workers: tried once more, nothing lost
for attempt in range(10):
    case = work / f"killed-workers-{attempt}"
    p = start(case, "-j", "2")
    under_way = wait_for_facts(case)
    victims = [pid for depth, pid in children(p.pid) if depth == 2] if under_way else []
    for pid in victims[:1]:
        os.kill(pid, signal.SIGKILL)
    stdout = p.communicate()[0]
    if victims:
        expect("a worker killed: exit", p.returncode, 0)
        expect("a worker killed: same bytes", stdout == out, True)
        checked += 1
        break
else:
    fail("no scan lasted long enough to kill a worker in it")

# Ctrl-C: a usable case, and going on gives the same bytes; so does going on after kill -9 of all
for name, number in (("interrupted", signal.SIGINT), ("killed", signal.SIGKILL)):
    for attempt in range(10):
        case = work / f"{name}-{attempt}"
        p = start(case, "-j", "1")
        under_way = wait_for_facts(case)
        p.send_signal(number)
        p.communicate()
        manifest = json.loads((case / "manifest.json").read_text())
        if under_way and manifest["state"] != "finished":
            break
    else:
        fail(f"{name}: no scan lasted long enough")
        continue
    if number == signal.SIGINT:
        expect("Ctrl-C: exit", p.returncode, 3)
        expect("Ctrl-C: state", manifest["state"], "interrupted")
        part = (case / "records.ndjson").read_bytes().splitlines()
        expect("Ctrl-C: the records are some of them", set(part) <= set(out.splitlines()), True)
        left = check_coverage(case, size)
        expect("Ctrl-C: what was not reached is listed", len(left["listed"]) == left["classes"]["interrupted"]["files"] > 0, True)
    else:
        expect("killed: state", manifest["state"], "unfinished")
    again = touchmark("scan", "--format", "ndjson", "-o", case, "--resume", "-j", "2", tree, check=(0,))[1]
    expect(f"{name}: going on gives the same bytes", again == out, True)
    expect(f"{name}: the case, too", (case / "records.ndjson").read_bytes() == out, True)
    checked += 1

check_verdict(work / "verdict")
checked += 1

# going on with something else is refused
for options, word in ((["--limit", "max_findings=7"], "limits"), (["--as-of", "2020-01-01"], "as_of"), (["--all"], "all")):
    status, _, stderr = touchmark("scan", "-o", whole, "--resume", *options, tree)
    expect(f"{options}: exit", (status, f"another '{word}'" in stderr), (2, True))
    checked += 1
expect("--resume without a case", touchmark("scan", "-o", work / "none", "--resume", tree)[0], 2)

# progress as JSON; a full sandbox where the kernel has one
_, _, stderr = touchmark("scan", "-q", "--progress=json", "--format", "ndjson", *AS_OF, tree, check=(0,))
lines = [json.loads(line) for line in stderr.splitlines() if line.startswith("{")]
expect("progress ends with all", [(l["stage"], l["done"] == l["total"]) for l in lines][-1:], [("judge", True)])
touchmark("scan", "-q", "--require-sandbox", *AS_OF, samples / "good.exe", check=(0, 1, 2))
checked += 2
shutil.rmtree(work)
finish(checked)
