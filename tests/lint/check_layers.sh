#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Fails when a room includes a room that analyzer/LAYERS does not allow, or a foreign header outside its room.
set -eu
cd "$1/analyzer"
bad=0
while IFS=: read -r room allowed; do
    case $room in '' | '#'*) continue ;; esac
    [ -d "$room" ] || continue
    for hit in $(grep -rhoE --include='*.[ch]' '^#include "[a-z]+/' "$room" | sed 's/#include "//; s,/$,,' | sort -u); do
        case " $room $allowed " in *" $hit "*) ;; *) echo "$room must not include $hit"; bad=1 ;; esac
    done
done < LAYERS
only() { # header pattern, the rooms that may include it
    for file in $(grep -rlE --include='*.[ch]' "^#include <$1" . || true); do
        room=$(echo "$file" | cut -d/ -f2)
        case " $2 " in *" $room "*) ;; *) echo "$file must not include <$1>"; bad=1 ;; esac
    done
}
only 'openssl/' crypto
only 'expat' formats
only 'yara' match
only 'hs' match
only '(libelf|gelf)' formats
only 'seccomp' 'base engine'
only 'libregf' 'formats'
only 'libbfio' 'formats containers'
only 'lib(ewf|vmdk|vhdi|qcow)' containers
only 'archive' containers
only 'tsk' containers
only 'rnp/' crypto
only 'sqlite3' packages
exit $bad
