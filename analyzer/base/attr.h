/* SPDX-License-Identifier: Apache-2.0 */
/* Compiler attributes, spelled once. Nothing else in the tree writes __attribute__. */
#pragma once

#define TMK_MUST_USE      __attribute__((warn_unused_result))
#define TMK_PRINTF(f, a)  __attribute__((format(printf, f, a)))
#define TMK_CLEANUP(fn)   __attribute__((cleanup(fn)))
#define TMK_SENTINEL      __attribute__((sentinel))
#define TMK_NORETURN      __attribute__((noreturn))
#define TMK_UNUSED        __attribute__((unused))
