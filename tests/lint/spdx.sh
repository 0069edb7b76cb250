#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every source file says its licence in its first two lines.
set -eu
cd "$1"
bad=0
for f in $(find analyzer rules certs samples tests -name '*.[ch]' -o -name '*.def' -o -name '*.py' -o -name '*.sh' -o -name '*.cmake' \
    -o -name '*.yar' -o -name 'CMakeLists.txt') CMakeLists.txt run .ci/run; do
    [ -e "$f" ] || continue
    head -n 2 "$f" | grep -q 'SPDX-License-Identifier: Apache-2.0' || { echo "$f: no SPDX line"; bad=1; }
done
exit $bad
