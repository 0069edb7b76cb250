/* SPDX-License-Identifier: Apache-2.0 */
/* A wire structure written once, as a list of fields: gives the struct and its reader. */
#pragma once

#include "base/reader.h"

#define TMK_CTYPE_u8  uint8_t
#define TMK_CTYPE_u16 uint16_t
#define TMK_CTYPE_u32 uint32_t
#define TMK_CTYPE_u64 uint64_t

#define TMK_FIELD_DECL(t, name) TMK_CTYPE_##t name;
#define TMK_FIELD_READ(t, name) &&rd_##t(&cur, &v.name)

/* TMK_SCHEMA(win_cert, FIELDS) defines struct win_cert and bool win_cert_read(reader, ret). */
#define TMK_SCHEMA(type, FIELDS)                                                             \
    struct type {                                                                            \
        FIELDS(TMK_FIELD_DECL)                                                               \
    };                                                                                       \
    TMK_MUST_USE static inline TMK_UNUSED bool type##_read(tmk_reader *r, struct type *ret)  \
    {                                                                                        \
        tmk_reader cur = *r;                                                                 \
        struct type v;                                                                       \
                                                                                             \
        if (!(true FIELDS(TMK_FIELD_READ)))                                                  \
            return false;                                                                    \
        *r = cur;                                                                            \
        *ret = v;                                                                            \
        return true;                                                                         \
    }                                                                                        \
    struct tmk_swallow_semicolon
