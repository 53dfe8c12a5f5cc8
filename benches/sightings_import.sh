#!/usr/bin/env bash
# Imports made-up sightings, and beside it DuckDB and Polars load and sort the same files.
# Usage: benches/sightings_import.sh [FOLDER [ROWS]]. Needs Python with duckdb and polars ($PYTHON names it), and of disk
# some 700 bytes a row.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
folder=${1:-$(mktemp -d)}
rows=${2:-5000000}
python=${PYTHON:-python3}
cargo build --release --quiet -p tutela-app --no-default-features
tutela=${CARGO_TARGET_DIR:-target}/release/tutela

mkdir -p "$folder"
"$python" benches/sightings.py make "$folder" "$rows"
printf 'what\tfile\trows\twall_s\tcpu_s\tpeak_MiB\n'
for file in sighting.parquet nexus_daily.parquet sighting.csv.zst; do
    op=$folder/op
    rm -rf "$op"
    "$tutela" init "$op" --title Benchmark --basis "Made up" --basis-from 2026-01-01 --basis-until 2027-12-31 \
        >/dev/null 2>&1
    /usr/bin/time -f '%e %U %S %M' -o "$folder/time" \
        "$tutela" --op "$op" --no-input import "$folder/$file" --json >"$folder/imported.json" 2>/dev/null
    n_rows=$("$python" -c 'import json,sys; i=json.load(open(sys.argv[1]))["files"][0]; print(i["rows"]["sighting"])' \
        "$folder/imported.json")
    [[ $n_rows == "$rows" ]] || { echo "$file gave $n_rows rows" >&2; exit 1; }
    awk -v OFS='\t' -v file="$file" -v rows="$n_rows" \
        '{ printf "tutela\t%s\t%s\t%.1f\t%.1f\t%d\n", file, rows, $1, $2 + $3, $4 / 1024 }' "$folder/time"
    rm -rf "$op"
    for peer in duckdb polars; do
        "$python" benches/sightings.py "$peer" "$folder" "$file"
    done
done
