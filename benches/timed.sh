# What benches of sightings have in common; they set $folder, and source this from the project's folder.
# shellcheck shell=bash disable=SC2154

cargo build --release --quiet -p tutela-app --no-default-features --bin tutela --example sightings
release=${CARGO_TARGET_DIR:-target}/release
op=$folder/op

# Runs a command; prints what it is, seconds by the clock, CPU seconds and MiB. Its output is in $folder/out.
timed() {
    local what=$1
    shift
    /usr/bin/time -f '%e %U %S %M' -o "$folder/time" "$@" >"$folder/out" 2>"$folder/err" || {
        printf '%s\tfailed: %s\n' "$what" "$(tail -n 1 "$folder/err")"
        return 1
    }
    awk -v OFS='\t' -v what="$what" '{ printf "%s\t%.1f\t%.1f\t%d\n", what, $1, $2 + $3, $4 / 1024 }' "$folder/time"
}

mkdir -p "$folder"
printf 'what\twall_s\tcpu_s\tpeak_MiB\n'
rm -rf "$op"
"$release/tutela" init "$op" --title Benchmark --basis "Made up" --basis-from 2026-01-01 --basis-until 2027-12-31 \
    >/dev/null 2>&1
