/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Facts: what a worker found in one object's bytes. A JSON object, shaped like the record where
 * they share members, so that judge passes on what it does not change:
 *
 *   facts         1 (the version of this shape)
 *   sha256, size  of the object as stored
 *   file_size     of the object as analysed: unpacked, when it is a packed module
 *   hashes        {"md5",...} on request
 *   format        as in the record; format.kind is the format's name
 *   claims        identity.claimed
 *   certs         array of base64 DER: every certificate found, once; signatures index into it
 *   signatures    array of tmk_signature_to_json
 *   kernel_keys   array of base64 DER: certificates built into a kernel image
 *   machine       of a SOFTWARE hive: {"certificates": [{"store", "blob"}], "roots"?, "disallowed"?}, base64
 *   matches       as in the record
 *   unsigned_ranges  as in the record
 *   findings      as in the record
 *   details       inspect only
 *   lookup        {"flat","image","image_padded","cab","msi","script": {"sha1","sha256"}, "refused","uncovered":
 *                 reasons}: what catalogues are searched by, where any may be at hand
 */
#pragma once

enum { TMK_FACTS_VERSION = 1 };
