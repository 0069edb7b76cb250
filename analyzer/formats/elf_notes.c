/* SPDX-License-Identifier: Apache-2.0 */
/* Notes: the build id and the package note (https://systemd.io/ELF_PACKAGE_METADATA). */
#include <string.h>

#include "formats/elf_view.h"

enum { MAX_NOTES = 4096, MAX_BUILD_ID = 64, MAX_GO_BUILD_ID = 256, MAX_PACKAGE_NOTE = 65536, NT_GO_BUILD_ID = 4 };
enum { MAX_OWNER = 256 };
#define NT_FDO_PACKAGE 0xcafe1a7eU

static void package_note(struct tmk_artifact *a, tmk_bytes desc)
{
    static const char *const keys[] = { "type", "name", "version", "architecture", "os", "osVersion",
                                        "osCpe", "debugInfoUrl" };
    tmk_autojson json_t *note = NULL;
    json_t *claim;

    while (desc.len > 0 && desc.data[desc.len - 1] == 0)
        desc.len--;
    if (desc.len > 0 && desc.len <= MAX_PACKAGE_NOTE)
        note = json_loadb((const char *)desc.data, desc.len, JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object(note)) {
        tmk_finding_add(a->findings, TMK_F_ELF008, TMK_NO_OFFSET, NULL);
        return;
    }
    claim = json_object();
    tmk_json_put_str(claim, "by", "note_package");
    for (size_t i = 0; i < TMK_COUNT(keys); i++)
        tmk_json_put_str(claim, keys[i], tmk_json_str(note, keys[i]));
    tmk_json_push(a->claims, claim);
}

static void one_note(struct tmk_artifact *a, tmk_bytes owner, uint32_t type, tmk_bytes desc)
{
    while (owner.len > 0 && owner.data[owner.len - 1] == 0)
        owner.len--;
    if (type == NT_GNU_BUILD_ID && tmk_bytes_eq(owner, tmk_bytes_of("GNU", 3)) && desc.len > 0
        && desc.len <= MAX_BUILD_ID && json_object_get(a->format, "build_id") == NULL)
        tmk_json_put(a->format, "build_id", tmk_json_hex(desc));
    if (type == NT_GO_BUILD_ID && tmk_bytes_eq(owner, tmk_bytes_of("Go", 2)) && desc.len > 0
        && desc.len <= MAX_GO_BUILD_ID)
        tmk_json_put(a->format, "go_build_id", tmk_json_text(desc));
    if (type == NT_FDO_PACKAGE && tmk_bytes_eq(owner, tmk_bytes_of("FDO", 3)))
        package_note(a, desc);
}

static void list_note(struct tmk_artifact *a, tmk_bytes owner, uint32_t type, tmk_bytes desc)
{
    json_t *one = json_object();

    while (owner.len > 0 && owner.data[owner.len - 1] == 0)
        owner.len--;
    if (owner.len > MAX_OWNER)
        owner.len = MAX_OWNER;
    tmk_json_put(one, "owner", tmk_json_text(owner));
    tmk_json_put(one, "type", json_integer(type));
    tmk_json_put(one, "size", json_integer((json_int_t)desc.len));
    tmk_json_push(tmk_json_array_of(a->details, "notes"), one);
}

/* Nhdr {namesz, descsz, type}, both parts padded to four bytes. */
static void read_notes(struct tmk_elf *e, tmk_bytes body, size_t *budget)
{
    tmk_reader r = rd_make(body, 0, e->order);
    uint32_t name_size, desc_size, type;
    tmk_bytes owner, desc;

    while (rd_left(&r) >= 12 && *budget > 0) {
        (*budget)--;
        if (!rd_u32(&r, &name_size) || !rd_u32(&r, &desc_size) || !rd_u32(&r, &type)
            || !rd_bytes(&r, name_size, &owner) || !rd_align(&r, 4)
            || !rd_bytes(&r, desc_size, &desc))
            return;
        one_note(e->a, owner, type, desc);
        if (e->a->want_details)
            list_note(e->a, owner, type, desc);
        if (!rd_align(&r, 4))
            return;
    }
}

void tmk_elf_notes(struct tmk_elf *e)
{
    size_t budget = MAX_NOTES;
    bool any = false;
    tmk_bytes body;

    /* sections and segments show the same notes: segments only where no section is left */
    for (size_t i = 0; i < e->n_sections; i++)
        if (e->sections[i].type == SHT_NOTE && tmk_elf_body(e, &e->sections[i], &body)) {
            read_notes(e, body, &budget);
            any = true;
        }
    for (size_t i = 0; !any && e->header.e_type != ET_CORE && i < e->n_segments; i++)
        if (e->segments[i].p_type == PT_NOTE
            && tmk_bytes_slice(e->a->file, e->segments[i].p_offset, e->segments[i].p_filesz, &body))
            read_notes(e, body, &budget);
}
