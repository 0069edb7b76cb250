#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""
The shipped rules and the user's. rules.py TOUCHMARK SAMPLES WORK

Logic tests: each shipped rule fires on a file made for it here, which proves the rule's logic and nothing about the product; what was
seen in real files is in tests/corpus/. Mentions: files that name every vendor, file, path and literal without being one fire no rule.
"""
import json
import os
import re
import shutil
import sys
from pathlib import Path

from harness import PROGRAM, expect, fail, finish, records, touchmark

import rule_logic
from rule_samples import elf, go_info, kernel_module, pe, version

work = Path(sys.argv[3])
RULES = Path(__file__).resolve().parents[2] / "rules" / "vendors"
SEEN = "dep\twww.velocidex.com/golang/velociraptor\tv0.7.0\th1:AA=\n"
WIZ = [f"github.com/wiz-sec/wiz/{m}" for m in ("commonlib", "loglib")]


def named(**strings):
    return pe(resource=version(CompanyName="Touchmark Test", **strings))


LOGIC = {
    "carbonblack_av_update": [named(FileDescription="Carbon Black Cloud Sensor AV Update Tool x64")],
    "checkpoint_open_appsec": [elf(b"libngen_core.so", b"libcompression_utils.so", b"libboost_regex.so.1.74.0")],
    "checkpoint_zonealarm_driver": [pe(b"d:\\x\\vsdatant.pdb", resource=version(OriginalFilename="VSDATANT.SYS"))],
    "cisco_immunet_driver": [pe(b"d:\\x\\ImmunetUtilDriver.pdb", resource=version(OriginalFilename="ImmunetUtilDriver.sys"))],
    "cisco_webex_installer": [named(FileDescription="WebEx PT ptInst Module", OriginalFilename="ptInst.exe")],
    "cisco_clamav": [elf(b"CLAMAV_PRIVATE", b"cli_chomp", b"cli_strerror")],
    "cisco_duo_unix": [elf(b"Failsafe Duo login", b"Failsecure Duo login", b"Couldn't open Duo API handle")],
    "crowdstrike_falcon_kernel_module": [kernel_module(b"cshook_security_inode_free_security")],
    "mandiant_realtime_driver": [pe(b"d:\\x\\mrt_wfp.pdb", b"IOCTL_COLLECTION_START", b"IOCTL_COLLECTION_GETDATA")],
    "huorong_scan_engine": [pe(b"nxeng_init", resource=version(FileDescription="Huorong eXtendible Stream Scan Engine",
                                                               OriginalFilename="nxeng.sys"))],
    "huorong_kernel_extension": [named(FileDescription="Huorong Internet Security Core Kext", OriginalFilename="sysdiag.sys")],
    "mcafee_oem_copy": [named(FileDescription="McAfee OEM Info Copy Files", OriginalFilename="mcoemcpy.exe")],
    "paloalto_cortex_xdr_driver": [named(FileDescription="Cortex XDR LPC Driver", OriginalFilename="cyvrlpc.sys")],
    "rapid7_velociraptor": [f(go_info("www.velocidex.com/golang/velociraptor/bin", "www.velocidex.com/golang/velociraptor"))
                            for f in (elf, pe)],
    "sentinelone_agent_worker": [named(OriginalFilename=f"{n}.exe", ProductName="Sentinel Agent")
                                 for n in ("SentinelAgentWorker", "SentinelBrowserNativeHost")],
    "symantec_event_monitor_driver": [pe(b"d:\\x\\VProEventMonitor.pdb", resource=version(OriginalFilename="VProEventMonitor.Sys"))],
    "symantec_encryption_driver": [pe(b"d:\\x\\PGPwded.pdb", resource=version(OriginalFilename="PGPwded.sys"))],
    "vmware_build_tree": [pe(b"D:\\build\\ob\\bora-21101281\\bora\\modules\\vmx86\\phystrack.c")],
    "vmware_workstation_vmx": [named(FileDescription="VMware Workstation VMX", OriginalFilename="vmware-vmx.exe")],
    "vmware_tools_setup_service": [named(FileDescription="VMware RVM Setup Service", OriginalFilename="rvmSetup.exe")],
    "vmware_open_vm_tools": [elf(b"libvmtools.so.0", b"ToolsOnLoad"), elf(b"VMTools_WrapArray", b"RpcChannel_Send")],
    "vmware_guest_authentication": [elf(b"VGAuth_AddAlias", b"VGAuth_QueryMappedAliases")],
    "wiz_private_modules": [elf(go_info("github.com/wiz-sec/wiz/x", "github.com/wiz-sec/wiz/diskanalyzerlib", *WIZ))],
    "fortra_tripwire": [elf(b"Tripwire is not designed to run past the year 2038.\n", b"Open Source Tripwire(R) 2.4.3.7.0")],
    "sysdig_inspector": [elf(b"_Z11sysdig_initiPPc", b"x\nUsage: sysdig [options] [-p <output_format>] [filter]\n"),
                         elf(b"_Z12csysdig_initiPPc", b"x\nUsage: csysdig [options] [filter]\n")],
    "datadog_native_iast": [f(b"addSecureMarksToTaintedString", b"newTaintedString", b"iastnativemethods") for f in (elf, pe)],
    "trendmicro_app_protect": [elf(b"libagent_close_agent", b"libagent_finish_transaction", b"libagent_hook_ran")],
}
LOGIC.update(rule_logic.samples())


def words_of(text):
    """The values of a vendor's file, without its keys: what a detection list would hold."""
    text = re.sub(r"(?m)#.*$|^\s*sources:(.|\n)*?(?=^\S|^  - id:|\Z)", "", text)
    return [w.strip(" '\"") for w in re.split(r"[\[\]{},\n]|: ", text) if len(w.strip(" '\"")) > 3]


def both(*texts):
    """The texts as ELF and PE files hold them: bytes and UTF-16."""
    wide = [t.decode("utf-8").encode("utf-16-le") for t in texts]
    return [elf(*texts), elf(*wide), pe(*texts), pe(*wide)]


def texts_of(values, *forms):
    return [form.format(key=k, value=v).encode() for k, v in values for form in forms]


def mentions():
    lists = {f.parent.name: words_of(f.read_text(encoding="utf-8")) for f in sorted(RULES.glob("*/vendor.yaml"))}
    every = [w.encode() for words in lists.values() for w in words]
    sources = [f.read_bytes() for f in sorted(RULES.glob("*/*")) if f.is_file()]
    uninstaller = [f"Removing {v} will leave this machine without protection. Stop the service and delete {w}".encode()
                   for v, words in lists.items() for w in words[:20]]
    named_values = list(rule_logic.values()) + [("Image", w) for words in lists.values() for w in words]
    users = "".join(f"dep\t{m}\tv1.2.3\th1:AA=\n=>\t{m}/v2\tv2.0.0\t\n" for m in rule_logic.GO.values()) + SEEN
    yield "list", both(*every)                  # a table of names, each a string of its own
    yield "lines", both(b"\n".join(every))      # the same as one text
    yield "sources", both(*sources)             # the rules themselves, and the vendors' files
    yield "uninstaller", both(*uninstaller)
    yield "competitors", both(*texts_of(named_values, "{value}"), b"\n".join(texts_of(named_values, "- {value}")))
    yield "detection_script", both(*texts_of(named_values, "tasklist | findstr /i \"{value}\" && set FOUND=1\r\n",
                                             "pgrep -f '{value}' >/dev/null && echo '{value} is running'\n"))
    yield "documentation", both(*texts_of(named_values, "Before you go on, remove {value} (see \"{value}\" in the list of programs)."))
    yield "siem", both(*texts_of(named_values, "  selection:\n    {key}|endswith: '\\{value}'\n    {key}: {value}\n", '{{"{key}":"{value}"}}'))
    yield "go_user", [f(go_info("example.org/tool", "example.org/tool") + users.encode()) for f in (elf, pe)]
    yield "log_parser", [elf(b"cshook_security_inode_free_security", b"falcon_lsm_serviceable"), kernel_module(b"falcon_lsm_serviceable")]
    yield "scanner_by_library", [elf(b"libclamav.so.12", b"CLAMAV_PUBLIC", b"cl_init", b"cl_scandesc", b"cl_engine_new")]
    yield "authors_field", [kernel_module(b"author=VMware, Inc.", b"description=VMware SVGA driver")]


def fires(groups):
    """Group to the rules that fired on each of its files; all files are made below the work folder and scanned at once."""
    for name, files in groups.items():
        folder = work / "samples" / ("positive" if name in LOGIC else "negative") / name
        folder.mkdir(parents=True)
        for i, data in enumerate(files):
            (folder / f"{i}.bin").write_bytes(data)
    found = records(work / "samples", check=(0,), validated=200)
    fired = {name: [] for name in groups}
    for r in found:
        fired[Path(r["display"]).parent.name].append(sorted(m["rule"] for m in r.get("matches", [])))
    for name, files in groups.items():
        expect(f"{name}: records", len(fired[name]), len(files))
    return fired


shutil.rmtree(work, ignore_errors=True)
work.mkdir(parents=True)
count = 0
listed = json.loads(touchmark("rules", "list", "--json", check=(0,))[1])
expect("products with a rule, at least", len({(r["vendor"], r["product"]) for r in listed}) >= 150, True)
expect("a logic test for each rule", sorted(LOGIC), sorted(r["rule"] for r in listed))
for group, fired in fires(dict(LOGIC, **{f"mention-{what}": files for what, files in mentions()})).items():
    for matched in fired:
        expect(f"{group}: on its own sample, and no mention", matched, [group] if group in LOGIC else [])
        count += 1

# The same by `rules test`, which says of each rule how many samples it has, and what it costs.
status, out, stderr = touchmark("rules", "test", "--json", work / "samples")
tested = json.loads(out)
expect("rules test: exit", (status, tested["failures"]), (0, []))
expect("rules test: a sample and no miss for each rule", [r["rule"] for r in tested["rules"] if r["positive"] != len(LOGIC[r["rule"]]) or r["missed"]], [])
expect("rules test: costs", [r["rule"] for r in tested["rules"] if not 0 <= r["us_per_mb"] < 1e6], [])
expect("rules test: vendors", [v["vendor"] for v in tested["coverage"]], sorted(f.parent.name for f in RULES.glob("*/vendor.yaml")))
expect("rules test: signers of a vendor", next(v for v in tested["coverage"] if v["vendor"] == "crowdstrike")["signer"] > 0, True)
small = work / "small"
CLAM, PLAIN = elf(b"CLAMAV_PRIVATE", b"cli_chomp", b"cli_strerror"), elf(b"nothing of anybody")
TESTS = [
    # files, exit status, what the text holds
    ({"positive/cisco_clamav/a": CLAM, "negative/b": PLAIN, "benign/c": b"text"}, 0, "1 positive, 1 negative, 1 benign objects; 0 failures"),
    ({"positive/cisco_clamav/a": PLAIN}, 1, "cisco_clamav did not fire: cisco_clamav/a"),
    ({"positive/cisco_clamav/a": b"no program at all"}, 1, "cisco_clamav did not fire: cisco_clamav/a"),
    ({"positive/cisco_clam/a": CLAM}, 1, "cisco_clam no rule has this name: cisco_clam/a"),
    ({"negative/deep/b": CLAM}, 1, "cisco_clamav fired on a negative sample: negative/deep/b"),
    ({"benign/c": CLAM}, 1, "cisco_clamav fired on a benign file: benign/c"),
    ({"benigne/c": PLAIN}, 2, "benigne/c lies in none of positive/RULE/, negative/, benign/"),
    ({}, 2, "no sample lies in positive/RULE/, negative/ or benign/"),
]
for files, status, says in TESTS:
    shutil.rmtree(small, ignore_errors=True)
    small.mkdir()
    for name, data in files.items():
        (small / name).parent.mkdir(parents=True, exist_ok=True)
        (small / name).write_bytes(data)
    got, out, stderr = touchmark("rules", "test", "--text", "--no-shipped-rules", "--rules", RULES / "cisco", f"{small}/")
    expect(f"rules test {list(files)}: exit", got, status)
    if says not in (stderr if status == 2 else out.decode()):
        fail(f"rules test {list(files)}: {says!r} is not in {out[-300:]!r} {stderr!r}")
for args in (["test"], ["test", small, small], ["test", work / "absent"]):
    expect(f"rules {args}: exit", touchmark("rules", "--no-shipped-rules", *args)[0], 2)

# What labelled files say of the weights: three packages of a maker whose place tells, one of a stranger.
tree, labels = work / "tree", work / "labels.tsv"
for name in ("a", "b", "c", "stranger"):
    folder = tree / name / ("opt/crowdstrike" if name == "stranger" else "opt/CrowdStrike")
    folder.mkdir(parents=True)
    (folder / "x").write_bytes(elf(name.encode()))
rows = [f"{n}/opt/CrowdStrike/x\t{n}\t{n}\tcrowdstrike" for n in ("a", "b", "c")] + ["stranger/opt/crowdstrike/x\ts\ts\t-"]
labels.write_text("# path, package, project, vendor\n" + "\n".join(rows) + "\n")
fitted = {e["id"]: e for e in json.loads(touchmark("rules", "fit", labels, tree, check=(0,))[1])["evidence"]}
expect("rules fit: the path", {k: fitted["path"][k] for k in ("source", "packages", "of_known_makers", "hits", "wrong")},
       {"source": "fitted", "packages": 4, "of_known_makers": 3, "hits": 3, "wrong": 0})
expect("rules fit: an interval about it", fitted["path"]["interval"][0] <= fitted["path"]["log10_lr"] <= fitted["path"]["interval"][1], True)
expect("rules fit: all else stays", {e["id"] for e in fitted.values() if e["source"] != "expert_prior"}, {"path"})
expect("rules fit: and says why", all(e["why"] for e in fitted.values() if e["source"] == "expert_prior"), True)
for text, says in (("a\tb\tc\n", "labels.tsv:1: not four cells"), ("\na\tb\tc\tcrowdstrik\n", "labels.tsv:2: no vendor is called 'crowdstrik'")):
    labels.write_text(text)
    got, out, stderr = touchmark("rules", "fit", labels, tree)
    expect(f"rules fit {text!r}: exit", (got, out), (2, b""))
    if says not in stderr:
        fail(f"rules fit {text!r}: {says!r} is not in {stderr!r}")
for args in (["fit"], ["fit", labels], ["fit", labels, tree, tree], ["fit", work / "absent", tree]):
    expect(f"rules {args}: exit", touchmark("rules", *args)[0], 2)
for r in records(PROGRAM, check=(0,)):
    expect("touchmark itself holds its rules, and is none of their products", r.get("matches", []), [])

# What a rule says of itself: its vendor's folder, the product there, a reference and strings of some length.
for r in listed:
    facts = (RULES / r["vendor"] / "vendor.yaml").read_text(encoding="utf-8")
    expect(f"{r['rule']}: the folder it lies in", r["namespace"], r["vendor"])
    if f"  - id: {r['product']}\n" not in facts:
        fail(f"{r['rule']}: product {r['product']} is not in the vendor's file")
for source in sorted(RULES.glob("*/*.yar")):
    text = source.read_text(encoding="utf-8")
    for name, literal in re.findall(r'^\s+(\$\w+) = "((?:[^"\\]|\\.)*)"', text, re.M):
        if len(re.sub(r"\\x..|\\.", ".", literal)) < 8:
            fail(f"{source.name}: {name} is shorter than 8 bytes")
    for vague in ("common knowledge", "public lists", "nocase"):
        if vague in text:
            fail(f"{source.name}: {vague!r}")
expect("the shipped rules are clean", touchmark("rules", "check")[0], 0)

# The user's rules: an error names file, line and reason, nothing is scanned, and slow rules end.
target = work / "target.elf"
target.write_bytes(elf(b"a" * (1 << 20)))
META = 'meta: vendor="acme" product="anvil" weight="weak" scope="any" witness="code" reference="r" basis="b" '
BROKEN = [
    # text, what stderr must hold
    ("rule r { condition: }", "u.yar:1: syntax error"),
    ("\n\nrule r { condition: $a }", "u.yar:3: "),
    ('rule r { condition: true }\ninclude "/etc/passwd"\n', "u.yar:2: "),
    ('rule r { strings: $a = "abcdefgh" condition: true }', 'unreferenced string "$a"'),
    ("rule r { strings: $a = /((((((a{1,30}){1,30}){1,30}){1,30}){1,30}){1,30})b/ condition: $a }", "too complex"),
    ("rule r { condition: " + "(" * 20000 + "true" + ")" * 20000 + " }", "u.yar:1: memory exhausted"),
    ("rule r { condition: true }\0", "NUL byte"),
]
rules = work / "rules"
for text, says in BROKEN:
    shutil.rmtree(rules, ignore_errors=True)
    rules.mkdir()
    (rules / "u.yar").write_text(text)
    got, out, stderr = touchmark("scan", "--rules", rules, target)
    expect(f"{text[:40]!r}: exit", got, 2)
    expect(f"{text[:40]!r}: nothing is scanned", out, b"")
    if says not in stderr:
        fail(f"{text[:40]!r}: {says!r} is not in {stderr!r}")
(rules / "u.yar").unlink()
expect("a folder without rules", touchmark("scan", "--rules", rules, target)[0], 2)
os.mkfifo(rules / "pipe.yar")
expect("a FIFO among the rules", touchmark("scan", "--rules", rules, target)[0], 2)
(rules / "pipe.yar").unlink()
(work / "elsewhere.yar").write_text(f'rule linked {{ {META} strings: $a = "aaaaaaaaaaaa" condition: $a }}')
(rules / "link.yar").symlink_to(work / "elsewhere.yar")
found = records("--rules", rules, target, check=(0,))[0]["matches"]
expect("a linked rule file is read", [m["rule"] for m in found], ["linked"])

# The path: files of one content, each with its own.
twins = work / "twins"
twins.mkdir()
for name in ("a.bin", "b c.bin"):
    shutil.copy(target, twins / name)
os.link(twins / "a.bin", twins / "z.bin")
(work / "path.yar").write_text('rule is_a { condition: tm_filename == "a.bin" } '
                               'rule is_spaced { condition: tm_path endswith "/twins/b c.bin" }')
found = {Path(r["display"]).name: [m["rule"] for m in r.get("matches", [])]
         for r in records("--rules", work / "path.yar", twins, check=(0,))}
expect("rules on paths", found, {"a.bin": ["is_a"], "b c.bin": ["is_spaced"], "z.bin": []})

SLOW = [ # within a second each, but for the last
    ("rule r { strings: $a = /(a+)+(a+)+(a+)+(a+)+b/ condition: $a }", "RULE001"),
    ("rule r { condition: for all i in (0..filesize) : (for all j in (0..filesize) : (uint8(i) + uint8(j) != 999)) }", "RULE001"),
    ('rule r { strings: $a = "a" condition: #a > 1000001 }', "RULE004"),
]
for text, finding in SLOW:
    (work / "slow.yar").write_text(text)
    limit = f"max_rule_time={1 if finding == 'RULE001' else 60}"
    # what a budget kept from being seen is not complete
    record = records("--rules", work / "slow.yar", "--limit", limit, target, check=(3,) if finding == "RULE001" else (0,))[0]
    expect(f"{text[:40]!r}: its finding", [f["id"] for f in record["findings"]], [finding])

LINT = [
    # text, exit status, what stdout must hold
    (f'rule r {{ {META} strings: $a = "abcdefgh" condition: $a }}', 0, ""),
    ("rule r { condition: true }", 1, "meta vendor is missing"),
    (f'rule r {{ {META} strings: $a = "abc" condition: $a }}', 1, "shorter than"),
    (f"rule r {{ {META} strings: $a = /[a-z]+/ condition: $a }}", 1, "slow"),
    (f"rule r {{ {META.replace('weak', 'heavy')} condition: false }}", 1, "'heavy' is not one of its words"),
    ("rule r {", 2, ""), # the end of the text has a line, too
]
for text, status, says in LINT:
    (work / "lint.yar").write_text(text)
    got, out, stderr = touchmark("rules", "check", work / "lint.yar")
    expect(f"rules check {text[:60]!r}: exit", got, status)
    if says not in out.decode() or (status == 2 and "lint.yar:1: " not in stderr):
        fail(f"rules check {text[:60]!r}: {out!r} {stderr!r}")
for args in (["rules"], ["rules", "lst"], ["rules", "list", "x"], ["rules", "check", "a", "b"], ["rules", "check", work / "absent"]):
    expect(f"{args}: exit", touchmark(*args)[0], 2)
shutil.rmtree(work)
finish(count + len(TESTS) + len(listed) + len(BROKEN) + len(SLOW) + len(LINT))
