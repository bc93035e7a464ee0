import { maskedPrefix, type Prefix, parsePrefix, prefixText } from '../../domain/address-set.js';
import type { PortRange } from '../../domain/port-range.js';
import { type Family, parseAddress } from '../../domain/remote-address.js';
import type { FirewallChange } from '../firewall.js';

/**
 * The texts that `nft -f -` reads. Nothing gets into them but our own words, numbers and prefixes that were read again here:
 * for a text that is no address nft would ask DNS.
 *
 * There is a set for each length of prefix, and a packet's address is looked up in each after masking. One set of intervals
 * would not do: a host within a banned prefix has no place of its own in it, so that the two bans could not end apart.
 */
export const TABLE_NAME = 'asterisk_auth_stats';
export const TABLE = `inet ${TABLE_NAME}`;
export const CHAIN = 'prerouting';
export const COUNTERS: Readonly<Record<Family, string>> = { IPV4: 'dropped4', IPV6: 'dropped6' };

/** Which prefixes a set has: all of one family and length. */
export type PrefixKind = Pick<Prefix, 'family' | 'length'>;

/** There from the start, so that no ban of the usual kinds has to wait for its set. */
export const USUAL_KINDS: readonly PrefixKind[] = [
  { family: 'IPV4', length: 32 },
  { family: 'IPV4', length: 24 },
  { family: 'IPV6', length: 128 },
  { family: 'IPV6', length: 64 },
];

const BITS: Readonly<Record<Family, number>> = { IPV4: 32, IPV6: 128 };
const ALL_ONES: Readonly<Record<Family, string>> = {
  IPV4: '255.255.255.255',
  IPV6: 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
};
const SECONDS_MAX = 366 * 86_400;
/** nft repeats a line in its complaint, so that none should be of megabytes. */
const ELEMENTS_A_LINE = 500;

/** `v4_24` */
export function setName({ family, length }: PrefixKind): string {
  return `${family === 'IPV4' ? 'v4' : 'v6'}_${length}`;
}

/** @returns null where none of our sets is called so. */
export function kindOf(name: string): PrefixKind | null {
  const [, version, digits] = /^v([46])_(0|[1-9]\d{0,2})$/.exec(name) ?? [];
  const family = version === '4' ? 'IPV4' : 'IPV6';
  const length = Number(digits);
  return length <= BITS[family] ? { family, length } : null;
}

/** `ipv4_addr` */
export function setType({ family }: PrefixKind): string {
  return family === 'IPV4' ? 'ipv4_addr' : 'ipv6_addr';
}

/** Of TABLE and all that is in it, and no fault where there is none. */
export const REMOVAL_TEXT = `add table ${TABLE}\ndelete table ${TABLE}\n`;

/**
 * Makes what is missing and writes all rules anew. What is in the sets stays, and so do the counters.
 * @param ports whose packets are dropped, in order and disjoint, since nft takes no set whose ranges overlap; null for all packets.
 */
export function rulesetText(kinds: readonly PrefixKind[], ports: readonly PortRange[] | null): string {
  const lines = [
    `add table ${TABLE}`,
    ...Object.values(COUNTERS).map((name) => `add counter ${TABLE} ${name}`),
    ...kinds.map(setLine),
    // Raw: in front of conntrack, so that what is established stops too, and of DNAT, so that what goes on to a container does.
    `add chain ${TABLE} ${CHAIN} { type filter hook prerouting priority raw; policy accept; }`,
    `flush chain ${TABLE} ${CHAIN}`,
    ...kinds.map((kind) => ruleLine(kind, ports)),
  ];
  return textOf(lines);
}

/** For kinds that the table does not have yet. */
export function newSetsText(kinds: readonly PrefixKind[], ports: readonly PortRange[] | null): string {
  return textOf(kinds.flatMap((kind) => [setLine(kind), ruleLine(kind, ports)]));
}

function setLine(kind: PrefixKind): string {
  return `add set ${TABLE} ${setName(kind)} { type ${setType(kind)}; flags timeout; counter; }`;
}

function ruleLine(kind: PrefixKind, ports: readonly PortRange[] | null): string {
  const { family, length } = kind;
  const address = `${family === 'IPV4' ? 'ip' : 'ip6'} saddr${length === BITS[family] ? '' : ` and ${mask(kind)}`}`;
  return `add rule ${TABLE} ${CHAIN} ${address} @${setName(kind)}${portsMatch(ports)} counter name ${COUNTERS[family]} drop`;
}

function mask({ family, length }: PrefixKind): string {
  const allOnes = parseAddress(ALL_ONES[family]);
  /* c8 ignore next */
  if (allOnes === null) throw new RangeError('all ones are an address');
  return maskedPrefix(allOnes, length).replace(/\/\d+$/, '');
}

function portsMatch(ports: readonly PortRange[] | null): string {
  if (ports === null) return '';
  return ` meta l4proto { tcp, udp } th dport { ${ports.join(', ')} }`;
}

/**
 * @param changes of which the last one for a prefix counts.
 * @param isHeld whether the prefix, by its text, may be in its set already. Older kernels do not
 * renew the time of what is there, so it is taken out and put in again, with a counter that begins anew. That is for those
 * only, since taking out waits for all cores of the kernel: 14 ms instead of 1.4.
 * @throws RangeError for what is no prefix, or a time that is not 1 second to 366 days
 */
export function changesText(changes: readonly FirewallChange[], isHeld: (text: string) => boolean): string {
  const bySet = new Map<string, Batch>();
  for (const [text, change] of new Map(changes.map((each) => [checkedText(each.prefix), each]))) {
    const name = setName(change.prefix);
    const batch = bySet.get(name) ?? { away: [], put: [] };
    bySet.set(name, batch);
    const { address } = change.prefix;
    if (change.kind === 'remove' || isHeld(text)) batch.away.push(address);
    if (change.kind === 'add') batch.put.push(`${address} timeout ${checkedSeconds(change.seconds)}s`);
  }
  return textOf([...bySet].flatMap(([name, batch]) => batchLines(name, batch)));
}

interface Batch {
  readonly away: string[];
  readonly put: string[];
}

/** What is to go is added first, because nothing of the batch is done where one element is not there. */
function batchLines(name: string, { away, put }: Batch): string[] {
  const lines = (verb: string, elements: readonly string[]) =>
    chunks(elements).map((chunk) => `${verb} element ${TABLE} ${name} { ${chunk.join(', ')} }`);
  return [...lines('add', away), ...lines('delete', away), ...lines('add', put)];
}

function chunks(elements: readonly string[]): string[][] {
  const count = Math.ceil(elements.length / ELEMENTS_A_LINE);
  return Array.from({ length: count }, (_, at) => elements.slice(at * ELEMENTS_A_LINE, (at + 1) * ELEMENTS_A_LINE));
}

function checkedText(prefix: Prefix): string {
  const text = prefixText(prefix);
  const read = parsePrefix(text);
  if (read === null || prefixText(read) !== text || read.family !== prefix.family) {
    throw new RangeError('no prefix in canonical form');
  }
  return text;
}

function checkedSeconds(seconds: number): number {
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= SECONDS_MAX) return seconds;
  throw new RangeError(`no time for a ban: ${seconds} s`);
}

function textOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}
