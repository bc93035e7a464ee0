#!/bin/bash
# install-certificates.sh DIRECTORY: a throw-away authority (ca.pem), a certificate of the loopback addresses signed by it (server.pem, server.key), and an
# authority that signed nothing (stranger.pem). Does nothing where they are there and valid for another day.
set -euo pipefail
directory=$1
mkdir -p "$directory"
cd "$directory"
openssl x509 -in server.pem -noout -checkend 86400 >/dev/null 2>&1 && exit

# openssl draws its progress on stderr.
exec 2>openssl.log
authority() {
  openssl req -x509 -newkey rsa:2048 -noenc -days 30 -subj "/CN=e2e $1" -keyout "$1.key" -out "$1.pem"
}
authority ca
authority stranger
openssl req -newkey rsa:2048 -noenc -subj '/CN=e2e server' -keyout server.key -out server.csr
openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 \
  -extfile <(echo 'subjectAltName=IP:127.0.0.1,IP:::1') -out server.pem
