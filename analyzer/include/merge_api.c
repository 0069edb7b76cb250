/* SPDX-License-Identifier: Apache-2.0 */
/* What a scan was asked, for the one that joins its shards. */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "engine/case.h"
#include "model/json.h"
#include "touchmark.h"

/* Pointers, then the words themselves. */
static const char **words_of(const json_t *list)
{
    size_t size = 0, i;
    const char **words;
    const json_t *e;
    char *to;

    json_array_foreach(list, i, e) size += sizeof *words + json_string_length(e) + 1;
    words = malloc(size + sizeof *words);
    if (words == NULL)
        tmk_die_nomem();
    to = (char *)(words + json_array_size(list) + 1);
    json_array_foreach(list, i, e)
    {
        const char *word = json_string_value(e);

        words[i] = to;
        to = stpcpy(to, word == NULL ? "" : word) + 1;
    }
    words[i] = NULL;
    return words;
}

const char **touchmark_case_command(const char *case_folder, char *problem, size_t problem_size)
{
    tmk_autojson json_t *manifest = NULL;
    struct tmk_err err;
    const json_t *command;

    if (tmk_case_peek(case_folder, &manifest, &err) != TMK_OK) {
        (void)snprintf(problem, problem_size, "%s", err.msg);
        return NULL;
    }
    command = json_object_get(manifest, "command");
    if (json_array_size(command) < 2) {
        (void)snprintf(problem, problem_size, "%s: its manifest does not say by which command it was made",
                       case_folder);
        return NULL;
    }
    return words_of(command);
}
