#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""
A disk image that several workers read, a share each: the records and the account of its bytes are those of one worker,
whatever befalls. shares.py TOUCHMARK SAMPLES WORK
"""
import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import time
from pathlib import Path

from harness import PROGRAM, expect, fail, finish, touchmark

samples, work = Path(sys.argv[2]), Path(sys.argv[3])
FILES = 500
SHARED = ["--limit", "min_shared_image=0"]
checked = 0
if shutil.which("mke2fs", path="/usr/sbin:/sbin") is None:
    print("SKIPPED: not installed: mke2fs")
    sys.exit(0)

shutil.rmtree(work, ignore_errors=True)
tree = work / "tree"
(tree / "a").mkdir(parents=True)
good = (samples / "good.exe").read_bytes()
for i in range(FILES):  # of many contents; every seventh is none of a format
    (tree / ("a" if i % 2 else ".") / f"f{i:04d}").write_bytes(good + str(i).encode() if i % 7 else b"text" * i)
with tarfile.open(tree / "members.tar", "w") as t:
    for i in range(40):
        t.add(tree / f"a/f{2 * i + 1:04d}", "same name")
for name in ("cat-signed.cat", "signed.ps1"):
    if (samples / name).exists():
        shutil.copy(samples / name, tree)
image = work / "disk"
subprocess.run(["/usr/sbin/mke2fs", "-q", "-t", "ext4", "-d", tree, image, "48M"], check=True, capture_output=True)
shutil.rmtree(tree)


def command(case, *options):
    return ["scan", "--format", "ndjson", "-q", "-o", case, "--as-of", "2026-01-01", *options, image]


def of_disk(case):
    return json.loads((case / "manifest.json").read_text()).get("shared_images", 0), json.loads((case / "coverage.json").read_text())


def scan(name, *options):
    """Exit status, records, (images that several workers have read, account)."""
    status, out, _ = touchmark(*command(work / name, *options), check=(0, 1, 3))
    return status, out, of_disk(work / name)


# ---- the same, by any number of workers; also where one worker's budget ends, which is then what all is read by ----
LIMITS = (
    ("all of it", [], True),
    ("members", ["--limit", "max_members=300"], False),
    ("one member short", ["--limit", f"max_members={FILES + 40}"], False),
    ("just enough members", ["--limit", f"max_members={FILES + 41}"], True),
    ("bytes", ["--limit", "max_expanded_size=2000000"], False),
    ("large members alone", ["--limit", "max_member_size=100000"], True),
    ("no containers in it", ["--limit", "max_container_depth=1"], True),
)
whole = b""
for name, options, shared in LIMITS:
    one, several = scan(f"{name}-1", *SHARED, *options, "-j", "1"), scan(f"{name}-5", *SHARED, *options, "-j", "3")
    expect(f"{name}: by one worker", one[2][0], 0)
    expect(f"{name}: by several", several[2][0], int(shared))
    expect(f"{name}: exit, bytes, account", (several[0], several[1] == one[1], several[2][1]), (one[0], True, one[2][1]))
    whole = whole or one[1]
    checked += 1
expect("records", len(whole.splitlines()) > FILES * 5 // 7, True)
small = scan("small", "-j", "2")
expect("a smaller image is not shared", (small[1] == whole, small[2][0]), (True, 0))
checked += 2


# ---- in mid-scan ----
def children(pid):
    level = [pid]
    for _ in range(2):
        level = [int(c) for p in level for c in Path(f"/proc/{p}/task/{p}/children").read_text().split()]
    return level


def start(case):
    return subprocess.Popen([PROGRAM, *map(str, command(case, *SHARED, "-j", "3"))], stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def wait_for_facts(case):
    facts = case / "segments/facts.seg"
    for _ in range(2000):
        if facts.exists() and facts.stat().st_size > 60000:
            return not (case / "records.ndjson").exists()
        time.sleep(0.002)
    return False


def a_worker_dies(p, case):
    """kill -9 of one: the image is read anew by one, and nothing is lost or told twice."""
    for pid in children(p.pid)[:1]:
        os.kill(pid, signal.SIGKILL)
    out = p.communicate()[0]
    manifest = of_disk(case)
    if manifest[0] != 0:
        return False  # the victim had done its share
    expect("a worker dies: exit, bytes", (p.returncode, out == whole), (0, True))
    return True


def told_to_stop(p, case):
    p.send_signal(signal.SIGINT)
    p.communicate()
    manifest = json.loads((case / "manifest.json").read_text())
    if manifest["state"] == "finished":
        return False
    expect("Ctrl-C: exit, state", (p.returncode, manifest["state"]), (3, "interrupted"))
    again = touchmark(*command(case, *SHARED, "-j", "2", "--resume"), check=(0,))[1]
    expect("Ctrl-C: going on gives the same bytes", again == whole, True)
    return True


for what in (a_worker_dies, told_to_stop):
    for attempt in range(10):
        case = work / f"{what.__name__}-{attempt}"
        process = start(case)
        if not wait_for_facts(case):
            process.communicate()
        elif what(process, case):
            checked += 1
            break
    else:
        fail(f"{what.__name__}: no scan lasted long enough")

finish(checked)
