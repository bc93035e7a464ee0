import { type BanTarget, fieldsText, parseTarget, readTarget, targetText } from '../../domain/ban-target.js';
import { type EnforcedBan, FirewallError } from '../firewall.js';
import { CHAIN, COUNTERS, namedKind, type SetKind, setName, setType } from './nft-ruleset.js';

/** What the kernel has of our table. */
export interface Listing {
  /** Everything that `install` makes, as nft shows it, without what changes by itself: elements, counts, handles. */
  readonly skeleton: string;
  /** Whether the skeleton looks like ours: a chain where we hook it, and a rule that drops for each set, in nothing but its letter. */
  readonly isComplete: boolean;
  /** Of the sets that are called as ours are. */
  readonly kinds: readonly SetKind[];
  readonly bans: ReadonlyMap<string, EnforcedBan>;
  readonly dropped: { readonly packets: number; readonly bytes: number };
}

type Fields = Readonly<Record<string, unknown>>;

/** An element that somebody else put in without an end counts as one of a year. */
const ENDLESS_SECONDS = 366 * 86_400;

/**
 * Reads what `nft -j list table` writes. What others have put into the table is passed over, except rules of our chain.
 * @param known an earlier reading's bans, whose targets need not be read again: that takes most of the time, and we do nothing
 * else meanwhile.
 * @throws FirewallError where it is not understood.
 */
export function readListing(text: string, known: Listing['bans'] = new Map()): Listing {
  const all = objectsOf(text);
  const objects = all.filter(isOurs);
  const sets = all.flatMap(({ kind, fields }) => (kind === 'set' ? banSet(fields) : []));
  return {
    skeleton: objects.map(skeletonLine).join('\n'),
    isComplete: isComplete(objects, sets),
    kinds: sets.map(({ kind }) => kind),
    bans: bansOf(sets, known),
    dropped: droppedOf(objects),
  };
}

/** One thing in the table: `{"set": {"name": "v4_32", …}}`. */
interface NftObject {
  readonly kind: string;
  readonly fields: Fields;
}

function objectsOf(text: string): NftObject[] {
  return listOf(fieldsOf(parsed(text))['nftables']).map((object) => {
    const [kind = '', fields] = Object.entries(fieldsOf(object))[0] ?? [];
    return { kind, fields: fieldsOf(fields) };
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // A SyntaxError, whose message would quote the text.
    throw notUnderstood(error);
  }
}

function isOurs({ kind, fields }: NftObject): boolean {
  const name = fields['name'];
  switch (kind) {
    case 'table':
      return true;
    case 'counter':
      return Object.values<unknown>(COUNTERS).includes(name);
    case 'set':
      return typeof name === 'string' && namedKind(name) !== null;
    case 'chain':
      return name === CHAIN;
    case 'rule':
      return fields['chain'] === CHAIN;
    default:
      return false;
  }
}

const CHANGES_BY_ITSELF: ReadonlySet<string> = new Set(['handle', 'elem', 'packets', 'bytes']);

function skeletonLine({ kind, fields }: NftObject): string {
  const lasting = Object.entries(fields).filter(([name]) => !CHANGES_BY_ITSELF.has(name));
  return `${kind} ${JSON.stringify(Object.fromEntries(lasting))}`;
}

interface BanSet {
  readonly kind: SetKind;
  /** Null where the set is of another shape than ours: `install` makes a new one of it. */
  readonly elements: readonly unknown[] | null;
}

/** None where no set of ours is called so. */
function banSet({ name, type, flags, elem }: Fields): BanSet[] {
  const kind = namedKind(String(name));
  if (kind === null) return [];
  const isAsMade = [type].flat().join(' . ') === setType(kind) && listOf(flags ?? []).join() === 'timeout';
  return [{ kind, elements: isAsMade ? listOf(elem ?? []) : null }];
}

function bansOf(sets: readonly BanSet[], known: Listing['bans']): Map<string, EnforcedBan> {
  const bans = new Map<string, EnforcedBan>();
  for (const { kind, elements } of sets) {
    for (const element of elements ?? []) {
      const ban = banOf(element, kind, known);
      if (ban !== null) bans.set(targetText(ban.target), ban);
    }
  }
  return bans;
}

/** @returns null for an element that matches no packet: one with bits behind its set's length. */
function banOf(element: unknown, kind: SetKind, known: Listing['bans']): EnforcedBan | null {
  const { val, timeout, expires, counter } = elementFields(element);
  const target = kind.isOfSockets ? socketOf(val, kind, known) : prefixOf(val, kind, known);
  if (target === null) return null;
  // nft leaves out an `expires` of 0.
  const seconds = timeout === undefined ? ENDLESS_SECONDS : countOf(expires ?? 0);
  const packets = counter === undefined ? null : countOf(fieldsOf(counter)['packets']);
  return { target, seconds, packets };
}

function prefixOf(value: unknown, { family, length }: SetKind, known: Listing['bans']): BanTarget | null {
  if (typeof value !== 'string') throw notUnderstood();
  const text = `${value}/${length}`;
  const target = known.get(text)?.target ?? parseTarget(text);
  return target?.family === family ? target : null;
}

/** `{"concat": ["203.0.113.9", 5062]}` */
function socketOf(value: unknown, { family, length }: SetKind, known: Listing['bans']): BanTarget | null {
  const [address, port, ...more] = listOf(fieldsOf(value)['concat']);
  if (typeof address !== 'string' || typeof port !== 'number' || more.length > 0) throw notUnderstood();
  const target = known.get(fieldsText({ address, port }))?.target ?? readTarget(`${address}/${length}`, port);
  // Nobody can send from port 0, and so nobody bans it.
  return typeof target !== 'string' && target.family === family ? target : null;
}

/** An element that has neither time nor counter is its value alone. */
function elementFields(element: unknown): { val?: unknown; timeout?: unknown; expires?: unknown; counter?: unknown } {
  const isBare = typeof element === 'string' || 'concat' in fieldsOf(element);
  return isBare ? { val: element } : fieldsOf(fieldsOf(element)['elem']);
}

function isComplete(objects: readonly NftObject[], sets: readonly BanSet[]): boolean {
  const fieldsOfAll = (wanted: string) => objects.filter(({ kind }) => kind === wanted).map(({ fields }) => fields);
  const chain = fieldsOfAll('chain').at(0);
  const rules = fieldsOfAll('rule').map(({ expr }) => listOf(expr).map(fieldsOf));
  return (
    // A table can be asleep (`dormant`), and a policy could drop everybody.
    fieldsOfAll('table').every(({ flags }) => flags === undefined) &&
    chain?.['hook'] === 'prerouting' &&
    chain['policy'] === 'accept' &&
    rules.length === sets.length &&
    sets.every(({ kind, elements }) => elements !== null && rules.some((rule) => dropsFor(setName(kind), rule)))
  );
}

function dropsFor(name: string, expressions: readonly Fields[]): boolean {
  const asks = expressions.some(({ match }) => match !== undefined && fieldsOf(match)['right'] === `@${name}`);
  return asks && expressions.at(-1)?.['drop'] !== undefined;
}

function droppedOf(objects: readonly NftObject[]): Listing['dropped'] {
  const counters = objects.filter(({ kind }) => kind === 'counter').map(({ fields }) => fields);
  const sum = (field: string) => counters.reduce((total, counter) => total + countOf(counter[field]), 0);
  return { packets: sum('packets'), bytes: sum('bytes') };
}

function fieldsOf(value: unknown): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw notUnderstood();
}

function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw notUnderstood();
}

function countOf(value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value;
  throw notUnderstood();
}

function notUnderstood(cause?: unknown): FirewallError {
  return new FirewallError('rejected', 'nft lists the table in a form that is not understood', cause);
}
