/* SPDX-License-Identifier: Apache-2.0 */
/* What the file's name and place say. A tree of an unpacked system lies below any folder, so a path is matched
 * anywhere. */
#include <string.h>

#include "knowledge/hearing.h"
#include "model/json.h"

enum { MAX_PARTS = 64 };

struct parts { /* of a path: where each begins and ends */
    const char *path;
    size_t from[MAX_PARTS], to[MAX_PARTS], n;
};

/* The last MAX_PARTS parts: what matters stands near the file. */
static struct parts parts_of(const char *path)
{
    struct parts p = { .path = path };
    size_t from = 0;

    for (size_t i = 0;; i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        if (i > from) {
            if (p.n == MAX_PARTS) {
                memmove(p.from, p.from + 1, (MAX_PARTS - 1) * sizeof p.from[0]);
                memmove(p.to, p.to + 1, (MAX_PARTS - 1) * sizeof p.to[0]);
                p.n--;
            }
            p.from[p.n] = from;
            p.to[p.n++] = i;
        }
        from = i + 1;
        if (path[i] == '\0')
            return p;
    }
}

/* ---- folders ---- */

/* The longest path says best in whose folder it lies; of equals the first vendor's. */
static void note_carrier(struct tmk_hearing *h, const struct tmk_fact *f)
{
    if (!f->weak && (h->carrier == NULL || strlen(f->key) > strlen(h->carrier->key)))
        h->carrier = f;
}

static void hear_paths(struct tmk_hearing *h, enum tmk_field field, const struct parts *p)
{
    for (size_t i = 0; i < p->n; i++)
        for (size_t k = i; k < p->n; k++) {
            const char *at = p->path + p->from[i];
            const size_t len = p->to[k] - p->from[i];
            const struct tmk_facts_found found = tmk_index_find_part(h->x, field, at, len);

            for (size_t m = 0; m < found.n; m++) {
                tmk_hear(h, &found.list[m], TMK_E_path, found.list[m].key);
                note_carrier(h, &found.list[m]);
            }
        }
}

/* ---- file names ---- */

static void hear_name(struct tmk_hearing *h, enum tmk_field field, const char *name, size_t len)
{
    const struct tmk_facts_found found = tmk_index_find_part(h->x, field, name, len);

    for (size_t i = 0; i < found.n; i++)
        tmk_hear(h, &found.list[i], TMK_E_file_name, tmk_arena_strndup(h->a, name, len));
}

/* libx.so.1.2 is libx.so, x.ko.xz is x.ko. */
static void hear_linux_name(struct tmk_hearing *h, const char *name)
{
    static const char *const packed[] = { ".ko.xz", ".ko.zst", ".ko.gz" };
    const char *so = strstr(name, ".so.");
    const size_t n = strlen(name);

    hear_name(h, TMK_FIELD_LINUX_FILE, name, n);
    if (so != NULL && so[4 + strspn(so + 4, "0123456789.")] == '\0')
        hear_name(h, TMK_FIELD_LINUX_FILE, name, (size_t)(so - name) + 3);
    for (size_t i = 0; i < sizeof packed / sizeof packed[0]; i++)
        if (n > strlen(packed[i]) && strcmp(name + n - strlen(packed[i]), packed[i]) == 0)
            hear_name(h, TMK_FIELD_LINUX_FILE, name, n - strlen(packed[i]) + 3);
}

/* ---- npm ---- */

static void hear_npm(struct tmk_hearing *h, const char *name, size_t len)
{
    const struct tmk_facts_found found = tmk_index_find_part(h->x, TMK_FIELD_NPM, name, len);

    for (size_t i = 0; i < found.n; i++)
        tmk_hear(h, &found.list[i], TMK_E_npm_path, tmk_arena_strndup(h->a, name, len));
}

/* A scope ("@acme") is told by its sign anywhere; a package without one only by the folder in which npm puts it. */
static void hear_npm_parts(struct tmk_hearing *h, const struct parts *p)
{
    const bool told = h->npm != NULL; /* by its package.json */

    for (size_t i = 0; i + 1 < p->n; i++) {
        const char *at = p->path + p->from[i];
        const size_t len = p->to[i] - p->from[i];
        const bool folder =
            i > 0 && p->to[i - 1] - p->from[i - 1] == 12 && strncmp(p->path + p->from[i - 1], "node_modules", 12) == 0;
        const size_t last = *at == '@' && i + 2 < p->n ? i + 1 : i;

        if (*at == '@' || folder)
            hear_npm(h, at, len);
        if (*at == '@' && last > i)
            hear_npm(h, at, p->to[last] - p->from[i]);
        if (folder && !told)
            h->npm = tmk_arena_strndup(h->a, at, p->to[last] - p->from[i]);
    }
}

void tmk_gather_places(struct tmk_hearing *h)
{
    const char *kind = tmk_json_str(json_object_get(h->e->facts, "format"), "kind");
    struct parts as_linux, as_windows;

    if (h->e->path == NULL)
        return;
    as_linux = parts_of(h->e->path);
    as_windows = parts_of(tmk_path_lower(h->a, h->e->path));
    hear_paths(h, TMK_FIELD_LINUX_PATH, &as_linux);
    hear_paths(h, TMK_FIELD_WINDOWS_PATH, &as_windows);
    hear_npm_parts(h, &as_linux);
    if (as_windows.n == 0 || kind == NULL)
        return;
    if (strcmp(kind, "pe") == 0)
        hear_name(h, TMK_FIELD_WINDOWS_FILE, as_windows.path + as_windows.from[as_windows.n - 1],
                  strlen(as_windows.path + as_windows.from[as_windows.n - 1]));
    if (strcmp(kind, "elf") == 0)
        hear_linux_name(h, as_linux.path + as_linux.from[as_linux.n - 1]);
}
