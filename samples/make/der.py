# SPDX-License-Identifier: Apache-2.0
"""DER and BER (X.690), written by hand, so that samples can be wrong in one way and right in all others."""


def tlv(tag, content):
    n = len(content)
    if n < 0x80:
        head = bytes([n])
    else:
        size = n.to_bytes((n.bit_length() + 7) // 8, "big")
        head = bytes([0x80 | len(size)]) + size
    return bytes([tag]) + head + content


def indefinite(tag, content):
    """BER with an end-of-contents; the tag must be of a constructed kind."""
    return bytes([tag, 0x80]) + content + b"\0\0"


def seq(*parts):
    return tlv(0x30, b"".join(parts))


def set_of(*parts, ordered=True):
    return tlv(0x31, b"".join(sorted(parts) if ordered else parts))


def oid(dotted):
    first, second, *rest = map(int, dotted.split("."))
    out = b""
    for arc in (first * 40 + second, *rest):
        groups = [arc & 0x7f]
        while arc := arc >> 7:
            groups.insert(0, arc & 0x7f | 0x80)
        out += bytes(groups)
    return tlv(6, out)


def integer(value):
    """From an int, or from the very octets."""
    if isinstance(value, bytes):
        return tlv(2, value)
    return tlv(2, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))


def octets(data):
    return tlv(4, data)


def bits(data, unused=0):
    return tlv(3, bytes([unused]) + data)


def utf8(text):
    return tlv(12, text.encode())


def utc_time(text):
    """YYYYMMDDHHMMSS."""
    return tlv(23, text[2:].encode() + b"Z")


def generalized_time(text):
    return tlv(24, text.encode() + b"Z")


def explicit(number, content):
    return tlv(0xa0 | number, content)


def algorithm(dotted, params=b"\x05\x00"):
    return seq(oid(dotted), params)


def read(data, at=0):
    """(tag, content, end) of the definite-length element at `at`."""
    n, start = data[at + 1], at + 2
    if n & 0x80:
        size = n & 0x7f
        n, start = int.from_bytes(data[start:start + size], "big"), start + size
    return data[at], data[start:start + n], start + n
