#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Trust lists and stores: what is refused, what an import reports and writes, and that the tables judge as the list did.
trust_import.py TOUCHMARK SAMPLES WORK"""
import json
import shutil
import subprocess
import sys
from pathlib import Path

from harness import expect, fail, finish, records, status_of, touchmark

samples, work = Path(sys.argv[2]), Path(sys.argv[3])
lists, root = samples / "ca/lists", ["--trust", samples / "ca/hm-root.pem"]
NOT_HELD = "the trust list's signature does not hold: "
REFUSED = [
    # file, what is said
    ("flipped.stl", NOT_HELD + "the content is not the one that messageDigest names"),
    ("unsigned.stl", NOT_HELD + "nobody signed it"),
    ("code.stl", NOT_HELD + "the signer's extended key usage does not allow it"),
    ("stranger.stl", NOT_HELD),
    ("late.stl", NOT_HELD + "a certificate has expired at the judged time"),
    ("catalogue.stl", "no certificate in it (PEM, DER, PKCS#7), and no trust list"),
    ("odd.stl", "named by something else than a SHA-1 or SHA-256"),
    ("cut.sst", "1 of its certificates or lists cannot be read"),
    ("lies.sst", "1 of its certificates or lists cannot be read"),
    ("bad.sst", "1 of its certificates or lists cannot be read"),
]
COUNT = 0


def refused(text, *args):
    global COUNT
    COUNT += 1
    got, _, stderr = touchmark(*args)
    expect(f"{args}: exit", got, 2)
    if text not in stderr:
        fail(f"{args}: {text!r} is not in {stderr!r}")


def report(*args):
    global COUNT
    COUNT += 1
    return json.loads(touchmark("certs", *args, "--json", check=[0])[1])


def status(file, *trust):
    global COUNT
    COUNT += 1
    return status_of(records("--as-of", "2026-01-01", *root, *trust, samples / file)[0])


for name, text in REFUSED:
    refused(text, "verify", *root, "--trust", lists / name, samples / "good.exe")
    refused(text, "certs", "import", *root, lists / name)
refused("a list of roots is no list of what is known to be bad", "scan", *root, "--distrust", lists / "roots-0.stl", samples / "good.exe")
refused("which trust list, store or certificates?", "certs", "import")
refused("did you mean 'import'?", "certs", "imprt")

shutil.rmtree(work, ignore_errors=True)
work.mkdir(parents=True)
newer = report("import", *root, lists / "newer", "-o", work / "newer")
expect("the list's signature", [entry["signature"] for entry in newer["lists"]], ["verified"])
expect("added", len(newer["added"]), 2)
far = next(entry for entry in newer["added"] if entry["certificate"])
expect("how the new root is held", (far["ekus"], far["disabled_from"][:10]), ("code_signing|time_stamping", "2024-01-01"))
expect("a shipped root is missing in it", len(newer["missing"]) > 300, True)
refused("File exists", "certs", "import", *root, lists / "newer", "-o", work / "newer")

again = report("list", *root, "--trust", work / "newer", "--diff", lists / "newer")
expect("the tables against the list: added", [e for e in again["added"] if e["certificate"]], [])
expect("the tables against the list: changed", again["changed"], [])
older = report("list", *root, "--trust", lists / "newer", "--diff", lists / "folder")
expect("what an older list says", [(c["what"], c["before"], c["after"]) for c in older["changed"][0]["changes"]],
       [("ekus", "code_signing|time_stamping", ""), ("disabled_from", "2024-01-01T00:00:00Z", "")])

for trust in (lists / "newer", work / "newer"):
    expect(f"stamped before its root was disabled, under {trust}", status("hm-far-stamped.exe", "--trust", trust), "valid")
    expect(f"unstamped, under {trust}", status("hm-far-bare.exe", "--trust", trust), "untrusted")

table = json.loads(touchmark("certs", "list", "--json", *root, "--trust", work / "newer", check=[0])[1])["anchors"]
expect("shipped roots that the list does not name", [a["subject"] for a in table if a["source"].endswith("microsoft-list") and "code" in a["profile"]], [])

forced = report("import", "--force", lists / "flipped.stl", "-o", work / "forced")
expect("a forced list says so", forced["lists"][0]["signature"], "the content is not the one that messageDigest names")
anchors = json.loads(touchmark("certs", "list", "--json", "--trust", work / "forced", check=[0])[1])["anchors"]
expect("and so do its rows", sum("SIGNATURE NOT VERIFIED" in a["source"] for a in anchors), 1)

# as Microsoft ships them: one list in a cabinet, and whatever else somebody packs
cabs = work / "cabs"
cabs.mkdir()
for name, packed in (("newer", sorted((lists / "newer").iterdir())), ("flipped", [lists / "flipped.stl"]), ("bad", [lists / "disallowed-8.stl"]),
                     ("mixed", [lists / "newer/authroot.stl", Path(__file__)]), ("unsigned", [lists / "unsigned.stl"])):
    subprocess.run(["gcab", "-c", "-z", "-n", cabs / f"{name}.cab", *packed], check=True, stdout=subprocess.DEVNULL)
(cabs / "cut.cab").write_bytes((cabs / "newer.cab").read_bytes()[:700])
packed = report("import", *root, cabs / "newer.cab")
expect("a list in a cabinet: its name", packed["lists"][0]["file"], "newer.cab!/authroot.stl")
expect("a list in a cabinet says the same", (packed["lists"][0]["signature"], len(packed["added"]), len(packed["missing"])),
       ("verified", len(newer["added"]), len(newer["missing"])))
expect("a list in a cabinet judges", status("hm-far-bare.exe", "--trust", cabs / "newer.cab"), "untrusted")
expect("a list of the disallowed in a cabinet judges", status("hm-distrusted.exe", "--distrust", cabs / "bad.cab"), "distrusted")
for option in ("--trust", "--distrust"):
    for name, text in (("flipped", "flipped.cab!/flipped.stl: " + NOT_HELD), ("unsigned", "unsigned.cab!/unsigned.stl: " + NOT_HELD + "nobody"),
                       ("mixed", "no certificate, trust list, store or table in mixed.cab!/trust_import.py"), ("cut", "cut.cab: ")):
        refused(text, "verify", *root, option, cabs / f"{name}.cab", samples / "good.exe")
forced = report("import", "--force", cabs / "flipped.cab")
expect("a forced list in a cabinet says so", forced["lists"][0]["signature"], "the content is not the one that messageDigest names")

# the shipped intermediates: each leads to an anchor, and vouches for nothing itself
every = json.loads(touchmark("certs", "list", "--json", check=[0])[1])
expect("no intermediate is an anchor", {i["sha256"] for i in every["intermediates"]} & {a["sha256"] for a in every["anchors"]}, set())
known = {n["subject"] for n in [*every["anchors"], *every["intermediates"]]}
expect("the issuer of each intermediate is known", [i["subject"] for i in every["intermediates"] if i["issuer"] not in known], [])
expect("there are intermediates", len(every["intermediates"]) > 20, True)

bad = report("import", *root, lists / "disallowed-8.stl", "-o", work / "bad")
expect("known-bad rows", [(e["kind"], e["from"][:10]) for e in bad["distrusted"]], [("sha1", ""), ("sha1", "2023-01-01")])
expect("the imported table distrusts", status("hm-distrusted.exe", "--trust", work / "bad"), "distrusted")
expect("a pool is no anchor", status("hm-alone.exe", "--trust", lists / "issuer.sst"), "valid")
store = report("import", lists / "issuer.sst")
expect("an issuer in a store", (store["certificates"], store["added"]), (1, []))
text = touchmark("certs", "import", "--text", *root, lists / "newer", check=[0])[1].decode()
expect("as text", "2 roots added" in text and "trusted no more" in text, True)
shutil.rmtree(work)
finish(COUNT)
