# SPDX-License-Identifier: Apache-2.0
"""Files signed in any name by an authority of the samples."""
import hashlib
import subprocess
from pathlib import Path


class Signer:
    """Signs PE files with certificates that the samples' intermediate issues; sha256: of the certificates it made."""

    def __init__(self, samples, work):
        self.ca, self.work, self.made = Path(samples).resolve() / "ca", Path(work).resolve() / "signing", {}
        self.work.mkdir(parents=True, exist_ok=True)
        (self.work / "files").mkdir(exist_ok=True)

    def _run(self, *args):
        subprocess.run([str(a) for a in args], check=True, capture_output=True, cwd=self.work)

    def certificate(self, organization):
        """(chain file, key file) of a code-signing certificate in this name."""
        if organization not in self.made:
            stem = self.work / f"leaf{len(self.made)}"
            (self.work / "ext").write_text("basicConstraints=critical,CA:false\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=codeSigning\n")
            self._run("openssl", "req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{stem}.key", "-out", f"{stem}.csr", "-utf8",
                      "-subj", f"/C=US/O={organization}/CN={organization}")
            self._run("openssl", "x509", "-req", "-in", f"{stem}.csr", "-CA", self.ca / "inter.pem", "-CAkey", self.ca / "inter.key", "-set_serial",
                      str(7000 + len(self.made)), "-days", "3650", "-extfile", self.work / "ext", "-out", f"{stem}.pem")
            Path(f"{stem}.chain").write_text(Path(f"{stem}.pem").read_text() + (self.ca / "inter.pem").read_text())
            der = subprocess.run(["openssl", "x509", "-in", f"{stem}.pem", "-outform", "DER"], check=True, capture_output=True).stdout
            self.made[organization] = (Path(f"{stem}.chain"), Path(f"{stem}.key"), hashlib.sha256(der).hexdigest())
        return self.made[organization]

    def sign(self, name, data, organization, folder=None):
        chain, key, _ = self.certificate(organization)
        to = (folder or self.work.parent / "files") / name
        to.parent.mkdir(parents=True, exist_ok=True)
        plain = self.work / "plain"
        plain.write_bytes(data)
        to.unlink(missing_ok=True)
        self._run("osslsigncode", "sign", "-h", "sha256", "-certs", chain, "-key", key, "-in", plain, "-out", to)
        return to
