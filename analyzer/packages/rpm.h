/* SPDX-License-Identifier: Apache-2.0 */
/* What the header of one rpm package says: in a .rpm file, and in rpm's databases. */
#pragma once

#include <jansson.h>

#include "packages/packages.h"
#include "packages/rpm_header.h"

enum { TMK_RPM_OVER_HEADER, TMK_RPM_OVER_BOTH }; /* what a signature is over: header, or header and payload */

struct tmk_rpm_package { /* a .rpm file, by what stands where; views of its bytes */
    struct tmk_rpm_header signature, header;
    uint64_t signature_at, header_at, payload_at; /* in the file; the headers with their magic */
    bool has_loose;                               /* the signature header holds what it is not for */
    /* The payload's digest as the header has it, and of the bytes; hex, NULL: none, or not made yet. */
    const char *payload_alg, *payload_said, *payload_found;
};

/* The first octets tell. */
bool tmk_rpm_is_package(tmk_bytes head);
/* false when one of its parts cannot be read: *ret_why says which and why, static, and *ret_at where it begins. */
TMK_MUST_USE bool tmk_rpm_package_read(tmk_bytes file, struct tmk_rpm_package *ret, const char **ret_why,
                                       uint64_t *ret_at);
/* Does a signature header hold more than signatures, digests and sizes, or a reserve that is not of zeros? */
bool tmk_rpm_has_loose(const struct tmk_rpm_header *signature);
/* Nothing lies outside of the header's region: what is signed is all of it. */
bool tmk_rpm_is_whole(const struct tmk_rpm_header *h);
/* No source package. */
bool tmk_rpm_is_binary(const struct tmk_rpm_header *h);

/*
 * {"name","version","architecture","vendor","packager","url","license","build_host","distribution","source",
 * "built"}; version is "epoch:version-release". Owned.
 */
json_t *tmk_rpm_about(const struct tmk_rpm_header *h);

/*
 * Each file that the package holds, but folders: TMK_ROW_RPM_FILE and, with configs, TMK_ROW_RPM_CONFIG. full: as a
 * database keeps the header, with the state of each file behind what was built; of those that were not installed
 * nothing is said. false when its lists do not agree, and then nothing at all.
 */
TMK_MUST_USE bool tmk_rpm_say_files(const struct tmk_rpm_header *full, bool configs, const json_t *about,
                                    const struct tmk_pkg_sink *to);
/* The name of the digests of its files (tmk_rpm_digest_name); NULL: not known. */
const char *tmk_rpm_file_algorithm(const struct tmk_rpm_header *h);
