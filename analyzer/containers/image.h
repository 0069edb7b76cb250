/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Disk images, once their bytes are those of a disk or of a volume (disk.h), never read as a whole. Partitions by MBR,
 * GPT, BSD and Apple maps; NTFS (with its streams), FAT, exFAT, ext2/3/4, HFS+, ISO 9660 and UFS by libtsk, XFS by
 * libfsxfs, squashfs by libsquashfs, UDF by libudfread.
 */
#pragma once

#include "containers/container.h"
#include "containers/disk.h"
#include "model/space.h"

/* What a head tells of: those of disks.def are read, the others are known, and said not to be; NULL: no image. */
const char *tmk_image_kind(const struct tmk_sniff *s);
/*
 * Loads libtsk, which brings three dozen libraries of its own along: into a process that reads images alone, before its
 * sandbox closes. false when it is not installed.
 */
TMK_MUST_USE bool tmk_image_library_load(void);
/*
 * Some of an image's files: the k-th of n equal shares, from 0. Which files those are depends on their order alone; all
 * files are named in each.
 */
struct tmk_share {
    unsigned k, n;
};

/*
 * Gives the files of every volume, "p1/a/b" of the first partition, "a/b" where there is no partition table, an NTFS
 * stream as "a:b". e->data is not used. Files that e->wants refuses are not read. Returns the volumes,
 * [{"volume","offset","length","kind",...}]: they cover the image's size, in order; space: whose each byte is. Both are
 * of all files, whatever the share.
 */
json_t *tmk_image_each(const struct tmk_image_read *from, struct tmk_expansion *e, struct tmk_share share, bool deleted,
                       struct tmk_space *ret_space);
