# SPDX-License-Identifier: Apache-2.0
"""What the command-line tests share: running touchmark and failing with a reason."""
import json
import os
import subprocess
import sys
from pathlib import Path

try:
    import jsonschema
except ImportError:
    jsonschema = None

SCHEMA = Path(__file__).resolve().parents[2] / "analyzer/report/record.schema.json"
os.environ["LC_ALL"] = "C.UTF-8"  # texts are compared
PROGRAM = os.environ.get("TOUCHMARK") or sys.argv[1]
FAILED = []


def touchmark(*args, check=None, stdin=None):
    """(exit status, stdout bytes, stderr text); check: the statuses that are right."""
    done = subprocess.run([PROGRAM, *map(str, args)], capture_output=True, input=stdin, timeout=1400)
    if check is not None and done.returncode not in check:
        fail(f"touchmark {' '.join(map(str, args))}: exit {done.returncode}, not {check}\n{done.stderr.decode()}")
    return done.returncode, done.stdout, done.stderr.decode(errors="replace")


def _validator():
    if jsonschema is None:
        print("NOT VALIDATED against record.schema.json: python3-jsonschema is not installed")
        return None
    schema = json.loads(SCHEMA.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


VALIDATOR = _validator()


def schema_errors(record):
    """What record.schema.json has against a record; a new member is to be added there."""
    if VALIDATOR is None:
        return []
    return [f"/{'/'.join(map(str, e.absolute_path))}: {e.message[:300]}" for e in VALIDATOR.iter_errors(record)]


def parse_records(out, validated=None):
    """Records of NDJSON bytes, each (or the first few) held against the schema."""
    found = [json.loads(line) for line in out.splitlines()]
    for record in found[:validated]:
        for error in schema_errors(record):
            fail(f"{record.get('display')}: not as record.schema.json says: {error}")
    return found


def records(*args, check=(0, 1), validated=None):
    """The records of `scan --format ndjson`, as a list; validated: how many of them are held against the schema, None: all."""
    out = touchmark("scan", "--format", "ndjson", *args, check=check)[1]
    return parse_records(out, validated)


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
