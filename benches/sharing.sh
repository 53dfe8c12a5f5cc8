#!/usr/bin/env bash
# Imports made-up sightings by days, analyses them, adds a day; beside it DuckDB and Polars count peers and addresses.
# Usage: benches/sharing.sh [FOLDER [DAYS [ROWS]]]: 20 days of 5,000,000 rows where nothing else is said, and one more.
# Needs Python with duckdb and polars ($PYTHON names it), and of disk some 150 bytes a row. PEERS=0 leaves them out.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
folder=${1:-$(mktemp -d)}
days=${2:-20}
rows=${3:-5000000}
python=${PYTHON:-python3}
source benches/timed.sh

day() {
    local file
    file=$folder/sighting-$(printf '%03d' "$1").parquet
    [[ -e $file ]] || "$python" benches/sightings.py day "$folder" "$1/$((days + 1))/$rows"
    timed "import day $1" "$release/tutela" --op "$op" --no-input import "$file" --json
}

for ((number = 0; number < days; number++)); do
    day "$number"
done
timed "analyse $days days" "$release/tutela" --op "$op" analyse --json
timed "distinct, $days days" "$release/examples/sightings" "$op" "$folder/counted.csv"
cat "$folder/out"
if [[ ${PEERS:-1} == 1 ]]; then
    rm -f "$folder/days.duckdb"
    timed "DuckDB loads $days days" "$python" benches/sightings.py load "$folder" "$days" || true
    timed "DuckDB distinct" "$python" benches/sightings.py distinct "$folder" "$folder/counted.csv" || true
    cat "$folder/out"
    rm -f "$folder/days.duckdb"
    timed "Polars distinct" "$python" benches/sightings.py distinct_polars "$folder" "$days" || true
fi
day "$days"
timed "analyse one more day" "$release/tutela" --op "$op" analyse --json
du -sm "$op/tables" "$op/runs" "$op/received" | awk -v OFS='\t' '{ sub(".*/", "", $2); print "disk " $2, $1 " MiB" }'
