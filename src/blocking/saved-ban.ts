import { parsePrefix, prefixText } from '../domain/address-set.js';
import { BAN_ORIGINS, type Ban } from '../domain/ban.js';
import type { HeldBan } from './held-ban.js';
import { printable } from './printable.js';

/** What the store holds under the ban's address. */
export type SavedBan = Omit<Ban, 'address'>;

/** The last millisecond that a Date can hold (ECMA-262, section 21.4.1.1). */
const TIME_MAX = 8.64e15;

const KEYS = ['since', 'until', 'origin', 'reason', 'pbx', 'attempts'];

export function savedBan({ since, until, origin, reason, pbx, attempts }: Ban): SavedBan {
  return { since, until, origin, reason, pbx, attempts };
}

/**
 * Reads a record of the store. Nothing in it is trusted: the address ends up in the text that the firewall is told.
 * @returns null for everything that `savedBan` does not write.
 */
export function readSavedBan(key: string, value: unknown): HeldBan | null {
  const prefix = parsePrefix(key);
  const facts = isObject(value) && Object.keys(value).length === KEYS.length ? readFacts(value) : null;
  if (prefix === null || prefixText(prefix) !== key || facts === null) return null;
  return { prefix, ban: { address: key, ...facts }, isEnforced: false, packets: null };
}

function readFacts(value: Readonly<Record<string, unknown>>): SavedBan | null {
  const { since, until, reason, pbx, attempts } = value;
  const origin = BAN_ORIGINS.find((word) => word === value['origin']);
  if (origin === undefined || !isWhole(since, TIME_MAX) || !isWhole(until, TIME_MAX)) return null;
  if (!isPrintable(reason) || !(pbx === null || isPrintable(pbx))) return null;
  if (!(attempts === null || isWhole(attempts, Number.MAX_SAFE_INTEGER))) return null;
  return { since, until, origin, reason, pbx, attempts };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isWhole(value: unknown, max: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= max;
}

function isPrintable(value: unknown): value is string {
  return typeof value === 'string' && printable(value) === value;
}
