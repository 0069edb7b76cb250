#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""
Streams of compound files as libgsf gives them (gsf list, gsf cat), against what touchmark says of them: as many, of the same
sizes and the same bytes, over all samples that are whole. libgsf_diff.py TOUCHMARK SAMPLES
"""
import hashlib
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "cli"))
from harness import expect, finish, parse_records, touchmark  # noqa: E402

SKIP = 77
samples = Path(sys.argv[2])


def theirs(path):
    """Digests of all streams, with how often each is there."""
    found = Counter()
    listed = subprocess.run(["gsf", "list", path], capture_output=True, check=True).stdout.decode()
    for line in listed.splitlines()[1:]:
        kind, size, name = line.split(maxsplit=2)
        if kind == "f" and int(size) > 0:
            # the name is the last of its path, and only names right below the root can be asked for by it
            data = subprocess.run(["gsf", "cat", path, name], capture_output=True, check=False).stdout
            found[hashlib.sha256(data).hexdigest() if len(data) == int(size) else f"{size} bytes"] += 1
    return found


def ours(path):
    found, sizes = Counter(), {}
    for record in parse_records(touchmark("scan", "--format", "ndjson", "--all", path, check=(0, 1))[1]):
        below = record["locator"].split("!/")
        if len(below) == 2 and record["size"] > 0:
            found[record["sha256"]] += 1
            sizes[record["sha256"]] = record["size"]
    return found, sizes


if shutil.which("gsf") is None:
    print("SKIPPED: gsf (libgsf-bin) is not installed; nothing was compared")
    sys.exit(SKIP)
count = 0
for path in sorted([*samples.glob("*.msi"), *samples.glob("*.doc")]):
    if path.name.startswith(("hm-msi--", "hm-msi-cut")) and not path.name.startswith(("hm-msi--plain", "hm-msi--directory")):
        continue  # broken on purpose
    got, sizes = ours(path)
    want = theirs(path)
    for key, n in want.items():
        if key.endswith(" bytes"):  # in a storage below: by size alone
            expect(f"{path.name}: streams of {key}", sum(got[k] for k in got if f"{sizes[k]} bytes" == key and k not in want) >= n, True)
        else:
            expect(f"{path.name}: stream {key}", got[key], n)
        count += n
    expect(f"{path.name}: streams", sum(got.values()), sum(want.values()))
finish(count)
