#!/bin/bash
# install-graphite.sh DIRECTORY: Debian's carbon and graphite-web onto the machine, etsy's statsd into DIRECTORY. Does nothing where they are there.
# Debian's carbon does not start by itself: its unit waits for a switch in /etc/default that we leave alone.
set -euo pipefail
directory=$1
packages=(graphite-carbon graphite-web)
statsd=0.9.0

if ! dpkg --status "${packages[@]}" >/dev/null 2>&1; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 -qq update
  apt-get -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 -qq install --no-install-recommends "${packages[@]}" >/dev/null
fi
if ! grep -qs "\"version\": \"$statsd\"" "$directory/node_modules/statsd/package.json"; then
  mkdir -p "$directory"
  echo '{"private":true}' >"$directory/package.json"
  # Without its optional parts (a native module, syslog) statsd is two packages.
  npm --prefix "$directory" install --omit=optional --ignore-scripts --no-audit --no-fund --loglevel=error --save-exact "statsd@$statsd"
fi
