#!/bin/bash
# install-unpacked.sh PACKAGE DIRECTORY: unpacks Debian's PACKAGE into DIRECTORY and puts the libraries that it needs onto the machine.
# The package itself is not installed: that would start its daemon. Does nothing where it is there.
set -euo pipefail
package=$1
directory=$2
[ -d "$directory" ] && exit

work=$(mktemp -d "$directory.XXXXXX")
trap 'rm -rf "$work"' EXIT
export DEBIAN_FRONTEND=noninteractive
options=(-o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 -o APT::Sandbox::User=root -qq)
apt-get "${options[@]}" update
(cd "$work" && apt-get "${options[@]}" download "$package")
apt-get "${options[@]}" satisfy --no-install-recommends "$(dpkg-deb --field "$work"/*.deb Depends)" >/dev/null
mkdir "$work/root"
dpkg-deb --extract "$work"/*.deb "$work/root"
mv "$work/root" "$directory"
