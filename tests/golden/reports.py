#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""
Every report of a small case, byte by byte, against what stands here. reports.py TOUCHMARK SOURCE

TMK_RERECORD=1 writes the expectations anew. Of a page its own style and script are left out: they are files of their own.
"""
import difflib
import os
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "cli"))
from harness import fail, finish, touchmark  # noqa: E402

HERE = Path(__file__).resolve().parent
WRITERS = re.findall(r"^WRITER\((\w+)", (Path(sys.argv[2]) / "analyzer/report/writers.def").read_text(), re.M)


def plain(text):
    text = re.sub(r"<style>.*?</style>", "<style></style>", text, flags=re.S)
    text = re.sub(r"(<script>).*?(</script>\n</body>)", r"\1\2", text, flags=re.S)
    return re.sub(r"'sha256-[^']*'", "'sha256-...'", text)


for name in WRITERS:
    actual = plain(touchmark("report", HERE / "case", f"--{name}", "-", check=(0,))[1].decode())
    path = HERE / "expected" / f"report.{name}"
    if os.environ.get("TMK_RERECORD") == "1":
        path.write_bytes(actual.encode())
        continue
    expected = path.read_bytes().decode() if path.exists() else ""
    if actual != expected:
        diff = difflib.unified_diff(expected.splitlines(), actual.splitlines(), "expected", "actual", lineterm="", n=1)
        fail(f"{path.name}: differs (TMK_RERECORD=1 writes it anew)\n" + "\n".join(list(diff)[:40]))
finish(len(WRITERS))
