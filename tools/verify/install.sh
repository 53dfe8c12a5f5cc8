#!/usr/bin/env bash
# Installs what foreign.sh runs: aics-tlog from PyPI into a cache folder, and as root on Debian the packages of the
# other two: golang-go, golang-golang-x-mod-dev, openssl.
#
# aics-tlog asks for Python 3.12 or later. It is looked for among the installed ones; with none, uv (from PyPI) is
# asked for one, which it fetches from GitHub. Where that cannot be reached, Debian 13 has a Python that is new enough;
# and version 0.2.1 was seen to work with Python 3.11, for which its authors do not stand:
# PYTHON=python3.11 PIP_IGNORE_REQUIRES_PYTHON=1 tools/verify/install.sh
set -euo pipefail

cache=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/tutela-verify
new_enough='import sys; sys.exit(sys.version_info < (3, 12))'
mkdir -p "$cache"

if [[ $EUID == 0 ]] && command -v apt-get >/dev/null && ! [[ -d /usr/share/gocode/src/golang.org/x/mod ]]; then
    apt-get update -qq && apt-get install -qq -y --no-install-recommends golang-go golang-golang-x-mod-dev openssl
fi

python=${PYTHON:-}
for candidate in python3 python3.14 python3.13 python3.12 "${HOME:-/tmp}"/.pyenv/versions/3.*/bin/python3; do
    if [[ -z $python ]] && command -v "$candidate" >/dev/null && "$candidate" -c "$new_enough" 2>/dev/null; then
        python=$candidate
    fi
done
if [[ -z $python ]]; then
    python3 -m venv "$cache/uv"
    "$cache/uv/bin/pip" install --quiet uv
    "$cache/uv/bin/uv" python install --install-dir "$cache/python" 3.12
    python=$(find "$cache/python" -name python3.12 -path '*/bin/*' | head -n 1)
fi
"$python" -m venv "$cache/aics"
"$cache/aics/bin/pip" install --quiet aics-tlog==0.2.1
"$cache/aics/bin/aics-tlog" --version
