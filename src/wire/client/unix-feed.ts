import { connect } from 'node:net';
import { BAN_RESULTS, type BanAnswer, type BanResult } from '../../domain/ban.js';
import type { Decision } from '../../domain/decision.js';
import { Backoff } from '../../lifecycle/backoff.js';
import { Grace } from '../../lifecycle/grace.js';
import { keepTrying } from '../../lifecycle/keep-trying.js';
import { pause } from '../../lifecycle/pause.js';
import { decodeAnswer } from '../ban-answer-codec.js';
import { encodeDecision } from '../decision-codec.js';
import { LINE_BYTES_MAX } from '../json-line.js';
import { LineFramer } from '../line-framer.js';
import { LineQueue } from './line-queue.js';
import { UnixLink, type UnixLinkOptions } from './unix-link.js';

/** What changed on the way to the blocker. `reason` is for people; `retryMs` is the wait before the next try. */
export type FeedState =
  | { readonly state: 'connected' }
  | { readonly state: 'lost'; readonly reason: string; readonly retryMs: number };

/** `queued` is how many wait now, the rest since the start. */
export interface FeedCounts {
  readonly queued: number;
  /** Handed to the kernel. */
  readonly sent: number;
  /** Pushed out of a full queue, the oldest first. */
  readonly dropped: number;
  /** From the blocker, by what became of the ban. */
  readonly answers: Readonly<Record<BanResult, number>>;
  /** Lines from the blocker that are no answers. */
  readonly malformed: number;
}

export interface UnixFeedOptions extends Pick<UnixLinkOptions, 'path'> {
  /** How long a stop may take. */
  readonly graceMs: number;
  readonly onState: (state: FeedState) => void;
  readonly onAnswer?: (answer: BanAnswer) => void;
  readonly queueMax?: number;
  readonly connect?: UnixLinkOptions['connect'];
  readonly connectMs?: number;
  readonly writeMs?: number;
  /** The first and the longest wait between two connections. The longest is also how long one must hold to count as good. */
  readonly retryMinMs?: number;
  readonly retryMaxMs?: number;
  /** From 0 to below 1. */
  readonly random?: () => number;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
  readonly wait?: typeof pause;
}

/** Lines that are written at once: with their longest, 128 KB. */
const CHUNK_LINES = 64;

/**
 * Decisions to the blocker's Unix socket, over as many connections as it takes. Nothing that the blocker does or leaves undone
 * holds up whoever decides.
 *
 * A decision that the kernel did not take is sent again on the next connection, so that one may arrive twice; banning twice
 * is banning once. What the kernel took before the blocker died is lost without a count.
 */
export class UnixFeed {
  readonly #options: Required<UnixFeedOptions>;
  readonly #backoff: Backoff;
  /** Of lines with their ends. */
  readonly #queue: LineQueue;
  /** Taken out of the queue and being written. */
  #inFlight = 0;
  #sent = 0;
  readonly #answers = Object.fromEntries(BAN_RESULTS.map((result) => [result, 0])) as Record<BanResult, number>;
  #malformed = 0;
  #wake: () => void = () => undefined;

  constructor(options: UnixFeedOptions) {
    this.#options = {
      onAnswer: () => undefined,
      queueMax: 10_000,
      connect,
      connectMs: 1_000,
      writeMs: 5_000,
      retryMinMs: 100,
      retryMaxMs: 5_000,
      random: Math.random,
      now: () => performance.now(),
      wait: pause,
      ...options,
    };
    this.#queue = new LineQueue(this.#options.queueMax);
    this.#backoff = new Backoff(this.#options.retryMinMs, this.#options.retryMaxMs, this.#options.random);
  }

  get counts(): FeedCounts {
    return {
      queued: this.#queue.length + this.#inFlight,
      sent: this.#sent,
      dropped: this.#queue.dropped,
      answers: { ...this.#answers },
      malformed: this.#malformed,
    };
  }

  /** Queues the decision. Never waits and never throws; the queue is kept also while `run` does not run. */
  push(decision: Decision): void {
    this.#queue.push(`${encodeDecision(decision)}\n`);
    this.#wake();
  }

  /**
   * Connects and sends until the signal is aborted; then goes on for `graceMs` at most, as long as anything is queued.
   * @returns how many decisions are left unsent.
   */
  async run(stop: AbortSignal): Promise<number> {
    const grace = new Grace(stop, this.#options.graceMs);
    const onStop = () => this.#wake();
    stop.addEventListener('abort', onStop);
    // The stop cuts short the pause between two connections, and the grace time has pauses of its own.
    for (const signal of [stop, grace.signal]) await this.#connectUntil(signal, stop, grace.signal);
    grace.end();
    stop.removeEventListener('abort', onStop);
    return this.#queue.length;
  }

  #isDone(stop: AbortSignal, grace: AbortSignal): boolean {
    return grace.aborted || (stop.aborted && this.#queue.length === 0);
  }

  async #connectUntil(signal: AbortSignal, stop: AbortSignal, grace: AbortSignal): Promise<void> {
    const { onState, wait } = this.#options;
    const onFailed = (reason: string, retryMs: number) => onState({ state: 'lost', reason, retryMs });
    const attempt = async () => {
      if (this.#isDone(stop, grace)) return null;
      const reason = await this.#converse(stop, grace);
      return this.#isDone(stop, grace) ? null : reason;
    };
    await keepTrying(attempt, { backoff: this.#backoff, onFailed, wait }, signal);
  }

  /** One connection, from dialling to its end. @returns why the connection ended. */
  async #converse(stop: AbortSignal, grace: AbortSignal): Promise<string> {
    const link = this.#link();
    const close = () => link.close();
    grace.addEventListener('abort', close);
    await link.opened();
    if (!link.isClosed) {
      const openedAt = this.#options.now();
      this.#options.onState({ state: 'connected' });
      while (!link.isClosed && !this.#isDone(stop, grace)) await this.#sendNext(link);
      if (this.#options.now() - openedAt >= this.#options.retryMaxMs) this.#backoff.reset();
    }
    grace.removeEventListener('abort', close);
    link.close();
    return link.closed();
  }

  #link(): UnixLink {
    const framer = new LineFramer(LINE_BYTES_MAX, {
      onLine: (line) => this.#answered(line),
      onOversize: () => {
        this.#malformed += 1;
      },
    });
    return new UnixLink({
      ...this.#options,
      onData: (chunk) => framer.push(chunk),
      onClose: () => this.#wake(),
    });
  }

  #answered(line: string): void {
    const answer = decodeAnswer(line);
    if (answer === null) {
      this.#malformed += 1;
    } else {
      this.#answers[answer.result] += 1;
      this.#options.onAnswer(answer);
    }
  }

  /** Writes what is queued; with an empty queue it waits for whatever comes next: a decision, the connection's end, a stop. */
  async #sendNext(link: UnixLink): Promise<void> {
    const writing = this.#write(link);
    if (writing !== null) return writing;
    // A decision is written while it is pushed: what its pusher does next, such as telling people, takes longer.
    await new Promise<void>((resolve) => {
      this.#wake = () => {
        this.#wake = () => undefined;
        resolve(this.#write(link) ?? undefined);
      };
    });
  }

  /** Null where nothing is queued. */
  #write(link: UnixLink): Promise<void> | null {
    const lines = this.#queue.take(CHUNK_LINES);
    if (lines.length === 0) return null;
    this.#inFlight = lines.length;
    return link.write(lines.join('')).then((isTaken) => this.#written(lines, isTaken, link));
  }

  async #written(lines: readonly string[], isTaken: boolean, link: UnixLink): Promise<void> {
    this.#inFlight = 0;
    if (isTaken) {
      this.#sent += lines.length;
    } else {
      this.#queue.giveBack(lines);
      link.close();
      await link.closed();
    }
  }
}
