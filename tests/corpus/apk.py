#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""
APK v1 signatures against what Android's own verifier (apksig) says of its test files, which the package androguard brings: the names
say what each is, and its tests (ApkVerifierTest) which of them it refuses. apk.py TOUCHMARK --fetch DIR
"""
import sys
from pathlib import Path

from corpus import SKIP, fetch, folder_of

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "cli"))
from harness import expect, finish, records  # noqa: E402

PACKAGE = "deb:androguard=3.4.0~a1-6"
FOLDER = "usr/share/doc/androguard/examples/signing/apksig"
# Where one version of Android accepts what another refuses, the refusal counts.
REFUSED = {
    "v1-only-with-cr-in-entry-name": "digest_mismatch",
    "v1-only-with-lf-in-entry-name": "digest_mismatch",
    "v1-only-with-signed-attrs-missing-content-type": "bad_signature",
    "v1-only-with-signed-attrs-missing-digest": "bad_signature",
    "v1-only-with-signed-attrs-multiple-good-digests": "bad_signature",
    "v1-only-with-signed-attrs-wrong-content-type": "bad_signature",
    "v1-only-with-signed-attrs-wrong-digest": "bad_signature",
    "v1-only-with-signed-attrs-wrong-signature": "bad_signature",
    "v1-only-with-signed-attrs-signerInfo1-missing-content-type-signerInfo2-good": "bad_signature",
    "v1-only-with-signed-attrs-signerInfo1-missing-digest-signerInfo2-good": "bad_signature",
    "v1-only-with-signed-attrs-signerInfo1-multiple-good-digests-signerInfo2-good": "bad_signature",
    "v1-only-with-signed-attrs-signerInfo1-wrong-content-type-signerInfo2-good": "bad_signature",
    "v1-only-with-signed-attrs-signerInfo1-wrong-digest-signerInfo2-good": "bad_signature",
    "v1-only-with-signed-attrs-signerInfo1-wrong-signature-signerInfo2-good": "bad_signature",
    "v1-sha1-sha256-manifest-and-sf-with-sha1-wrong-in-manifest": "digest_mismatch",
    "v1-sha1-sha256-manifest-and-sf-with-sha1-wrong-in-sf": "digest_mismatch",
    "v1-sha1-sha256-manifest-and-sf-with-sha256-wrong-in-manifest": "digest_mismatch",
    "v1-sha1-sha256-manifest-and-sf-with-sha256-wrong-in-sf": "digest_mismatch",
    "v2-stripped": "digest_mismatch",
    "v2-stripped-with-ignorable-signing-schemes": "digest_mismatch",
    "v1v2v3-with-rsa-2048-lineage-3-signers-no-sig-block": "digest_mismatch",
}
# Where we differ from it, and why.
OURS = {
    "mismatched-compression-method": ("digest_mismatch", "it reads the directory alone, and others the local headers"),
    "weird-compression-method": ("malformed", "Android unpacks every method that it does not know as Deflate"),
}
AT_LEAST = 190
program, root = sys.argv[1], Path(sys.argv[3])
if not fetch(root, PACKAGE):
    print(f"SKIPPED: {PACKAGE} cannot be had")
    sys.exit(SKIP)
found = {Path(r["locator"]).stem: [s for s in r["signatures"] if s["kind"] == "jar"]
         for r in records("--as-of", "2026-01-01", root / folder_of(PACKAGE) / FOLDER, check=(0, 1, 3)) if r["locator"].endswith(".apk")}
signed = {name: signatures for name, signatures in found.items() if signatures}
for name, signatures in signed.items():
    wanted = REFUSED.get(name) or OURS.get(name, (None,))[0]
    if wanted is None:  # nobody's root is at hand: what the file itself decides must hold
        broken = [c["check"] for s in signatures for c in s["checks"]
                  if c["check"] in ("structure", "digest", "signature") and c["result"] != "pass"]
        expect(f"{name}: checks that fail", broken, [])
    else:
        expect(name, {s["status"] for s in signatures}, {wanted})
expect("files with a v1 signature", len(signed) >= AT_LEAST, True)
expect("named here and not there", sorted((set(REFUSED) | set(OURS)) - set(signed)), [])
finish(len(signed))
