#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""
The samples of samples/make/gm.py by an independent implementation of SM2 and SM3 (the npm package sm-crypto, in plain JavaScript, pinned
by digest), signature by signature against what the program says. sm_library.py TOUCHMARK SAMPLES WORK
"""
import base64
import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

from harness import expect, fail, finish, records

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "samples/make"))
from der import read  # noqa: E402
from signer import PE  # noqa: E402

SKIP = 77
PACKAGES = {"sm-crypto@0.3.13": "6b9093bae5ff0305cb312c8ce9d25bad31618bec2edfdad26eb67a1b4e163730",
            "jsbn@1.1.0": "47cafa971709bb193242ef857fb25936ecd9522a1d44a01ce4858723a006ac45"}
ASK = """
const { sm2, sm3 } = require('sm-crypto');
const asked = JSON.parse(require('fs').readFileSync(0));
const said = asked.map(q => q.sm3 !== undefined ? sm3(Array.from(Buffer.from(q.sm3, 'hex')))
  : sm2.doVerifySignature(Array.from(Buffer.from(q.message, 'hex')), q.value, q.key, { der: q.der, hash: true, userId: q.id }));
process.stdout.write(JSON.stringify(said));
"""
ID = "1234567812345678"
ASKED_OF_NONE = {"gm-sm2-over-sha-256.exe"}  # SM2 goes with SM3: the program does not check it
MORE_LENIENT = {  # what the library calls good, and the program does not
    "gm-sm2--attributes-of-another-content.exe",  # the key signed the attributes: that they are of this content, it is not asked
    "gm-sm2--der-with-a-trailing-byte.exe",       # it does not look behind the DER
}
samples, work = Path(sys.argv[2]), Path(sys.argv[3])


def skip(why):
    print(f"SKIPPED: {why}: SM2 and SM3 are NOT held against another implementation")
    sys.exit(SKIP)


def fetch():
    """The library and what it needs below work/node_modules, as data of known digests."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        skip("node or npm is not there")
    shutil.rmtree(work, ignore_errors=True)
    for spec, digest in PACKAGES.items():
        name = spec.split("@")[0]
        to = work / "node_modules" / name
        to.mkdir(parents=True)
        try:
            subprocess.run(["npm", "pack", spec, "--ignore-scripts", "--silent"], cwd=work, capture_output=True, timeout=200, check=True)
        except (OSError, subprocess.SubprocessError):
            skip(f"{spec} cannot be fetched")
        tarball = work / f"{spec.replace('@', '-')}.tgz"
        if hashlib.sha256(tarball.read_bytes()).hexdigest() != digest:
            sys.exit(f"{spec}: not the package that was pinned (digest differs)")
        subprocess.run(["tar", "-xzf", tarball, "-C", to, "--strip-components=1", "--no-same-owner"], check=True)


def ask(questions):
    done = subprocess.run(["node", "-e", ASK], cwd=work, input=json.dumps(questions).encode(), capture_output=True, timeout=600, check=False)
    if done.returncode != 0:
        sys.exit(done.stderr.decode())
    return json.loads(done.stdout)


def parts(element):
    """The elements inside one, each (tag, content, whole)."""
    found, at = [], 0
    while at < len(element):
        tag, content, end = read(element, at)
        found.append((tag, content, element[at:end]))
        at = end
    return found


def signed_data(path):
    """(certificates, attributes as SET, value) of the first table entry."""
    data = path.read_bytes()
    at = int.from_bytes(data[PE(data).entry:PE(data).entry + 4], "little")
    inside = parts(parts(parts(read(data, at + 8)[1])[1][1])[0][1])
    certs = [whole for _, _, whole in parts(next(c for tag, c, _ in inside if tag == 0xa0))]
    info = parts(parts(inside[-1][1])[0][1])
    attrs = next(whole for tag, _, whole in info if tag == 0xa0)
    return certs, b"\x31" + attrs[1:], next(c for tag, c, _ in info if tag == 4)


def cert_parts(der):
    """(issuer, subject, key as hex, TBS, value)"""
    tbs, _, value = parts(read(der)[1])
    fields = parts(tbs[1])
    key = parts(fields[6][1])[1][1][1:]
    return fields[3][2], fields[5][2], key.hex(), tbs[2], value[1][1:]


def question(key, message, value, signer_id=ID):
    der = len(value) != 64
    return {"key": key, "message": message.hex(), "value": value.hex(), "der": der, "id": signer_id}


fetch()
expect("SM3 of abc", ask([{"sm3": b"abc".hex()}]), ["66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"])
checked = 1
cases = [line.split("\t") for line in (samples / "cases.tsv").read_text().splitlines() if line.startswith("gm-sm2-")]
names = sorted({c[0] for c in cases})
found = {Path(r["locator"]).name: r["signatures"][0] for r in
         records("--as-of", "2026-01-01", "--trust", samples / "ca/gm-root.pem", *[samples / n for n in names])}
for name in sorted(set(names) - ASKED_OF_NONE):
    certs, message, value = signed_data(samples / name)
    checks = {c["check"]: c for c in found[name]["checks"]}
    issuers = {cert_parts(c)[1]: cert_parts(c)[2] for c in certs}
    signature, image, *chain = ask(
        [question(cert_parts(certs[0])[2], message, value), {"sm3": PE((samples / name).read_bytes()).hashed().hex()}] +
        [question(issuers[cert_parts(c)[0]], *cert_parts(c)[3:]) for c in certs if cert_parts(c)[0] in issuers])
    wanted = checks["signature"]["result"] == "pass"
    expect(f"{name}: the signature", signature, wanted or name in MORE_LENIENT)
    expect(f"{name}: the image's digest", image, checks["digest"]["actual"])
    expect(f"{name}: the chain within the file", all(chain), True)
    checked += 3
certs, message, value = signed_data(samples / "gm-sm2--signer-s-identity-another.exe")
expect("the other identity", ask([question(cert_parts(certs[0])[2], message, value, "ALICE123@YAHOO.COM")]), [True])
certs = signed_data(samples / "gm-sm2--intermediate-s-issuer-of-another-identity.exe")[0]
root = "".join((samples / "ca/gm-root.pem").read_text().splitlines()[1:-1])
key = cert_parts(base64.b64decode(root))[2]
expect("an issuer of another identity", ask([question(key, *cert_parts(certs[1])[3:], i) for i in (ID, "ALICE123@YAHOO.COM")]), [False, True])
if len(names) < 15:
    fail(f"only {names}")
shutil.rmtree(work)
finish(checked + 2)
