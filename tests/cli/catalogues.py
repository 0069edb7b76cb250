#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Files are looked up in catalogues wherever these lie, and the records are the same bytes: catalogues.py TOUCHMARK SAMPLES WORK"""
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from harness import expect, finish, parse_records, records, status_of, touchmark

samples, work = Path(sys.argv[2]).resolve(), Path(sys.argv[3]).resolve()
terms = ["--as-of", "2026-01-01", "--trust", samples / "ca/hm-root.pem"]
checked = 0


def tree(name, *files):
    """A folder with these samples in it; (sample, as) gives one another name."""
    folder = work / name
    shutil.rmtree(folder, ignore_errors=True)
    for file in files:
        source, to = file if isinstance(file, tuple) else (file, file)
        (folder / to).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(samples / source, folder / to)
    return folder


def scan(*args, check=(0,)):
    return touchmark("scan", "--format", "ndjson", *terms, *args, check=check)[1]


def see(what, out, name, status, *catalogues):
    """The record of one file: its own status and the catalogues that list it, in order."""
    global checked
    checked += 1
    record = next((r for r in parse_records(out) if r["locator"].endswith("/" + name)), {})
    expect(f"{what}: {name}", status_of(record) if record else "no record", status)
    found = [s["catalogue"]["locator"] for s in record.get("signatures", []) if "catalogue" in s]
    expect(f"{what}: catalogues of {name}", found, [str(c) for c in catalogues])


shutil.rmtree(work, ignore_errors=True)
LISTED, CATALOGUE, BAD = "cat-listed.exe", "cat-v2--listed-twice.cat", "cat-self-signed.cat"

# told by content, wherever they lie; whoever is analysed first, and by how many
windows = tree("windows", (LISTED, "System32/listed.exe"), (CATALOGUE, "CatRoot/{GUID}/a.cat"), (BAD, "CatRoot/{GUID}/b.cat"))
one = scan("-j", "1", windows)
guid = windows / "CatRoot/{GUID}"
see("a tree", one, "listed.exe", "valid", guid / "a.cat", guid / "b.cat")
see("a tree", one, "a.cat", "valid")
for jobs in (2, 5):
    expect(f"-j {jobs} gives the same bytes", scan("-j", jobs, windows) == one, True)
expect("--frozen gives the same bytes", scan("--frozen", windows) == one, True)
hidden = tree("hidden", (LISTED, "a.exe"), (LISTED, "b.exe"), ("unsigned.exe", "c.exe"), (CATALOGUE, "z.bin"))
plain = scan(hidden)
see("a catalogue of another name", plain, "a.exe", "valid", hidden / "z.bin")
see("a catalogue of another name", plain, "b.exe", "valid", hidden / "z.bin")
see("a catalogue of another name", plain, "c.exe", "unsigned")
shutil.copyfile(samples / BAD, work / "elsewhere.cat")
expect("asked for at once or again, the records are the same",
       scan("--catalog-dir", samples / "cat-no-members.cat", hidden) == plain, True)

# in a container, and beside one
with zipfile.ZipFile(work / "both.zip", "w") as z:
    z.write(samples / LISTED, "x/listed.exe")
    z.write(samples / CATALOGUE, "x/driver.cat")
with zipfile.ZipFile(work / "catalogue.zip", "w") as z:
    z.write(samples / CATALOGUE, "driver.cat")
with zipfile.ZipFile(work / "file.zip", "w") as z:
    z.write(samples / LISTED, "listed.exe")
see("both in a zip", scan(work / "both.zip"), "listed.exe", "valid", f"{work}/both.zip!/x/driver.cat")
see("the catalogue in a zip", scan(work / "catalogue.zip", samples / LISTED), LISTED, "valid", f"{work}/catalogue.zip!/driver.cat")
see("the file in a zip", scan(work / "file.zip", "--catalog-dir", samples / CATALOGUE), "listed.exe", "valid", samples / CATALOGUE)
see("the file in a zip, the catalogue in another", scan(work / "file.zip", "--catalog-dir", work / "catalogue.zip"), "listed.exe", "valid",
    f"{work}/catalogue.zip!/driver.cat")

# on a dead image, by itself
image = work / "disk.img"
dead = tree("dead", (LISTED, "Windows/System32/listed.exe"), (CATALOGUE, "Windows/System32/CatRoot/{F750E6C3-38EE-11D1-85E5-00C04FC295EE}/a.cat"))
subprocess.run(["/usr/sbin/mkfs.vfat", "-C", image, "8192"], check=True, capture_output=True)
subprocess.run(["mcopy", "-i", image, "-s", dead / "Windows", "::"], check=True, capture_output=True)
see("a disk image", scan(image), "listed.exe", "valid", f"{image}!/Windows/System32/CatRoot/{{F750E6C3-38EE-11D1-85E5-00C04FC295EE}}/a.cat")
see("a file in a disk image", scan(image, "--catalog-dir", samples / BAD), "listed.exe", "valid",
    f"{image}!/Windows/System32/CatRoot/{{F750E6C3-38EE-11D1-85E5-00C04FC295EE}}/a.cat", samples / BAD)

# --catalog-dir: no records of its own, but for what cannot be read
folder = tree("folder", (CATALOGUE, "a.cat"), ("good.exe", "program.exe"), (CATALOGUE, "same.cat"))
out = scan(samples / LISTED, "--catalog-dir", folder)
expect("--catalog-dir gives no records", len(parse_records(out)), 1)
see("--catalog-dir", out, LISTED, "valid", folder / "a.cat")
both = scan(folder, samples / LISTED, "--catalog-dir", folder)
see("a source that is a --catalog-dir, too", both, LISTED, "valid", folder / "a.cat")
expect("a source that is a --catalog-dir, too, has its records", len(parse_records(both)), 4)
see("the same in a source and elsewhere", scan(windows, "--catalog-dir", folder), "listed.exe", "valid", guid / "a.cat", guid / "b.cat")
status, _, problem = touchmark("scan", *terms, "--catalog-dir", work / "none", samples / LISTED)
expect("a --catalog-dir that is not there", (status, "none" in problem), (2, True))
if os.geteuid() != 0:
    (folder / "a.cat").chmod(0)
    out = scan(samples / LISTED, "--catalog-dir", folder / "a.cat", check=(3,))
    expect("a catalogue that cannot be read is told", [r["status"] for r in parse_records(out)], ["ok", "unreadable"])
    (folder / "a.cat").chmod(0o600)
for command in ("verify", "inspect"):
    out = touchmark(command, "--json", *terms, "--catalog-dir", folder, samples / LISTED, check=(0,))[1]
    see(command, out, LISTED, "valid", folder / "a.cat")

# the case folder says what vouched, and a scan that goes on ends the same
case = work / "case"
whole = scan("-o", case, "--catalog-dir", folder, windows)
manifest = json.loads((case / "manifest.json").read_text())
expect("manifest: catalogues", manifest["catalogues"], {"catalogues": 2, "members": 3})
expect("manifest: plan", manifest["plan"]["catalogues"], [str(folder)])
coverage = json.loads((case / "coverage.json").read_text())["sources"]
expect("coverage: the folder of catalogues", [s.get("catalogues_only") for s in coverage], [None, True])
manifest["state"] = "unfinished"
(case / "manifest.json").write_text(json.dumps(manifest))
segment = case / "segments/facts.seg"
records_file = case / "records.ndjson"
for keep in (0.2, 0.6, 1.0):
    again = work / f"again-{keep}"
    shutil.rmtree(again, ignore_errors=True)
    shutil.copytree(case, again)
    (again / "records.ndjson").unlink()
    data = segment.read_bytes()
    (again / "segments/facts.seg").write_bytes(data[:int(len(data) * keep)])
    expect(f"--resume with {keep:.0%} of the facts", scan("-o", again, "--resume", "--catalog-dir", folder, windows) == whole, True)

# what may be wrong with the index itself
many = tree("many", LISTED, *[(CATALOGUE, f"{i:03}.cat") for i in range(3)])
for i in range(3):  # different bytes, one list: what is behind a list changes its digest
    with open(many / f"{i:03}.cat", "ab") as f:
        f.write(bytes([i + 1]))
out = scan("--limit", "max_catalogues=2", many, check=(3,))
see("more catalogues than max_catalogues", out, LISTED, "valid", many / "000.cat", many / "001.cat")
found = {f["id"] for r in parse_records(out) for f in r["findings"] if r["locator"].endswith(LISTED)}
expect("more catalogues than max_catalogues are told", "CAT012" in found, True)
for jobs in (1, 3):
    case = work / f"few-{jobs}"
    scan("--limit", "max_catalogues=1", "-j", jobs, "-o", case, many, check=(3,))
    counts = json.loads((case / "manifest.json").read_text())["counts"]
    expect(f"more catalogues than max_catalogues, -j {jobs}: one object is not judged whole", counts["partial"], 1)
expect("as many catalogues as max_catalogues: complete", scan("--limit", "max_catalogues=3", many) != out, True)
out = scan("--limit", "max_signatures=1", many)
see("more catalogues than max_signatures", out, LISTED, "valid", many / "000.cat")
found = {f["id"] for r in parse_records(out) for f in r["findings"] if r["locator"].endswith(LISTED)}
expect("more catalogues than max_signatures are told", "CAT014" in found, True)
out = scan("--limit", "max_ctl_subjects=1", samples / "cat-v1--several-members.cat", samples / LISTED, check=(3,))
see("a list beyond max_ctl_subjects", out, LISTED, "unsigned")
expect("a list beyond max_ctl_subjects is told", ["CAT002" in {f["id"] for f in r["findings"]} for r in parse_records(out)], [False, True])
scan("--limit", "max_ctl_subjects=1", "--catalog-dir", samples / "cat-v1--several-members.cat", samples / LISTED, check=(3,))
out = scan("--limit", "max_ctl_size=100", samples / CATALOGUE, samples / LISTED, check=(3,))
see("a list beyond max_ctl_size", out, LISTED, "unsigned")
expect("a list beyond max_ctl_size is told", ["SCAN007" in {f["id"] for f in r["findings"]} for r in parse_records(out)], [False, True])

# a signature beyond a limit is no signature that is not there: the scan is incomplete
for name, limit, told in (("good.exe", "max_signature_size=100", "PE013"), ("two-certificates.exe", "max_signatures=1", "PE014"),
                          ("nested.exe", "max_signatures=1", "AUTH001"), ("good.cab", "max_signature_size=100", "CAB006"),
                          ("good.msi", "max_ole_entries=3", "OLE008")):
    out = scan("--limit", limit, samples / name, check=(3,))
    expect(f"{name}, {limit}: {told}", [told in {f["id"] for f in r["findings"]} for r in parse_records(out) if r["locator"].endswith(name)], [True])

# 100 MB: one member after another, all of one tag; and lengths that lie by a byte
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "samples/make"))
from catalogue import CTL, ctl, member_v1  # noqa: E402
from signer import PE, digest, signed_data  # noqa: E402

one = member_v1("pe", digest("sha1", PE((samples / LISTED).read_bytes()).hashed()))
large = work / "large.cat"
large.write_bytes(signed_data(CTL, ctl([one] * (100_000_000 // len(one) + 1)), [], []))
expect("a large catalogue is large", large.stat().st_size > 100_000_000, True)
listed, told = sorted(parse_records(scan(samples / LISTED, large)), key=lambda r: r["format"]["kind"], reverse=True)
expect("a catalogue of 100 MB: findings", [f["id"] for f in told["findings"]], ["CAT003", "CAT008"])
expect("a catalogue of 100 MB: the first tag that is there again", told["findings"][0]["offset"] > 100, True)
expect("a catalogue of 100 MB: the file", [f["id"] for f in listed["findings"]], ["CAT011"])
data = (samples / CATALOGUE).read_bytes()
start = data.index(bytes.fromhex("060a2b0601040182370c0101")) - 2  # the list, from its usage on
end = data.index("HWID1".encode("utf-16-be"), start)
# lengths in front of the list (the version and the digest's name between them are signed by nobody), and the list itself
for at in [*range(0, 22), *range(start, end, (end - start) // 20)]:
    (work / "lies.cat").write_bytes(data[:at] + bytes([(data[at] + 1) & 0xff]) + data[at + 1:])
    found = parse_records(touchmark("scan", "--format", "ndjson", *terms, "--catalog-dir", work / "lies.cat", samples / LISTED, check=(0, 3))[1])
    checked += 1
    for record in found:
        if record["locator"].endswith(LISTED):
            expect(f"byte {at} of a catalogue is another: nothing is valid by it", "valid" in [x["status"] for x in record["signatures"]], False)
expect("firmware looks into no catalogue", [status_of(r) for r in records(*terms, "--profile", "uefi", "--catalog-dir", folder, samples / LISTED)],
       ["unsigned"])
finish(checked)
