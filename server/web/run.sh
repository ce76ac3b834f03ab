#!/usr/bin/env bash
# run.sh PACKAGES unit | types | size OUT | e2e MAINSTAY TEST | pictures MAINSTAY OUT: the explorer's tests, and the README's pictures, with the
# packages that ./dev setup has fetched.
set -euo pipefail
cd "$(dirname "$0")"
packages=$1 what=$2
command -v node >/dev/null || { echo "Node.js is not installed; run ./dev setup"; exit 1; }
[ -e "$packages/fetched.json" ] || { echo "the explorer's packages are not in $packages; run ./dev setup"; exit 1; }
case $what in
    unit) exec node test/run.mjs --packages "$packages" ;;
    types) exec node "$packages/node_modules/typescript/bin/tsc" --noEmit -p . ;;
    size) exec node size.mjs "$3" ;;
    e2e) MAINSTAY=$3 MAINSTAY_WEB=$packages exec node --test --test-reporter=spec "e2e/$4" ;;
    pictures) MAINSTAY=$3 MAINSTAY_WEB=$packages exec node pictures.mjs "$4" ;;
    *) echo "run.sh: unit, types, size, e2e or pictures, not $what"; exit 2 ;;
esac
