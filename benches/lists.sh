#!/bin/sh
# Lists of known files: import, size, memory and look-ups, beside SQLite (the same keys, the same process) and hfind of
# the Sleuth Kit (apt-get install sleuthkit). Usage: benches/lists.sh FOLDER [MILLIONS]
# A hundred million take 9 GB in FOLDER; hfind is only asked up to twenty million.
set -eu
folder=${1:?"a folder with room"}
millions=${2:-10}
n=$((millions * 1000000))
cargo build --release --quiet -p tutela-matchers --example lists
program=${CARGO_TARGET_DIR:-target}/release/examples/lists
rm -f "$folder"/bench-*
# In files of at most fifty millions: 1.7 GB.
from=0
while [ "$from" -lt "$n" ]; do
    to=$((from + 50000000))
    [ "$to" -gt "$n" ] && to=$n
    "$program" make "$from" "$to" "$folder/bench-$from.txt"
    from=$to
done
"$program" build "$folder/bench.list" 128 "$folder"/bench-*.txt
"$program" look "$folder/bench.list" "$n" 1000000
"$program" sqlite "$folder/bench.list" "$folder/bench-sqlite.db" "$n" 300000
ls -l "$folder/bench-sqlite.db" | awk '{ print "sqlite:", $5, "bytes" }'
rm -f "$folder/bench-sqlite.db"
"$program" look "$folder/bench.list" "$n" 1000000
if [ "$millions" -le 20 ] && command -v hfind >/dev/null; then
    awk '{ print $1 "  x" }' "$folder"/bench-*.txt >"$folder/bench-sums"
    rm -f "$folder"/bench-*.txt
    command time -f "hfind: %U user + %S system s to index" hfind -i md5sum "$folder/bench-sums" >/dev/null
    for share in 100 0; do
        "$program" queries "$n" "$share" "$folder/bench-queries"
        command time -f "hfind: %U user + %S system s for 20000 look-ups, $share %% of them on the list" \
            hfind -f "$folder/bench-queries" "$folder/bench-sums" >/dev/null
    done
fi
rm -f "$folder"/bench-* "$folder/bench.list"
