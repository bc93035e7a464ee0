import { writeFileSync } from 'node:fs';
import { PBX, type SetUp } from './set-ups.js';
import { sippCommand } from './sipp.js';

/** A program that attacks, with its own address. */
export interface Attacker {
  readonly name: string;
  readonly address: string;
  readonly command: readonly string[];
  readonly isShort: boolean;
}

interface AttackerOptions {
  /** Where lists are written. */
  readonly folder: string;
  readonly setUp: SetUp;
}

const range = (count: number, from: number) => Array.from({ length: count }, (_, index) => String(from + index));
const TARGET = PBX.address;

/** Everybody who attacks a set-up, in the order in which they do. */
export function attackersOf({ folder, setUp }: AttackerOptions): readonly Attacker[] {
  const users = writeList(`${folder}/users`, ['100', '101', '999', '1000', 'admin', '122']);
  const passwords = writeList(`${folder}/passwords`, range(18, 1100));
  const attackers: Omit<Attacker, 'address' | 'isShort'>[] = [
    { name: 'svwar --force', command: ['svwar', '--force', '-e100-299', TARGET] },
    { name: 'svcrack', command: ['svcrack', '-u100', '-r1100-1299', TARGET] },
    {
      name: 'hydra',
      // It writes hydra.restore where it is.
      command: ['env', '-C', folder, 'hydra', '-I', '-L', users, '-P', passwords, '-t', '4', `sip://${TARGET}`],
    },
    { name: 'svmap', command: ['svmap', TARGET] },
    { name: 'svmap -m INVITE', command: ['svmap', '-m', 'INVITE', TARGET] },
    { name: 'svwar -m INVITE', command: ['svwar', '--force', '-m', 'INVITE', '-e100-299', TARGET] },
    { name: 'nmap sip-methods', command: nmap('sip-methods') },
    {
      name: 'nmap sip-enum-users',
      command: nmap('sip-enum-users', 'sip-enum-users.minext=100,sip-enum-users.maxext=299'),
    },
    { name: 'nmap sip-brute', command: nmap('sip-brute', `userdb=${users},passdb=${passwords},brute.threads=2`) },
    { name: 'sipsak OPTIONS', command: ['sipsak', '-vv', '-s', `sip:100@${TARGET}`] },
    { name: 'sipsak, 60 passwords', command: sipsakLoop(setUp) },
    {
      name: 'SIPp, 100 names',
      command: sipp(
        { folder, name: 'enumeration', from: addressOf(11) },
        { logins: range(100, 100).map((account) => ({ account, user: account, password: '-' })), isEnumeration: true },
      ),
    },
    {
      name: 'SIPp, 60 passwords',
      command: sipp(
        { folder, name: 'guesses', from: addressOf(12) },
        {
          logins: range(60, 1100).map((password) => ({ account: '100', user: setUp.authUser('100'), password })),
          isEnumeration: false,
        },
      ),
    },
  ];
  return attackers.map((attacker, index) => ({ ...attacker, address: addressOf(index), isShort: index < 3 }));
}

/** Each in a network of its own. */
function addressOf(index: number): string {
  return `203.0.113.${11 + index}`;
}

function writeList(path: string, lines: readonly string[]): string {
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

function nmap(script: string, args = ''): readonly string[] {
  const given = args === '' ? [] : ['--script-args', args];
  return ['nmap', '-n', '-Pn', '-sU', '-p', String(PBX.sip), '--script', script, ...given, TARGET];
}

/** One password a call, half a second apart; sipsak itself goes on asking where nobody answers. */
function sipsakLoop({ transport, authUser }: SetUp): readonly string[] {
  const tls = transport === 'tls' ? ['-E', 'tls', '--tls-ignore-cert-failure'] : [];
  const server = transport === 'tls' ? `${TARGET}:${PBX.sipTls}` : TARGET;
  const own = addressOf(10);
  const guess = ['timeout', '2', 'sipsak', '-U', '-C', `sip:100@${own}`, '-x', '60', '-a', '"wrong-$n"', ...tls];
  const words = [...guess, '-u', authUser('100'), '-s', `sip:100@${server}`];
  return ['bash', '-c', `for n in $(seq 60); do ${words.join(' ')}; sleep 0.5; done`];
}

function sipp(
  place: { readonly folder: string; readonly name: string; readonly from: string },
  play: Pick<Parameters<typeof sippCommand>[1], 'logins' | 'isEnumeration'>,
): readonly string[] {
  return sippCommand({ ...place, to: `${TARGET}:${PBX.sip}` }, { ...play, rate: 10 });
}
