/* SPDX-License-Identifier: Apache-2.0 */
#include "model/json.h"

#include <string.h>

#include "base/err.h"
#include "base/text.h"

TMK_DEFINE_CLEANUP(struct tmk_arena, tmk_arena_free);

static json_t *need(json_t *value)
{
    if (value == NULL)
        tmk_die_nomem();
    return value;
}

static bool plain(tmk_bytes b)
{
    for (size_t i = 0; i < b.len; i++)
        if (b.data[i] < 0x20 || b.data[i] >= 0x7f)
            return false;
    return true;
}

json_t *tmk_json_text(tmk_bytes b)
{
    TMK_CLEANUP(tmk_arena_freep) struct tmk_arena *a = NULL;

    if (plain(b))
        return need(json_stringn_nocheck((const char *)b.data, b.len));
    a = tmk_arena_new();
    return need(json_string(tmk_text(a, b)));
}

json_t *tmk_json_hex(tmk_bytes b)
{
    TMK_CLEANUP(tmk_arena_freep) struct tmk_arena *a = tmk_arena_new();

    return need(json_string(tmk_hex(a, b)));
}

json_t *tmk_json_base64(tmk_bytes b)
{
    TMK_CLEANUP(tmk_arena_freep) struct tmk_arena *a = tmk_arena_new();

    return need(json_string(tmk_base64(a, b)));
}

json_t *tmk_json_time(int64_t unix_seconds)
{
    char text[32];

    tmk_time_format(text, unix_seconds);
    return need(json_string(text));
}

void tmk_json_put(json_t *object, const char *key, json_t *value)
{
    if (json_object_set_new(object, key, need(value)) != 0)
        tmk_die_nomem();
}

void tmk_json_push(json_t *array, json_t *value)
{
    if (json_array_append_new(array, need(value)) != 0)
        tmk_die_nomem();
}

void tmk_json_put_str(json_t *object, const char *key, const char *s)
{
    if (s != NULL && s[0] != 0)
        tmk_json_put(object, key, tmk_json_text(tmk_bytes_of(s, strlen(s))));
}

const char *tmk_json_str(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

json_int_t tmk_json_int(const json_t *object, const char *key, json_int_t dflt)
{
    const json_t *v = json_object_get(object, key);

    return json_is_integer(v) ? json_integer_value(v) : dflt;
}

json_t *tmk_json_array_of(json_t *object, const char *key)
{
    json_t *v = json_object_get(object, key);

    if (!json_is_array(v)) {
        v = need(json_array());
        tmk_json_put(object, key, v);
    }
    return v;
}
