/* SPDX-License-Identifier: Apache-2.0 */
/* The worker's side: behind its sandbox it serves batches of objects until its socket closes. */
#pragma once

#include "engine/engine.h"

enum { TMK_EXIT_WIRE = 121, TMK_EXIT_DIGEST = 122 }; /* a worker's own ends, before any object */

/* config is a struct tmk_engine_config, kind an enum tmk_worker_kind; returns when the coordinator is done with it. */
void tmk_worker_main(const void *config, int kind);
