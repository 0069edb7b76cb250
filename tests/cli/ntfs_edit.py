# SPDX-License-Identifier: Apache-2.0
"""
Edits to files of an NTFS image for which Linux has no tool: encryption, and what Windows compresses in a stream
(CompactOS). Records are of 1024 bytes, as mkntfs makes them; their last two bytes of each sector are put by.
"""
import ctypes
import re
import struct
import subprocess

SECTOR, RECORD = 512, 1024
ENCRYPTED, SPARSE, REPARSE, DATA, END = 0x4000, 0x8000, 0xc0, 0x80, 0xffffffff
ALGORITHMS = {"xpress4k": (0, 1, 4096), "lzx": (1, 2, 32768), "xpress8k": (2, 1, 8192), "xpress16k": (3, 1, 16384)}  # number, libwim's, chunk


class Record:
    """The MFT record of a file in the root folder, by its name."""

    def __init__(self, image, name):
        self.image = image
        data = image.read_bytes()
        wanted = re.compile(re.escape(bytes([len(name)])) + b"[\0-\3]" + re.escape(name.encode("utf-16le")))  # its length, its name space
        at = -RECORD
        while True:
            at = data.index(b"FILE", at + RECORD)
            if at % RECORD == 0 and wanted.search(data, at, at + RECORD):
                break
            at = at // RECORD * RECORD
        self.at, self.bytes = at, bytearray(data[at:at + RECORD])
        self.saved = struct.unpack_from("<H", self.bytes, 4)[0]
        for k in range(RECORD // SECTOR):
            self.bytes[SECTOR * (k + 1) - 2:SECTOR * (k + 1)] = self.bytes[self.saved + 2 + 2 * k:self.saved + 4 + 2 * k]

    def attributes(self):
        """(type, offset, length, name) of each."""
        at, found = struct.unpack_from("<H", self.bytes, 20)[0], []
        while (kind := struct.unpack_from("<I", self.bytes, at)[0]) != END:
            length, _, chars, name = struct.unpack_from("<IBBH", self.bytes, at + 4)
            found.append((kind, at, length, self.bytes[at + name:at + name + 2 * chars].decode("utf-16le")))
            at += length
        return found, at

    def mark(self, flag, stream=""):
        at = next(a for kind, a, _, name in self.attributes()[0] if (kind, name) == (DATA, stream))
        struct.pack_into("<H", self.bytes, at + 12, flag)

    def reparse(self, content):
        """Adds a reparse point, behind all other attributes: none that these files have is of a higher type."""
        _, end = self.attributes()
        length = (24 + len(content) + 7) // 8 * 8
        new = struct.pack("<IIBBHHHIHH", REPARSE, length, 0, 0, 24, 0, 99, len(content), 24, 0) + content
        self.bytes[end:end + length + 8] = new.ljust(length, b"\0") + struct.pack("<II", END, 0)
        struct.pack_into("<I", self.bytes, 24, end + length + 8)
        assert end + length + 8 <= RECORD - 8

    def write(self):
        for k in range(RECORD // SECTOR):
            end = SECTOR * (k + 1)
            self.bytes[self.saved + 2 + 2 * k:self.saved + 4 + 2 * k] = self.bytes[end - 2:end]
            self.bytes[end - 2:end] = self.bytes[self.saved:self.saved + 2]
        with open(self.image, "r+b") as f:
            f.seek(self.at)
            f.write(self.bytes)


def wof_point(number, provider=2):
    return struct.pack("<IHHIIIII", 0x80000017, 20, 0, 1, provider, 1, number, 0)


def compress(data, algorithm):
    """The stream that Windows would make of it; None: libwim, which knows how, is not installed."""
    _, kind, size = ALGORITHMS[algorithm]
    try:
        wim = ctypes.CDLL("libwim.so.15")
    except OSError:
        return None
    wim.wimlib_compress.restype = ctypes.c_size_t
    c = ctypes.c_void_p()
    assert wim.wimlib_create_compressor(kind, ctypes.c_size_t(size), 0, ctypes.byref(c)) == 0
    chunks, room = [], ctypes.create_string_buffer(size)
    for at in range(0, len(data), size):
        chunk = data[at:at + size]
        n = wim.wimlib_compress(chunk, ctypes.c_size_t(len(chunk)), room, ctypes.c_size_t(len(chunk) - 1), c)
        chunks.append(room.raw[:n] if n else chunk)
    starts = [sum(map(len, chunks[:k])) for k in range(1, len(chunks))]
    return b"".join(struct.pack("<I", s) for s in starts) + b"".join(chunks)


def copy(image, source, name, stream=None):
    subprocess.run(["ntfscp", *(["-N", stream] if stream else []), str(image), str(source), name], check=True, capture_output=True)
