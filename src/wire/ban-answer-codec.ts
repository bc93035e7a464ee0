import { canonicalPrefix, prefixText } from '../domain/address-set.js';
import { BAN_RESULTS, type BanAnswer } from '../domain/ban-answer.js';
import { asciiJson, hasExactly, LINE_BYTES_MAX, parseObject } from './json-line.js';

const REASON = /^[a-z_]{1,32}$/;

const KEYS = ['v', 'address', 'result'];

/**
 * The answer as one line of JSON without its end.
 * @throws RangeError for a reason that is no lower-case word of at most 32 letters.
 */
export function encodeAnswer({ v, address, result, reason }: BanAnswer): string {
  if (reason === null) return asciiJson({ v, address, result });
  if (!REASON.test(reason))
    throw new RangeError('the reason of an answer is one lower-case word of at most 32 letters');
  return asciiJson({ v, address, result, reason });
}

/** Reads a line without its end. Null for everything that `encodeAnswer` does not write (blanks and the order of keys are free). */
export function decodeAnswer(line: string): BanAnswer | null {
  const object = line.length > LINE_BYTES_MAX ? null : parseObject(line);
  if (object?.['v'] !== 1) return null;
  const hasReason = Object.hasOwn(object, 'reason');
  if (!hasExactly(object, hasReason ? [...KEYS, 'reason'] : KEYS)) return null;
  const prefix = canonicalPrefix(object['address']);
  const result = BAN_RESULTS.find((word) => word === object['result']);
  if (prefix === null || result === undefined) return null;
  const address = prefixText(prefix);
  if (!hasReason) return { v: 1, address, result, reason: null };
  const { reason } = object;
  return typeof reason === 'string' && REASON.test(reason) ? { v: 1, address, result, reason } : null;
}
