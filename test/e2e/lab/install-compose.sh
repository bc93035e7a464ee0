#!/bin/bash
# install-compose.sh DIRECTORY: Compose v2 out of Debian forky's package, since Debian 12 carries none. The plugin is a program that runs
# alone, and nothing else of it reaches the machine. Does nothing where it is there.
set -euo pipefail
directory=$1
"$directory/docker-compose" version >/dev/null 2>&1 && exit

mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Component: main' | grep -E '/debian/?$' | head -1) || true
[ -n "$mirror" ] || { echo 'install-compose: the apt sources of this machine name no Debian mirror' >&2; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/{lists/partial,archives/partial,root} "$directory"
touch "$work/status"
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror forky main" >"$work/sources.list"
private=(
  -o "Dir::State=$work" -o "Dir::State::status=$work/status" -o "Dir::State::lists=$work/lists" -o "Dir::Cache=$work"
  -o "Dir::Etc::sourcelist=$work/sources.list" -o Dir::Etc::sourceparts=/dev/null -o Dir::Etc::preferencesparts=/dev/null
  -o Acquire::Languages=none -o Acquire::Retries=3 -o APT::Sandbox::User=root
)
apt-get "${private[@]}" -qq update
(cd "$work" && apt-get "${private[@]}" -qq download docker-compose && dpkg-deb -x docker-compose_*.deb root)
mv "$work/root/usr/libexec/docker/cli-plugins/docker-compose" "$directory/docker-compose"
"$directory/docker-compose" version >/dev/null
