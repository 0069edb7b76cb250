/* SPDX-License-Identifier: Apache-2.0 */
/* Sources to a list of objects: folders walked in byte order, links not followed, nothing parsed; and what became of each. */
#pragma once

#include "base/arena.h"
#include "base/limits.h"
#include "engine/wire.h"
#include "model/json.h"
#include "packages/packages.h"

/* STATUS(id, tag): tag is the record's "status". */
#define TMK_ITEM_STATUS(STATUS)              \
    STATUS(PENDING, "unknown")               \
    STATUS(OK, "ok")                         \
    STATUS(NOT_EXECUTABLE, "not_executable") \
    STATUS(UNREADABLE, "unreadable")         \
    STATUS(SKIPPED, "skipped")               \
    STATUS(FAULT, "fault")

enum tmk_item_status {
#define STATUS(id, tag) TMK_ITEM_##id,
    TMK_ITEM_STATUS(STATUS)
#undef STATUS
    TMK_ITEM_STATUS_COUNT
};
extern const char *const tmk_item_status_tag[TMK_ITEM_STATUS_COUNT];

enum tmk_fault_kind { TMK_FAULT_NONE, TMK_FAULT_SIGNAL, TMK_FAULT_EXIT, TMK_FAULT_TIME, TMK_FAULT_MEMORY, TMK_FAULT_ANSWER };

struct tmk_fault { /* what ended the analysis of an object, twice */
    enum tmk_fault_kind kind;
    int number; /* of the signal or the exit status */
};

struct tmk_item { /* one file on the way to its record */
    const char *path;              /* raw bytes, absolute, to open; NULL of a member */
    const char *locator;           /* escaped: injective, valid UTF-8 */
    const char *reason;            /* of a status other than OK; NULL when there is none */
    uint64_t size, dev, ino;       /* bytes; as the walk found them */
    int64_t mtime;                 /* nanoseconds since 1970 */
    uint64_t facts_at;             /* in the segment */
    size_t same;                   /* the item whose facts are this one's, or SIZE_MAX */
    size_t group, next_known;      /* leader of the items of this size; the next in it whose digest is known */
    uint32_t facts_len, source;    /* facts_len 0: no facts; source: ordinal */
    struct tmk_fault fault;
    uint8_t sha256[32];            /* valid when has_sha256 */
    enum tmk_item_status status;
    uint8_t tries;
    bool has_sha256, changed, interrupted;
    bool partial; /* a budget kept some of its analysis from being made */
    bool link;  /* a further name of same: its bytes are counted there */
    bool alone; /* is not to be shared again */
    bool lookup; /* its facts were asked for with what catalogues are searched by */
    bool image;  /* read by a worker of another kind: a disk image, which has no digest, or what OpenPGP has signed */
    enum tmk_pkg_kind package; /* a file of a package database, by where it lies */
    bool part;   /* of a disk image's files, a further one: no image of its own */
    uint8_t reader;               /* of an image: a disk's, or TMK_READER_OPENPGP */
    uint8_t rounds;               /* how often it asked for files beside it */
    json_t *beside;               /* what it asked for: [{"name","missing"?}]; owned */
    bool whole;                   /* of an image: one worker is to read it */
    struct tmk_image_sums *sums;  /* of an image; in the arena; NULL: not known */
    const char *part_of;          /* the locator of an image that was read with it; NULL: of none */
    bool member; /* of a container: it has no path, and its bytes are counted there */
    size_t members_at, n_members; /* of a container, in the list: those that have records */
    struct tmk_member_counts members; /* of a container */
    json_t *spared;               /* of a container: {"name","size","fault"} of members that workers died of; owned */
};

struct tmk_source {
    const char *path; /* real path */
    const char *locator;
    uint64_t links, special; /* symbolic links; FIFOs, devices, sockets: not opened */
    const char *const *pseudo; /* locators of pseudo file systems that were not entered; NULL-terminated or NULL */
    size_t n_pseudo;
    bool reference; /* what it holds vouches for others' files, its own have no records: --catalog-dir, --package-root */
    bool packages;  /* of references, a package database */
};

struct tmk_items {
    struct tmk_arena *arena;
    struct tmk_item *list; /* sorted by locator, each file once */
    size_t n, room;
    size_t n_files;        /* the first of them: files of the sources; members are behind, until all are arranged anew */
    struct tmk_source *sources;
    size_t n_sources;
    bool has_packages;  /* some file is one of a package database */
    bool has_catalogue; /* some file is named like one, or stands in a reference: files are to be looked up */
};

struct tmk_walked { /* each list ends with NULL or is NULL */
    const char *const *sources;
    const char *const *references; /* catalogues that vouch */
    const char *const *roots;      /* roots of systems whose package databases vouch */
};
/* TMK_CONFIG when one of them cannot be opened at all, or a root has no package database. */
tmk_status tmk_items_walk(struct tmk_items *items, const struct tmk_walked *what, const struct tmk_limits *limits,
                          struct tmk_err *err);
bool tmk_item_is_reference(const struct tmk_items *items, const struct tmk_item *i);
static inline bool tmk_item_is_disk(const struct tmk_item *i)
{
    return i->image && i->reader != TMK_READER_OPENPGP;
}
/* A member of the container at index of; name (to follow its locator) is copied. Moves the list. */
struct tmk_item *tmk_items_add_member(struct tmk_items *items, size_t of, const char *name);
/* Members among the files, by locator; "same" goes along, other references do not. */
void tmk_items_arrange(struct tmk_items *items);
void tmk_items_free(struct tmk_items *items);
/*
 * O_RDONLY, through no link at all, without waiting for a FIFO; -1 and *ret_why. What is no longer the inode that was
 * walked is refused: its hard links' records would speak of other bytes.
 */
int tmk_item_open(const struct tmk_item *i, const char **ret_why);
/* A file beside the item, by its plain name, in the same way; -1 and *ret_why. */
int tmk_item_open_beside(const struct tmk_item *i, const char *name, const char **ret_why);
/* Its locator, and what a later scan can tell that it is the same by; in the arena; NULL: it is gone. */
const char *tmk_item_locator_beside(const struct tmk_items *items, const struct tmk_item *i, const char *name);
const char *tmk_item_state_beside(const struct tmk_items *items, const struct tmk_item *i, const char *name);
/* The file among those of the sources, by locator; NULL: none. Before members are arranged among them. */
struct tmk_item *tmk_items_find(const struct tmk_items *items, const char *locator);
