#!/bin/bash
# install-iptables.sh: Debian's iptables and ipset. Does nothing where they are there.
set -euo pipefail
command -v iptables >/dev/null && command -v ipset >/dev/null && exit
apt-get -qq update
DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends iptables ipset >/dev/null
