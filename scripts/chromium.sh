#!/bin/sh
# Find Chromium for the browser tests, or install Debian's; say plainly if neither is possible.
set -eu
for name in chromium chromium-browser google-chrome; do
    if found=$(command -v "$name"); then
        echo "Browser: $found"
        exit 0
    fi
done
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "No Chromium here, and it cannot be installed without root and apt-get: install the package chromium." >&2
    exit 1
fi
echo "Installing Debian's Chromium ..."
apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends chromium >/dev/null ||
    { echo "Chromium could not be installed: see above." >&2; exit 1; }
echo "Browser: $(command -v chromium)"
