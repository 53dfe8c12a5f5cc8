#!/usr/bin/env bash
# Makes the replies of this folder anew, as an authority that is made up here: tests/stamp/make.sh
#
# Each is stored in base64, because the tree holds texts: base64 -d granted.txt > granted.tsr
# The times, numbers and signatures are others at each run, so the values in src/stamp/tests.rs change with them.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

printf '%s\n' '[tsa]' 'default_tsa=made_up' '[made_up]' "serial=$work/serial" 'default_policy=1.2.3.4' \
    'digests=sha256,sha512' 'signer_digest=sha256' 'accuracy=secs:1' 'clock_precision_digits=3' 'ordering=yes' \
    'tsa_name=yes' >"$work/tsa.cnf"
echo 0a1b >"$work/serial"
printf '%s\n' 'a checkpoint' >"$work/message"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -keyout "$work/tsa.key" \
    -subj '/C=IT/O=Made-up court, first chamber/CN=made-up TSA' -out "$work/tsa.pem" \
    -addext extendedKeyUsage=critical,timeStamping 2>/dev/null

# Asks for a stamp with the options that follow the name, and stores the reply.
ask() {
    local name=$1
    shift
    openssl ts -query -data "$work/message" "$@" -out "$work/$name.tsq" 2>/dev/null
    openssl ts -reply -config "$work/tsa.cnf" -queryfile "$work/$name.tsq" -signer "$work/tsa.pem" \
        -inkey "$work/tsa.key" -out "$work/$name.tsr" 2>/dev/null
    base64 -w 100 "$work/$name.tsr" >"$name.txt"
    openssl ts -reply -in "$work/$name.tsr" -text 2>/dev/null
}

ask granted -sha256 -cert
ask sha512 -sha512
ask refused -sha384
