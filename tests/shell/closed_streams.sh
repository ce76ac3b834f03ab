#!/bin/sh
# What cron and daemons do: commands with standard input, output or error closed. Each ends with the status it would
# have, or with 3 where its result could not be written, and the database holds what it held.
# closed_streams.sh MAINSTAY
set -u
mainstay=$1
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
bad=0

expect() { # STATUS WHAT: of the command before
    [ "$status" = "$1" ] && return
    echo "$2: status $status, expected $1"
    bad=1
}

"$mainstay" query db --no-model "UNWIND range(1, 20000) AS i CREATE (:N {k: i, text: 'some text'})" || exit 1
"$mainstay" query db "MATCH (n) RETURN n.k, n.text" --format csv >&-; status=$?
expect 3 "query without output"
"$mainstay" query db "MATCH (n) RETURN" 2>&-; status=$?
expect 1 "a wrong statement without error output"
"$mainstay" query db "MATCH (n) RETURN count(n) AS n" --format csv <&- >out 2>&-; status=$?
expect 0 "query with output alone"
[ "$(cat out)" = "$(printf 'n\r\n20000\r\n')" ] || { echo "not counted: $(cat out)"; bad=1; }
"$mainstay" export db >&- 2>&-; status=$?
expect 3 "export without output"
"$mainstay" export db dump.jsonl <&- >&- 2>&-; status=$?
expect 0 "export to a file with all closed"
"$mainstay" import restored dump.jsonl <&- >&- 2>&-; status=$?
expect 3 "import with all closed, whose report is a result"
echo "CREATE (:N);" | "$mainstay" shell db >&- 2>&-
"$mainstay" impact db nothing 2>&-; status=$?
expect 1 "impact of nothing without error output"
for each in db restored; do
    "$mainstay" verify "$each" >/dev/null || { echo "$each is damaged"; bad=1; }
done
exit $bad
