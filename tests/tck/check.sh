#!/usr/bin/env bash
# check.sh MAINSTAY-TCK SUITE RATCHET [OPTION...]: runs the suite against the ratchet; 77 (skipped) where the suite is not
# beside the project, since it is not part of it.
set -euo pipefail
if [ ! -e "$2" ]; then
    echo "skipped: the conformance suite is not here ($2); set MAINSTAY_SHARED to the folder that holds tck/"
    exit 77
fi
exec "$1" --ratchet "$3" "${@:4}" "$2"
