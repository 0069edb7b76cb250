/* SPDX-License-Identifier: Apache-2.0 */
/*
 * YAML by schema: what people write (vendors, weights, policies). libcyaml reads it; what it says of a mistake becomes
 * "file:line: what is wrong; did you mean 'x'?". Never used on evidence, only on configuration.
 */
#pragma once

#include <cyaml/cyaml.h>

#include "base/buf.h"
#include "base/err.h"

enum { TMK_YAML_MAX = 1024 * 1024 }; /* bytes of one file */

/* Schema of a list of words into a struct tmk_words member: optional, and required. */
#define TMK_YAML_WORDS(key, type, member)                                                                              \
    CYAML_FIELD_SEQUENCE_COUNT(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, type, member.list, member.n,             \
                               &tmk_yaml_word, 0, 10000)
#define TMK_YAML_TEXT(key, type, member) CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER, type, member, 1, 4096)
#define TMK_YAML_TEXT_OPT(key, type, member)                                                                           \
    CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, type, member, 1, 4096)
extern const cyaml_schema_value_t tmk_yaml_word; /* one text of 1 to 4096 bytes */

/*
 * One document, all keys known, no aliases. name is what errors call the file. Every error is TMK_CONFIG. The result is
 * freed by tmk_yaml_free with the same schema, whose top must be a mapping by pointer.
 */
tmk_status tmk_yaml_load(const char *name, tmk_bytes text, const cyaml_schema_value_t *schema, void **ret,
                         struct tmk_err *err);
void tmk_yaml_free(const cyaml_schema_value_t *schema, void *data); /* NULL is fine */

/*
 * Appends the text with each single word that stands under one of the keys (NULL-terminated) in brackets: "vendor: x"
 * becomes "vendor: [x]", as a schema of lists wants it. Lines stay what they were. TMK_CONFIG when it is no YAML.
 */
tmk_status tmk_yaml_listed(const char *name, tmk_bytes text, const char *const *keys, struct tmk_buf *buf,
                           struct tmk_err *err);

/*
 * For what a schema cannot say. Both fail with TMK_CONFIG at the line where value stands under key (as its value or in
 * its list): "file:line: key: 'value' WHAT", and "file:line: key: no WHAT is called 'value'; did you mean 'near'?"
 * (near may be NULL).
 */
tmk_status tmk_yaml_wrong(const char *name, tmk_bytes text, const char *key, const char *value, const char *what,
                          struct tmk_err *err);
tmk_status tmk_yaml_unknown(const char *name, tmk_bytes text, const char *key, const char *value, const char *what,
                            const char *near, struct tmk_err *err);
/* TMK_OK when value is NULL or among the words (NULL-terminated); else tmk_yaml_unknown with the nearest of them. */
tmk_status tmk_yaml_among(const char *name, tmk_bytes text, const char *key, const char *value, const char *what,
                          const char *const *words, struct tmk_err *err);
/* The same for a country code. */
tmk_status tmk_yaml_country(const char *name, tmk_bytes text, const char *key, const char *value, struct tmk_err *err);

/* The whole file, appended to buf; TMK_IO or TMK_CONFIG (too large) with its name. */
tmk_status tmk_yaml_read(const char *path, struct tmk_buf *buf, struct tmk_err *err);
