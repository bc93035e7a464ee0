import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CACHE } from '../lab/place.js';
import { kamailioCommand } from './kamailio.js';
import { PBX, passwordOf, type SetUp } from './set-ups.js';
import { sippCommand } from './sipp.js';
import { trunkCommand } from './trunk.js';

/** A program that means no harm, with its address; several friends of one address are an office. */
export interface Friend {
  readonly name: string;
  readonly address: string;
  /** Where it sends from; null: from any port of an address that nobody shares. */
  readonly port: number | null;
  /** Null: it registers none. */
  readonly account: string | null;
  /** Wrong: the password is an old one. Mended: it is put right after a while. */
  readonly password: 'right' | 'wrong' | 'mended';
  /** Writes its files and makes the command. */
  command(password: string): readonly string[];
  readonly isShort: boolean;
}

interface Kind {
  readonly name: string;
  /** The last number of the address. */
  readonly host: number;
  readonly port?: number;
  readonly account?: string;
  readonly password?: Friend['password'];
  readonly isShort?: boolean;
  readonly program: (phone: Phone) => readonly string[];
}

/** What a program is told. */
interface Phone {
  /** Its own. */
  readonly folder: string;
  readonly setUp: SetUp;
  readonly address: string;
  readonly port: number;
  readonly account: string;
  readonly password: string;
}

const JSSIP_PHONE = fileURLToPath(new URL('jssip-phone.mjs', import.meta.url));
/** Where install-jssip.sh has put it. */
export const JSSIP_FOLDER = `${CACHE}jssip`;

const OFFICE = 10;
const PORT = 5060;

const KINDS: readonly Kind[] = [
  { name: 'baresip', host: OFFICE, port: 5070, account: '121', isShort: true, program: baresip },
  {
    name: 'baresip, old password, same office',
    host: OFFICE,
    port: 5072,
    account: '122',
    password: 'mended',
    isShort: true,
    program: baresip,
  },
  { name: 'baresip, old password', host: 11, account: '123', password: 'wrong', isShort: true, program: baresip },
  { name: 'SIPp, csv: wrong, wrong, right', host: 12, account: '127', isShort: true, program: sippTypist },
  { name: 'baresip that watches five others (BLF)', host: 13, account: '124', program: watchingBaresip },
  { name: 'linphone', host: 14, account: '125', program: linphone },
  { name: 'linphone, old password', host: 15, account: '126', password: 'wrong', program: linphone },
  { name: 'Asterisk as trunk', host: 16, account: '128', program: trunk },
  { name: 'Asterisk as trunk, old password', host: 17, account: '129', password: 'wrong', program: trunk },
  {
    name: 'kamailio dispatcher, OPTIONS',
    host: 18,
    program: ({ folder, address }) => kamailioCommand(folder, address),
  },
];

const WEB_KINDS: readonly Kind[] = [
  { name: 'JsSIP over WebSocket', host: 19, account: '130', program: jssip },
  { name: 'JsSIP over WebSocket, old password', host: 20, account: '131', password: 'wrong', program: jssip },
];

/** Everybody who uses a set-up in peace. */
export function friendsOf({ folder, setUp }: { readonly folder: string; readonly setUp: SetUp }): readonly Friend[] {
  const kinds = setUp.transport === 'tls' ? [...KINDS, ...WEB_KINDS] : KINDS;
  return kinds.map(({ name, host, port = null, account = null, password = 'right', isShort = false, program }) => {
    const address = `198.51.100.${host}`;
    const own = `${folder}/${host}-${account}`;
    const command = (given: string) => {
      mkdirSync(own, { recursive: true });
      return program({ folder: own, setUp, address, port: port ?? PORT, account: account ?? '', password: given });
    };
    // Over TLS the port is the kernel's choice, so an office is counted as one.
    const countedPort = setUp.transport === 'udp' ? port : null;
    return { name, address, port: countedPort, account, password, command, isShort };
  });
}

function baresip(
  { folder, setUp, address, port, account, password }: Phone,
  contacts = '',
  modules = '',
): readonly string[] {
  const server = setUp.transport === 'tls' ? `${PBX.address}:${PBX.sipTls}` : PBX.address;
  const config = `poll_method epoll
sip_listen ${address}:${port}
sip_verify_server no
module_path /usr/lib/baresip/modules
module stdio.so
module g711.so
module_tmp account.so
module_app menu.so
${modules}`;
  const user = setUp.authUser(account);
  const own = `<sip:${account}@${server};transport=${setUp.transport}>;auth_user=${user};auth_pass=${password};regint=60`;
  writeFiles(folder, { config, accounts: `${own}\n`, contacts });
  return ['baresip', '-f', folder];
}

function watchingBaresip(phone: Phone): readonly string[] {
  const contacts = ['121', '122', '123', '125', '126'].map(
    (account) => `"${account}" <sip:${account}@${PBX.address}>;presence=p2p\n`,
  );
  return baresip(phone, contacts.join(''), 'module_app contact.so\nmodule_app presence.so\n');
}

/** It reads commands from a pipe that nobody writes into: at the end of its input it would stop. */
function linphone({ folder, setUp: { transport, realm, authUser }, account, password }: Phone): readonly string[] {
  const server = transport === 'tls' ? `${PBX.address}:${PBX.sipTls}` : PBX.address;
  const ports = transport === 'tls' ? 'sip_port=-1\nsip_tcp_port=-1\nsip_tls_port=5061' : `sip_port=${PORT}`;
  const rc = `[sip]
${ports}
verify_server_certs=0
verify_server_cn=0
default_proxy=0
[auth_info_0]
username=${account}
userid=${authUser(account)}
passwd=${password}
realm=${realm}
[proxy_0]
reg_proxy=<sip:${server};transport=${transport}>
reg_identity=sip:${account}@${PBX.address}
reg_expires=60
reg_sendregister=1
`;
  writeFiles(folder, { rc });
  mkdirSync(`${folder}/.local/share/linphone`, { recursive: true });
  if (!existsSync(`${folder}/commands`)) execFileSync('mkfifo', [`${folder}/commands`]);
  return ['env', `HOME=${folder}`, 'bash', '-c', `exec linphone-daemon --config ${folder}/rc <>${folder}/commands`];
}

function jssip({ setUp, account, password }: Phone): readonly string[] {
  const url = `ws://${PBX.address}:${PBX.ws}/ws`;
  return [process.execPath, JSSIP_PHONE, JSSIP_FOLDER, url, account, setUp.authUser(account), password];
}

/** Somebody who types it right the third time. */
function sippTypist({ folder, setUp, address, account, password }: Phone): readonly string[] {
  const user = setUp.authUser(account);
  const logins = ['wrong-1', 'wrong-2', password].map((typed) => ({ account, user, password: typed }));
  const place = { folder, name: 'typist', from: address, to: `${PBX.address}:${PBX.sip}` };
  return sippCommand(place, { logins, rate: 1, isEnumeration: false });
}

function trunk({ setUp, address, account, password }: Phone): readonly string[] {
  return trunkCommand({ address, account, user: setUp.authUser(account), password, transport: setUp.transport });
}

function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) writeFileSync(`${folder}/${name}`, text);
}

/** What a phone has in place of `passwordOf` its account. */
export function oldPasswordOf(account: string): string {
  return `old-${passwordOf(account)}`;
}
