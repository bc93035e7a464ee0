import { type Prefix, parsePrefix, prefixText } from '../../domain/address-set.js';
import type { Family } from '../../domain/remote-address.js';
import { detached } from '../../text/detached.js';
import type { EnforcedBan, FirewallChange } from '../firewall.js';

/** A set is of one family. */
export const SET_NAMES: Readonly<Record<Family, string>> = {
  IPV4: 'asterisk_auth_stats4',
  IPV6: 'asterisk_auth_stats6',
};

/** The longest time that ipset takes: 2^31 ms. 0 would be for ever. */
export const SET_SECONDS_MAX = 2_147_483;

/**
 * What a set must be. `hash:net` takes prefixes that lie in each other, each with a time of its own; it has no prefix of length 0.
 * `forceadd` would let a new member push out another one.
 */
const TYPE = 'hash:net';
const SHAPE = ['maxelem 1000000', 'timeout 0', 'counters'];
const FAMILIES: Readonly<Record<Family, string>> = { IPV4: 'family inet', IPV6: 'family inet6' };

/** A set as `ipset save` shows it. */
export interface SetListing {
  /** False where a set of another kind has the name. */
  readonly isOurs: boolean;
  /** By the prefix' text. */
  readonly bans: ReadonlyMap<string, EnforcedBan>;
}

/** What `ipset restore` reads to make the set. */
export function creationText(family: Family): string {
  return `create ${[SET_NAMES[family], TYPE, FAMILIES[family], ...SHAPE].join(' ')}\n`;
}

/** Of the ipset that reads `changesText`. */
export const CHANGE_ARGUMENTS = ['restore', '-exist'] as const;

/** What an ipset with CHANGE_ARGUMENTS reads: there an addition of what is a member begins its time anew, and a removal of none is no fault. */
export function changesText(changes: readonly FirewallChange[]): string {
  return changes.map(changeLine).join('');
}

function changeLine(change: FirewallChange): string {
  const prefix = checked(change.prefix);
  const member = `${SET_NAMES[prefix.family]} ${prefixText(prefix)}`;
  switch (change.kind) {
    case 'add':
      return `add ${member} timeout ${timeoutOf(change.seconds)}\n`;
    case 'remove':
      return `del ${member}\n`;
    /* c8 ignore next 2 */ // Never reached: the compiler asks for a case for each kind.
    default:
      return change satisfies never;
  }
}

/** For what is no prefix ipset asks DNS, and a line end would be a command more: so it is read again. */
function checked(prefix: Prefix): Prefix {
  const again = parsePrefix(prefixText(prefix));
  if (again === null || again.family !== prefix.family) throw new TypeError('a change of the firewall has no prefix');
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
 * What is no ban is left out: `nomatch` is an exception from one. So is what cannot be read; where it is a ban of ours,
 * it is missed, and made again.
 */
export function readSet(text: string, family: Family): SetListing {
  const bans = new Map<string, EnforcedBan>();
  let isOurs = false;
  for (const line of text.split('\n')) {
    const [command, name, ...words] = line.split(' ');
    if (name !== SET_NAMES[family]) continue;
    if (command === 'create') isOurs = isShape(words, family);
    const ban = command === 'add' ? readMember(words) : null;
    if (ban?.prefix.family === family) bans.set(prefixText(ban.prefix), ban);
  }
  return { isOurs, bans };
}

/** Besides our words there are those that the kernel chooses, as `hashsize`, which grows. */
function isShape(words: readonly string[], family: Family): boolean {
  const said = `${words.join(' ')} `;
  const isSaid = (option: string) => said.includes(` ${option} `);
  return words[0] === TYPE && [FAMILIES[family], ...SHAPE].every(isSaid) && !isSaid('forceadd');
}

function readMember([address = '', ...words]: readonly string[]): EnforcedBan | null {
  // Cut from a text of megabytes, and kept by whoever finds a ban that he does not know.
  const prefix = parsePrefix(detached(address));
  const seconds = numberAfter('timeout', words);
  if (prefix === null || seconds === null || words.includes('nomatch')) return null;
  return { prefix, seconds: seconds === 0 ? SET_SECONDS_MAX : seconds, packets: numberAfter('packets', words) };
}

function numberAfter(key: string, words: readonly string[]): number | null {
  const at = words.indexOf(key);
  const digits = words[at + 1] ?? '';
  return at >= 0 && /^\d+$/.test(digits) ? Number(digits) : null;
}
