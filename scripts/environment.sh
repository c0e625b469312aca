#!/bin/sh
# Make .venv with the packages of a lock file, checked by their hashes; do nothing when that is done already.
# Usage: scripts/environment.sh requirements.txt
set -eu
lock=${1:-requirements.txt}
needed_mb=1500   # packages, PostgreSQL, the demonstration's data
cd "$(dirname "$0")/.."

stop() {
    echo "$*" >&2
    exit 1
}

find_python() {
    for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    for candidate in ${PYTHON:-python3}; do
        if found=$("$candidate" --version 2>&1); then
            stop "Python 3.11 or later is needed, and $candidate is $found: install a newer one, or name it by PYTHON=..."
        fi
    done
    stop "Python 3.11 or later is needed and none was found: install python3 and python3-venv."
}

free_mb() {
    df -Pm . | awk 'NR == 2 { print $4 }'
}

stamp=.venv/installed-$(basename "$lock")
if [ -x .venv/bin/python ] && [ -f "$stamp" ] && sha256sum --status -c "$stamp" 2>/dev/null; then
    [ "$(free_mb)" -ge 200 ] || stop "The disk is nearly full ($(free_mb) MB free here; 200 MB are needed): free some space."
    exit 0
fi

python=$(find_python)
[ "$(free_mb)" -ge "$needed_mb" ] || stop "The disk is too full: $(free_mb) MB free here, $needed_mb MB are needed."
"$python" -c 'import venv, ensurepip' 2>/dev/null ||
    stop "$python has no venv module: install python3-venv (on Debian and Ubuntu: apt install python3-venv)."
if ! .venv/bin/python -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    rm -rf .venv
    "$python" -m venv .venv
fi
echo "Installing the packages of $lock (once; about a minute) ..."
.venv/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r "$lock" ||
    stop "The packages of $lock could not be installed: see above. Is the package index within reach, and the disk not full?"
sha256sum "$lock" > "$stamp"
