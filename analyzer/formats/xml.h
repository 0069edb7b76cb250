/* SPDX-License-Identifier: Apache-2.0 */
/*
 * XML as packages hold it, element by element. A document type, and with it every entity, is refused: nothing outside
 * the text is ever fetched or expanded.
 */
#pragma once

#include "base/err.h"
#include "base/reader.h"

struct tmk_xml_reader {
    void *ctx;
    /*
     * path: names from the root on, without namespaces, "package/metadata/id". attributes: name, value, ..., NULL; all
     * UTF-8, all live during the call. close's text: what stands directly in the element, bounded.
     */
    void (*open)(void *ctx, const char *path, const char **attributes);
    void (*close)(void *ctx, const char *path, const char *text); /* may be NULL */
};

/* Other than TMK_OK: not well formed, too deep, or with a document type; what was given up to there stands. */
tmk_status tmk_xml_read(tmk_bytes text, const struct tmk_xml_reader *reader, struct tmk_err *err);
/* NULL when absent. */
const char *tmk_xml_attribute(const char **attributes, const char *name);
