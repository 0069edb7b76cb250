# SPDX-License-Identifier: Apache-2.0
"""Compound files ([MS-CFB]) written by hand, so that they can be wrong in one way, and what a signature of an MSI is over."""
import hashlib
import struct

FREE, END, FAT_SECTOR, NOBODY = 0xffffffff, 0xfffffffe, 0xfffffffd, 0xffffffff
MSI_CLASS = bytes.fromhex("84100c0000000000c000000000000046")
SIGNATURE, SIGNATURE_EX = "\5DigitalSignature", "\5MsiDigitalSignatureEx"


class Entry:
    """A stream, or, with children, a storage."""
    def __init__(self, name, data=b"", children=None, clsid=bytes(16), state=0, created=0, modified=0):
        self.name, self.data, self.children = name, data, children
        self.clsid, self.state, self.created, self.modified = clsid, state, created, modified
        self.at = self.start = None  # where its record lies, and its first sector, once written

    @property
    def wide(self):
        return self.name.encode("utf-16-le", "surrogatepass")

    def meta(self, root=False):
        """What \\5MsiDigitalSignatureEx takes of the directory."""
        out = b"" if root else self.wide
        out += struct.pack("<I", len(self.data)) if self.children is None else self.clsid
        out += struct.pack("<I", self.state)
        return out if root else out + struct.pack("<QQ", self.created, self.modified)


def packed(text, table=False):
    """A name as installer databases store it."""
    alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._"
    out = "\u4840" if table else ""
    for i in range(0, len(text), 2):
        a, b = alphabet.index(text[i]), alphabet.index(text[i + 1]) if i + 1 < len(text) else None
        out += chr(0x4800 + a) if b is None else chr(0x3800 + a + (b << 6))
    return out


class Compound:
    """version: 3 (sectors of 512) or 4 (4096). reverse: the sectors of long streams lie backwards."""
    def __init__(self, entries, clsid=MSI_CLASS, version=3, reverse=False, slack=b"\0", state=0):
        self.root = Entry("Root Entry", children=entries, clsid=clsid, state=state)
        self.version, self.size, self.reverse, self.slack = version, 512 if version == 3 else 4096, reverse, slack

    def hashed(self, storage=None):
        storage = storage or self.root
        out = b""
        for e in self.signed_order(storage):
            out += e.data if e.children is None else self.hashed(e)
        return out + storage.clsid

    def meta(self, storage=None):
        root = storage is None
        storage = storage or self.root
        out = storage.meta(root)
        for e in self.signed_order(storage):
            out += e.meta() if e.children is None else self.meta(e)
        return out

    def signed_order(self, storage):
        left_out = (SIGNATURE, SIGNATURE_EX) if storage is self.root else ()
        return sorted((e for e in storage.children if e.name not in left_out), key=lambda e: e.wide + b"\0\0")

    def digest(self, alg, extended):
        before = hashlib.new(alg, self.meta()).digest() if extended else b""
        return hashlib.new(alg, before + self.hashed()).digest()

    # ---- writing ----

    def chain(self, data, unit, table, body):
        """Appends data as a chain of its own; its first sector."""
        n = -(-len(data) // unit)
        filled = data + (self.slack * unit)[:n * unit - len(data)]
        first = len(table)
        order = list(range(first, first + n))
        if self.reverse and unit == self.size and n > 1:
            order.reverse()
        parts = {s: filled[i * unit:(i + 1) * unit] for i, s in enumerate(order)}
        table.extend([0] * n)
        for i, s in enumerate(order):
            table[s] = order[i + 1] if i + 1 < n else END
        body.extend(parts[s] for s in range(first, first + n))
        return order[0] if n else END

    def listed(self, storage, out):
        """Records in the order of the directory; siblings hang to the right of each other, in the tree's order."""
        for e in sorted(storage.children, key=lambda e: (len(e.wide), e.wide)):
            out.append(e)
            if e.children is not None:
                self.listed(e, out)

    def record(self, e, number, size):
        left = right = child = NOBODY
        if e.children:
            child = number[min(e.children, key=lambda c: (len(c.wide), c.wide))]
        for storage in self.storages:
            siblings = sorted(storage.children, key=lambda c: (len(c.wide), c.wide))
            if e in siblings and e is not siblings[-1]:
                right = number[siblings[siblings.index(e) + 1]]
        kind = 5 if e is self.root else 2 if e.children is None else 1
        return struct.pack("<64sHBBIII16sIQQIQ", e.wide, len(e.wide) + 2, kind, 1, left, right, child, e.clsid, e.state, e.created,
                           e.modified, e.start if e.start is not None else END, size)

    def bytes(self):
        fat, body, mini_fat, mini_body = [], [], [], []
        records = [self.root]
        self.listed(self.root, records)
        self.storages = [e for e in records if e.children is not None]
        for e in records:
            if e.children is None and e.data:
                short = len(e.data) < 4096
                e.start = self.chain(e.data, 64 if short else self.size, mini_fat if short else fat, mini_body if short else body)
        mini = b"".join(mini_body)
        self.root.start = self.chain(mini, self.size, fat, body)
        mini_at = self.table(mini_fat, fat, body)
        number = {e: i for i, e in enumerate(records)}
        directory = b"".join(self.record(e, number, len(mini) if e is self.root else len(e.data)) for e in records)
        empty = struct.pack("<64sHBBIII48x", b"", 0, 0, 0, NOBODY, NOBODY, NOBODY)
        directory += empty * (-len(records) % (self.size // 128))
        directory_at = self.chain(directory, self.size, fat, body)
        for i, e in enumerate(records):
            sector, rest = directory_at, i * 128
            while rest >= self.size:
                sector, rest = fat[sector], rest - self.size
            e.at = (sector + 1) * self.size + rest
        return self.finish(fat, body, mini_at, -(-len(mini_fat) * 4 // self.size), directory_at, len(directory) // self.size)

    def table(self, entries, fat, body):
        data = struct.pack(f"<{len(entries)}I", *entries)
        data += b"\xff" * (-len(data) % self.size)
        return self.chain(data, self.size, fat, body) if entries else END

    def finish(self, fat, body, mini_at, n_mini, directory_at, n_directory):
        per, n_fat = self.size // 4, 1
        while (len(fat) + n_fat) > n_fat * per:
            n_fat += 1
        first = len(fat)
        fat += [FAT_SECTOR] * n_fat
        self.fat_at = [(first + i + 1) * self.size for i in range(n_fat)]
        table = struct.pack(f"<{len(fat)}I", *fat).ljust(n_fat * self.size, b"\xff")
        head = struct.pack("<8s16xHHHHH6xIIIIIIIII", bytes.fromhex("d0cf11e0a1b11ae1"), 0x3e, self.version, 0xfffe,
                           self.size.bit_length() - 1, 6, n_directory if self.version == 4 else 0, n_fat, directory_at, 0, 4096,
                           mini_at, n_mini, END, 0)
        head += struct.pack(f"<{n_fat}I", *range(first, first + n_fat))
        return head.ljust(512, b"\xff").ljust(self.size, b"\0") + b"".join(body) + table


def summary(**texts):
    """A SummaryInformation stream; texts: title, subject, author, template, revision, application."""
    ids = {"title": 2, "subject": 3, "author": 4, "template": 7, "revision": 9, "application": 18}
    values = [(1, struct.pack("<IHxx", 2, 1252))]
    for name, text in texts.items():
        raw = text.encode("cp1252") + b"\0"
        values.append((ids[name], struct.pack("<II", 30, len(raw)) + raw + bytes(-len(raw) % 4)))
    at, table, data = 8 + 8 * len(values), b"", b""
    for i, value in values:
        table += struct.pack("<II", i, at + len(data))
        data += value
    section = struct.pack("<II", at + len(data), len(values)) + table + data
    return struct.pack("<HHI16xI", 0xfffe, 0, 0x20006, 1) + bytes.fromhex("e0859ff2f94f6810ab9108002b27b3d9") + struct.pack("<I", 48) + section
