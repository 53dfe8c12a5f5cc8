#!/usr/bin/env bash
# Installs what the web app's tests look at pages in: Chromium, as root on Debian. It is not needed to use Tutela.
set -euo pipefail

command -v "${CHROMIUM:-chromium}" >/dev/null && exit 0
if [[ $EUID != 0 ]] || ! command -v apt-get >/dev/null; then
    echo "not installed, and only root on Debian can: chromium" >&2
    exit 1
fi
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends chromium
