#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the signed samples of the truth table: make.py OUTDIR

Everything is made here: a small PE image and ELF object, a test CA with every kind of leaf, and files
signed with them by openssl and osslsigncode, then damaged one way each. OUTDIR/cases.tsv lists
every case: file, trust (the --trust argument, or -), as-of, the status expected of the primary
signature, the number of signatures, what else must be seen (check=result of the primary signature, +FINDING, or a member of
its record), further arguments, and what the case shows. Keys are new in each run and are good for nothing.
"""
import gzip
import os
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import catalogue
import efi
import gm
import hand_made
import installers
import jar
import msix
import opc
import scripts
import zips

OUT = Path(sys.argv[1]).resolve()
CA = OUT / "ca"
PE_HEADER = 0x80
CASES = []


def run(*args, **kw):
    done = subprocess.run([str(a) for a in args], capture_output=True, **kw)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, args))}\n{done.stdout.decode()}{done.stderr.decode()}")
    return done.stdout


def pe_image(plus=True):
    """A program of one section that returns at once (never run here); PE/COFF 3 and 4."""
    opt_size = 112 + 128 if plus else 96 + 128
    text = b"\x31\xc0\xc3" + bytes(range(256)) * 2
    text = text.ljust(0x400, b"\xcc")
    dos = b"MZ".ljust(0x3C, b"\0") + struct.pack("<I", PE_HEADER)
    coff = struct.pack("<4sHHIIIHH", b"PE\0\0", 0x8664 if plus else 0x14C, 1, 0, 0, 0, opt_size, 0x22)
    opt = struct.pack("<HBBIIIII", 0x20B if plus else 0x10B, 14, 0, len(text), 0, 0, 0x1000, 0x1000)
    opt += struct.pack("<Q", 0x140000000) if plus else struct.pack("<II", 0x2000, 0x400000)
    opt += struct.pack("<IIHHHHHHIIIIHH", 0x1000, 0x200, 6, 0, 0, 0, 6, 0, 0, 0x2000, 0x200, 0, 3, 0)
    opt += struct.pack("<QQQQ" if plus else "<IIII", 0x100000, 0x1000, 0x100000, 0x1000)
    opt += struct.pack("<II", 0, 16) + bytes(128)
    section = struct.pack("<8sIIIIIIHHI", b".text", len(text), 0x1000, len(text), 0x200, 0, 0, 0, 0, 0x60000020)
    head = (dos.ljust(PE_HEADER, b"\0") + coff + opt + section).ljust(0x200, b"\0")
    return head + text


def other_image(tail):
    """A program that is none of the others, with bytes behind it."""
    data = bytearray(pe_image())
    data[0x300] ^= 0xff
    return bytes(data) + tail


def security_entry(data):
    magic = struct.unpack_from("<H", data, PE_HEADER + 24)[0]
    at = PE_HEADER + 24 + (112 if magic == 0x20B else 96) + 4 * 8
    return at, *struct.unpack_from("<II", data, at)


CONF = """
[ca]
default_ca = d
[d]
dir = {ca}
database = {ca}/index.txt
serial = {ca}/serial
new_certs_dir = {ca}
default_md = sha256
policy = p
copy_extensions = none
unique_subject = no
[p]
commonName = supplied
organizationName = optional
countryName = optional
[root]
basicConstraints = critical,CA:TRUE
subjectKeyIdentifier = hash
keyUsage = critical,keyCertSign,cRLSign
[inter]
basicConstraints = critical,CA:TRUE,pathlen:0
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
keyUsage = critical,keyCertSign,cRLSign
[notca]
basicConstraints = critical,CA:FALSE
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[codesign]
basicConstraints = critical,CA:FALSE
extendedKeyUsage = codeSigning
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[lifetime]
basicConstraints = critical,CA:FALSE
extendedKeyUsage = codeSigning,1.3.6.1.4.1.311.10.3.13
authorityKeyIdentifier = keyid
[noeku]
basicConstraints = critical,CA:FALSE
authorityKeyIdentifier = keyid
[server]
basicConstraints = critical,CA:FALSE
extendedKeyUsage = serverAuth
authorityKeyIdentifier = keyid
"""


def key(name, kind="rsa"):
    path = CA / f"{name}.key"
    algo = ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"] if kind == "rsa" else \
           ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]
    run("openssl", "genpkey", *algo, "-out", path)
    return path


def cert(name, issuer, ext, start="20200101000000Z", end="20400101000000Z", kind="rsa", org="Touchmark Test"):
    """A certificate `name` issued by `issuer` (itself when the names are equal)."""
    key(name, kind)
    run("openssl", "req", "-new", "-key", CA / f"{name}.key", "-subj", f"/CN=tmk {name}/O={org}/C=XX",
        "-out", CA / f"{name}.csr")
    who = ["-selfsign", "-keyfile", CA / f"{name}.key"] if name == issuer else \
          ["-cert", CA / f"{issuer}.pem", "-keyfile", CA / f"{issuer}.key"]
    run("openssl", "ca", "-batch", "-notext", "-config", CA / "ca.cnf", "-extensions", ext, "-in", CA / f"{name}.csr",
        "-startdate", start, "-enddate", end, "-out", CA / f"{name}.pem", *who)


def make_ca():
    CA.mkdir(parents=True, exist_ok=True)
    (CA / "ca.cnf").write_text(CONF.format(ca=CA))
    (CA / "index.txt").write_text("")
    (CA / "serial").write_text("1000\n")
    cert("root", "root", "root")
    cert("other", "other", "root")
    cert("inter", "root", "inter")
    cert("leaf", "inter", "codesign")
    cert("ecleaf", "inter", "codesign", kind="ec")
    cert("noeku", "inter", "noeku")
    cert("server", "inter", "server")
    cert("old", "inter", "codesign", "20200101000000Z", "20210101000000Z")
    cert("young", "inter", "codesign", "20380101000000Z", "20390101000000Z")
    cert("life", "inter", "lifetime", "20200101000000Z", "20210101000000Z")
    cert("notca", "root", "notca")
    cert("undernotca", "notca", "codesign")
    cert("selfold", "selfold", "codesign", "20200101000000Z", "20210101000000Z")
    cert("module", "module", "codesign")
    cert("moduleec", "moduleec", "codesign", kind="ec")


def chain_file(*names):
    path = CA / ("+".join(names) + ".chain.pem")
    path.write_text("".join((CA / f"{n}.pem").read_text() for n in names))
    return path


def sign(src, out, *names, args=()):
    """Signs with the first name's key; all names' certificates are embedded."""
    (OUT / out).unlink(missing_ok=True)
    run("osslsigncode", "sign", "-h", "sha256", "-certs", chain_file(*names), "-key", CA / f"{names[0]}.key", *args,
        "-in", OUT / src, "-out", OUT / out)


def case(name, status, n=1, trust="root", as_of="2026-01-01", also="", args="", title=""):
    CASES.append((name, f"ca/{trust}.pem" if trust else "-", as_of, status, n, also, args, title or Path(name).stem))


def edit(src, out, change):
    data = bytearray((OUT / src).read_bytes())
    change(data)
    (OUT / out).write_bytes(data)


def xor_at(at):
    def change(data):
        data[at] ^= 1
    return change


def pe_cases():
    (OUT / "unsigned.exe").write_bytes(pe_image())
    (OUT / "unsigned32.exe").write_bytes(pe_image(False))
    case("unsigned.exe", "unsigned", 0)
    table = [
        # out, status, embedded certificates (signer first), source, further arguments
        ("good.exe", "valid", ("leaf", "inter"), "unsigned.exe", ()),
        ("good32.exe", "valid", ("leaf", "inter"), "unsigned32.exe", ()),
        ("good-ec.exe", "valid", ("ecleaf", "inter"), "unsigned.exe", ()),
        ("good-sha1.exe", "valid", ("leaf", "inter"), "unsigned.exe", ("-h", "sha1")),
        ("good-sha384.exe", "valid", ("leaf", "inter"), "unsigned.exe", ("-h", "sha384")),
        ("good-page-hashes.exe", "valid", ("leaf", "inter"), "unsigned.exe", ("-ph",)),
        ("good-no-eku.exe", "valid", ("noeku", "inter"), "unsigned.exe", ()),
        ("bad-server-eku.exe", "wrong_usage", ("server", "inter"), "unsigned.exe", ()),
        ("bad-expired.exe", "expired", ("old", "inter"), "unsigned.exe", ()),
        ("bad-not-yet-valid.exe", "expired", ("young", "inter"), "unsigned.exe", ()),
        ("bad-lifetime.exe", "expired", ("life", "inter"), "unsigned.exe", ()),
        ("bad-no-intermediate.exe", "incomplete_chain", ("leaf",), "unsigned.exe", ()),
        ("bad-issuer-is-no-ca.exe", "wrong_usage", ("undernotca", "notca"), "unsigned.exe", ()),
        ("bad-self-signed-expired.exe", "untrusted", ("selfold",), "unsigned.exe", ()),
    ]
    titles = {"bad-expired.exe": "expired, unstamped", "bad-not-yet-valid.exe": "before notBefore",
              "bad-no-intermediate.exe": "intermediate missing", "bad-self-signed-expired.exe": "self-signed and expired"}
    for out, status, names, src, args in table:
        sign(src, out, *names, args=args)
        case(out, status, title=titles.get(out, ""))
    sign("unsigned.exe", "whole-chain.exe", "leaf", "inter", "root")
    case("whole-chain.exe", "valid")
    case("whole-chain.exe", "untrusted", trust="other")
    case("good.exe", "expired", as_of="2019-06-01")
    sign("good.exe", "nested.exe", "ecleaf", "inter", args=("-nest", "-h", "sha384"))
    case("nested.exe", "valid", 2)
    damaged_cases()


def damaged_cases():
    good = (OUT / "good.exe").read_bytes()
    entry, table, size = security_entry(good)
    pe_data = good.index(bytes.fromhex("060a2b060104018237020" + "10f"), table)
    edit("good.exe", "bad-one-byte-of-code.exe", xor_at(0x210))
    case("bad-one-byte-of-code.exe", "digest_mismatch")
    # SpcPeImageData follows its OID: SEQUENCE, BIT STRING flags (03 01 00): the digest stays what it was
    edit("good.exe", "bad-spc-indirect-data.exe", xor_at(pe_data + 12 + 4))
    case("bad-spc-indirect-data.exe", "bad_signature", title="one bit in SpcIndirectData")
    edit("good.exe", "bad-appended.exe", lambda d: d.extend(b"appended"))
    case("bad-appended.exe", "digest_mismatch")
    edit("good.exe", "bad-truncated-der.exe", lambda d: d.__setitem__(slice(table + 8, table + 12), b"\x30\x83\xff\xff"))
    case("bad-truncated-der.exe", "malformed")

    def second_entry(data):
        data.extend(data[table:table + size])
        struct.pack_into("<I", data, entry + 4, 2 * size)
    edit("good.exe", "two-certificates.exe", second_entry)
    case("two-certificates.exe", "valid", 2)

    def padded(data):
        data.extend(b"PADDING!" * 2)
        struct.pack_into("<I", data, entry + 4, size + 16)
        struct.pack_into("<I", data, table, struct.unpack_from("<I", data, table)[0] + 16)
    edit("good.exe", "padded-table.exe", padded)
    case("padded-table.exe", "valid", also="coverage=fail +AUTH004")
    moved_tables(good, entry, table, size)


def moved_tables(good, entry, table, size):
    """The image hash leaves the certificate table out, wherever it lies: what the loader reads must not lie in it."""
    def moved(out, at, first_entry):
        new = first_entry + good[table:table + size]
        data = bytearray(good[:at] + new + good[at:table])
        struct.pack_into("<II", data, entry, at, len(new))
        (OUT / out).write_bytes(data)
    other_type = struct.pack("<IHH", 0x400, 0x200, 1) + b"\xcc" * 0x3f8
    moved("bad-table-over-code.exe", 0x200, other_type)
    case("bad-table-over-code.exe", "digest_mismatch", also="digest=fail signature=pass +AUTH007")
    section_headers = struct.pack("<IHH", 0x100, 0x200, 1) + b"\xcc" * 0xf8
    moved("bad-table-over-section-headers.exe", entry + 12 * 8, section_headers)
    case("bad-table-over-section-headers.exe", "digest_mismatch", also="digest=fail +AUTH007")
    moved("unread-entry.exe", table, other_type)
    case("unread-entry.exe", "valid", also="coverage=fail +AUTH006")


def signed_module(out, signer, *args):
    """As scripts/sign-file of the kernel does it; returns the PKCS#7."""
    run("openssl", "cms", "-sign", "-binary", "-noattr", "-nocerts", "-md", "sha256", "-signer", CA / f"{signer}.pem", "-inkey",
        CA / f"{signer}.key", "-in", OUT / "unsigned.ko", "-outform", "DER", "-out", OUT / "module.p7", *args)
    p7 = (OUT / "module.p7").read_bytes()
    write_module(out, p7, 0, 0, 2, 0, 0, len(p7))


def write_module(out, tail, *info):
    """info: algo, hash, id_type, signer_len, key_id_len, sig_len (include/linux/module_signature.h)."""
    trailer = struct.pack(">BBBBBxxxI", *info) + b"~Module signature appended~\n"
    (OUT / out).write_bytes((OUT / "unsigned.ko").read_bytes() + tail + trailer)


def old_module(out, value):
    """The form before Linux 4.3: signer's name, key identifier, and an RSA value behind its length; no PKCS#7."""
    text = run("openssl", "x509", "-in", CA / "module.pem", "-noout", "-ext", "subjectKeyIdentifier").decode()
    key_id = bytes.fromhex(text.split("Identifier:")[1].strip().replace(":", ""))
    tail = b"tmk module" + key_id + struct.pack(">H", len(value)) + value
    write_module(out, tail, 1, 4, 1, 10, len(key_id), len(value) + 2)


def lz4_legacy(data):
    """LZ4's legacy frame with literals alone."""
    more, rest = divmod(len(data) - 15, 255)
    block = b"\xf0" + b"\xff" * more + bytes([rest]) + data
    return struct.pack("<II", 0x184c2102, len(block)) + block


def kernel_image(out, pack):
    """A PE image that is a boot image, too (boot.rst): its payload is a kernel whose keyring holds the module key."""
    der = run("openssl", "x509", "-in", CA / "module.pem", "-outform", "DER")
    keyring = b"\xcc" * 64 + der
    keyring += bytes(-len(keyring) % 8) + struct.pack("<QQ", len(der), len(der))
    payload = pack(keyring.ljust(4096, b"\xcc"))
    data = bytearray(pe_image()[:0x400])
    data[0x1f1] = 1
    struct.pack_into("<4sH", data, 0x202, b"HdrS", 0x20f)
    struct.pack_into("<II", data, 0x248, 0, len(payload))
    (OUT / out).write_bytes(bytes(data) + payload)


def module_cases():
    """An ELF relocatable with .modinfo and an appended signature."""
    src = OUT / "module.c"
    src.write_text('__attribute__((section(".modinfo"), used)) static const char info[] = '
                   '"name=tmk_test\\0license=GPL\\0vermagic=6.1.0 SMP";\nint init_module(void);\n'
                   'int init_module(void) { return 0; }\n')
    run("gcc", "-c", "-o", OUT / "unsigned.ko", src)
    src.unlink()
    signed_module("good.ko", "module")
    signed_module("good-ecdsa.ko", "moduleec")
    signed_module("good-key-id.ko", "module", "-keyid")
    old_module("good-old.ko", run("openssl", "dgst", "-sha256", "-sign", CA / "module.key", OUT / "unsigned.ko"))
    case("unsigned.ko", "unsigned", 0)
    case("good.ko", "valid", trust="module", also="digest=pass signature=pass")
    case("good.ko", "incomplete_chain", trust="root", also="digest=not_checked signature=not_checked", title="module without its key")
    case("good-ecdsa.ko", "valid", trust="moduleec", also="digest=pass signature=pass")
    case("good-key-id.ko", "valid", trust="module")
    case("good-old.ko", "valid", trust="module", also="digest=pass signature=pass")
    case("good-old.ko", "incomplete_chain", trust="root")
    for name, trust, status in (("good", "module", "digest_mismatch"), ("good-ecdsa", "moduleec", "bad_signature"),
                                ("good-old", "module", "digest_mismatch")):
        edit(f"{name}.ko", f"bad-one-byte-{name}.ko", xor_at(0x41))
        case(f"bad-one-byte-{name}.ko", status, trust=trust)
    run("xz", "-k", "-f", "--check=crc32", OUT / "good.ko")
    case("good.ko.xz", "valid", trust="module")
    for i, (name, pack) in enumerate((("gzip", lambda d: gzip.compress(d, mtime=0)), ("lz4", lz4_legacy))):
        kernel_image(f"vmlinuz-{name}", pack)
        day = f"2026-02-0{i + 1}"  # a day of its own: the two are scanned together, and with nothing else
        case(f"vmlinuz-{name}", "unsigned", 0, trust=None, as_of=day)
        case("good.ko", "valid", trust=None, as_of=day, also="+KMOD008", title=f"module and its kernel, packed with {name}")
        case("bad-one-byte-good.ko", "digest_mismatch", trust=None, as_of=day)


def main():
    ready = os.environ.get("TMK_SAMPLES", "")  # made just before, for another build of the same tree
    if ready and (Path(ready) / "cases.tsv").exists() and Path(ready).resolve() != OUT:
        shutil.rmtree(OUT, ignore_errors=True)
        shutil.copytree(ready, OUT, symlinks=True)
        return
    OUT.mkdir(parents=True, exist_ok=True)
    make_ca()
    pe_cases()
    module_cases()
    world = hand_made.make(OUT, case, pe_image())
    catalogue.make(OUT, case, other_image, world, installers.for_catalogues(world) | scripts.for_catalogues(world))
    zips.make(OUT, case, world)
    installers.make(OUT, run, sign, case, world)
    msix.make(OUT, case, world)
    gm.make(OUT, case, pe_image())
    efi.make(OUT, case, pe_image())
    jar.make(OUT, case, world)
    opc.make(OUT, case, world)
    scripts.make(world, lambda name, data: (OUT / name).write_bytes(data), case)
    with open(OUT / "cases.tsv", "w", encoding="utf-8") as f:
        f.writelines("\t".join(map(str, c)) + "\n" for c in CASES)
    print(f"{len(CASES)} cases in {os.fspath(OUT)}")


main()
