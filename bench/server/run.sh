#!/usr/bin/env bash
# run.sh [BIN]: what the server does in a second, beside an echo of as many bytes and, if it is installed, nginx with a file as
# long as the answer: one client's core, taken in turn, medians. run.sh [BIN] load CLIENTS MINUTES: so many clients of Bolt and of HTTP, a tenth
# of what they ask writes; the server's memory each minute.
set -euo pipefail
cd "$(dirname "$0")/../.."
bin=build/release/bin
[ $# -eq 0 ] || [ ! -d "$1" ] || { bin=$1; shift; }
folder=$(mktemp -d)
chmod 755 "$folder"  # nginx reads as nobody
bolt=27687 http=27474 static=27800 server='' nginx=''
end() {
    [ -z "$nginx" ] || kill "$nginx" || true
    [ -z "$server" ] || { kill "$server" && wait "$server" || true; }
    rm -rf "$folder"
}
trap end EXIT

printf '%s' '{"classes": [{"name": "Load", "attributes": [{"name": "id", "type": "integer", "required": true}, {"name": "hits", "type": "integer"}]}]}' \
    >"$folder/model.json"
"$bin/mainstay" model load "$folder/load.mst" "$folder/model.json" >/dev/null 2>&1
"$bin/mainstay" serve "$folder/load.mst" --bolt 127.0.0.1:$bolt --http 127.0.0.1:$http >"$folder/server.log" 2>&1 &
server=$!
for _ in $(seq 100); do grep -q bolt:// "$folder/server.log" && break; sleep 0.1; done
"$bin/mainstay-load" prepare $bolt

resident() { awk '/^Rss(Anon|File)/ { print $1 int($2 / 1024) }' "/proc/$server/status" | tr "\n" " "; }

if [ "${1:-}" = load ]; then
    clients=$2 minutes=$3
    ( for minute in $(seq "$minutes"); do sleep 60; echo "minute $minute: MB in memory: $(resident)"; done ) &
    "$bin/mainstay-load" mixed $bolt $http "$clients" $((minutes * 60 + 5))
    wait %2 2>/dev/null || true
    exit
fi

if command -v nginx >/dev/null; then
    mkdir "$folder/html"
    printf '{"columns":["n.hits"],"rows":[\n[0]\n],"notices":[]}\n' >"$folder/html/answer.json"
    cat >"$folder/nginx.conf" <<TEXT
worker_processes 1; daemon off; pid $folder/pid; error_log $folder/error;
events { worker_connections 1024; }
http {
    access_log off; keepalive_requests 100000000; types { application/json json; }
    client_body_temp_path $folder/b; proxy_temp_path $folder/p; fastcgi_temp_path $folder/f; uwsgi_temp_path $folder/u; scgi_temp_path $folder/s;
    server { listen 127.0.0.1:$static; root $folder/html; }
}
TEXT
    nginx -c "$folder/nginx.conf" 2>/dev/null &
    nginx=$!
    sleep 1
fi

rate() { "$bin/mainstay-load" "$@" | awk '{ print $2 }'; }
median() { sort -n | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'; }
for clients in 1 32; do
    for _ in 1 2 3 4 5; do
        rate bolt $bolt $clients 2 >>"$folder/bolt.$clients"
        rate echo $clients 2 64 89 >>"$folder/echo.$clients"  # bytes of RUN and PULL, and of their answers
        rate http $http $clients 2 >>"$folder/http.$clients"
        [ -z "$nginx" ] || rate http $static $clients 2 /answer.json >>"$folder/nginx.$clients"
    done
    for what in bolt http; do
        beside=$([ $what = bolt ] && echo echo || echo nginx)
        [ -e "$folder/$beside.$clients" ] || continue
        ours=$(median <"$folder/$what.$clients") theirs=$(median <"$folder/$beside.$clients")
        echo "$clients clients: $what $ours a second, $beside $theirs, $(awk "BEGIN { printf \"%.2f\", $ours / $theirs }")x"
    done
done
