# SPDX-License-Identifier: Apache-2.0
"""What the command-line tests share: running touchmark and failing with a reason."""
import json
import os
import subprocess
import sys

PROGRAM = os.environ.get("TOUCHMARK") or sys.argv[1]
FAILED = []


def touchmark(*args, check=None, stdin=None):
    """(exit status, stdout bytes, stderr text); check: the statuses that are right."""
    done = subprocess.run([PROGRAM, *map(str, args)], capture_output=True, input=stdin, timeout=600)
    if check is not None and done.returncode not in check:
        fail(f"touchmark {' '.join(map(str, args))}: exit {done.returncode}, not {check}\n{done.stderr.decode()}")
    return done.returncode, done.stdout, done.stderr.decode(errors="replace")


def records(*args, check=(0, 1)):
    """The records of `scan --format ndjson`, as a list."""
    out = touchmark("scan", "--format", "ndjson", *args, check=check)[1]
    return [json.loads(line) for line in out.splitlines()]


def fail(text):
    FAILED.append(text)
    print("FAIL", text)


def expect(what, actual, expected):
    if actual != expected:
        fail(f"{what}: {actual!r}, expected {expected!r}")


def status_of(record):
    """The file's own status: that of its primary signature."""
    signatures = record.get("signatures", [])
    return next((s["status"] for s in signatures if s.get("primary")), "unsigned")


def finish(count):
    """Ends the test; count is how many things were looked at: none is a failure, too."""
    print(f"{count} checked, {len(FAILED)} failed")
    sys.exit(1 if FAILED or count == 0 else 0)
