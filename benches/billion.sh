#!/usr/bin/env bash
# A thousand million sightings, once: imports them by days as an observer delivers them, then analyses all.
# Usage: benches/billion.sh [FOLDER [DAYS [ROWS]]]: 20 days of 50,000,000 rows where nothing else is said.
# Needs Python with duckdb ($PYTHON names it), and of disk some 22 bytes a row; each day's file is made when it is needed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
folder=${1:-$(mktemp -d)}
days=${2:-20}
rows=${3:-50000000}
python=${PYTHON:-python3}
limit=${LIMIT:-2G}
source benches/timed.sh

for ((number = 0; number < days; number++)); do
    "$python" benches/sightings.py sweep "$folder" "$number/$days/$rows"
    file=$folder/sighting-$(printf '%03d' "$number").parquet
    timed "import day $number" "$release/tutela" --op "$op" --no-input import "$file" --json
    rm "$file"
done
timed "analyse $((days * rows)) rows" "$release/tutela" --op "$op" --memory-limit "$limit" analyse --json
timed "distinct" "$release/examples/sightings" "$op" "$folder/counted.csv"
cat "$folder/out"
timed "ledger verify" "$release/tutela" --op "$op" ledger verify --json
du -sm "$op/tables" "$op/runs" "$op/received" | awk -v OFS='\t' '{ sub(".*/", "", $2); print "disk " $2, $1 " MiB" }'
