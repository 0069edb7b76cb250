/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of an rpm package, and of rpm's database: which package holds which file, by whom it was signed. */
#pragma once

#include "engine/package_rows.h"

/* Of a file that is no rpm package, whatever it is called, nothing is said. */
void tmk_rows_of_rpm(tmk_bytes file, const struct tmk_rows_terms *terms, const struct tmk_pkg_sink *to);
void tmk_rows_of_rpmdb(tmk_bytes file, const struct tmk_rows_terms *terms, const struct tmk_pkg_sink *to);
/* What waits to be written into such a database is told, and not read. */
void tmk_rows_of_rpmdb_log(tmk_bytes file, const struct tmk_pkg_sink *to);
