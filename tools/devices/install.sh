#!/usr/bin/env bash
# Installs what tests of seized devices are held against, as root on Debian: the Sleuth Kit and libewf's tools, rhash and
# hashdeep, three file-sharing clients, ffmpeg, and the images of Debian's forensics-samples with their originals. None of
# it is needed to use Tutela; without it the tests that would ask it say so and pass.
set -euo pipefail

packages=(
    sleuthkit ewf-tools rhash hashdeep ffmpeg
    dosfstools mtools exfatprogs ntfs-3g xz-utils e2fsprogs
    amule-daemon qbittorrent-nox transmission-daemon transmission-cli iproute2 util-linux python3
    forensics-samples-ntfs forensics-samples-vfat forensics-samples-exfat forensics-samples-ext4
    forensics-samples-multiple forensics-samples-files
)
missing=()
for package in "${packages[@]}"; do
    dpkg-query --show --showformat='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
((${#missing[@]})) || exit 0
if [[ $EUID != 0 ]] || ! command -v apt-get >/dev/null; then
    echo "not installed, and only root on Debian can: ${missing[*]}" >&2
    exit 1
fi
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "${missing[@]}"
