#!/usr/bin/env bash
# Analyses sightings here, then with two workers on this machine, then with two of which one is killed half-way, and holds
# what is stored against each other, byte by byte.
# Usage: benches/cluster.sh [FOLDER [SIZE]]: size 1 is five million sightings. Needs Python and of disk some 400 bytes a row.
# One thread for each worker and for what asks them stand against two threads here.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
folder=${1:-$(mktemp -d)}
size=${2:-1}
python=${PYTHON:-python3}
cargo build --release --quiet -p tutela-app --no-default-features --features cluster --bin tutela
tutela=${CARGO_TARGET_DIR:-target}/release/tutela
mkdir -p "$folder"
pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true' EXIT

if [[ ! -d $folder/op ]]; then
    "$tutela" simulate sharing-network --size "$size" -o "$folder/files" --quiet
    "$tutela" init "$folder/op" --title Benchmark --basis "Made up" --basis-from 2026-01-01 --basis-until 2027-12-31 \
        >/dev/null 2>&1
    "$tutela" --op "$folder/op" --no-input --quiet import "$folder/files" >/dev/null || [[ $? == 3 ]]
    rm -rf "$folder/files"
fi

# A worker that says on what port it listens, and each run that it made, in a file.
worker() {
    "$tutela" --op "$1" --json --jobs 1 worker --listen 127.0.0.1:0 >"$folder/worker-$2" 2>"$folder/worker-$2.err" &
    pids[$2]=$!
    until [[ -s $folder/worker-$2 ]]; do sleep 0.05; done
}

address() {
    "$python" -c 'import json, sys; print(json.loads(open(sys.argv[1]).readline())["listening"])' "$folder/worker-$1"
}

cpu_of() {
    awk -v hz="$(getconf CLK_TCK)" '{ print ($14 + $15) / hz }' "/proc/$1/stat"
}

# What is stored of an operation, without what says when.
stored() {
    (cd "$1/findings" && sha256sum -- * | sort -k 2)
}

printf 'what\twall_s\tcpu_s\tcpu_of_workers_s\tpeak_MiB\n'
for what in here workers killed; do
    op=$folder/op-$what
    rm -rf "$op"
    cp -r "$folder/op" "$op"
    arguments=()
    if [[ $what != here ]]; then
        worker "$op" 1
        worker "$op" 2
        arguments=(--jobs 1 --cluster "$(address 1),$(address 2)")
    fi
    if [[ $what == killed ]]; then
        # After its second run.
        (until [[ $(wc -l <"$folder/worker-2") -ge 3 ]]; do sleep 0.05; done; kill -9 "${pids[2]}") &
    fi
    /usr/bin/time -f '%e %U %S %M' -o "$folder/time" \
        "$tutela" --op "$op" --json analyse "${arguments[@]}" >"$folder/told-$what" 2>"$folder/err-$what"
    workers=0
    if [[ $what != here ]]; then
        workers=$(for number in 1 2; do cpu_of "${pids[$number]}" 2>/dev/null || true; done | awk '{ n += $1 } END { print n + 0 }')
        kill "${pids[@]}" 2>/dev/null || true
    fi
    awk -v OFS='\t' -v what="$what" -v workers="$workers" \
        '{ printf "%s\t%.1f\t%.1f\t%.1f\t%d\n", what, $1, $2 + $3, workers, $4 / 1024 }' "$folder/time"
    stored "$op" >"$folder/stored-$what"
    cmp "$folder/stored-here" "$folder/stored-$what"
    "$python" -c 'import json, sys; print(json.dumps(json.load(open(sys.argv[1])).get("cluster", {})))' "$folder/told-$what"
done
echo "the same bytes: $(wc -l <"$folder/stored-here") files"
