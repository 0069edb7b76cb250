# SPDX-License-Identifier: Apache-2.0
"""Registry hives (version 1.5), written by hand: one bin, keys, binary values; large values in segments, each with four bytes more."""
import struct

NONE, SEGMENT = 0xffffffff, 16344


def sealed(data):
    """With the checksum of its base block."""
    checksum = 0
    for word in struct.unpack_from("<127I", data):
        checksum ^= word
    return data[:508] + struct.pack("<I", checksum) + data[512:]


class Hive:
    def __init__(self):
        self.cells = bytearray()

    def cell(self, data):
        """Its offset, counted from the first bin."""
        at = 32 + len(self.cells)
        size = (len(data) + 4 + 7) & ~7
        self.cells += struct.pack("<i", -size) + data.ljust(size - 4, b"\0")
        return at

    def value(self, name, data):
        if len(data) > SEGMENT:
            parts = [self.cell(data[i:i + SEGMENT] + bytes(4)) for i in range(0, len(data), SEGMENT)]
            where = self.cell(struct.pack("<2sHI", b"db", len(parts), self.cell(struct.pack(f"<{len(parts)}I", *parts))))
        else:
            where = self.cell(data)
        return self.cell(struct.pack("<2sHIIIHH", b"vk", len(name), len(data), where, 3, 1, 0) + name.encode())

    def key(self, name, tree, security, root=False):
        """tree: names to trees (keys) or bytes (values). Parents are filled in afterwards."""
        keys = sorted((k for k, v in tree.items() if isinstance(v, dict)), key=str.upper)
        values = [self.value(k, v) for k, v in tree.items() if not isinstance(v, dict)]
        below = [self.key(k, tree[k], security) for k in keys]
        index = NONE
        if below:
            rows = b"".join(struct.pack("<I4s", at, k.encode()[:4]) for k, at in zip(keys, below))
            index = self.cell(struct.pack("<2sH", b"lf", len(below)) + rows)
        listed = self.cell(struct.pack(f"<{len(values)}I", *values)) if values else NONE
        at = self.cell(struct.pack("<2sHQIIIIIIIIIIIIIIIHH", b"nk", 0x2c if root else 0x20, 0, 0, NONE, len(below), 0, index, NONE,
                                   len(values), listed, security, NONE, 64, 0, 64, 1 << 20, 0, len(name), 0) + name.encode())
        for child in below:
            struct.pack_into("<I", self.cells, child - 32 + 4 + 16, at)
        return at

    def file(self, tree):
        descriptor = struct.pack("<BBHIIII", 1, 0, 0x8000, 0, 0, 0, 0)
        security = self.cell(struct.pack("<2sHIIII", b"sk", 0, 32, 32, 1, len(descriptor)) + descriptor)
        root = self.key("ROOT", tree, security, True)
        size = (32 + len(self.cells) + 8 + 4095) & ~4095
        free = size - 32 - len(self.cells)
        bins = struct.pack("<4sIIQQI", b"hbin", 0, size, 0, 0, 0) + bytes(self.cells) + struct.pack("<i", free).ljust(free, b"\0")
        base = bytearray(struct.pack("<4sIIQIIIIIII", b"regf", 1, 1, 0, 1, 5, 0, 1, root, size, 1).ljust(4096, b"\0"))
        return sealed(bytes(base) + bins)


def software(stores, lists=(), policies=()):
    """stores, policies: store to serialized certificates; lists: AutoUpdate's values."""
    def keys(all_stores):
        return {store: {"Certificates": {f"{i:040X}": {"Blob": blob} for i, blob in enumerate(blobs)}} for store, blobs in all_stores.items()}
    system = keys(stores)
    if lists:
        system.setdefault("AuthRoot", {"Certificates": {}})["AutoUpdate"] = dict(lists)
    tree = {"Microsoft": {"SystemCertificates": system, "Windows": {}}, "Classes": {}}
    if policies:
        tree["Policies"] = {"Microsoft": {"SystemCertificates": keys(policies)}}
    return Hive().file(tree)
