# SPDX-License-Identifier: Apache-2.0
"""rpm packages and headers of rpm's databases, byte by byte: what rpm's own tools would not write is written here, too."""
import gzip
import hashlib
import struct

INT8, INT16, INT32, INT64, STRING, BINARY, ARRAY, I18N = 2, 3, 4, 5, 6, 7, 8, 9
SIGNATURES, IMMUTABLE = 62, 63
MAGIC = b"\x8e\xad\xe8\x01" + bytes(4)
WIDTH = {INT8: 1, INT16: 2, INT32: 4, INT64: 8}
GHOST, CONFIG = 0x40, 0x01


def value(kind, v):
    """(type, count, bytes) of a value: a text, texts, bytes, a number or numbers."""
    if kind == BINARY:
        return kind, len(v), v
    if kind == STRING:
        return kind, 1, v.encode() + b"\0"
    if kind in (ARRAY, I18N):
        return kind, len(v), b"".join(s.encode() + b"\0" for s in v)
    numbers = v if isinstance(v, (list, tuple)) else [v]
    return kind, len(numbers), b"".join(n.to_bytes(WIDTH[kind], "big") for n in numbers)


def header(entries, region=IMMUTABLE, added=(), twice=False):
    """Counts, index, store: entries are (tag, type, value); added: what stands behind the region."""
    index, store = [], b""

    def put(tag, kind, v):
        nonlocal store
        kind, count, data = value(kind, v)
        store += bytes(-len(store) % WIDTH.get(kind, 1))
        index.append(struct.pack(">IIII", tag, kind, len(store), count))
        store += data

    entries = sorted(entries) if not twice else entries
    for e in entries:
        put(*e)
    if region is not None:
        n = len(entries) + 1
        index.insert(0, struct.pack(">IIII", region, BINARY, len(store), 16))
        store += struct.pack(">IIiI", region, BINARY, -16 * n, 16)
    for e in added:
        put(*e)
    return struct.pack(">II", len(index), len(store)) + b"".join(index) + store


def cpio(files):
    out = b""
    for i, (path, data) in enumerate([*files, ("TRAILER!!!", b"")]):
        name = path.encode() + b"\0"
        trailer = path == "TRAILER!!!"
        fields = (0 if trailer else i + 1, 0 if trailer else 0o100755, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name), 0)
        out += b"070701" + b"".join(b"%08x" % f for f in fields) + name
        out += bytes(-len(out) % 4) + data
        out += bytes(-len(out) % 4)
    return out


def about(name="tool", version="1.0", release="1", vendor="Acme Inc.", epoch=None, files=(), payload=None, algorithm=8, more=(), bound=8):
    """The entries of a package's header; files are (path, content[, flags])."""
    named = {1: "md5", 2: "sha1", 8: "sha256", 10: "sha512"}
    folders = sorted({path.rpartition("/")[0] + "/" for path, *_ in files})
    e = [(1000, STRING, name), (1001, STRING, version), (1002, STRING, release), (1004, I18N, ["a summary"]), (1006, INT32, 1767225600),
         (1007, STRING, "builder.acme.example"), (1011, STRING, vendor), (1014, STRING, "MIT"), (1015, STRING, "Acme <build@acme.example>"),
         (1020, STRING, "https://acme.example/"), (1021, STRING, "linux"), (1022, STRING, "noarch"), (1044, STRING, f"{name}-{version}-{release}.src.rpm"),
         (1124, STRING, "cpio"), (1125, STRING, "gzip")]
    if epoch is not None:
        e.append((1003, INT32, epoch))
    if files:
        e += [(1117, ARRAY, [p.rpartition("/")[2] for p, *_ in files]), (1118, ARRAY, folders),
              (1116, INT32, [folders.index(p.rpartition("/")[0] + "/") for p, *_ in files]),
              (1035, ARRAY, [hashlib.new(named[algorithm], c).hexdigest() if c is not None else "" for _, c, *_ in files]),
              (1037, INT32, [f[2] if len(f) > 2 else 0 for f in files]), (1030, INT16, [0o100755 if f[1] is not None else 0o120777 for f in files])]
        if algorithm != 1:
            e.append((5011, INT32, algorithm))
    if payload is not None:
        e += [(5092, ARRAY, [hashlib.new(named[bound], payload).hexdigest()]), (5093, INT32, bound)]
    return e + list(more)


class Package:
    """A package's parts; each may be changed before it is put together by bytes()."""
    def __init__(self, files=(), sign=None, sign_both=None, reach=True, digests=True, added=(), region=IMMUTABLE, **what):
        self.payload = gzip.compress(cpio([("." + p, c) for p, c, *_ in files]), mtime=0)
        self.header = MAGIC + header(about(files=files, payload=self.payload if reach else None, **what), region, added)
        self.signature = [(1000, INT32, len(self.header) + len(self.payload)), (1004, BINARY, hashlib.md5(self.header + self.payload).digest())]
        if digests:
            self.signature += [(269, STRING, hashlib.sha1(self.header).hexdigest()), (273, STRING, hashlib.sha256(self.header).hexdigest())]
        if sign:
            self.signature.append((268, BINARY, sign(self.header)))
        if sign_both:
            self.signature.append((1002, BINARY, sign_both(self.header + self.payload)))

    def bytes(self, twice=False):
        lead = struct.pack(">IBBHH66sHH16x", 0xEDABEEDB, 3, 0, 0, 1, b"tool-1.0-1", 1, 5)
        signature = MAGIC + header(self.signature, SIGNATURES, twice=twice)
        return lead + signature + bytes(-len(signature) % 8) + self.header + self.payload


# ---- databases ----

def sqlite(path, headers, script=None):
    """rpmdb.sqlite, as the library writes it; script: other statements in place of rpm's table."""
    import sqlite3
    db = sqlite3.connect(path)
    db.executescript(script or "CREATE TABLE Packages(hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)")
    if script is None:
        db.executemany("INSERT INTO Packages(blob) VALUES (?)", [(h,) for h in headers])
    db.commit()
    db.close()


def ndb(headers):
    """Packages.db: a page of slots, then blobs in blocks of 16 bytes (lib/backend/ndb/rpmpkg.c)."""
    slots, blobs = b"", b""
    for i, h in enumerate(headers, 1):
        blob = struct.pack("<4sIII", b"BlbS", i, 1, len(h)) + h
        blob += bytes(-(len(blob) + 12) % 16) + struct.pack("<II4s", 0, len(h), b"BlbE")
        slots += struct.pack("<4sIII", b"Slot", i, (4096 + len(blobs)) // 16, len(blob) // 16)
        blobs += blob
    head = struct.pack("<4sIIII12x", b"RpmP", 0, 1, 1, len(headers) + 1)
    free = struct.pack("<4sIII", b"Slot", 0, 0, 0) * ((4096 - 32 - len(slots)) // 16)
    return head + slots + free + blobs


def bdb(headers, order="<", page=4096):
    """Packages: a hash of Berkeley DB; one page of keys and values, the values in chains of pages (db-5.3, db_page.h)."""
    def page_of(n, kind, body=b"", next_page=0, entries=0, free=0):
        return (struct.pack(f"{order}QIIIHHBB", 0, n, 0, next_page, entries, free, 0, kind) + body).ljust(page, b"\0")

    chains, items, n = [], [b"\x01" + bytes(4), b"\x01" + struct.pack(f"{order}I", len(headers))], 2
    for i, h in enumerate(headers, 1):
        first = n
        pieces = [h[at:at + page - 26] for at in range(0, len(h), page - 26)]
        for k, piece in enumerate(pieces):
            chains.append(page_of(n, 7, piece, n + 1 if k + 1 < len(pieces) else 0, 1, len(piece)))
            n += 1
        items += [b"\x01" + struct.pack(f"{order}I", i), b"\x03" + bytes(3) + struct.pack(f"{order}II", first, len(h))]
    at, index, tail = page, b"", b""
    for item in items:
        at -= len(item)
        index, tail = index + struct.pack(f"{order}H", at), item + tail
    keys = struct.pack(f"{order}QIIIHHBB", 0, 1, 0, 0, len(items), at, 0, 13) + index
    meta = struct.pack(f"{order}QIIIIBB", 0, 0, 0x061561, 9, page, 0, 8).ljust(page, b"\0")
    return meta + keys.ljust(at, b"\0") + tail + b"".join(chains)
