# SPDX-License-Identifier: Apache-2.0
"""SM3 and SM2 by their standards (GB/T 32905, GB/T 32918), in plain Python: what is signed here, nothing of the program has made."""
import secrets

from der import integer, oid, seq, bits

P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
A = P - 3
B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
G = (0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
     0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0)
ID = b"1234567812345678"
IV = (0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e)
MASK = 0xffffffff


def rol(x, n):
    n %= 32
    return (x << n | x >> (32 - n)) & MASK


def compress(v, block):
    w = [int.from_bytes(block[i:i + 4], "big") for i in range(0, 64, 4)]
    for j in range(16, 68):
        x = w[j - 16] ^ w[j - 9] ^ rol(w[j - 3], 15)
        w.append(x ^ rol(x, 15) ^ rol(x, 23) ^ rol(w[j - 13], 7) ^ w[j - 6])
    a, b, c, d, e, f, g, h = v
    for j in range(64):
        ss1 = rol((rol(a, 12) + e + rol(0x79cc4519 if j < 16 else 0x7a879d8a, j)) & MASK, 7)
        ff = a ^ b ^ c if j < 16 else a & b | a & c | b & c
        gg = e ^ f ^ g if j < 16 else e & f | ~e & MASK & g
        tt1 = (ff + d + (ss1 ^ rol(a, 12)) + (w[j] ^ w[j + 4])) & MASK
        tt2 = (gg + h + ss1 + w[j]) & MASK
        a, b, c, d, e, f, g, h = tt1, a, rol(b, 9), c, tt2 ^ rol(tt2, 9) ^ rol(tt2, 17), e, rol(f, 19), g
    return tuple(x ^ y for x, y in zip(v, (a, b, c, d, e, f, g, h)))


def sm3(data):
    padded = data + b"\x80" + bytes(-(len(data) + 9) % 64) + (8 * len(data)).to_bytes(8, "big")
    v = IV
    for i in range(0, len(padded), 64):
        v = compress(v, padded[i:i + 64])
    return b"".join(x.to_bytes(4, "big") for x in v)


def add(p, q):
    if p is None or q is None:
        return p or q
    if p[0] == q[0]:
        if (p[1] + q[1]) % P == 0:
            return None
        slope = (3 * p[0] * p[0] + A) * pow(2 * p[1], -1, P)
    else:
        slope = (q[1] - p[1]) * pow(q[0] - p[0], -1, P)
    x = (slope * slope - p[0] - q[0]) % P
    return x, (slope * (p[0] - x) - p[1]) % P


def multiply(k, p):
    out = None
    for bit in bin(k)[2:]:
        out = add(out, out)
        if bit == "1":
            out = add(out, p)
    return out


def b32(x):
    return x.to_bytes(32, "big")


class Sm2Key:
    """As pki.Key. signer_id: the identity that salts what is signed; bare: r and s without DER."""
    family = "sm2"

    def __init__(self, d=None):
        self.d = d or secrets.randbelow(N - 2) + 1
        self.q = multiply(self.d, G)
        point = b"\x04" + b32(self.q[0]) + b32(self.q[1])
        self.spki = seq(seq(oid("1.2.840.10045.2.1"), oid("1.2.156.10197.1.301")), bits(point))

    def oid(self, _alg):
        return "1.2.156.10197.1.501"

    def salted(self, message, signer_id=ID):
        z = sm3((8 * len(signer_id)).to_bytes(2, "big") + signer_id + b32(A) + b32(B) + b32(G[0]) + b32(G[1]) +
                b32(self.q[0]) + b32(self.q[1]))
        return int.from_bytes(sm3(z + message), "big")

    def sign(self, _alg, message, signer_id=ID, bare=False):
        e, r, s = self.salted(message, signer_id), 0, 0
        while r == 0 or s == 0:
            k = secrets.randbelow(N - 1) + 1
            r = (e + multiply(k, G)[0]) % N
            s = pow(1 + self.d, -1, N) * (k - r * self.d) % N
            if r + k == N:
                r = 0
        return b32(r) + b32(s) if bare else seq(integer(r), integer(s))
