import { BAN_TEXT_LENGTH_MAX, isBanSeconds } from '../domain/ban.js';
import { type BanTarget, readTarget, targetFields } from '../domain/ban-target.js';
import { isPlainText } from '../text/plain-text.js';
import { asciiJson, hasExactly, isWhole, LINE_BYTES_MAX, parseObject } from './json-line.js';
import type { ManualBan } from './operator.js';

/** What is asked for. */
export type RequestBody =
  | { readonly type: 'list' }
  | { readonly type: 'flush' }
  | { readonly type: 'status' }
  | { readonly type: 'remove' | 'test'; readonly target: BanTarget }
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
  'port',
  'seconds',
  'reason',
] as const;
export type RequestFault = (typeof REQUEST_FAULTS)[number];

/** `id` is null where it could not be read. */
export interface FaultyRequest {
  readonly fault: RequestFault;
  readonly id: number | null;
}

/** Version 1 knew no sockets, and did not say whether an end was saved. */
const VERSION = 2;

/** The request as one line of JSON without its end, in printable ASCII and of at most LINE_BYTES_MAX bytes. */
export function encodeRequest(request: Request): string {
  const { id, type } = request;
  switch (type) {
    case 'list':
    case 'flush':
    case 'status':
      return asciiJson({ v: VERSION, id, type });
    case 'remove':
    case 'test':
      return asciiJson({ v: VERSION, id, type, ...targetFields(request.target) });
    case 'add': {
      const { target, seconds, reason } = request;
      return asciiJson({ v: VERSION, id, type, ...targetFields(target), seconds, reason });
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
  if (object['v'] !== VERSION) return { fault: 'version', id: null };
  const { id } = object;
  if (!isWhole(id, 0)) return { fault: 'id', id: null };
  const body = readBody(object);
  return typeof body === 'string' ? { fault: body, id } : { ...body, id };
}

type Fields = Readonly<Record<string, unknown>>;

const KEYS = ['v', 'id', 'type'];
const TARGET_KEYS = [...KEYS, 'address', 'port'];

function readBody(fields: Fields): RequestBody | RequestFault {
  const { type } = fields;
  switch (type) {
    case 'list':
    case 'flush':
    case 'status':
      return hasExactly(fields, KEYS) ? { type } : 'keys';
    case 'remove':
    case 'test': {
      if (!hasExactly(fields, TARGET_KEYS)) return 'keys';
      const target = readTarget(fields['address'], fields['port']);
      return typeof target === 'string' ? target : { type, target };
    }
    case 'add':
      return readAdd(fields);
    default:
      return 'type';
  }
}

function readAdd(fields: Fields): RequestBody | RequestFault {
  if (!hasExactly(fields, [...TARGET_KEYS, 'seconds', 'reason'])) return 'keys';
  const { seconds, reason } = fields;
  const target = readTarget(fields['address'], fields['port']);
  if (typeof target === 'string') return target;
  if (!isBanSeconds(seconds)) return 'seconds';
  if (!isPlainText(reason, BAN_TEXT_LENGTH_MAX) || reason === '') return 'reason';
  return { type: 'add', target, seconds, reason };
}
