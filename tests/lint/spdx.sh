#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every source file says its licence in its first two lines.
set -eu
cd "$1"
bad=$(find analyzer rules certs samples tests CMakeLists.txt run .ci/run -type f \( -name '*.[ch]' -o -name '*.def' -o -name '*.py' \
    -o -name '*.sh' -o -name '*.cmake' -o -name '*.yar' -o -name CMakeLists.txt -o -name run \) -exec \
    awk 'FNR == 1 { ok = 0 } /SPDX-License-Identifier: Apache-2.0/ && FNR <= 2 { ok = 1 } FNR == 2 { if (!ok) print FILENAME ": no SPDX line"; nextfile }' {} +)
[ -z "$bad" ] || { echo "$bad"; exit 1; }
