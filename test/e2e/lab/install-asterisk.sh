#!/bin/bash
# install-asterisk.sh VERSION DIRECTORY: unpacks Debian's Asterisk 16 or 22 with the few libraries that its modules of our list need.
# Debian 12 carries no Asterisk: 16 comes from bullseye, 22 from sid, each into a root of its own, and nothing of them reaches the machine.
# Does nothing where that root answers already.
set -euo pipefail
version=$1
root=$2
case $version in
  16) suite=bullseye ;;
  22) suite=sid ;;
  *) echo "install-asterisk: version 16 or 22, not '$version'" >&2; exit 2 ;;
esac
chroot "$root" /usr/sbin/asterisk -V 2>/dev/null && exit

# Stems, since a library's package is renamed with its soname and sid moves. What apt would add beyond these serves modules that we do not load.
stems='bsd|c|cap|crypt|edit|gcc-s|gcrypt|gpg-error|icu|jansson|lz4-|lzma|md|sqlite3-|ssl|stdc\+\+|systemd|tinfo|uriparser|uuid|xml2-?|xslt|zstd'
wanted="^(asterisk|asterisk-modules|zlib1g|lib($stems)[0-9.]*(t64)?)$"

mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Component: main' | grep -E '/debian/?$' | head -1) || true
[ -n "$mirror" ] || { echo 'install-asterisk: the apt sources of this machine name no Debian mirror' >&2; exit 1; }

work=$(mktemp -d "$root.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/{lists/partial,archives/partial,debs,root}
touch "$work/status"
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" >"$work/sources.list"
# bullseye is past its end of life: its lists are signed, yet no longer renewed.
private=(
  -o "Dir::State=$work" -o "Dir::State::status=$work/status" -o "Dir::State::lists=$work/lists" -o "Dir::Cache=$work"
  -o "Dir::Etc::sourcelist=$work/sources.list" -o Dir::Etc::sourceparts=/dev/null -o Dir::Etc::preferencesparts=/dev/null
  -o Acquire::Check-Valid-Until=false -o Acquire::Languages=none -o Acquire::Retries=3 -o APT::Sandbox::User=root
)
apt-get "${private[@]}" -qq update
mapfile -t packages < <(apt-cache "${private[@]}" depends --recurse --important asterisk asterisk-modules | grep -E "$wanted" | sort -u)
(cd "$work/debs" && apt-get "${private[@]}" -qq download "${packages[@]}")

mkdir -p "$work"/root/{usr/{bin,sbin,lib,lib64},etc,dev,tmp,var/log}
for directory in bin sbin lib lib64; do ln -s "usr/$directory" "$work/root/$directory"; done
for package in "$work"/debs/*.deb; do
  dpkg-deb --fsys-tarfile "$package" | tar -x -C "$work/root" --keep-directory-symlink --no-same-owner \
    --exclude=./usr/share/doc --exclude=./usr/share/man --exclude=./usr/share/locale
done
mknod -m 666 "$work/root/dev/null" c 1 3
mknod -m 666 "$work/root/dev/urandom" c 1 9
echo 'root:x:0:0:root:/:/bin/false' >"$work/root/etc/passwd"
echo 'root:x:0:' >"$work/root/etc/group"
printf '127.0.0.1 localhost\n::1 localhost\n' >"$work/root/etc/hosts"
rm -rf "$root"
mv "$work/root" "$root"
chroot "$root" /usr/sbin/asterisk -V
