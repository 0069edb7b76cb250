/* SPDX-License-Identifier: Apache-2.0 */
/* Outcomes counted as records pass by. Private to include/. */
#pragma once

#include "include/touchmark.h"
#include "judge/case_verdict.h"

struct tmk_tap { /* between the engine and the caller's record function */
    void (*record)(void *ctx, const char *json, size_t len);
    void *ctx;
    struct tmk_outcomes outcomes;
};

/* As a record function, with a struct tmk_tap: counts the record and hands it on. */
void tmk_tap_record(void *ctx, const char *json, size_t len);
/* The counts of outcomes into the summary's. */
void tmk_tap_summarise(const struct tmk_outcomes *o, struct touchmark_summary *ret);
