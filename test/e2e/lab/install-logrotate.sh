#!/bin/bash
# install-logrotate.sh: Debian's logrotate. Does nothing where it is there.
set -euo pipefail
command -v logrotate >/dev/null && exit
apt-get -qq update
DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends logrotate >/dev/null
