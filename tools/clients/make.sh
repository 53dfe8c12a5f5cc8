#!/usr/bin/env bash
# Runs real file-sharing programs on generated files, without any network, and keeps the files that they leave, so that
# the readers are tried on what nobody here wrote.
#
#   tools/clients/make.sh FOLDER
#
# Debian: amule-daemon qbittorrent-nox transmission-daemon transmission-cli rhash python3 iproute2 util-linux. An empty
# network namespace is made (unshare -n), in which only its own loopback is up. Takes about 25 seconds. It ends with 3
# when something is not installed or not allowed.
#
# FOLDER then has data/ (the files), hashes.txt (ed2k and AICH of each by rhash), amule/, qbittorrent/, transmission/
# and torrents/. Between the two BitTorrent programs one torrent is sent, over the loopback of the namespace.
set -euo pipefail

folder=${1:?the folder to make}
for tool in amuled qbittorrent-nox transmission-daemon transmission-create rhash python3 ip unshare; do
    command -v "$tool" >/dev/null || { echo "not installed: $tool" >&2; exit 3; }
done
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)

if [[ ${2:-} != inside ]]; then
    # Who is not root is it in a namespace of users, where the system allows that.
    [[ $EUID == 0 ]] && flags=-n || flags=-rn
    unshare "$flags" true 2>/dev/null || { echo "not allowed: an empty network namespace" >&2; exit 3; }
    exec unshare "$flags" -- "$0" "$folder" inside
fi
ip link set lo up

data=$folder/data work=$folder/work
mkdir -p "$data" "$work" "$folder"/{amule,qbittorrent,transmission,torrents}

# Sizes about the edges of blocks (184,320) and parts (9,728,000) of eDonkey, filled with bytes that depend on nothing.
python3 - "$data" <<'PYTHON'
import hashlib, sys
sizes = {"file 1.bin": 1_000, "file 2.bin": 300_000, "file 3.bin": 9_728_000, "file 4.bin": 19_456_000,
         "file 5.bin": 9_851_456, "città 6.bin": 12_345_678}
for name, size in sizes.items():
    seed, out = name.encode(), bytearray()
    while len(out) < size:
        out += hashlib.sha256(seed + len(out).to_bytes(8, "little")).digest()
    with open(f"{sys.argv[1]}/{name}", "wb") as file:
        file.write(out[:size])
PYTHON
rhash --printf '%{ed2k} %{aich} %s %f\n' -r "$data" | sort >"$folder/hashes.txt"

# Waits for a condition; programs take their time. The last words are the condition.
waits() {
    local seconds=$1
    shift
    for ((i = 0; i < seconds * 4; i++)); do
        if "$@" >/dev/null 2>&1; then return 0; fi
        sleep 0.25
    done
    echo "waited $seconds s in vain for: $*" >&2
    return 1
}
# What still runs when this ends half-way ends too.
trap 'kill $(jobs -p) 2>/dev/null || true' EXIT
ends() { kill -TERM "$1" 2>/dev/null || true; wait "$1" 2>/dev/null || true; }

# aMule leaves known.met when it ends. Without a password for external connections it does not start, and its first run
# empties shareddir.dat, so it runs twice.
amule() {
    local home=$work/amule pid
    mkdir -p "$home/Incoming" "$home/Temp"
    printf '%s\n' '[eMule]' 'AcceptExternalConnections=1' "IncomingDir=$home/Incoming" "TempDir=$home/Temp" \
        'ConnectToKad=0' 'ConnectToED2K=0' 'Autoconnect=0' '[ExternalConnect]' 'AcceptExternalConnections=1' \
        "ECPassword=$(printf made-up | md5sum | cut -d' ' -f1)" >"$home/amule.conf"
    amuled -c "$home" >"$work/amuled-first.log" 2>&1 &
    pid=$!
    waits 60 test -s "$home/known.met" -o -s "$home/known2_64.met"
    ends "$pid"
    cp "$home/preferences.dat" "$folder/amule/first-preferences.dat"
    printf '%s\n' "$data" >"$home/shareddir.dat"
    cp "$home/shareddir.dat" "$home/shareddir-explicit.dat"
    # A download that nobody can give it, which leaves a part.met.
    echo 'ed2k://|file|file 7.bin|25000000|000102030405060708090a0b0c0d0e0f|/' >"$home/ED2KLinks"
    amuled -c "$home" >"$work/amuled.log" 2>&1 &
    pid=$!
    waits 60 test -s "$home/Temp/001.part.met"
    waits 120 hashed "$home/known2_64.met"
    sleep 2
    ends "$pid"
    cp "$home"/*.met "$home"/*.dat "$home"/Temp/001.part.met* "$folder/amule/"
}

# Whether the AICH hashes of all files stand in a known2_64.met.
hashed() {
    python3 -c '
import os, struct, sys
roots, at, met = 0, 1, open(sys.argv[1], "rb").read()
while at < len(met):
    roots, at = roots + 1, at + 24 + 20 * struct.unpack_from("<I", met, at + 20)[0]
sys.exit(at != len(met) or roots < len(os.listdir(sys.argv[2])))' "$1" "$data"
}

# Transmission has one torrent whole and sends it; qBittorrent has none of it and receives it. Over µTP, which both would
# choose, a transfer between these two now and then stops half-way for good on a busy machine; over TCP it does not.
torrents() {
    transmission-create -o "$folder/torrents/sent.torrent" -s 256 "$data/file 5.bin" >/dev/null
    transmission-create -o "$folder/torrents/folder.torrent" -s 64 -c holiday "$data" >/dev/null
    local home=$work/transmission
    mkdir -p "$home"
    printf '%s' '{"dht-enabled": false, "lpd-enabled": false, "pex-enabled": true, "port-forwarding-enabled": false,
        "utp-enabled": false,
        "rpc-whitelist-enabled": false, "peer-port": 51413, "rpc-port": 9091, "download-dir": "'"$data"'"}' \
        >"$home/settings.json"
    transmission-daemon -f -g "$home" --no-dht --no-lpd >"$work/transmission.log" 2>&1 &
    local transmission=$!
    waits 60 transmission-remote 9091 -l
    transmission-remote 9091 -a "$folder/torrents/sent.torrent" -w "$data" >/dev/null
    transmission-remote 9091 -a "$folder/torrents/folder.torrent" -w "$folder" >/dev/null
    waits 60 seeds

    local profile=$work/qbittorrent
    mkdir -p "$profile/qBittorrent/config" "$work/received"
    # The password is made-up; its hash is of PBKDF2 with a salt of zeros. Only the loopback reaches it, which needs none.
    printf '%s\n' '[LegalNotice]' 'Accepted=true' '[Preferences]' 'WebUI\Port=8089' 'WebUI\LocalHostAuth=false' \
        'WebUI\Address=127.0.0.1' '[BitTorrent]' 'Session\DHTEnabled=false' 'Session\LSDEnabled=false' \
        'Session\Port=51500' 'Session\Preallocation=false' "Session\\DefaultSavePath=$work/received" \
        'Session\AddTorrentStopped=false' 'Session\BTProtocol=TCP' >"$profile/qBittorrent/config/qBittorrent.conf"
    qbittorrent-nox --profile="$profile" >"$work/qbittorrent.log" 2>&1 &
    local qbittorrent=$!
    python3 "$(dirname "$0")/receive.py" "$folder/torrents/sent.torrent" 8089 51413 "$work/received/file 5.bin"
    sleep 3
    ends "$qbittorrent"
    ends "$transmission"
    cp "$home"/resume/*.resume "$folder/transmission/"
    cp "$profile"/qBittorrent/data/BT_backup/*.{fastresume,torrent} "$folder/qbittorrent/"
    cmp "$data/file 5.bin" "$work/received/file 5.bin"
}

# Whether Transmission has checked that it has both torrents whole.
seeds() { [[ $(transmission-remote 9091 -l | grep -c ' 100%') -eq 2 ]]; }

amule
torrents
rm -rf "$work"
find "$folder" -type f -not -path '*/data/*' | sort
