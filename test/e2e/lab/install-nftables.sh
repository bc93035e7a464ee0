#!/bin/bash
# install-nftables.sh: Debian's nftables. Does nothing where it is there.
set -euo pipefail
command -v nft >/dev/null && exit
apt-get -qq update
DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends nftables >/dev/null
