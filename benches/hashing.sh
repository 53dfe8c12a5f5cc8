#!/usr/bin/env bash
# Times our hashing beside rhash and hashdeep on the same random files, read from memory (warm cache): CPU seconds, user
# and system, medians; and seconds, the fewest. The files, 6 GB, are made under $TMPDIR and removed.
# Usage: benches/hashing.sh [RUNS [SET…]], a set being small, middle or big. Needs the Debian packages rhash and hashdeep.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
runs=${1:-3}
shift || true
sets=("$@")
[[ $# -gt 0 ]] || sets=(small middle big)
cargo build --release --quiet -p tutela-hashing --example hash_files
ours=$(realpath "${CARGO_TARGET_DIR:-target}")/release/examples/hash_files
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

# Of each set of files: how many there are. Each set has 2,000 MB.
declare -A files=([small]=100000 [middle]=2000 [big]=1)
mkdir small middle big
for ((n = 0; n < 100; n++)); do
    mkdir "small/$n"
    head -c 20000000 /dev/urandom | split -b 20000 -a 4 -d - "small/$n/f"
done
head -c 2000000000 /dev/urandom | split -b 1000000 -a 4 -d - middle/f
cat middle/* >big/f
for set in "${!files[@]}"; do
    find "$set" -type f | sort >"$set.list"
done

# The median of the CPU seconds and the fewest seconds of several runs of a command, each after all its files were read
# once: other work on the machine only adds seconds.
# Of a run that nevertheless waited for the disk more than 500 times it is said aloud.
measure() {
    local set=$1
    shift
    for ((run = 0; run < runs; run++)); do
        find "$set" -type f -print0 | xargs -0 cat >/dev/null
        /usr/bin/time -f '%U %S %e %F' -o time "$@" >said
        awk '{ print $1 + $2, $3; if ($4 > 500) print "read from disk:", $4 > "/dev/stderr" }' time
    done >times
    echo "$(sort -n times | sed -n "$(((runs + 1) / 2))p" | cut -d ' ' -f 1) $(cut -d ' ' -f 2 times | sort -n | head -n 1)"
}

# A row: the set, who, what CPU and wall, and how many times rhash's and hashdeep's CPU and rhash's wall are ours.
row() {
    local set=$1 who=$2 measured=$3 rhash=$4 hashdeep=${5:-}
    echo "$measured $rhash $hashdeep" | awk -v set="$set" -v who="$who" -v files="${files[$set]}" '{
        printf "%s\t%s\t%.2f\t%.2f\t%.0f\t%.0f\t%.2f\t%.2f\t%s\n", set, who, $1, $2, 2000 / $1, files / $1, $3 / $1, $4 / $2,
            (NF > 4 ? sprintf("%.2f", $5 / $1) : "") }'
}

all=md5,sha1,sha256,ed2k
printf 'files\twho\tCPU_s\twall_s\tMB/CPU-s\tfiles/CPU-s\trhash_CPU\trhash_wall\thashdeep_CPU\n'
for set in "${sets[@]}"; do
    rhash=$(measure "$set" rhash --md5 --sha1 --sha256 --ed2k -r "$set")
    hashdeep=$(measure "$set" hashdeep -r -j0 -c md5,sha1,sha256 "$set")
    row "$set" "rhash, all four" "$rhash" "$rhash" "$hashdeep"
    row "$set" "hashdeep, no ed2k" "$hashdeep" "$rhash" "$hashdeep"
    for kernels in avx512 avx2 portable; do
        if "$ours" "$all" 1 "$kernels" /dev/null >/dev/null 2>&1; then
            row "$set" "ours, all four, $kernels" "$(measure "$set" "$ours" "$all" 1 "$kernels" "@$set.list")" "$rhash" "$hashdeep"
        fi
    done
    row "$set" "ours, all four, 2 threads" "$(measure "$set" "$ours" "$all" 2 best "@$set.list")" "$rhash" "$hashdeep"
done
if [[ " ${sets[*]} " == *" big "* ]]; then
    rhash=$(measure big rhash --ed2k -r big)
    row big "rhash, ed2k" "$rhash" "$rhash"
    row big "ours, ed2k in parts" "$(measure big "$ours" parts 1 best "@big.list")" "$rhash"
fi
printf 'load\t%s\n' "$(cut -d ' ' -f 1 /proc/loadavg)"

# What limits: which part of our time is the system's, which the inner loops'.
if command -v perf >/dev/null; then
    for set in "${sets[@]}"; do
        find "$set" -type f -print0 | xargs -0 cat >/dev/null
        perf record -q -o perf.data "$ours" "$all" 1 best "@$set.list" >said 2>/dev/null
        perf report -i perf.data --stdio --sort dso 2>/dev/null | awk -v set="$set" '/%/ { print set "\t" $1 "\t" $2 }'
    done
fi
