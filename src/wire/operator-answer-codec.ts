import { BAN_RESULTS, type BanReply, type ListedBan, REFUSALS, TIME_MAX } from '../domain/ban.js';
import { PORT_MAX, readTarget, type TargetFields, targetFields } from '../domain/ban-target.js';
import { isPlainText, plainText } from '../text/plain-text.js';
import { asciiJson, hasExactly, isWhole, parseObject } from './json-line.js';
import { readListedBan, writeListedBan } from './listed-ban-codec.js';
import { type BanTest, type BlockerStatus, type FlushResult, PORTS_TOLD_MAX, type Removal } from './operator.js';
import { REQUEST_FAULTS, type RequestFault } from './request-codec.js';

/** Besides a request's own faults: `failed`, the blocker could not do it. */
export const ANSWER_FAULTS = [...REQUEST_FAULTS, 'failed'] as const;
type AnswerFault = RequestFault | 'failed';

export type AnswerBody =
  /** A list is any number of these, and the end, which has how many they were. */
  | { readonly type: 'ban'; readonly ban: ListedBan }
  | { readonly type: 'end'; readonly count: number }
  | ({ readonly type: 'added' } & TargetFields & BanReply)
  | ({ readonly type: 'removed' } & TargetFields & Removal)
  | ({ readonly type: 'flushed' } & FlushResult)
  | ({ readonly type: 'tested' } & TargetFields & BanTest)
  | ({ readonly type: 'status' } & BlockerStatus)
  /** `message` is for people. */
  | { readonly type: 'fault'; readonly fault: AnswerFault; readonly message: string };

/** `id` is the request's; null for a fault of one that had none. */
export type Answer = AnswerBody & { readonly id: number | null };

/** The longest answer in bytes without its end: two texts of 128 letters, each six bytes long, and what is around them. */
export const ANSWER_BYTES_MAX = 4096;

type Fields = Readonly<Record<string, unknown>>;

/** The request's. */
const VERSION = 2;
const TEXT_LENGTH_MAX = 256;
const WORD = /^[a-z_]{1,32}$/;

/**
 * The answer as one line of JSON without its end, in printable ASCII and of at most ANSWER_BYTES_MAX bytes.
 * @throws RangeError for a reason that is no lower-case word of at most 32 letters.
 */
export function encodeAnswer({ id, ...body }: Answer): string {
  const { type } = body;
  const fields: Fields = { ...plainBody(body) };
  // What else the object may have is nobody's business.
  return asciiJson({
    v: VERSION,
    id,
    type,
    ...Object.fromEntries(READERS[type].keys.map((key) => [key, fields[key]])),
  });
}

function plainBody(body: AnswerBody): AnswerBody {
  switch (body.type) {
    case 'added':
      if (!isReason(body.reason))
        throw new RangeError('the reason of an answer is one lower-case word of at most 32 letters');
      return body;
    case 'ban':
      return { ...body, ban: writeListedBan(body.ban) };
    case 'tested':
      return { ...body, ban: body.ban === null ? null : writeListedBan(body.ban) };
    case 'status': {
      const { firewall, fault } = body;
      const plainFault = fault === null ? null : plainText(fault, TEXT_LENGTH_MAX);
      return { ...body, firewall: plainText(firewall, TEXT_LENGTH_MAX), fault: plainFault };
    }
    case 'fault':
      return { ...body, message: plainText(body.message, TEXT_LENGTH_MAX) };
    case 'removed':
      return { ...body, ports: body.ports.slice(0, PORTS_TOLD_MAX) };
    case 'end':
    case 'flushed':
      return body;
    /* c8 ignore next 2 */ // Never reached: the compiler asks for a case for each type.
    default:
      return body satisfies never;
  }
}

/** Reads a line without its end. Null for everything that `encodeAnswer` does not write (blanks and the order of keys are free). */
export function decodeAnswer(line: string): Answer | null {
  const object = line.length > ANSWER_BYTES_MAX ? null : parseObject(line);
  if (object === null) return null;
  const { v, id, type, ...fields } = object;
  const reader =
    typeof type === 'string' && Object.hasOwn(READERS, type) ? READERS[type as keyof typeof READERS] : null;
  const body = reader !== null && hasExactly(fields, reader.keys) ? reader.read(fields) : null;
  if (v !== VERSION || body === null) return null;
  const isNumbered = isWhole(id, 0);
  return isNumbered || (id === null && body.type === 'fault') ? { ...body, id } : null;
}

interface Reader {
  readonly keys: readonly string[];
  /** Of an object with exactly the keys. */
  readonly read: (fields: Fields) => AnswerBody | null;
}

const READERS: Readonly<Record<AnswerBody['type'], Reader>> = {
  ban: {
    keys: ['ban'],
    read: (fields) => {
      const ban = readListedBan(fields['ban']);
      return ban === null ? null : { type: 'ban', ban };
    },
  },
  end: {
    keys: ['count'],
    read: ({ count }) => (isWhole(count, 0) ? { type: 'end', count } : null),
  },
  added: {
    keys: ['address', 'port', 'result', 'reason'],
    read: ({ reason, ...fields }) => {
      const target = targetOf(fields);
      const result = BAN_RESULTS.find((known) => known === fields['result']);
      if (target === null || result === undefined) return null;
      return isReason(reason) ? { type: 'added', ...target, result, reason } : null;
    },
  },
  removed: {
    keys: ['address', 'port', 'isRemoved', 'sockets', 'ports', 'isSaved'],
    read: ({ isRemoved, sockets, ports, isSaved, ...fields }) => {
      const target = targetOf(fields);
      if (target === null || typeof isRemoved !== 'boolean' || typeof isSaved !== 'boolean') return null;
      if (!isWhole(sockets, 0) || !isPorts(ports)) return null;
      return { type: 'removed', ...target, isRemoved, sockets, ports, isSaved };
    },
  },
  flushed: {
    keys: ['count', 'isSaved'],
    read: ({ count, isSaved }) =>
      isWhole(count, 0) && typeof isSaved === 'boolean' ? { type: 'flushed', count, isSaved } : null,
  },
  tested: {
    keys: ['address', 'port', 'refusal', 'ban', 'sockets'],
    read: ({ sockets, ...fields }) => {
      const target = targetOf(fields);
      const refusal = [...REFUSALS, null].find((known) => known === fields['refusal']);
      const ban = fields['ban'] === null ? null : (readListedBan(fields['ban']) ?? undefined);
      if (target === null || refusal === undefined || ban === undefined || !isWhole(sockets, 0)) return null;
      return { type: 'tested', ...target, refusal, ban, sockets };
    },
  },
  status: {
    keys: ['firewall', 'fault', 'desired', 'sockets', 'enforced', 'verifiedAt', 'bansMax', 'bansPerMinute'],
    read: ({ firewall, fault, desired, sockets, enforced, verifiedAt, bansMax, bansPerMinute }) => {
      if (!isPlainText(firewall, TEXT_LENGTH_MAX) || !(fault === null || isPlainText(fault, TEXT_LENGTH_MAX)))
        return null;
      if (!isWhole(desired, 0) || !isWhole(sockets, 0) || !isWhole(enforced, 0)) return null;
      if (!isWhole(bansMax, 0) || !isWhole(bansPerMinute, 0)) return null;
      if (!(verifiedAt === null || isWhole(verifiedAt, 0, TIME_MAX))) return null;
      return { type: 'status', firewall, fault, desired, sockets, enforced, verifiedAt, bansMax, bansPerMinute };
    },
  },
  fault: {
    keys: ['fault', 'message'],
    read: ({ message, ...fields }) => {
      const fault = ANSWER_FAULTS.find((known) => known === fields['fault']);
      return fault !== undefined && isPlainText(message, TEXT_LENGTH_MAX) ? { type: 'fault', fault, message } : null;
    },
  },
};

function targetOf({ address, port }: Fields): TargetFields | null {
  const target = readTarget(address, port);
  return typeof target === 'string' ? null : targetFields(target);
}

function isPorts(value: unknown): value is number[] {
  return Array.isArray(value) && value.length <= PORTS_TOLD_MAX && value.every((port) => isWhole(port, 1, PORT_MAX));
}

function isReason(value: unknown): value is string | null {
  return value === null || (typeof value === 'string' && WORD.test(value));
}
