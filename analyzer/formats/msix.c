/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MSIX and APPX packages and bundles (MSIX packaging specification): what the manifest says, and where the signature
 * is. claim    {"by":"msix","name","publisher","version","architecture","product","company"}
 */
#include "formats/msix.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "formats/xml.h"
#include "model/json.h"

enum { MAGIC_LEN = 4 };
static const char MANIFEST[] = "AppxManifest.xml";
static const char BUNDLE_MANIFEST[] = "AppxMetadata/AppxBundleManifest.xml";

const struct tmk_zip_member *tmk_msix_find(const struct tmk_zip *z, const char *name)
{
    for (size_t i = 0; i < z->n; i++)
        if (tmk_zip_named(&z->members[i], name))
            return &z->members[i];
    return NULL;
}

bool tmk_msix_is_bundle(const struct tmk_zip *z)
{
    return tmk_msix_find(z, BUNDLE_MANIFEST) != NULL;
}

static bool is_msix(const struct tmk_zip *z)
{
    return tmk_msix_find(z, TMK_MSIX_SIGNATURE) != NULL || tmk_msix_find(z, TMK_MSIX_BLOCK_MAP) != NULL ||
           tmk_msix_find(z, MANIFEST) != NULL || tmk_msix_is_bundle(z);
}

const char *tmk_msix_publisher(const struct tmk_artifact *a)
{
    const json_t *claim;
    size_t i;

    json_array_foreach(a->claims, i, claim)
    {
        if (strcmp(tmk_json_str(claim, "by"), "msix") == 0)
            return tmk_json_str(claim, "publisher");
    }
    return NULL;
}

static void on_open(void *ctx, const char *path, const char **attributes)
{
    static const char *const fields[][2] = { { "Name", "name" },
                                             { "Publisher", "publisher" },
                                             { "Version", "version" },
                                             { "ProcessorArchitecture", "architecture" } };
    json_t *claim = ctx;

    if (strcmp(path, "Package/Identity") != 0 && strcmp(path, "Bundle/Identity") != 0)
        return;
    for (size_t i = 0; i < TMK_COUNT(fields); i++)
        tmk_json_put_str(claim, fields[i][1], tmk_xml_attribute(attributes, fields[i][0]));
}

static void on_close(void *ctx, const char *path, const char *text)
{
    json_t *claim = ctx;

    if (strcmp(path, "Package/Properties/DisplayName") == 0)
        tmk_json_put_str(claim, "product", text);
    if (strcmp(path, "Package/Properties/PublisherDisplayName") == 0)
        tmk_json_put_str(claim, "company", text);
}

static void read_manifest(struct tmk_artifact *a)
{
    const bool bundle = tmk_msix_is_bundle(a->zip);
    const struct tmk_zip_member *m = tmk_msix_find(a->zip, bundle ? BUNDLE_MANIFEST : MANIFEST);
    json_t *claim = json_object();
    const struct tmk_xml_reader reader = { .ctx = claim, .open = on_open, .close = on_close };
    struct tmk_err err;
    tmk_bytes text;

    tmk_json_put_str(claim, "by", "msix");
    if (tmk_zip_content(a, m, &text) && tmk_xml_read(text, &reader, &err) != TMK_OK)
        tmk_finding_add(a->findings, TMK_F_PKG002, m->offset, tmk_text(a->arena, m->name), err.msg, NULL);
    if (json_object_size(claim) > 1)
        tmk_json_push(a->claims, json_incref(claim));
    json_decref(claim);
}

static void read_msix(struct tmk_artifact *a)
{
    tmk_bytes content;

    if (tmk_msix_is_bundle(a->zip))
        tmk_json_put_str(a->format, "subtype", "bundle");
    read_manifest(a);
    for (size_t i = 0; i < a->zip->n; i++) {
        const struct tmk_zip_member *m = &a->zip->members[i];

        if (!tmk_zip_named(m, TMK_MSIX_SIGNATURE))
            continue;
        if (!tmk_zip_content(a, m, &content) || content.len < MAGIC_LEN || memcmp(content.data, "PKCX", MAGIC_LEN) != 0)
            content = tmk_bytes_of(NULL, 0); /* read as a signature all the same, a malformed one */
        else
            content = tmk_bytes_of(content.data + MAGIC_LEN, content.len - MAGIC_LEN);
        if (!tmk_zip_blob(a, "msix", m, content))
            return;
    }
}

const struct tmk_zip_kind tmk_zip_kind_msix = { .name = "msix", .is = is_msix, .read = read_msix };
