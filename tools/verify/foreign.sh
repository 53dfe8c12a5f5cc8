#!/usr/bin/env bash
# Checks a log with tools that are not ours: tools/verify/foreign.sh FOLDER [OLDER_CHECKPOINT]
#
# FOLDER holds checkpoint and tile/. The public key comes from elsewhere, as KEY=path; a demonstration has it in
# FOLDER/log.vkey. TOOLS="aics go openssl" chooses. Exit code: 0 nothing found, 1 a tool found a fault,
# 3 none of the chosen tools is installed.
set -uo pipefail

folder=${1:?which folder? foreign.sh FOLDER [OLDER_CHECKPOINT]}
older=${2:-}
key=${KEY:-$folder/log.vkey}
tools=${TOOLS:-aics go openssl}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/tutela-verify
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# PyPI aics-tlog: the checkpoint, one entry of each bundle (which checks the whole bundle), the older checkpoint.
check_aics() {
    local aics=$1 size index from=(--log-key "$(cat "$key")" --tiles "$folder")
    "$aics" verify-checkpoint --note "$folder/checkpoint" "${from[@]}" || return 1
    size=$(sed -n 2p "$folder/checkpoint")
    for ((index = 0; index < size; index += 256)); do
        "$aics" verify-inclusion --index "$index" "${from[@]}" || return 1
    done
    [[ -z $older ]] || "$aics" verify-consistency --old-checkpoint "$older" "${from[@]}"
}

# Debian golang-go and golang-golang-x-mod-dev: the code of Go's checksum database, and the main of check.go.
check_go() {
    cp "$here/check.go" "$work/check.go"
    export GO111MODULE=off GOFLAGS='' GOPATH=/usr/share/gocode GOCACHE="$cache/go"
    go build -o "$work/check" "$work/check.go" && "$work/check" "$folder" "$key" ${older:+"$older"}
}

# OpenSSL: whether a checkpoint is the one that was stamped (RFC 3161); of entries it sees nothing. The token is
# CHECKPOINT.tsr, and TSA=path names the certificate of who made it. A demonstration has no token: an authority that is
# made up here stamps STAMPED=path, which is the checkpoint as it was handed out, or else the checkpoint itself.
check_openssl() {
    local checkpoint=${older:-$folder/checkpoint} tsa=${TSA:-$work/tsa.pem}
    local token=$checkpoint.tsr
    if [[ ! -f $token ]]; then
        token=$work/stamped.tsr
        stamp "${STAMPED:-$checkpoint}" "$token" 2>"$work/log" || { cat "$work/log"; return 1; }
    fi
    openssl ts -verify -data "$checkpoint" -in "$token" -CAfile "$tsa" 2>&1
}

# Stamps a file as a made-up authority.
stamp() {
    openssl ts -query -data "$1" -sha256 -cert -out "$work/stamped.tsq" &&
        "$here/authority.sh" "$work/stamped.tsq" "$2" "$work/tsa.pem"
}

# Runs a check and says in one line what came of it.
run() {
    local tool=$1 said
    installed=yes
    if said=$("check_$@" 2>&1); then
        echo "$tool: nothing found"
    else
        # aics-tlog says it in the member "error" of a JSON object, OpenSSL before its last line.
        echo "$tool: FAULT: $(grep -v '^Verification: ' <<<"$said" | tail -n 1 | sed 's/.*"error": "\(.*\)"}$/\1/')"
        found=yes
    fi
}

installed='' found=''
for tool in $tools; do
    case $tool in
    aics)
        aics=$(command -v aics-tlog || echo "$cache/aics/bin/aics-tlog")
        if [[ -x $aics ]]; then run aics "$aics"; else echo "aics: not installed, see tools/verify/install.sh"; fi
        ;;
    go)
        if command -v go >/dev/null && [[ -d /usr/share/gocode/src/golang.org/x/mod/sumdb ]]; then
            run go
        else
            echo "go: not installed, see tools/verify/install.sh"
        fi
        ;;
    openssl)
        if command -v openssl >/dev/null; then run openssl; else echo "openssl: not installed"; fi
        ;;
    *)
        echo "not a tool: $tool" >&2
        exit 2
        ;;
    esac
done
[[ -n $installed ]] || exit 3
[[ -z $found ]]
