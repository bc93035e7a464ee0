import { parsePrefix, prefixText } from '../../domain/address-set.js';
import { type BanTarget, parseTarget, readAgain, targetText } from '../../domain/ban-target.js';
import type { Family } from '../../domain/remote-address.js';
import { detached } from '../../text/detached.js';
import type { EnforcedBan, FirewallChange } from '../firewall.js';

/** A set is of one family, and either of prefixes or of sockets. */
export interface IpSet {
  readonly family: Family;
  readonly isOfSockets: boolean;
}

/** The longest time that ipset takes: 2^31 ms. 0 would be for ever. */
export const SET_SECONDS_MAX = 2_147_483;

/**
 * What a set must be. `hash:net` takes prefixes that lie in each other, each with a time of its own; it has no prefix of length 0.
 * `hash:ip,port` knows a port with its protocol, so that a socket is two members: room for a million bans is room for two million.
 * `forceadd` would let a new member push out another one.
 */
const TYPES = { prefixes: 'hash:net', sockets: 'hash:ip,port' } as const;
const SIZES = { prefixes: 'maxelem 1000000', sockets: 'maxelem 2000000' } as const;
const SHAPE = ['timeout 0', 'counters'];
const FAMILIES: Readonly<Record<Family, string>> = { IPV4: 'family inet', IPV6: 'family inet6' };

/** Those in which a ban of a socket has a member each. */
const PROTOCOLS = ['tcp', 'udp'] as const;

/** A set as `ipset save` shows it. */
export interface SetListing {
  /** False where a set of another kind has the name. */
  readonly isOurs: boolean;
  /** By the target's text. */
  readonly bans: ReadonlyMap<string, EnforcedBan>;
}

/** `asterisk_auth_stats4`, `asterisk_auth_stats4_sockets`: the kernel's names have 31 letters at most. */
export function setName({ family, isOfSockets }: IpSet): string {
  return `asterisk_auth_stats${family === 'IPV4' ? 4 : 6}${isOfSockets ? '_sockets' : ''}`;
}

/** What `ipset restore` reads to make the set. */
export function creationText(set: IpSet): string {
  return `create ${[setName(set), ...shapeOf(set)].join(' ')}\n`;
}

/** The type, and what it must be said to have. */
function shapeOf({ family, isOfSockets }: IpSet): readonly [type: string, ...options: string[]] {
  const content = isOfSockets ? 'sockets' : 'prefixes';
  return [TYPES[content], FAMILIES[family], SIZES[content], ...SHAPE];
}

/** Of the ipset that reads `changesText`. */
export const CHANGE_ARGUMENTS = ['restore', '-exist'] as const;

/** What an ipset with CHANGE_ARGUMENTS reads: there an addition of what is a member begins its time anew, and a removal of none is no fault. */
export function changesText(changes: readonly FirewallChange[]): string {
  return changes.map(changeLines).join('');
}

function changeLines(change: FirewallChange): string {
  const target = checked(change.target);
  const name = setName({ family: target.family, isOfSockets: target.port !== null });
  const lines = membersOf(target).map((member) => {
    switch (change.kind) {
      case 'add':
        return `add ${name} ${member} timeout ${timeoutOf(change.seconds)}\n`;
      case 'remove':
        return `del ${name} ${member}\n`;
      /* c8 ignore next 2 */ // Never reached: the compiler asks for a case for each kind.
      default:
        return change satisfies never;
    }
  });
  return lines.join('');
}

function membersOf(target: BanTarget): string[] {
  const { address, port } = target;
  return port === null ? [prefixText(target)] : PROTOCOLS.map((protocol) => `${address},${protocol}:${port}`);
}

/** For what is no address ipset asks DNS, and a line end would be a command more: so it is read again. */
function checked(target: BanTarget): BanTarget {
  const again = readAgain(target);
  if (again === null) throw new TypeError('a change of the firewall has no target');
  return again;
}

function timeoutOf(seconds: number): number {
  if (!(seconds >= 1)) throw new RangeError('a ban is at least a second long');
  return Math.min(Math.floor(seconds), SET_SECONDS_MAX);
}

/** The names of all sets, as `ipset list -name` writes them. */
export function readNames(text: string): ReadonlySet<string> {
  return new Set(text.split('\n'));
}

/**
 * Reads what `ipset save` writes of one set:
 *
 *     create asterisk_auth_stats4 hash:net family inet hashsize 1024 maxelem 1000000 timeout 0 counters bucketsize 12 initval 0x5e
 *     add asterisk_auth_stats4 203.0.113.9 timeout 55 packets 3 bytes 1302
 *
 * and in a set of sockets `add asterisk_auth_stats4_sockets 203.0.113.9,udp:5062 timeout 55 packets 3 bytes 1302`.
 *
 * What is no ban is left out: `nomatch` is an exception from one. So is what cannot be read; where it is a ban of ours,
 * it is missed, and made again.
 */
export function readSet(text: string, set: IpSet): SetListing {
  const members: Member[] = [];
  let isOurs = false;
  for (const line of text.split('\n')) {
    const [command, name, ...words] = line.split(' ');
    if (name !== setName(set)) continue;
    if (command === 'create') isOurs = isShape(words, set);
    const member = command === 'add' ? readMember(words, set) : null;
    if (member?.target.family === set.family) members.push(member);
  }
  return { isOurs, bans: set.isOfSockets ? socketBans(members) : new Map(members.map(keyed)) };
}

/** Besides our words there are those that the kernel chooses, as `hashsize`, which grows. */
function isShape(words: readonly string[], set: IpSet): boolean {
  const said = `${words.join(' ')} `;
  const isSaid = (option: string) => said.includes(` ${option} `);
  const [type, ...options] = shapeOf(set);
  return words[0] === type && options.every(isSaid) && !isSaid('forceadd');
}

interface Member extends EnforcedBan {
  /** Null in a set of prefixes. */
  readonly protocol: string | null;
}

function keyed({ protocol: _, ...ban }: Member): [key: string, ban: EnforcedBan] {
  return [targetText(ban.target), ban];
}

/** A socket is banned for as long as both of its members are there. One alone has no time left, and so is mended, or taken out. */
function socketBans(members: readonly Member[]): ReadonlyMap<string, EnforcedBan> {
  const bans = new Map<string, EnforcedBan>();
  const halves = new Map<string, Member>();
  for (const member of members) {
    const [key, ban] = keyed(member);
    const half = halves.get(key);
    halves.set(key, member);
    if (half === undefined) bans.set(key, { ...ban, seconds: 0 });
    else if (half.protocol !== member.protocol) bans.set(key, together(half, ban));
  }
  return bans;
}

function together(a: EnforcedBan, b: EnforcedBan): EnforcedBan {
  const packets = a.packets === null || b.packets === null ? null : a.packets + b.packets;
  return { target: a.target, seconds: Math.min(a.seconds, b.seconds), packets };
}

function readMember([text = '', ...words]: readonly string[], { isOfSockets }: IpSet): Member | null {
  // Cut from a text of megabytes, and kept by whoever finds a ban that he does not know.
  const named = isOfSockets ? readSocket(detached(text)) : readPrefix(detached(text));
  const seconds = numberAfter('timeout', words);
  if (named === null || seconds === null || words.includes('nomatch')) return null;
  return { ...named, seconds: seconds === 0 ? SET_SECONDS_MAX : seconds, packets: numberAfter('packets', words) };
}

type Named = Pick<Member, 'target' | 'protocol'>;

function readPrefix(text: string): Named | null {
  const prefix = parsePrefix(text);
  return prefix === null ? null : { target: { ...prefix, port: null }, protocol: null };
}

/** Null for a protocol that we ban no socket of, which nobody has but who put it in by hand. */
function readSocket(text: string): Named | null {
  const [, address = '', word, port = ''] = /^(.+),([a-z]+):(\d+)$/.exec(text) ?? [];
  const protocol = PROTOCOLS.find((known) => known === word);
  const target = parseTarget(address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`);
  return protocol === undefined || target === null ? null : { target, protocol };
}

function numberAfter(key: string, words: readonly string[]): number | null {
  const at = words.indexOf(key);
  const digits = words[at + 1] ?? '';
  return at >= 0 && /^\d+$/.test(digits) ? Number(digits) : null;
}
