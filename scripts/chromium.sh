#!/usr/bin/env bash
# Debian's Chromium for the Premiere panel's page tests. Does nothing where one is there already.
set -euo pipefail
chromium=${TAKEBRIDGE_CHROMIUM:-/usr/bin/chromium}
if [ -x "$chromium" ]; then
  echo "Chromium is there: $chromium"
  exit 0
fi
if ! command -v apt-get >/dev/null || [ "$(id -u)" != 0 ]; then
  echo "Chromium is missing. Install it and set TAKEBRIDGE_CHROMIUM to it, or run this as root on Debian." >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends chromium
