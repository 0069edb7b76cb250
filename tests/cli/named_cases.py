#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""
The cases that every suite of signature tests has stand by name in the truth table (samples/make) or in the table of
tests/unit/test_verdict.c: named_cases.py TOUCHMARK SAMPLES
"""
import re
import sys
from pathlib import Path

from harness import expect, finish

UNIT = Path(__file__).resolve().parents[1] / "unit/test_verdict.c"
CASES = """self-signed and expired; expired, unstamped; stamped after notAfter; before notBefore; lifetime signing, past, stamped
root disabled, stamped earlier; root disabled, stamped later; root disabled, unstamped; leaf after NotBefore, stamped
EKU removed, stamped; one key in two rows, bad first; one key in two rows, good first; issuer named by serial
same-name roots in both orders; cross-certificate as the only good way; bare-digest countersignature
bare digest with one trailing byte; non-critical TSA EKU; TSA with code-signing only; wrong imprint; one bit in SpcIndirectData
bytes after the table, covered; bytes after the table, not covered; overlapping SizeOfHeaders
firmware: the second signature in db; firmware: the first signature in dbx; module without its key
firmware: image under a key exchange key; explicit curve parameters; intermediate missing; MD2; failing page hash
page hashes v1; page hashes v2; nested signatures in either order; duplicate signer certificates; BER, indefinite length
SignedData version 3; SignerInfo version 0; digestAlgorithm as signature OID; unsorted attributes; negative serial
key dsa; key p384; key rsa1024; key rsa4096; digest md5; digest sha512"""

titles = {line.split("\t")[7] for line in (Path(sys.argv[2]) / "cases.tsv").read_text().splitlines()}
titles |= set(re.findall(r'^ +\{ "([^"]+)"', UNIT.read_text(), re.M))
wanted = [name.strip() for line in CASES.splitlines() for name in line.split(";")]
for name in wanted:
    expect(f"a case is named '{name}'", name in titles, True)
finish(len(wanted))
