/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What other rooms may ask of a parsed PE file beyond its struct tmk_pe_layout.
 *
 * What the parser adds to the record (absent = not there; ? marks what many files have not):
 *   format   kind "pe" ("mz" with subtype dos|ne|le|lx|w3|w4: of before PE, not read), machine (also arm64ec, arm64x),
 *            subtype (exe|dll|resource_dll|driver|efi), subsystem, bits, sections, timestamp? or reproducible?,
 *            build_id? (GUID and age), export_name?, dotnet?, dotnet_kind? (il|mixed|ready_to_run|native_image|
 *            native_aot), toolchain?[] ("msvc 14.29": the linker's own version, where a Rich header that fits the
 *            file shows that it was Microsoft's; "go 1.22.1"), packer?, overlay?{offset,length,kind},
 *            bundle?{kind,offset,files,version,id}, sbat?[{component,generation,vendor,package,version,url}] (a row
 *            without generation cannot be read); others add imphash?, rich_hash?, authentihash?
 *   claims   versioninfo (one a language table), pdb, dotnet, go_buildinfo (go_info.h), rust_audit (rust_audit.h)
 *   details  headers{}, sections[], directories[], imports[{dll,names[]}], delay_imports[] alike, exports[{ordinal,
 *            name?,address|forward}], resources[{type,name,language,size,codepage,offset?}], manifests[],
 *            version_info[{file_version?,product_version?,translations[],tables[{language,strings[{key,value?}]}]}],
 *            debug[{type,offset,size,timestamp,hash?,checksum?}], rich{offset,key,checksum,entries[{product,build,
 *            count}]}, assembly_references[], sbat_levels{automatic,latest}, go_dependencies[], rust_packages[]; others
 * add authentihash_ranges[]
 */
#pragma once

#include "formats/format.h"

extern const struct tmk_format tmk_format_pe;

/*
 * The ranges an Authenticode image hash covers, in file order; returns how many (at most 4). All
 * bytes of the file in one line, but for CheckSum, the security directory's entry and the
 * certificate table; bytes behind the table count ("Windows Authenticode Portable Executable
 * Signature Format" hashes by sections, which is the same for files whose sections tile the file).
 * *ret_pad: zero bytes to hash behind the last range: an unsigned file is hashed as though it had
 * been padded to 8 bytes, as signing will pad it. 0 ranges when there is no PE layout.
 */
size_t tmk_pe_hash_ranges(const struct tmk_artifact *a, struct tmk_range ranges[4], size_t *ret_pad);
/*
 * The same as firmware hashes it (EDK2, DxeImageVerificationLib): the headers, the sections by where they lie, then as
 * many bytes from behind their sum as the file has beyond them and the certificate table; nothing is padded. Where the
 * sections tile the file, the ranges are those of tmk_pe_hash_ranges, joined where they meet. 0 when the firmware
 * could not hash it: sections outside the file, or more of them than there are bytes. *ret lies in the artifact's
 * arena.
 */
size_t tmk_pe_firmware_ranges(const struct tmk_artifact *a, struct tmk_range **ret);
