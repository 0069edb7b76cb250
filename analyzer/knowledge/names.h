/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of firms. Two degrees of being the same: what may prove (spelling of case, punctuation and legal form apart),
 * and what is good enough for a claim (width, diacritics, spaces and the legal form itself apart). What only looks the
 * same is neither.
 */
#pragma once

#include "base/arena.h"

/*
 * Lower case, punctuation gone, words parted by one space, legal forms spelled one way ("Incorporated" and "Inc." are
 * "inc"). What is not ASCII stays as it is, so that it never equals an ASCII name.
 */
char *tmk_name_strict(struct tmk_arena *a, const char *name);
/* Width and diacritics folded as well, spaces and legal forms dropped. Empty when nothing is left. */
char *tmk_name_loose(struct tmk_arena *a, const char *name);
/*
 * What the eye sees: letters of other scripts that look Latin, digits for letters and invisible characters folded, too.
 * For finding look-alikes; two equal skeletons prove nothing.
 */
char *tmk_name_skeleton(struct tmk_arena *a, const char *name);

/*
 * How a name that is not the real one imitates it: static text, or NULL when it does not. The skeletons are those of
 * the two; names of fewer than 8 letters are compared for equality alone, because too much is one letter away from
 * them.
 */
const char *tmk_name_imitation(struct tmk_arena *a, const char *name, const char *skeleton, const char *real,
                               const char *real_skeleton);
