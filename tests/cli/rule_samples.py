# SPDX-License-Identifier: Apache-2.0
"""Small files that hold what the shipped rules look for, each in the structure where the linker, the resource compiler or Go puts it."""
import struct


def align(data, n):
    return data + b"\0" * (-len(data) % n)


def elf(*parts, kind=3):
    """An ELF file of one section of data: no program, but what a reader takes for one."""
    names = b"\0.data\0.shstrtab\0"
    payload = align(b"\0".join((b"",) + parts + (b"",)), 8)
    at_names = 64 + len(payload)
    at_table = at_names + len(align(names, 8))
    head = b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack("<HHIQQQIHHHHHH", kind, 62, 1, 0, 0, at_table, 0, 64, 0, 0, 64, 3, 2)
    row = "<IIQQQQIIQQ"
    table = bytes(64) + struct.pack(row, 1, 1, 3, 0, 64, len(payload), 0, 0, 8, 0) + \
        struct.pack(row, 7, 3, 0, 0, at_names, len(names), 0, 0, 1, 0)
    return head + payload + align(names, 8) + table


def kernel_module(*symbols):
    """As elf, with the section's name by which modprobe tells a kernel module, and a symbol table's names."""
    return elf(b".gnu.linkonce.this_module", *symbols, kind=1)


def pe(*parts, resource=b""):
    """A PE32+ image of two sections; resource becomes the data of .rsrc's one entry, a version resource."""
    data = align(b"\0".join((b"",) + parts + (b"",)), 512)
    tree = b"".join(struct.pack("<IIHHHHII", 0, 0, 0, 0, 0, 1, key, where)
                    for key, where in ((16, 0x80000018), (1, 0x80000030), (1033, 72)))
    rsrc = align(tree + struct.pack("<IIII", 0x3000 + 88, len(resource), 0, 0) + resource, 512)
    optional = struct.pack("<HBBIIIIIQIIHHHHHHIIIIHHQQQQII", 0x20B, 14, 0, 0, len(data) + len(rsrc), 0, 0, 0x1000, 0x140000000,
                           0x1000, 512, 6, 0, 0, 0, 6, 0, 0, 0x4000 + len(rsrc), 1024, 0, 1, 0, 1 << 20, 4096, 1 << 20, 4096, 0, 16)
    directories = bytearray(128)
    if resource:
        struct.pack_into("<II", directories, 16, 0x3000, len(rsrc))
    head = b"MZ" + bytes(58) + struct.pack("<I", 64) + b"PE\0\0" + struct.pack("<HHIIIHH", 0x8664, 2, 0, 0, 0, 240, 0x22)

    def section(name, at, size, raw):
        return struct.pack("<8sIIIIIIHHI", name, size, at, size, raw, 0, 0, 0, 0, 0x40000040)
    table = section(b".rdata", 0x1000, len(data), 1024) + section(b".rsrc", 0x3000, len(rsrc), 1024 + len(data))
    return (head + optional + bytes(directories) + table).ljust(1024, b"\0") + data + rsrc


def block(key, value=b"", length=0, text=0, children=()):
    """One node of VS_VERSIONINFO (Windows SDK): every part starts on four bytes."""
    body = align(b"\0" * 6 + key.encode("utf-16-le") + b"\0\0", 4) + value
    for child in children:
        body = align(body, 4) + child
    return struct.pack("<HHH", len(body), length, text) + body[6:]


def version(**strings):
    """A version resource with these strings, in the order given."""
    fixed = struct.pack("<IIIIIIIIIIIII", 0xFEEF04BD, 0x10000, 0x10000, 0, 0x10000, 0, 0x3F, 0, 4, 1, 0, 0, 0)
    rows = [block(k, (v + "\0").encode("utf-16-le"), len(v) + 1, 1) for k, v in strings.items()]
    table = block("040904b0", text=1, children=rows)
    return block("VS_VERSION_INFO", fixed, len(fixed), 0, [block("StringFileInfo", text=1, children=[table])])


def go_info(main, module, *dependencies):
    """Go's build information as runtime/debug.BuildInfo.String writes it."""
    lines = [f"path\t{main}", f"mod\t{module}\t(devel)\t"]
    for one in dependencies:
        lines += [f"dep\t{one}\tv0.0.0", f"=>\t../{one.rsplit('/', 1)[1]}\t(devel)\t"]
    return ("\n".join(lines) + "\n").encode()
