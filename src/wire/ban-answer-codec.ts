import { BAN_RESULTS, type BanAnswer } from '../domain/ban.js';
import { readTarget, type TargetFields, targetFields } from '../domain/ban-target.js';
import { asciiJson, hasExactly, LINE_BYTES_MAX, parseObject } from './json-line.js';

const REASON = /^[a-z_]{1,32}$/;

const KEYS = ['v', 'address', 'result'];
/** Each is there only where it says something. */
const MORE_KEYS = ['port', 'reason'];

/**
 * The answer as one line of JSON without its end, of the version of the decision that it is about.
 * @throws RangeError for a reason that is no lower-case word of at most 32 letters.
 */
export function encodeAnswer({ address, port, result, reason }: BanAnswer): string {
  if (reason !== null && !REASON.test(reason))
    throw new RangeError('the reason of an answer is one lower-case word of at most 32 letters');
  // JSON leaves out what is undefined.
  return asciiJson({ v: versionOf({ port }), address, port: port ?? undefined, result, reason: reason ?? undefined });
}

/** Reads a line without its end. Null for everything that `encodeAnswer` does not write (blanks and the order of keys are free). */
export function decodeAnswer(line: string): BanAnswer | null {
  const object = line.length > LINE_BYTES_MAX ? null : parseObject(line);
  if (object === null || !hasExactly(object, [...KEYS, ...MORE_KEYS.filter((key) => Object.hasOwn(object, key))]))
    return null;
  const { v, address, port, reason } = object;
  const target = port === null ? 'port' : readTarget(address, port ?? null);
  const result = BAN_RESULTS.find((word) => word === object['result']);
  if (typeof target === 'string' || result === undefined || v !== versionOf(target)) return null;
  if (reason === undefined) return { ...targetFields(target), result, reason: null };
  return typeof reason === 'string' && REASON.test(reason) ? { ...targetFields(target), result, reason } : null;
}

function versionOf({ port }: Pick<TargetFields, 'port'>): 1 | 2 {
  return port === null ? 1 : 2;
}
