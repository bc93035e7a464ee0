import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { BanReply, ListedBan } from '../domain/ban.js';
import type { BanTarget } from '../domain/ban-target.js';
import { visibleText } from '../text/visible-text.js';
import { LineFramer } from '../wire/line-framer.js';
import type { BanTest, BlockerStatus, FlushResult, ManualBan, Removal } from '../wire/operator.js';
import { ANSWER_BYTES_MAX, type Answer, type AnswerBody, decodeAnswer } from '../wire/operator-answer-codec.js';
import { encodeRequest, type RequestBody } from '../wire/request-codec.js';
import { ControlError, connectionError } from './error.js';

export interface ControlClientOptions {
  /** Of the blocker's control socket. */
  readonly path: string;
  /** How long the blocker may say nothing while it is asked something, and how long connecting may take. */
  readonly silenceMs?: number;
  /** The most bans that a list may have. */
  readonly listMax?: number;
  readonly connect?: (path: string) => Socket;
}

/** The kernel's own (unix(7)): a longer path is cut without a word. */
const PATH_BYTES_MAX = 107;

const MESSAGE_COLUMNS_MAX = 512;

/** Somebody who waits. `take` says whether that was all. */
interface Waiter {
  readonly take: (answer: Answer) => boolean;
  readonly fail: (error: ControlError) => void;
}

type AnswerOf<Type extends AnswerBody['type']> = Extract<Answer, { readonly type: Type }>;

/**
 * A connection to the blocker, for an operator. Many things can be asked at once; how many is up to the asker, since each is kept
 * until it is answered. All that is asked fails with a ControlError when the connection does.
 */
export class ControlClient {
  readonly #socket: Socket;
  readonly #options: Required<ControlClientOptions>;
  /** By the request's id. */
  readonly #waiters = new Map<number, Waiter>();
  /** Runs while anybody waits. */
  #silence: NodeJS.Timeout | undefined;
  #error: ControlError | null = null;
  #lastId = 0;

  private constructor(socket: Socket, options: Required<ControlClientOptions>) {
    this.#socket = socket;
    this.#options = options;
    const framer = new LineFramer(ANSWER_BYTES_MAX, {
      onLine: (line) => this.#answered(decodeAnswer(line)),
      onOversize: () => this.#answered(null),
    });
    socket.on('data', (chunk) => framer.push(chunk));
    socket.on('error', (error) => this.#fail(connectionError(error, options.path)));
    socket.on('close', () =>
      this.#fail(noBlocker('the blocker has closed the connection (has it ended, or too many operators?)')),
    );
  }

  /** @throws ControlError */
  static async open(given: ControlClientOptions): Promise<ControlClient> {
    const options = { silenceMs: 10_000, listMax: 1_000_000, connect, ...given };
    const { path, silenceMs } = options;
    if (Buffer.byteLength(path) > PATH_BYTES_MAX) throw connectionError(pathTooLong(), path);
    const socket = options.connect(path);
    const timer = setTimeout(() => socket.destroy(new Error(`nobody has answered for ${silenceMs} ms`)), silenceMs);
    try {
      await once(socket, 'connect');
    } catch (error) {
      throw connectionError(error as NodeJS.ErrnoException, path);
    } finally {
      clearTimeout(timer);
    }
    return new ControlClient(socket, options);
  }

  /** The newest first. */
  list(): Promise<ListedBan[]> {
    const bans: ListedBan[] = [];
    return this.#ask({ type: 'list' }, (answer) => {
      if (answer.type === 'ban' && bans.length < this.#options.listMax) {
        bans.push(answer.ban);
        return null;
      }
      return answer.type === 'end' && answer.count === bans.length ? bans : undefined;
    });
  }

  async add(ban: ManualBan): Promise<BanReply> {
    const { result, reason } = await this.#askOnce({ type: 'add', ...ban }, 'added');
    return { result, reason };
  }

  async remove(target: BanTarget): Promise<Removal> {
    const { isRemoved, sockets, ports, isSaved } = await this.#askOnce({ type: 'remove', target }, 'removed');
    return { isRemoved, sockets, ports, isSaved };
  }

  async flush(): Promise<FlushResult> {
    const { count, isSaved } = await this.#askOnce({ type: 'flush' }, 'flushed');
    return { count, isSaved };
  }

  async test(target: BanTarget): Promise<BanTest> {
    const { refusal, ban, sockets } = await this.#askOnce({ type: 'test', target }, 'tested');
    return { refusal, ban, sockets };
  }

  async status(): Promise<BlockerStatus> {
    const { id: _id, type: _type, ...status } = await this.#askOnce({ type: 'status' }, 'status');
    return status;
  }

  /** Whoever waits still is told so. */
  close(): void {
    this.#fail(noBlocker('the connection to the blocker is closed'));
  }

  #askOnce<Type extends AnswerBody['type']>(body: RequestBody, type: Type): Promise<AnswerOf<Type>> {
    return this.#ask(body, (answer) => (answer.type === type ? (answer as AnswerOf<Type>) : undefined));
  }

  /** @param read what is asked for; null where more is to come, undefined where the answer is to something else. */
  #ask<Result>(body: RequestBody, read: (answer: Answer) => Result | null | undefined): Promise<Result> {
    if (this.#error !== null) return Promise.reject(this.#error);
    this.#lastId += 1;
    const id = this.#lastId;
    if (this.#waiters.size === 0) this.#listen();
    this.#socket.write(`${encodeRequest({ ...body, id })}\n`);
    return new Promise((resolve, reject) => {
      const take = (answer: Answer) => {
        const result = read(answer);
        if (result === undefined) reject(answer.type === 'fault' ? failed(answer.message) : this.#misunderstand());
        else if (result !== null) resolve(result);
        return result !== null;
      };
      this.#waiters.set(id, { take, fail: reject });
    });
  }

  #listen(): void {
    const { silenceMs } = this.#options;
    const error = noBlocker(`the blocker has said nothing for ${silenceMs} ms`);
    this.#silence = setTimeout(() => this.#fail(error), silenceMs);
  }

  #answered(answer: Answer | null): void {
    if (this.#error !== null) return;
    this.#silence?.refresh();
    const id = answer?.id ?? 0;
    const waiter = this.#waiters.get(id);
    if (answer === null || waiter === undefined) {
      // A fault without an id is about a request that the blocker could not read, and says why.
      if (answer?.type === 'fault') this.#fail(failed(answer.message));
      else this.#misunderstand();
      return;
    }
    if (waiter.take(answer)) this.#waiters.delete(id);
    if (this.#waiters.size === 0) clearTimeout(this.#silence);
  }

  /** What comes after such an answer cannot be trusted either. */
  #misunderstand(): ControlError {
    const error = noBlocker('what listens there does not speak as this version does (is the blocker of another one?)');
    this.#fail(error);
    return error;
  }

  #fail(error: ControlError): void {
    if (this.#error !== null) return;
    this.#error = error;
    clearTimeout(this.#silence);
    this.#socket.destroy();
    for (const { fail } of this.#waiters.values()) fail(error);
    this.#waiters.clear();
  }
}

function noBlocker(message: string): ControlError {
  return new ControlError('no-blocker', message);
}

function failed(message: string): ControlError {
  return new ControlError('failed', `the blocker could not do it: ${visibleText(message, MESSAGE_COLUMNS_MAX)}`);
}

function pathTooLong(): NodeJS.ErrnoException {
  return Object.assign(new Error('the path is too long'), { code: 'ENAMETOOLONG' });
}
