#!/bin/bash
# install-programs.sh: Debian's scanners, phones and proxies of the zoo, none of which starts a daemon. Does nothing where they are there.
set -euo pipefail
command -v svmap nmap hydra sipsak sipp baresip linphone-daemon kamailio >/dev/null && exit
export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
options=(-o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 -qq)
apt-get "${options[@]}" update
apt-get "${options[@]}" install --no-install-recommends \
  sipvicious nmap hydra sipsak sip-tester baresip-core linphone-cli kamailio >/dev/null
