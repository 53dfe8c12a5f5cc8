#!/usr/bin/env bash
# Times the interval join of connections and leases, and beside it DuckDB on the same Parquet files.
# Usage: benches/interval_join.sh [FOLDER [N_LEASES N_CONNECTIONS]]. Needs Python with duckdb.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
folder=${1:-$(mktemp -d)}
cargo build --release --quiet -p tutela-analyses --example interval_join
join=${CARGO_TARGET_DIR:-target}/release/examples/interval_join

mkdir -p "$folder"
[[ -f $folder/connections.parquet ]] || "$join" make "$folder" "${2:-5000000}" "${3:-10000000}"

run() { /usr/bin/time -f "$1	%e	%U	%S	%M" -o "$folder/times" -a "${@:2}" 2>/dev/null >>"$folder/results"; }
rm -f "$folder/times" "$folder/results"
for _ in 1 2 3; do
    run "tutela, count and sum" "$join" join "$folder" 2
    run "duckdb, count and sum" python3 benches/duckdb_interval_join.py "$folder"
done
[[ $(sort -u "$folder/results" | wc -l) == 1 ]] || { echo "the results differ: $folder/results" >&2; exit 1; }
for memory_mb in 400 64 16; do
    run "tutela, all hits to a file, $memory_mb MB" "$join" write "$folder" 2 "$memory_mb"
    sha256sum "$folder/hits.parquet" | cut -c 1-64 >>"$folder/hits.sha256"
done
[[ $(sort -u "$folder/hits.sha256" | wc -l) == 1 ]] || { echo "the files of hits differ" >&2; exit 1; }
rm "$folder/hits.sha256"
sort -u "$folder/results"
printf 'what\twall_s\tuser_s\tsystem_s\tpeak_KiB\n'
cat "$folder/times"
