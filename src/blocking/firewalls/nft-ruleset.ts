import { maskedPrefix } from '../../domain/address-set.js';
import { type BanTarget, readAgain, targetText } from '../../domain/ban-target.js';
import type { PortRange } from '../../domain/port-range.js';
import { type Family, parseAddress } from '../../domain/remote-address.js';
import type { FirewallChange } from '../firewall.js';

/**
 * The texts that `nft -f -` reads. Nothing gets into them but our own words, numbers and targets that were read again here:
 * for a text that is no address nft would ask DNS.
 *
 * There is a set for each length of prefix, and a packet's address is looked up in each after masking. One set of intervals
 * would not do: a host within a banned prefix has no place of its own in it, so that the two bans could not end apart. Sockets have
 * a set of their own for each family, of addresses with ports.
 */
const TABLE_NAME = 'asterisk_auth_stats';
export const TABLE = `inet ${TABLE_NAME}`;
export const CHAIN = 'prerouting';
export const COUNTERS: Readonly<Record<Family, string>> = { IPV4: 'dropped4', IPV6: 'dropped6' };

/** Which targets a set has: all prefixes of one family and length, or all sockets of one family. */
export interface SetKind extends Pick<BanTarget, 'family' | 'length'> {
  readonly isOfSockets: boolean;
}

/** There from the start, so that no ban of the usual kinds has to wait for its set. */
export const USUAL_KINDS: readonly SetKind[] = [
  { family: 'IPV4', length: 32, isOfSockets: false },
  { family: 'IPV4', length: 24, isOfSockets: false },
  { family: 'IPV4', length: 32, isOfSockets: true },
  { family: 'IPV6', length: 128, isOfSockets: false },
  { family: 'IPV6', length: 64, isOfSockets: false },
  { family: 'IPV6', length: 128, isOfSockets: true },
];

const BITS: Readonly<Record<Family, number>> = { IPV4: 32, IPV6: 128 };
const ALL_ONES: Readonly<Record<Family, string>> = {
  IPV4: '255.255.255.255',
  IPV6: 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
};
const SECONDS_MAX = 366 * 86_400;
/** nft repeats a line in its complaint, so that none should be of megabytes. */
const ELEMENTS_A_LINE = 500;

/** In which set a target belongs. */
export function kindOf({ family, length, port }: BanTarget): SetKind {
  return { family, length, isOfSockets: port !== null };
}

/** `v4_24`, `v4_sockets` */
export function setName({ family, length, isOfSockets }: SetKind): string {
  return `${family === 'IPV4' ? 'v4' : 'v6'}_${isOfSockets ? 'sockets' : length}`;
}

/** @returns null where none of our sets is called so. */
export function namedKind(name: string): SetKind | null {
  const [, version, what] = /^v([46])_(sockets|0|[1-9]\d{0,2})$/.exec(name) ?? [];
  const family = version === '4' ? 'IPV4' : 'IPV6';
  const isOfSockets = what === 'sockets';
  const length = isOfSockets ? BITS[family] : Number(what);
  return length <= BITS[family] ? { family, length, isOfSockets } : null;
}

/** `ipv4_addr`, `ipv4_addr . inet_service` */
export function setType({ family, isOfSockets }: SetKind): string {
  return `${family === 'IPV4' ? 'ipv4_addr' : 'ipv6_addr'}${isOfSockets ? ' . inet_service' : ''}`;
}

/** Of TABLE and all that is in it, and no fault where there is none. */
export const REMOVAL_TEXT = `add table ${TABLE}\ndelete table ${TABLE}\n`;

/**
 * Makes what is missing and writes all rules anew. What is in the sets stays, and so do the counters.
 * @param ports whose packets are dropped, in order and disjoint, since nft takes no set whose ranges overlap; null for all packets.
 */
export function rulesetText(kinds: readonly SetKind[], ports: readonly PortRange[] | null): string {
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
export function newSetsText(kinds: readonly SetKind[], ports: readonly PortRange[] | null): string {
  return textOf(kinds.flatMap((kind) => [setLine(kind), ruleLine(kind, ports)]));
}

function setLine(kind: SetKind): string {
  return `add set ${TABLE} ${setName(kind)} { type ${setType(kind)}; flags timeout; counter; }`;
}

function ruleLine(kind: SetKind, ports: readonly PortRange[] | null): string {
  const match = kind.isOfSockets ? socketMatch(kind, ports) : prefixMatch(kind, ports);
  return `add rule ${TABLE} ${CHAIN} ${match} counter name ${COUNTERS[kind.family]} drop`;
}

function prefixMatch(kind: SetKind, ports: readonly PortRange[] | null): string {
  const { family, length } = kind;
  const masked = length === BITS[family] ? '' : ` and ${mask(kind)}`;
  const ofPorts = ports === null ? '' : ` ${PROTOCOLS} ${portsMatch(ports)}`;
  return `${ADDRESSES[family]}${masked} @${setName(kind)}${ofPorts}`;
}

/** What is not of the family is asked nothing more. */
function socketMatch(kind: SetKind, ports: readonly PortRange[] | null): string {
  const { family } = kind;
  const ofPorts = ports === null ? '' : ` ${portsMatch(ports)}`;
  const nfproto = family === 'IPV4' ? 'ipv4' : 'ipv6';
  return `meta nfproto ${nfproto} ${PROTOCOLS} ${ADDRESSES[family]} . th sport @${setName(kind)}${ofPorts}`;
}

const ADDRESSES: Readonly<Record<Family, string>> = { IPV4: 'ip saddr', IPV6: 'ip6 saddr' };
/** Those whose packets begin with their ports. */
const PROTOCOLS = 'meta l4proto { tcp, udp }';

function mask({ family, length }: SetKind): string {
  const allOnes = parseAddress(ALL_ONES[family]);
  /* c8 ignore next */
  if (allOnes === null) throw new RangeError('all ones are an address');
  return maskedPrefix(allOnes, length).replace(/\/\d+$/, '');
}

function portsMatch(ports: readonly PortRange[]): string {
  return `th dport { ${ports.join(', ')} }`;
}

/**
 * @param changes of which the last one for a target counts.
 * @param isHeld whether the target, by its text, may be in its set already. Older kernels do not
 * renew the time of what is there, so it is taken out and put in again, with a counter that begins anew. That is for those
 * only, since taking out waits for all cores of the kernel: 14 ms instead of 1.4.
 * @throws RangeError for what is no target, or a time that is not 1 second to 366 days
 */
export function changesText(changes: readonly FirewallChange[], isHeld: (text: string) => boolean): string {
  const bySet = new Map<string, Batch>();
  for (const [text, change] of new Map(changes.map((each) => [checkedText(each.target), each]))) {
    const name = setName(kindOf(change.target));
    const batch = bySet.get(name) ?? { away: [], put: [] };
    bySet.set(name, batch);
    const { address, port } = change.target;
    const element = port === null ? address : `${address} . ${port}`;
    if (change.kind === 'remove' || isHeld(text)) batch.away.push(element);
    if (change.kind === 'add') batch.put.push(`${element} timeout ${checkedSeconds(change.seconds)}s`);
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

function checkedText(target: BanTarget): string {
  if (readAgain(target) === null) throw new RangeError('no target in canonical form');
  return targetText(target);
}

function checkedSeconds(seconds: number): number {
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= SECONDS_MAX) return seconds;
  throw new RangeError(`no time for a ban: ${seconds} s`);
}

function textOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}
