/* SPDX-License-Identifier: Apache-2.0 */
/* What bytes start like: a word for a report, by magic alone, never a reading. And what is hung on behind an image. */
#pragma once

#include "model/artifact.h"

/* "zip", "pe", "ar"...; NULL when no magic is known. Looks at the first 512 bytes at most. */
const char *tmk_magic_name(tmk_bytes b);

/*
 * Says in format.overlay what lies in [start, end) of a->file behind the image that the headers describe:
 *   {"offset", "length", "kind"}
 * kind is "dotnet_bundle" where format.bundle says so, a magic's name at the first byte that is not zero, "zip" as well
 * when a zip archive ends there, "zeros", or "data". A finding when it is a further executable. Nothing when the range
 * is empty.
 */
void tmk_put_overlay(struct tmk_artifact *a, uint64_t start, uint64_t end);

/*
 * A .NET single-file bundle: the host's placeholder in one of its data sections, with the offset of the bundle's
 * header. Adds format.bundle {"kind","offset","files","version","id"} and is true when there is one.
 */
bool tmk_put_dotnet_bundle(struct tmk_artifact *a, tmk_bytes data);

/* "upx 3.96" from the version text ("3.96\0") in front of the mark "UPX!", which stands at `at`; else "upx". */
const char *tmk_upx_name(struct tmk_arena *arena, tmk_bytes head, size_t at);
