#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# No source file is longer than 800 lines.
set -eu
cd "$1"
find analyzer tests samples rules run CMakeLists.txt -type f \( -name '*.[ch]' -o -name '*.py' -o -name '*.sh' -o -name '*.def' -o -name '*.yar' \
    -o -name '*.cmake' -o -name CMakeLists.txt -o -name run \) -exec wc -l {} + | awk '
    $2 != "total" { n++; if ($1 > 800) { print $2 ": " $1 " lines"; bad = 1 } }
    END { print n " files"; exit bad || n == 0 }'
