import { canonicalPrefix, prefixText } from '../domain/address-set.js';
import { BAN_ORIGINS, BAN_REASON_LENGTH_MAX } from '../domain/ban.js';
import { isPlainText, plainText } from '../text/plain-text.js';
import { hasExactly, isObject, isWhole } from './json-line.js';
import type { ListedBan } from './operator.js';

const PBX_LENGTH_MAX = 128;
/** The last millisecond that a Date can hold (ECMA-262, section 21.4.1.1). */
export const TIME_MAX = 8.64e15;

const KEYS = ['address', 'since', 'until', 'origin', 'reason', 'pbx', 'attempts', 'packets', 'isEnforced'];

/** The ban as it goes into a line: with these keys and no other one, its texts cut and without control characters. */
export function writeListedBan(ban: ListedBan): ListedBan {
  const { address, since, until, origin, attempts, packets, isEnforced } = ban;
  const reason = plainText(ban.reason, BAN_REASON_LENGTH_MAX);
  const pbx = ban.pbx === null ? null : plainText(ban.pbx, PBX_LENGTH_MAX);
  return { address, since, until, origin, reason, pbx, attempts, packets, isEnforced };
}

/** Null for everything that `writeListedBan` does not write. */
export function readListedBan(value: unknown): ListedBan | null {
  if (!isObject(value) || !hasExactly(value, KEYS)) return null;
  const { since, until, reason, pbx, attempts, packets, isEnforced } = value;
  const prefix = canonicalPrefix(value['address']);
  const origin = BAN_ORIGINS.find((known) => known === value['origin']);
  if (prefix === null || origin === undefined || typeof isEnforced !== 'boolean') return null;
  if (!isWhole(since, 0, TIME_MAX) || !isWhole(until, 0, TIME_MAX)) return null;
  if (!isPlainText(reason, BAN_REASON_LENGTH_MAX) || !(pbx === null || isPlainText(pbx, PBX_LENGTH_MAX))) return null;
  if (!isCount(attempts) || !isCount(packets)) return null;
  return { address: prefixText(prefix), since, until, origin, reason, pbx, attempts, packets, isEnforced };
}

function isCount(value: unknown): value is number | null {
  return value === null || isWhole(value, 0);
}
