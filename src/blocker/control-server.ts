import type { ListedBan } from '../domain/ban.js';
import { targetFields } from '../domain/ban-target.js';
import type { Operator } from '../wire/operator.js';
import { type Answer, type AnswerBody, encodeAnswer } from '../wire/operator-answer-codec.js';
import { decodeRequest, type Request, type RequestFault } from '../wire/request-codec.js';

/** Writes a line, given without its end; resolves, when more may be written, to whether anybody is there. */
export type Reply = (line: string) => Promise<boolean>;

/** Bans that are written at once: with their longest, some 130 KB. */
const CHUNK_BANS = 64;

/**
 * What the blocker does with an operator's lines: each request is answered once, with its id, as soon as it is done, in whatever
 * order that is; a list with a line for each ban and one for its end.
 */
export class ControlServer {
  readonly #operator: Operator;
  readonly #faults = new Map<RequestFault, number>();

  constructor(operator: Operator) {
    this.#operator = operator;
  }

  /** Lines that were no requests, since the start. */
  get faults(): ReadonlyMap<RequestFault, number> {
    return this.#faults;
  }

  /** Goes to a line server. */
  readonly onLine = async (line: string, reply: Reply): Promise<void> => {
    const request = decodeRequest(line);
    if ('fault' in request) await this.#refuse(request.fault, request.id, reply);
    else await this.#answer(request, reply);
  };

  /** Goes there, too: a line that is too long to be looked at. */
  readonly onOversize = (reply: Reply): void => void this.#refuse('too_long', null, reply);

  async #refuse(fault: RequestFault, id: number | null, reply: Reply): Promise<void> {
    this.#faults.set(fault, (this.#faults.get(fault) ?? 0) + 1);
    await reply(encodeAnswer({ id, type: 'fault', fault, message: MESSAGES[fault] }));
  }

  async #answer(request: Request, reply: Reply): Promise<void> {
    const { id } = request;
    try {
      if (request.type === 'list') await writeList(id, await this.#operator.list(), reply);
      else await reply(encodeAnswer({ id, ...(await this.#done(request)) }));
    } catch (error) {
      // Of the operator's: the firewall, for instance, did not say what it has.
      await reply(encodeAnswer({ id, type: 'fault', fault: 'failed', message: String(error) }));
    }
  }

  async #done(request: Exclude<Request, { type: 'list' }>): Promise<AnswerBody> {
    const operator = this.#operator;
    switch (request.type) {
      case 'flush':
        return { type: 'flushed', ...(await operator.flush()) };
      case 'status':
        return { type: 'status', ...(await operator.status()) };
      case 'remove':
        return { type: 'removed', ...targetFields(request.target), ...(await operator.remove(request.target)) };
      case 'test':
        return { type: 'tested', ...targetFields(request.target), ...(await operator.test(request.target)) };
      case 'add': {
        const { target, seconds, reason } = request;
        return { type: 'added', ...targetFields(target), ...(await operator.add({ target, seconds, reason })) };
      }
      /* c8 ignore next 2 */ // Never reached: the compiler asks for a case for each type.
      default:
        return request satisfies never;
    }
  }
}

async function writeList(id: number, bans: readonly ListedBan[], reply: Reply): Promise<void> {
  for (let from = 0; from < bans.length; from += CHUNK_BANS) {
    const lines = bans.slice(from, from + CHUNK_BANS).map((ban): Answer => ({ id, type: 'ban', ban }));
    if (!(await reply(lines.map(encodeAnswer).join('\n')))) return;
  }
  await reply(encodeAnswer({ id, type: 'end', count: bans.length }));
}

const MESSAGES: Readonly<Record<RequestFault, string>> = {
  too_long: 'a request has at most 2048 bytes',
  not_json: 'a request is one line with an object of JSON',
  version: 'this blocker speaks version 2 ("v":2)',
  id: 'a request has an "id", a whole number',
  type: 'the "type" of a request is list, add, remove, flush, test or status',
  keys: 'the request has a key too many, or one too few',
  address: '"address" is a prefix in canonical text with its length, such as 203.0.113.9/32',
  port: '"port" is null, or with a single address a number from 1 to 65535',
  seconds: '"seconds" is a whole number from 1 to 31536000',
  reason: '"reason" is a printable text of 1 to 128 characters',
};
