#!/usr/bin/env bash
# run.sh [WORK_DIR [NODES]]: what people ask of a CMDB (statements.json), beside SQLite and DuckDB with the indexes they want, on the
# databases that `./dev bench` left in WORK_DIR; answers compared, milliseconds, medians of five.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=${1:-/tmp/cmdb-bench} nodes=${2:-1000000}
folder=$work/work$nodes out=$(mktemp)
trap 'rm -f "$out"' EXIT
[ -e "$folder/mainstay.mst" ] || { echo "run.sh: $folder/mainstay.mst is not there; ./dev bench makes it" >&2; exit 1; }
"$here/../../build/release/bin/mainstay-bench" statements "$folder/mainstay.mst" "$here/statements.json" >>"$out"
[ ! -e "$folder/sqlite.db" ] || python3 "$here/sqlite.py" "$folder/sqlite.db" "$here/statements.json" >>"$out"
[ ! -e "$folder/duck.db" ] || (cd "$work/npm" && node "$here/duckdb.mjs" "$folder/duck.db" "$here/statements.json") >>"$out"
python3 "$here/table.py" "$out"
