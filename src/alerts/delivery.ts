import { EventEmitter, once } from 'node:events';
import type { Log } from '../domain/log.js';
import { Backoff } from '../lifecycle/backoff.js';
import { Grace } from '../lifecycle/grace.js';
import { pause } from '../lifecycle/pause.js';
import { type AlertCounts, type AlertDropReason, noDrops } from './alert.js';
import { OutageLog } from './outage-log.js';
import { type PostResult, post } from './post.js';

export interface DeliveryOptions {
  /** The alert's name, for the log. */
  readonly name: string;
  /** May hold a token: only its origin is told. */
  readonly url: string;
  readonly log: Log;
  /** Asked for each try. */
  readonly headers: (body: string) => Readonly<Record<string, string>>;
  /** How long a stop may wait for what is still to be sent. */
  readonly graceMs: number;
  readonly queueMax?: number;
  /** For one try. */
  readonly timeoutMs?: number;
  /** No try begins later than this after the first one of the same body. */
  readonly retryForMs?: number;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>;
}

interface Parcel {
  readonly body: string;
  /** Of its severity. */
  readonly rank: number;
}

/** Between two tries; the wait doubles from the one to the other. */
const RETRY_FIRST_MS = 1000;
const RETRY_MAX_MS = 60_000;

/**
 * Brings bodies to one receiver, one request at a time and in order, and tries again where that can help. Whoever pushes
 * never waits: the queue is bounded, and the oldest of the least severe makes room.
 */
export class Delivery {
  readonly #options: Required<DeliveryOptions>;
  readonly #queue: Parcel[] = [];
  readonly #bell = new EventEmitter();
  readonly #backoff = new Backoff(RETRY_FIRST_MS, RETRY_MAX_MS);
  readonly #outage: OutageLog;
  readonly #dropped = noDrops();
  #sent = 0;
  #failed = 0;
  #hasEnded = false;

  constructor(options: DeliveryOptions) {
    this.#options = {
      queueMax: 100,
      timeoutMs: 10_000,
      retryForMs: 300_000,
      now: () => performance.now(),
      wait: pause,
      ...options,
    };
    const { log, name, now } = this.#options;
    this.#outage = new OutageLog(log, { alert: name, receiver: new URL(options.url).origin }, now);
  }

  push(body: string, rank: number): void {
    if (this.#hasEnded) {
      this.#drop('stopped');
      return;
    }
    this.#queue.push({ body, rank });
    if (this.#queue.length > this.#options.queueMax) this.#makeRoom();
    this.#bell.emit('pushed');
  }

  /** Sends until the signal is aborted, then each that is left once, for as long as the grace time allows. To be called once. */
  async run(signal: AbortSignal): Promise<void> {
    const grace = new Grace(signal, this.#options.graceMs);
    await this.#sendUntil(signal, grace.signal);
    grace.end();
  }

  counts(): Omit<AlertCounts, 'suppressed'> {
    return { sent: this.#sent, failed: this.#failed, dropped: { ...this.#dropped } };
  }

  async #sendUntil(stop: AbortSignal, grace: AbortSignal): Promise<void> {
    while (!grace.aborted) {
      const parcel = this.#queue.shift();
      if (parcel !== undefined) await this.#deliver(parcel, stop, grace);
      else if (stop.aborted) break;
      // An AbortError: the stop ended the wait.
      else await once(this.#bell, 'pushed', { signal: stop }).catch(() => undefined);
    }
    this.#hasEnded = true;
    this.#drop('stopped', this.#queue.splice(0).length);
  }

  async #deliver({ body }: Parcel, stop: AbortSignal, grace: AbortSignal): Promise<void> {
    const { now, wait, retryForMs } = this.#options;
    const giveUpAt = now() + retryForMs;
    for (;;) {
      const result = await this.#try(body, grace);
      if (result.kind === 'sent') return;
      if (result.kind === 'refused') return this.#drop('refused');
      if (stop.aborted) return this.#drop('stopped');
      const waitMs = Math.max(this.#backoff.next(), result.retryAfterMs);
      if (now() + waitMs > giveUpAt) return this.#drop('gave_up');
      await wait(waitMs, stop);
    }
  }

  async #try(body: string, grace: AbortSignal): Promise<PostResult> {
    const { url, headers, timeoutMs } = this.#options;
    const result = await post({ url, body, headers: headers(body), timeoutMs }, grace);
    if (result.kind === 'sent') {
      this.#sent += 1;
      this.#backoff.reset();
      this.#outage.over();
    } else {
      this.#failed += 1;
      this.#outage.failed(result.reason);
    }
    return result;
  }

  #makeRoom(): void {
    const least = Math.min(...this.#queue.map(({ rank }) => rank));
    const index = this.#queue.findIndex(({ rank }) => rank === least);
    this.#queue.splice(index, 1);
    this.#drop('queue');
  }

  #drop(reason: AlertDropReason, count = 1): void {
    this.#dropped[reason] += count;
  }
}
