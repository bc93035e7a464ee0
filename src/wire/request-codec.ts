import { canonicalPrefix, type Prefix, prefixText } from '../domain/address-set.js';
import { BAN_REASON_LENGTH_MAX } from '../domain/ban.js';
import { isPlainText } from '../text/plain-text.js';
import { asciiJson, hasExactly, isWhole, LINE_BYTES_MAX, parseObject } from './json-line.js';
import type { ManualBan } from './operator.js';

/** What is asked for. */
export type RequestBody =
  | { readonly type: 'list' }
  | { readonly type: 'flush' }
  | { readonly type: 'status' }
  | { readonly type: 'remove' | 'test'; readonly prefix: Prefix }
  | ({ readonly type: 'add' } & ManualBan);

/** `id` is the asker's: the answer has it, too, so that many can be asked at once. */
export type Request = RequestBody & { readonly id: number };

/** Why a line is no request. A closed list. */
export const REQUEST_FAULTS = [
  'too_long',
  'not_json',
  'version',
  'id',
  'type',
  'keys',
  'address',
  'seconds',
  'reason',
] as const;
export type RequestFault = (typeof REQUEST_FAULTS)[number];

/** `id` is null where it could not be read. */
export interface FaultyRequest {
  readonly fault: RequestFault;
  readonly id: number | null;
}

/** A year. */
export const BAN_SECONDS_MAX = 31_536_000;

/** The request as one line of JSON without its end, in printable ASCII and of at most LINE_BYTES_MAX bytes. */
export function encodeRequest(request: Request): string {
  const { id, type } = request;
  switch (type) {
    case 'list':
    case 'flush':
    case 'status':
      return asciiJson({ v: 1, id, type });
    case 'remove':
    case 'test':
      return asciiJson({ v: 1, id, type, address: prefixText(request.prefix) });
    case 'add': {
      const { prefix, seconds, reason } = request;
      return asciiJson({ v: 1, id, type, address: prefixText(prefix), seconds, reason });
    }
    /* c8 ignore next 2 */ // Never reached: the compiler asks for a case for each type.
    default:
      return type satisfies never;
  }
}

/** Reads a line without its end. @returns the first fault where it is not exactly what `encodeRequest` writes (blanks and the order of keys are free). */
export function decodeRequest(line: string): Request | FaultyRequest {
  if (Buffer.byteLength(line) > LINE_BYTES_MAX) return { fault: 'too_long', id: null };
  const object = parseObject(line);
  if (object === null) return { fault: 'not_json', id: null };
  if (object['v'] !== 1) return { fault: 'version', id: null };
  const { id } = object;
  if (!isWhole(id, 0)) return { fault: 'id', id: null };
  const body = readBody(object);
  return typeof body === 'string' ? { fault: body, id } : { ...body, id };
}

type Fields = Readonly<Record<string, unknown>>;

const KEYS = ['v', 'id', 'type'];

function readBody(fields: Fields): RequestBody | RequestFault {
  const { type } = fields;
  switch (type) {
    case 'list':
    case 'flush':
    case 'status':
      return hasExactly(fields, KEYS) ? { type } : 'keys';
    case 'remove':
    case 'test': {
      if (!hasExactly(fields, [...KEYS, 'address'])) return 'keys';
      const prefix = canonicalPrefix(fields['address']);
      return prefix === null ? 'address' : { type, prefix };
    }
    case 'add':
      return readAdd(fields);
    default:
      return 'type';
  }
}

function readAdd(fields: Fields): RequestBody | RequestFault {
  if (!hasExactly(fields, [...KEYS, 'address', 'seconds', 'reason'])) return 'keys';
  const { seconds, reason } = fields;
  const prefix = canonicalPrefix(fields['address']);
  if (prefix === null) return 'address';
  if (!isWhole(seconds, 1, BAN_SECONDS_MAX)) return 'seconds';
  if (!isPlainText(reason, BAN_REASON_LENGTH_MAX) || reason === '') return 'reason';
  return { type: 'add', prefix, seconds, reason };
}
