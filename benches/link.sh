#!/usr/bin/env bash
# Measures the resolver: on a million made-up records, and on Splink's public data when its CSV is given.
# Usage: benches/link.sh [HISTORICAL_50K_CSV] [FOLDER].
# The file is data/historical_figures_with_errors_50k.parquet of moj-analytical-services/splink_datasets (MIT), turned
# into CSV, for example by DuckDB: COPY (FROM 'file.parquet') TO 'file.csv' (HEADER).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
historical=${1:-}
folder=${2:-$(mktemp -d)}
cargo build --release --quiet -p tutela-analyses --examples
examples=${CARGO_TARGET_DIR:-target}/release/examples

timed() { /usr/bin/time -f "%U s user, %S s system, %M KiB at the peak" "$@"; }

made=$folder/million.csv
[[ -f $made ]] || "$examples/link_records" >"$made"
columns=first_name:name,surname:name,dob:date,town:place,email:email
echo "a million made-up records: reading and resolving"
timed "$examples/link_speed" "$columns" <"$made"
echo "the same, judged"
"$examples/link_speed" "$columns" person <"$made"

[[ -n $historical ]] || exit 0
echo "historical_50k: reading and resolving"
columns=full_name:name,dob:date,birth_place:place,postcode_fake:postcode,gender:category,occupation:category
timed "$examples/link_speed" "$columns" <"$historical"
echo "the same, judged"
"$examples/link_speed" "$columns" cluster <"$historical"
