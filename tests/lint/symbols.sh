#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The shared library exports every function of touchmark.h and nothing else; the header stands alone, in C and in C++.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
sed -n 's/^[a-z].*[ *]\(touchmark_[a-z_]*\)(.*/\1/p' "$1/analyzer/include/touchmark.h" | sort -u > "$work/declared"
nm -D --defined-only "$2/libtouchmark.so" | awk '{ print $3 }' | sort -u > "$work/exported"
[ "$(wc -l < "$work/declared")" -gt 10 ]
diff "$work/declared" "$work/exported" || { echo "(< declared, > exported)"; exit 1; }
echo '#include <touchmark.h>' > "$work/alone.c"
${CC:-cc} -std=c99 -Wall -Wextra -pedantic -Werror -fsyntax-only -I"$1/analyzer/include" "$work/alone.c"
${CC:-cc} -x c++ -Wall -Wextra -Werror -fsyntax-only -I"$1/analyzer/include" "$work/alone.c"
