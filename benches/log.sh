#!/usr/bin/env bash
# Times a log of a million entries by our code and by that of Go's checksum database (golang.org/x/mod/sumdb/tlog):
# append makes hashes and tiles from the entries; verify does so and compares every file and the signed root. CPU seconds
# of user and system, medians, the files in the system's memory.
# Usage: benches/log.sh [RUNS]. Needs the Debian packages golang-go and golang-golang-x-mod-dev.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
runs=${1:-3}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

cargo build --release --quiet -p tutela-ledger --example speed
speed=${CARGO_TARGET_DIR:-target}/release/examples/speed
mkdir "$folder/src"
cp tools/verify/check.go "$folder/src/check.go"
cp benches/log_append.go "$folder/src/append.go"
export GO111MODULE=off GOFLAGS='' GOPATH=/usr/share/gocode GOCACHE="$folder/cache"
go build -o "$folder/check" "$folder/src/check.go"
go build -o "$folder/append" "$folder/src/append.go"

# The same files for both.
mkdir "$folder/log"
"$speed" write "$folder/log" >/dev/null

# The median of the CPU seconds of several runs.
median() {
    for ((run = 0; run < runs; run++)); do
        /usr/bin/time -f '%U %S' -o "$folder/time" "$@" >/dev/null
        awk '{ print $1 + $2 }' "$folder/time"
    done | sort -n | sed -n "$(((runs + 1) / 2))p"
}

printf 'what\tours_s\tGo_s\tratio\n'
compare() {
    local what=$1 ours=$2 go=$3
    awk -v what="$what" -v ours="$ours" -v go="$go" 'BEGIN { printf "%s\t%.2f\t%.2f\t%.2f\n", what, ours, go, ours / go }'
}
compare append "$(median "$speed" tile "$folder/log")" "$(median "$folder/append" "$folder/log")"
compare verify "$(median "$speed" check "$folder/log")" "$(median "$folder/check" "$folder/log" "$folder/log/log.vkey")"
printf 'load\t%s\n' "$(cut -d ' ' -f 1 /proc/loadavg)"
