/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What coordinator and worker say to each other over a stream socket. Requests are a coordinator's and believed; an
 * answer may come from a worker in other hands: its head is of fixed size and checked field by field, the rest is opaque.
 * Native byte order: both ends are this program.
 */
#pragma once

#include <sys/types.h>

#include "base/reader.h"
#include "model/space.h"

/* What is read by workers of another kind is given to one of the disks' readers (containers/disk.h), or to this one. */
enum { TMK_READER_OPENPGP = 16 };
enum { TMK_WIRE_FD = 3, TMK_BATCH_MAX = 64, TMK_FDS_MAX = 512 };

enum tmk_request_kind { TMK_REQUEST_ANALYSE, TMK_REQUEST_JUDGE };

struct tmk_member_counts { /* of one container, all depths; zeros for other objects */
    uint64_t members, bytes;         /* files in it */
    uint64_t sniffed, sniffed_bytes; /* of them, those that are of no format known */
    uint64_t unread, unread_bytes;   /* of them, those that could not be read: encrypted, over a limit, unreadable */
    uint64_t broken;                 /* containers that were not read to their end */
};

struct tmk_image_sums { /* of one disk image, or of one share of it; zeros for other objects */
    struct tmk_space space;                      /* of the disk */
    uint64_t members, bytes, analysed, not_read; /* files of its file systems, without those of containers in them */
    uint64_t spent_members, spent_bytes;         /* of the budget; the greatest number: there was not enough of it */
};

/*
 * Then len bytes of JSON, an array with one element an object:
 *   ANALYSE  {"path"?, "known"? [hex SHA-256], "spared"? [names], "lookup"? true, "md5"? true, "package"? enum tmk_pkg_kind};
 *            the objects' descriptors come along in order
 *            To a worker of images, one object: {"file": its name, "beside"? [{"name", "missing"?}], "share": [k, n]: the k-th of n
 *            shares of its files, "shareable"? true: it may ask for shares}; its descriptor, then one of each file beside it that is
 *            not missing
 *            To a worker that verifies OpenPGP signatures, of a Release: "signature": true, and the descriptor of what lies beside it
 *            behind its own, or why that cannot be had
 *   JUDGE    {"at","len" of the facts, and what record and struct tmk_object share}; two descriptors: facts, shared; then the
 *            indexes of catalogues and of packages, as there are any
 */
struct tmk_request_head {
    uint32_t kind, n, n_fds, len, serial;
};

enum { /* flags of an answer */
    TMK_ANSWER_CHANGED = 1, /* the file changed while it was read */
    TMK_ANSWER_KNOWN = 2,   /* its digest is one of "known", or of an object before it in the batch: no facts */
    TMK_ANSWER_DIGEST = 4,  /* sha256 is filled */
    TMK_ANSWER_MEMBER = 8,  /* of a member of the object in hand, whose own answer comes behind all of them */
    TMK_ANSWER_IMAGE = 32,   /* a disk image, a signed index or package: to be given to a worker that reads such (image), alone */
    TMK_ANSWER_WANTS = 64,   /* the image names files beside it, in the body, each ended by NUL: it is to be asked again with them */
    TMK_ANSWER_PART = 128,   /* no image of its own, but a further part of one */
    TMK_ANSWER_SHAREABLE = 256, /* an image worth several workers: it is to be asked again, a share of it each */
    TMK_ANSWER_SIGNED = 512, /* with IMAGE: not the object itself, but what lies in it is signed */
    TMK_ANSWER_PARTIAL = 16, /* a budget kept some of the analysis or judgement from being made; a finding says which */
};

/*
 * One an object, in the order of the batch; then reason, name (of a member, to follow the object's locator), keys (base64,
 * one a line) and body (facts or record). A member is named twice: PENDING before it is analysed, so that it is known which
 * one a worker died of, then with what came of it. PENDING without a name: the container is still being read.
 */
enum { TMK_JUDGED_OTHER, TMK_JUDGED_EXECUTABLE, TMK_JUDGED_CONTAINER };

struct tmk_judged_as { /* what a record counts as (engine/holds.h) */
    uint8_t kind, outcome, signature, worth; /* TMK_JUDGED_, then indices; beyond the last: none */
};

struct tmk_answer_head {
    uint32_t serial;       /* of the request: an answer to one before is none */
    uint32_t slot, status; /* ordinal in the batch; enum tmk_item_status */
    uint32_t flags, reason_len, name_len, keys_len, body_len;
    uint32_t image;        /* of TMK_ANSWER_IMAGE: which reader it is for */
    struct tmk_judged_as judged; /* JUDGE */
    uint64_t size;         /* of a member */
    struct tmk_member_counts members;
    struct tmk_image_sums sums;
    uint8_t sha256[32];
};

/* What a worker says once it is behind its sandbox. */
struct tmk_hello {
    uint32_t magic, level; /* enum tmk_sandbox_part */
};
enum { TMK_HELLO = 0x6f6c6c65 };

/* Sends bytes with descriptors, at most TMK_FDS_MAX; those that do not fit one message follow with a byte each. */
TMK_MUST_USE bool tmk_send_with_fds(int fd, const void *p, size_t n, const int *fds, size_t n_fds);
/* Receives up to n bytes with up to max descriptors of one message; the bytes, 0 at the end, -1 on errors. */
ssize_t tmk_receive_with_fds(int fd, void *p, size_t n, int *ret_fds, size_t max, size_t *ret_n_fds);
/* The descriptors that follow, until there are n_fds, at most TMK_FDS_MAX. */
TMK_MUST_USE bool tmk_receive_more_fds(int fd, int *fds, size_t *n, size_t n_fds);
