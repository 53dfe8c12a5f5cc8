#!/usr/bin/env bash
# Answers a request for a time stamp as an authority that is made up, whose key lasts as long as this script:
# tools/verify/authority.sh REQUEST REPLY CERTIFICATE
#
# It is for trying what is done with a real one. It stamps whatever it is asked to, so its stamps show nothing.
set -euo pipefail

request=${1:?which request? authority.sh REQUEST REPLY CERTIFICATE}
reply=${2:?where to write the reply? authority.sh REQUEST REPLY CERTIFICATE}
certificate=${3:?where to write the certificate? authority.sh REQUEST REPLY CERTIFICATE}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

printf '%s\n' '[tsa]' 'default_tsa=made_up' '[made_up]' "serial=$work/serial" 'default_policy=1.2.3' \
    'digests=sha256' 'signer_digest=sha256' 'tsa_name=yes' >"$work/tsa.cnf"
echo 01 >"$work/serial"
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj '/CN=made-up TSA' -keyout "$work/tsa.key" \
    -out "$certificate" -addext extendedKeyUsage=critical,timeStamping
openssl ts -reply -config "$work/tsa.cnf" -queryfile "$request" -signer "$certificate" -inkey "$work/tsa.key" \
    -out "$reply"
