import { banFacts, banText, FACT_KEYS, type ListedBan, readBanFacts } from '../domain/ban.js';
import { readTarget, targetFields } from '../domain/ban-target.js';
import { hasExactly, isObject, isWhole } from './json-line.js';

const KEYS = ['address', 'port', ...FACT_KEYS, 'packets', 'isEnforced'];

/** The ban as it goes into a line: with these keys and no other one, its texts cut and printable. */
export function writeListedBan({ address, port, packets, isEnforced, ...ban }: ListedBan): ListedBan {
  const texts = { reason: banText(ban.reason), pbx: ban.pbx === null ? null : banText(ban.pbx) };
  return { address, port, ...banFacts({ ...ban, ...texts }), packets, isEnforced };
}

/** Null for everything that `writeListedBan` does not write. */
export function readListedBan(value: unknown): ListedBan | null {
  if (!isObject(value) || !hasExactly(value, KEYS)) return null;
  const { address, port, packets, isEnforced } = value;
  const target = readTarget(address, port);
  const facts = readBanFacts(value);
  if (typeof target === 'string' || facts === null || typeof isEnforced !== 'boolean') return null;
  return isCount(packets) ? { ...targetFields(target), ...facts, packets, isEnforced } : null;
}

function isCount(value: unknown): value is number | null {
  return value === null || isWhole(value, 0);
}
