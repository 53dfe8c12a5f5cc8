#!/usr/bin/env bash
# Measures perceptual hashes: hashing beside pdqhash for Python, and exact search within 31 bits beside faiss, on uniform
# hashes and on a skewed set of clusters and bits that go together. Answers are compared, and the script stops where they
# differ.
# Usage: PYTHON=python3 benches/pdq.sh [MILLIONS] [FOLDER] [KIND…]; KIND is uniform or skewed, both where none is named.
# The Python has numpy, faiss-cpu and pdqhash.
# Ten million hashes take faiss 9 GB of memory for its tables of 23 bits. FOLDER keeps the made-up hashes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
millions=${1:-1}
folder=${2:-$(mktemp -d)}
kinds=("${@:3}")
[[ ${#kinds[@]} -gt 0 ]] || kinds=(uniform skewed)
python=${PYTHON:-python3}
cargo build --release --quiet -p tutela-matchers --examples
examples=${CARGO_TARGET_DIR:-target}/release/examples

echo "hashing 512 x 512, decoded"
"$examples/pdq_speed" 512 512 200
"$python" benches/pdq_peer.py hash

for kind in "${kinds[@]}"; do
    echo "$kind, $millions million"
    [[ -f $folder/$kind$millions.queries ]] || "$python" benches/pdq_peer.py make "$kind" "$millions" "$folder/$kind$millions"
    "$examples/near_speed" "$folder/$kind$millions.hashes" "$folder/$kind$millions.queries" | tee "$folder/ours"
    "$python" benches/pdq_peer.py search "$folder/$kind$millions" | tee "$folder/theirs"
    ours=$(grep '^found' "$folder/ours")
    grep '^found' "$folder/theirs" | while read -r theirs; do
        [[ $ours == "$theirs" ]] || { echo "differ: $ours, $theirs"; exit 1; }
    done
done
