#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# C files are as clang-format writes them. format.allow names those that are not, yet: it only shrinks.
set -eu
command -v clang-format >/dev/null || { echo "SKIPPED: clang-format is not installed"; exit 77; }
allow=$(cd "$(dirname "$0")" && pwd)/format.allow
cd "$1"
find analyzer -name '*.[ch]' -exec clang-format --dry-run {} + 2>&1 | sed -n 's/:[0-9]*:[0-9]*: warning: code should be clang-formatted.*//p' |
    sort -u | awk -v allow="$allow" '
    BEGIN { while ((getline line < allow) > 0) if (line !~ /^#/) may[line] = 1 }
    { unformatted[$0] = 1; if (!($0 in may)) { print $0 ": not formatted: clang-format -i " $0; bad = 1 } }
    END {
        for (f in may) if (!(f in unformatted)) print f ": formatted now, or gone: take it off format.allow"
        exit bad
    }'
