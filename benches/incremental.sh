#!/usr/bin/env bash
# Times what one more source costs an operation of ten million connections: a thousand connections, then a thousand leases,
# beside a whole run. Usage: benches/incremental.sh FEW|MANY [FOLDER]. FEW: of a few dozen people; MANY: of 2,210.
# With TUTELA=PATH that program is timed. Needs Python and some 5 GB.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
who=$1
folder=${2:-$(mktemp -d)}
[[ -n ${TUTELA:-} ]] || cargo build --release --quiet
tutela=${TUTELA:-${CARGO_TARGET_DIR:-target}/release/tutela}
operation=$folder/operation

ours() { "$tutela" -q --op "$operation" "$@"; }
table() { ours table "$1" --csv --limit "$2"; }
import_as() { ours import --as "tutela_table/$1" "$2" >/dev/null; }
run() {
    /usr/bin/time -f "$1	%e	%U	%S	%M" -o "$folder/times" -a "$tutela" -q --op "$operation" analyse --json >"$folder/said"
    grep -Eq '"ran": ?true' "$folder/said" || { echo "nothing was analysed" >&2; exit 1; }
}
# A number that no source had before: a file that comes again is recognised and changes nothing.
next() {
    number=$(($(cat "$folder/number" 2>/dev/null || echo 0) + 1))
    echo "$number" >"$folder/number"
}

if [[ ! -d $operation ]]; then
    size=$([[ $who == FEW ]] && echo 1 || echo 85)
    "$tutela" -q simulate platform-connections --seed 3 --size "$size" -o "$folder/files" >/dev/null
    "$tutela" -q init "$operation" --title Bench --basis "MADE UP" --basis-from 2026-01-01 --basis-until 2099-12-31 >/dev/null
    ours import "$folder"/files/{referrals,platforms,operators,lists} --zone Europe/Rome >/dev/null || [[ $? == 3 ]]
    if [[ $who == FEW ]]; then
        table connection 0 | python3 benches/more_rows.py connections 153 >"$folder/many.csv"
        import_as connection "$folder/many.csv"
        rm "$folder/many.csv"
    fi
fi
rm -f "$folder/times"
for _ in 1 2 3; do
    rm -rf "$operation"/findings/*
    run "all"
done
for _ in 1 2 3; do
    next
    table connection 20000 | python3 benches/more_rows.py source "$number" >"$folder/source.csv"
    import_as connection "$folder/source.csv"
    run "a source of connections"
done
for _ in 1 2 3; do
    next
    table lease 1000 | python3 benches/more_rows.py leases "$number" >"$folder/leases.csv"
    import_as lease "$folder/leases.csv"
    run "a source of leases"
done
# Derives everything once more, with nothing that was kept, and fails where one byte differs.
ours rebuild --check >/dev/null
printf 'what\twall_s\tuser_s\tsystem_s\tpeak_KiB\n'
cat "$folder/times"
python3 - "$folder/times" <<'PYTHON'
import statistics
import sys

seconds = {}
for line in open(sys.argv[1]):
    what, _, user, system, _ = line.rstrip("\n").split("\t")
    seconds.setdefault(what, []).append(float(user) + float(system))
medians = {what: statistics.median(of) for what, of in seconds.items()}
for what, median in medians.items():
    print(f"{what}: {median:.2f} CPU s (median of 3), {100 * median / medians['all']:.1f} % of all")
PYTHON
