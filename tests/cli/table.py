#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The table and the texts for people, as the program prints them. table.py TOUCHMARK SAMPLES WORK"""
import os
import sys
from pathlib import Path

from harness import expect, fail, finish, touchmark

samples = Path(sys.argv[2])
trust = ["--trust", samples / "ca/root.pem", "--as-of", "2026-01-01"]
os.environ.pop("NO_COLOR", None)
CASES = [
    # what, arguments, environment, what stdout must hold, what it must not hold
    ("worth a look", ["scan", "--format", "table", *trust, samples], {}, ["Signature broken (", "bad-appended.exe", "Objects "], ["good32.exe", "\x1b"]),
    ("every executable", ["scan", "-v", "--format", "table", *trust, samples], {}, ["good32.exe", "bad-appended.exe"], ["root.pem"]),
    ("every file", ["scan", "--all", "--format", "table", *trust, samples], {}, ["good32.exe", "root.pem"], []),
    ("in colour", ["scan", "--format", "table", "--color", "always", *trust, samples], {"NO_COLOR": "1"}, ["\x1b[31m"], []),
    ("no terminal, no colour", ["verify", *trust, samples / "good.exe"], {}, ["valid"], ["\x1b"]),
    ("verify in colour", ["verify", "--color=always", *trust, samples / "good.exe"], {}, ["\x1b[32mvalid"], []),
    ("the chain", ["verify", *trust, samples / "good.exe"], {}, ["CN=tmk root", "trust anchor, from user, valid 20", "\u2514\u2500 C=XX,O=Touchmark Test,CN=tmk leaf", "signer, in the file, valid 2020-01-01 to 2040-01-01"], []),
    ("inspect", ["inspect", "--text", samples / "good.exe"], {}, ["  format\n", "headers", ".text", "certificate_table"], ["{"]),
    ("in Chinese", ["verify", *trust, samples / "bad-appended.exe"], {"LC_ALL": "zh_CN.UTF-8"}, ["摘要算法       sha256", "notice PE016: 证书表之后有 8 字节"], ["checks"]),
    ("records stay English", ["scan", "--format", "ndjson", *trust, samples / "bad-appended.exe"], {"LC_ALL": "zh_CN.UTF-8"}, ["bytes follow the certificate table"], ["证书"]),
    ("listed in a catalogue", ["verify", "--trust", samples / "ca/hm-root.pem", "--as-of", "2026-01-01", "--catalog-dir", samples / "cat-signed-by-ec.cat",
                               samples / "cat-listed.exe"], {},
     ["  listed in a catalogue (primary): valid\n", "cat-signed-by-ec.cat\n", "listed by      its image hash\n", "signed, found "], ["catalogue, catalogue"]),
    ("listed by a digest that does not count", ["verify", "--trust", samples / "ca/hm-root.pem", "--as-of", "2026-01-01", "--catalog-dir",
                                                samples / "cat-msi-own.cat", samples / "cat-listed.msi"], {},
     ["  msi, embedded (primary): expired\n", "  listed in a catalogue: valid\n", "by which Windows looks no file up", "CAT016"], []),
    ("a package's signers", ["verify", "--as-of", "2026-01-01", *sorted(samples.glob("*.nupkg"))], {}, ["role           author\n", "repository: it passes"], []),
    ("inspect a catalogue", ["inspect", "--text", samples / "cat-v1--several-members.cat", samples / "cat-cab-own.cat"], {},
     ["  files that it lists\n    flat   ", "  listed.exe\n", "    cab    ", "content, covered by the signature"], ["headers"]),
    ("inspect for programs", ["inspect", samples / "good.exe"], {}, ['"details"'], []),
]
for what, args, env, held, not_held in CASES:
    os.environ.update(env)
    out = touchmark(*args, check=(0, 1, 3))[1].decode()
    for name in env:
        del os.environ[name]
    os.environ["LC_ALL"] = "C.UTF-8"
    for text in held:
        if text not in out:
            fail(f"{what}: {text!r} is not in\n{out}")
    for text in not_held:
        if text in out:
            fail(f"{what}: {text!r} is in\n{out}")
for columns in (80, 200):
    os.environ["COLUMNS"] = str(columns)
    out = touchmark("scan", "--format", "table", *trust, samples, check=(0, 1, 3))[1].decode()
    expect(f"lines wider than {columns} columns", [line for line in out.splitlines() if len(line) > columns], [])
finish(len(CASES) + 2)
