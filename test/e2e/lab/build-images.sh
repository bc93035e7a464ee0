#!/bin/bash
# build-images.sh DIRECTORY: the images of docker-compose.yml into the storage of install-containers.sh: our two out of docker/Dockerfile, and
# stand-ins for the two that come from Docker Hub, under the names that docker-compose.yml has for them. What has not changed is not built again.
set -euo pipefail
directory=$1
lab=$(dirname "$(readlink -f "$0")")
root=$lab/../../..
# In namespaces of its own, so that no mount and no process outlives it.
if [ $$ != 1 ]; then
  exec unshare --pid --mount --fork --kill-child --mount-proc "$0" "$@"
fi

export CONTAINERS_STORAGE_CONF=$directory/storage.conf CONTAINERS_CONF=$directory/containers.conf TMPDIR=$directory/tmp
build() {
  podman build --quiet --network host --pull=never --format docker --tag "docker.io/$1" --target "$2" --file "$3" "$4"
}
image() {
  grep -oE "image: $1:[^ ]+" "$root/docker-compose.yml" | cut -d ' ' -f 2
}
ours() {
  build library/asterisk-auth-stats:latest exporter "$root/docker/Dockerfile" "$root"
  build library/asterisk-auth-stats-blocker:latest blocker "$root/docker/Dockerfile" "$root"
}
theirs() {
  build "$(image graphiteapp/graphite-statsd)" graphite "$lab/containers/Dockerfile" "$lab"
  build "$(image grafana/grafana)" grafana "$lab/containers/Dockerfile" "$lab"
}
(set -e; ours) >"$directory/ours.log" 2>&1 &
ours=$!
(set -e; theirs) >"$directory/theirs.log" 2>&1 || { cat "$directory/theirs.log" >&2; exit 1; }
wait "$ours" || { cat "$directory/ours.log" >&2; exit 1; }
