import type { PortRange } from '../../domain/port-range.js';

export const TABLE = 'raw';
export const CHAIN = 'ASTERISK_AUTH_STATS';

const HOOK = 'PREROUTING';
const JUMP = `-A ${HOOK} -j ${CHAIN}`;
/** Of one `multiport` match; a range counts as two. */
const PORTS_MAX = 15;

/** A rule as iptables prints it, without its counters. */
interface ListedRule {
  readonly text: string;
  readonly packets: number;
  readonly bytes: number;
}

/** Our part of the table. */
export interface TableListing {
  readonly hasChain: boolean;
  /** How many there are: one that somebody else has made counts, if it has no condition. */
  readonly jumps: number;
  /** Whether a jump is the hook's first rule. */
  readonly isFirst: boolean;
  /** The chain's. */
  readonly rules: readonly ListedRule[];
}

/** A set that a rule drops by. */
export interface MatchedSet {
  readonly name: string;
  /** What of a packet is looked up in it: `src` is its address, `src,src` its address and its port. */
  readonly what: 'src' | 'src,src';
}

/**
 * The rules of the chain that drop who is in the sets. The set is asked last, so that a member's counters count what is dropped.
 * @param ports those of UDP and TCP; null for all traffic.
 */
export function chainRules(sets: readonly MatchedSet[], ports: readonly PortRange[] | null): readonly string[] {
  return sets.flatMap((set) => setRules(set, ports));
}

function setRules({ name, what }: MatchedSet, ports: readonly PortRange[] | null): readonly string[] {
  const drop = `-m set --match-set ${name} ${what} -j DROP`;
  if (ports === null) return [`-A ${CHAIN} ${drop}`];
  return ['udp', 'tcp'].flatMap((protocol) =>
    portLists(ports).map((list) => `-A ${CHAIN} -p ${protocol} -m multiport --dports ${list} ${drop}`),
  );
}

/** As many lists as `multiport` needs. */
function portLists(ports: readonly PortRange[]): string[] {
  if (ports.length === 0) throw new RangeError('a firewall for no port');
  const lists: string[][] = [];
  let free = 0;
  for (const { first, last } of ports) {
    if (!isPort(first) || !isPort(last) || first > last) throw new RangeError('no range of ports');
    const places = first === last ? 1 : 2;
    if (free < places) {
      lists.push([]);
      free = PORTS_MAX;
    }
    lists.at(-1)?.push(first === last ? `${first}` : `${first}:${last}`);
    free -= places;
  }
  return lists.map((list) => list.join(','));
}

function isPort(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= 65_535;
}

/**
 * What `iptables-restore --noflush` reads to put in place what the listing misses; all of it or nothing. Nobody else's rules are
 * touched.
 * @param printed the rules as iptables prints them.
 * @returns null where nothing is missing.
 */
export function installText(
  listing: TableListing,
  rules: readonly string[],
  printed: readonly string[],
): string | null {
  const chain = hasRules(listing, printed) ? [] : [emptyChain(), ...rules];
  const jump = listing.isFirst ? [] : [...removedJumps(listing), `-I ${HOOK} 1 -j ${CHAIN}`];
  return chain.length + jump.length === 0 ? null : restoreText([...chain, ...jump]);
}

/** A rule of somebody else's in front of the jump is no fault: FreePBX and Docker put theirs first whenever they like. */
export function isInstalled(listing: TableListing, printed: readonly string[]): boolean {
  return hasRules(listing, printed) && listing.jumps > 0;
}

function hasRules({ hasChain, rules }: TableListing, expected: readonly string[]): boolean {
  return hasChain && rules.length === expected.length && rules.every(({ text }, index) => text === expected[index]);
}

/** For `iptables-restore --noflush`: the chain without rules. Null where there is no chain. */
export function emptyingText({ hasChain }: TableListing): string | null {
  return hasChain ? restoreText([emptyChain()]) : null;
}

/** For `iptables-restore --noflush`: neither chain nor jump. Null where there is no chain. */
export function removalText(listing: TableListing): string | null {
  return listing.hasChain ? restoreText([emptyChain(), ...removedJumps(listing), `-X ${CHAIN}`]) : null;
}

/** Makes the chain where it is missing. */
function emptyChain(): string {
  return `:${CHAIN} - [0:0]`;
}

function removedJumps({ jumps }: TableListing): string[] {
  return new Array<string>(jumps).fill(`-D ${HOOK} -j ${CHAIN}`);
}

function restoreText(lines: readonly string[]): string {
  return [`*${TABLE}`, ...lines, 'COMMIT', ''].join('\n');
}

/** Reads what `iptables -t raw -v -S` writes: rules as `-A PREROUTING -c 12 3456 -j ASTERISK_AUTH_STATS`. */
export function readTable(text: string): TableListing {
  const lines = text.split('\n');
  const rules = lines.flatMap((line) => readRule(line) ?? []);
  const hook = rules.filter((rule) => rule.text.startsWith(`-A ${HOOK} `));
  return {
    hasChain: lines.includes(`-N ${CHAIN}`),
    jumps: hook.filter((rule) => rule.text === JUMP).length,
    isFirst: hook[0]?.text === JUMP,
    rules: rules.filter((rule) => rule.text.startsWith(`-A ${CHAIN} `)),
  };
}

/** Null for what is no rule. */
function readRule(line: string): ListedRule | null {
  const found = /^(-A .*?) -c (\d+) (\d+)( .*)?$/.exec(line);
  if (found === null) return null;
  const [, before = '', packets, bytes, after = ''] = found;
  return { text: `${before}${after}`, packets: Number(packets), bytes: Number(bytes) };
}
