#!/usr/bin/env bash
# Times the main job on the made-up operation, and beside it DuckDB loading the same files and doing the interval join
# alone. Usage: benches/platform_connections.sh SIZE [FOLDER]. Needs Python with duckdb and openpyxl.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
size=$1
folder=${2:-$(mktemp -d)}
cargo build --release --quiet
tutela=${CARGO_TARGET_DIR:-target}/release/tutela

[[ -d $folder/files ]] || "$tutela" -q simulate platform-connections --seed 1 --size "$size" -o "$folder/files"
python3 benches/duckdb_join.py --prepare "$folder/files"

run() { /usr/bin/time -f "$1	%e	%U	%S	%M" -o "$folder/times" -a "${@:2}" >/dev/null 2>&1 || [[ $? == 3 ]]; }
rm -f "$folder/times"
for _ in 1 2 3; do
    rm -rf "$folder/operation"
    "$tutela" -q init "$folder/operation" --title Bench --basis "MADE UP" --basis-from 2026-01-01 --basis-until 2099-12-31 >/dev/null
    files=("$folder"/files/{referrals,platforms,operators,lists})
    run "tutela import" "$tutela" -q --op "$folder/operation" import "${files[@]}" --zone Europe/Rome
    run "tutela analyse" "$tutela" -q --op "$folder/operation" analyse
    run "tutela leads" "$tutela" -q --op "$folder/operation" leads --json
    run "duckdb load and join" python3 benches/duckdb_join.py "$folder/files"
done
printf 'what\twall_s\tuser_s\tsystem_s\tpeak_KiB\n'
cat "$folder/times"
