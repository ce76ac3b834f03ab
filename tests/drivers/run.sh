#!/usr/bin/env bash
# run.sh MAINSTAY DRIVERS VERSION [TEST]: tests `mainstay serve` with a driver of that major version, out of the folder that
# ./dev setup has made; drivers.test.js, or another.
set -euo pipefail
cd "$(dirname "$0")"
command -v node >/dev/null || { echo "Node.js is not installed; run ./dev setup"; exit 1; }
[ -e "$2/node_modules/neo4j-driver$3" ] || { echo "neo4j-driver $3 is not in $2; run ./dev setup"; exit 1; }
MAINSTAY=$1 NODE_PATH=$2/node_modules MAINSTAY_DRIVER=$3 exec node --test --test-reporter=spec "${4:-drivers.test.js}"
