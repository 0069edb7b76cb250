/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scripts of PowerShell and of the Windows Script Host that bear a signature block: comment lines with the base64 of a
 * SignedData, as the subject interface packages pwrshsip.dll and wshext.dll write them.
 */
#pragma once

#include "formats/format.h"

enum { TMK_SIP_ID = 16 };

struct tmk_script_form {
    const char *name;         /* "powershell", "powershell_xml", "mof", "vbscript", "jscript", "wsf" */
    const char *begin, *end;  /* the block's first and last line */
    const char *open, *close; /* around the base64 on each line between them */
    bool host;                /* Script Host: no byte order mark is hashed, but the text's length behind it */
    bool ansi;                /* without a byte order mark each byte is a character (Windows-1252), never UTF-8 */
    bool inside;              /* text may follow the block, and is hashed as if the block were not there */
    uint8_t sip[TMK_SIP_ID];  /* the identifier of its subject interface package, as SpcSipInfo holds it */
};

enum tmk_script_text {
    TMK_SCRIPT_BYTES, /* no byte order mark, a byte or UTF-8 a character */
    TMK_SCRIPT_UTF8,  /* with byte order mark */
    TMK_SCRIPT_UTF16LE,
    TMK_SCRIPT_UTF16BE,
};

struct tmk_script {
    const struct tmk_script_form *form;
    enum tmk_script_text text;
    size_t mark;            /* bytes of the byte order mark; 0: none */
    struct tmk_range block; /* with the line end before it, which is not hashed, and those behind it */
    bool after_crlf;        /* the line end before the block is CR LF */
    const char *base64;     /* what the lines hold, in the arena; NULL when the block cannot be read */
    const char *broken;     /* why it cannot be read; static */
    uint64_t stray;         /* offset of text behind the block that nothing covers; TMK_NO_OFFSET: none */
};

/* false when no line of the file begins a signature block. */
TMK_MUST_USE bool tmk_script_find(const struct tmk_artifact *a, struct tmk_script *ret);
/* "utf-8 with byte order mark" */
const char *tmk_script_text_name(enum tmk_script_text t);
