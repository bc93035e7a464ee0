import { writeFileSync } from 'node:fs';
import { PBX } from './set-ups.js';

/** A proxy that asks every 10 s whether the PBX is there, and is not known to it. */
export function kamailioCommand(folder: string, address: string): readonly string[] {
  const config = `#!KAMAILIO
children=1
listen=udp:${address}:5060
mpath="/usr/lib/x86_64-linux-gnu/kamailio/modules/"
loadmodule "kex.so"
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "pv.so"
loadmodule "dispatcher.so"
modparam("dispatcher", "list_file", "${folder}/dispatcher.list")
modparam("dispatcher", "ds_ping_interval", 10)
modparam("dispatcher", "ds_probing_mode", 1)
request_route {
  exit;
}
`;
  writeFileSync(`${folder}/kamailio.cfg`, config);
  writeFileSync(`${folder}/dispatcher.list`, `1 sip:${PBX.address}:${PBX.sip}\n`);
  return ['kamailio', '-DD', '-E', '-f', `${folder}/kamailio.cfg`, '-Y', folder, '-P', `${folder}/pid`];
}
