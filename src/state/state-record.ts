import { crc32 } from 'node:zlib';
import type { KeyRange } from './level.js';

/**
 * How a record is written: the key `section:"key"`, the key as JSON, since JSON has a text for every string, with NUL and with
 * halves of characters; the value eight hex digits and JSON. The digits are the CRC-32 of the written key and the JSON:
 * LevelDB is told by nobody to verify its own sums when it reads.
 */

/** Why a record is not kept. A closed list, so that it can be counted by. */
export type RefusedReason = 'key_too_long' | 'value_too_long' | 'value_not_json';

/** In UTF-16 units, of the key itself: an account can be as long as a request. */
export const KEY_LENGTH_MAX = 1024;
/** In UTF-16 units, of the value's JSON. */
export const VALUE_LENGTH_MAX = 65_536;

const SECTION = /^[a-z][a-z_]{0,31}$/;
const CRC_LENGTH = 8;

/** @throws for a section that is not a word of ours: lower-case letters and `_`. */
export function sectionRange(section: string): KeyRange {
  if (!SECTION.test(section)) throw new TypeError(`${JSON.stringify(section)} is no name of a section`);
  // `;` is what follows `:` in ASCII.
  return { gte: `${section}:`, lt: `${section};` };
}

export function writtenKey(section: string, key: string): string {
  return `${section}:${JSON.stringify(key)}`;
}

/** @param key as `writtenKey` gives it. */
export function writtenValue(key: string, value: unknown): string | { readonly refused: RefusedReason } {
  const json = jsonOf(value);
  if (json === null) return { refused: 'value_not_json' };
  return json.length > VALUE_LENGTH_MAX ? { refused: 'value_too_long' } : `${sumOf(key, json)}${json}`;
}

/** Whether a record is as it was written. */
export function isIntact(key: Buffer, value: string): boolean {
  return value.slice(0, CRC_LENGTH) === sumOf(key, value.slice(CRC_LENGTH));
}

/** The key and the value of a record that is intact. */
export function readRecord(key: Buffer, value: string): [key: string, value: unknown] {
  const text = key.toString();
  return [JSON.parse(text.slice(text.indexOf(':') + 1)) as string, JSON.parse(value.slice(CRC_LENGTH))];
}

function sumOf(key: string | Buffer, json: string): string {
  return crc32(json, crc32(key)).toString(16).padStart(CRC_LENGTH, '0');
}

/** Null for what JSON has no text for: undefined, a function, a BigInt, a circle. */
function jsonOf(value: unknown): string | null {
  try {
    return JSON.stringify(value) ?? null;
  } catch {
    return null;
  }
}
