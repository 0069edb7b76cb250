/* SPDX-License-Identifier: Apache-2.0 */
/* package.json (npm): what a package says of itself; nobody vouches for it. */
#include <string.h>

#include "model/json.h"
#include "packages/packages.h"

enum { FILE_MOST = 4 << 20, TEXT_MOST = 512 };

static void keep(json_t *about, const char *member, const char *text)
{
    if (text != NULL && text[0] != '\0' && strlen(text) <= TEXT_MOST)
        tmk_json_put_str(about, member, text);
}

/* "Acme <a@acme.example> (https://acme.example)", or the same as an object. */
static void keep_author(json_t *about, const json_t *author)
{
    keep(about, "author", json_is_string(author) ? json_string_value(author) : tmk_json_str(author, "name"));
}

static void keep_repository(json_t *about, const json_t *repository)
{
    keep(about, "repository",
         json_is_string(repository) ? json_string_value(repository) : tmk_json_str(repository, "url"));
}

/*
 * One without a name is no package's: it only says how a folder's files are to be read. What is no JSON is a file that
 * happens to bear this name.
 */
void tmk_pkg_read_npm(tmk_bytes data, const struct tmk_pkg_sink *to)
{
    tmk_autojson json_t *package =
        data.len > FILE_MOST ? NULL : json_loadb((const char *)data.data, data.len, JSON_DISABLE_EOF_CHECK, NULL);
    const char *name = tmk_json_str(package, "name");
    json_t *about;

    if (name == NULL || name[0] == '\0' || strlen(name) > TEXT_MOST)
        return;
    about = json_object();
    tmk_json_put_str(about, "by", "npm");
    keep(about, "name", name);
    keep(about, "version", tmk_json_str(package, "version"));
    keep(about, "license", tmk_json_str(package, "license"));
    keep(about, "homepage", tmk_json_str(package, "homepage"));
    keep_author(about, json_object_get(package, "author"));
    keep_repository(about, json_object_get(package, "repository"));
    (void)to->say(to->ctx, &(struct tmk_pkg_said){ .row = TMK_ROW_CLAIM, .about = about });
    json_decref(about);
}
