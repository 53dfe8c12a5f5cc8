#!/usr/bin/env bash
# Times reading and hashing (SHA-256) every file of an ext4 image through the Sleuth Kit's programs: where fiwalk says that
# they lie, and by one icat for each; CPU seconds, user and system, of all processes. The image, 700 MB, is made under
# $TMPDIR and removed.
# Usage: benches/file_systems.sh [RUNS]. Needs the Debian packages sleuthkit and e2fsprogs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
runs=${1:-3}
cargo build --release --quiet -p tutela-evidence --example evidence_child
ours=$(realpath "${CARGO_TARGET_DIR:-target}")/release/examples/evidence_child
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

# 20,000 files of 20 kB in 200 folders.
for ((n = 0; n < 200; n++)); do
    mkdir -p "files/$n"
    head -c 2000000 /dev/urandom | split -b 20000 -a 3 -d - "files/$n/f"
done
/sbin/mke2fs -q -t ext4 -d files image.dd 700M
rm -r files

# The median of the CPU seconds of several runs.
measure() {
    for ((run = 0; run < runs; run++)); do
        /usr/bin/time -f '%U %S' -o time "$@" >said
        awk '{ print $1 + $2 }' time
    done | sort -n | sed -n "$(((runs + 1) / 2))p"
}

printf 'bytes by\tCPU_s\tfiles/CPU-s\n'
for reader in sleuthkit icat; do
    measure "$ours" "$reader" image.dd | awk -v reader="$reader" '{ printf "%s\t%.2f\t%.0f\n", reader, $1, 20000 / $1 }'
    grep -v -e '^reader' -e ' entries in ' said >"said.$reader"
done
cmp said.sleuthkit said.icat && echo 'both tell the same'
