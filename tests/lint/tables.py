#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""
The tables (.def) agree with what is written elsewhere: tables.py SOURCE
Every finding is raised by some source and named by some test, its arguments are as many as its text names, ids are in order
and used once; the README names every format, signature kind, command and exit status.
"""
import re
import sys
from pathlib import Path

root = Path(sys.argv[1])
analyzer = root / "analyzer"
sources = {p: p.read_text(encoding="utf-8") for p in analyzer.rglob("*.c")}
everything = "\n".join(sources.values())
readme = (root / "README.md").read_text(encoding="utf-8")
tests = "\n".join(p.read_text(encoding="utf-8", errors="replace") for folder in ("tests", "samples/make")
                  for p in (root / folder).rglob("*") if p.suffix in (".c", ".h", ".py", ".json", ".tsv") and p.name != "tables.py")
NO_TEST = {  # and why not
    "RULE002": "libyara fails otherwise than by time in nothing that was tried",
    "CAT013": "a worker that writes damaged facts of a catalogue",
    "IMG004": "a machine without libtsk",
}
bad = []


def entries(table, pattern):
    found = re.findall(pattern, (analyzer / table).read_text(encoding="utf-8"), re.M)
    if not found:
        bad.append(f"{table}: nothing in it matches {pattern}")
    return found


def findings():
    listed = entries("model/findings.def", r'^FINDING\((\w+), (\w+), "(.*)"\)$')
    ids = [name for name, _, _ in listed]
    for name in {i for i in ids if ids.count(i) > 1}:
        bad.append(f"findings.def: {name} is there twice")
    for name, severity, text in listed:
        if not re.search(rf"\bTMK_F_{name}\b", everything):
            bad.append(f"findings.def: nothing raises {name}")
        if (re.search(rf"\b(TMK_F_)?{name}\b", tests) is None) != (name in NO_TEST):
            bad.append(f"findings.def: no test names {name}" if name not in NO_TEST else f"tables.py: {name} is tested")
        if severity not in ("info", "notice", "warning", "alarm"):
            bad.append(f"findings.def: {name} is of severity {severity}")
        used = [int(n) for n in re.findall(r"\{(\d)\}", text)]
        if sorted(set(used)) != list(range(len(set(used)))):
            bad.append(f"findings.def: {name} names arguments {used}")
    return len(listed)


def documented():
    n = 0
    for table, macro in (("formats/formats.def", "FORMAT"), ("signatures/sigkinds.def", "SIGKIND"), ("cli/commands.def", "COMMAND")):
        for name in entries(table, rf"^{macro}\((\w+)"):
            n += 1
            if not re.search(rf"(?<!\w){name}(?!\w)", readme):
                bad.append(f"README.md: does not name {name} of {table}")
    return n


LITERAL = r'"(?:[^"\\]|\\.)*"'  # as C has it; neighbours are one


def literals(text):
    return {re.sub(r'"\s*"', "", m)[1:-1] for m in re.findall(rf"{LITERAL}(?:\s*{LITERAL})*", text)}


def calls(text, functions):
    """What stands between the brackets of each call, without what calls in it are given."""
    for m in re.finditer(rf"\b(?:{functions})\(", text):
        own, depth = [], 1
        for piece in re.finditer(rf"{LITERAL}|[()]|[^\"()]+", text[m.end():]):
            depth += {"(": 1, ")": -1}.get(piece[0], 0)
            if depth == 0:
                break
            own += [piece[0]] if depth == 1 else []
        yield "".join(own)


def translations():
    """What people are told is there in Chinese, too: each text given to tmk_tr, and what explain and replacement say."""
    there = literals((analyzer / "report/zh.def").read_text(encoding="utf-8"))
    explain, replacement = sources[analyzer / "report/explain_text.c"], sources[analyzer / "judge/replacement.c"]
    said = {t for text in sources.values() for inner in calls(text, "tmk_tr") for t in literals(inner)}
    said |= {t for inner in calls(explain, "line|head") for t in literals(inner)}
    said |= {t for inner in re.findall(r"struct answer\)\{[^}]*\}|by_standing\([^;]*;", replacement) for t in literals(inner) if " " in t}
    said |= {t for name in ("replacement", "score") for t in literals((analyzer / f"judge/{name}.def").read_text(encoding="utf-8")) if " " in t}
    bad.extend(f'zh.def: no text for "{t}"' for t in sorted(said - there) if re.search("[A-Za-z]{2}", re.sub(r"%[-+0-9.*]*[a-z]+|\\n", "", t)))
    return len(said)


def options():
    listed = entries("cli/options.def", r'^OPTION\((\w+), ([\w.]+), ([^,]+), "([\w-]+)"')
    names = [name for _, _, _, name in listed]
    letters = [letter for _, _, letter, _ in listed if letter != "0"]
    for name in {i for i in names + letters if (names + letters).count(i) > 1}:
        bad.append(f"options.def: {name} is there twice")
    return len(listed)


count = findings() + documented() + options() + translations()
print("\n".join(bad))
print(f"{count} entries")
sys.exit(1 if bad or count == 0 else 0)
