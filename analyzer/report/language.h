/* SPDX-License-Identifier: Apache-2.0 */
/*
 * English and Simplified Chinese for people. Records, and whatever a program reads, are in English always: words are
 * put into another language when they are shown, and what has no translation is shown in English.
 */
#pragma once

#include <jansson.h>

#include "base/attr.h"

/*
 * locale as in LC_ALL, LC_MESSAGES and LANG ("zh_CN.UTF-8"): zh alone, of CN or SG, or in the script Hans is Simplified
 * Chinese; all else, NULL among it, is English. Set once, before anything is shown.
 */
void tmk_language_set(const char *locale);
/* A text of this program in the language set; the text itself when there is none. Never of what a file says. */
const char *tmk_tr(const char *english) __attribute__((format_arg(1)));
/* A record that is about to be shown: its findings' messages, from their ids and arguments. */
void tmk_language_record(json_t *record);
