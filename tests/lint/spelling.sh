#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# codespell finds no slip in what the project wrote itself.
set -eu
command -v codespell >/dev/null || { echo "SKIPPED: codespell is not installed"; exit 77; }
cd "$1"
codespell -L crate,ba,fo,te,nd,ot,als,inout,mis,ser,tabel,prooven,falsy,chek,conectix analyzer tests/unit tests/cli tests/lint tests/bench samples/make ./*.md run \
    --skip '*.tsv,*.allow,complexity.allow'
