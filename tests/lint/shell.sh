#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Shell scripts pass shellcheck, the completion that the build makes too.
set -eu
command -v shellcheck >/dev/null || { echo "SKIPPED: shellcheck is not installed"; exit 77; }
cd "$1"
shellcheck -S warning run .ci/run tests/lint/*.sh
shellcheck -S warning -s bash "$2/touchmark.bash"
