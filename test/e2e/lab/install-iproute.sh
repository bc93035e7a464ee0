#!/bin/bash
# install-iproute.sh: Debian's iproute2. Does nothing where it is there.
set -euo pipefail
command -v ip >/dev/null && exit
apt-get -qq update
DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends iproute2 >/dev/null
