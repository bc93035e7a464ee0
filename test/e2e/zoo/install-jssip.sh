#!/bin/bash
# install-jssip.sh DIRECTORY: npm's jssip, the one phone of the zoo that speaks WebSocket, beside the project. Does nothing where it is there.
set -euo pipefail
directory=$1
[ -d "$directory/node_modules/jssip" ] && exit
mkdir -p "$directory"
npm install --prefix "$directory" --ignore-scripts --no-audit --no-fund --loglevel=error jssip@3 jssip-node-websocket@3 >/dev/null
