import { once } from 'node:events';
import type { Log } from '../domain/log.js';
import type { Reading } from '../domain/reading.js';
import { pause } from '../lifecycle/pause.js';
import type { Meters } from './meters.js';

const READY_POLL_MS = 20;

/** Where readings go. */
export interface Sink {
  /** False while the receiver cannot be reached (its name not resolved yet, TCP down): keep the sums, ask again at the next flush. */
  ready(): boolean;
  /** Resolves when the readings have left the process or are counted as dropped; never rejects. Not to be called again before that. */
  send(readings: readonly Reading[]): Promise<void>;
  /** Ends a `send` that still waits. May be called more than once. */
  close(): Promise<void>;
}

export interface FlusherOptions {
  readonly meters: Pick<Meters, 'take'>;
  readonly sink: Sink;
  /** What is sent along with every window: the program's own health. */
  readonly extra: () => readonly Reading[];
  /** Called as a window is taken; what it returns is called when the whole window was sent. */
  readonly mark: () => () => void;
  /** Told at the end of each flush, also of one that left the sums where they are because the sink is not ready. */
  readonly onFlush: () => void;
  /** Between the end of one flush and the start of the next. */
  readonly flushMs: number;
  /** How long the last flush may wait for the receiver. */
  readonly graceMs: number;
  readonly log: Log;
}

/** Sends a window of sums at a time, one send after the other. While the sink is not ready the window goes on. */
export class Flusher {
  readonly #options: FlusherOptions;

  constructor(options: FlusherOptions) {
    this.#options = options;
  }

  /**
   * Flushes until the signal is aborted, then once more, and closes the sink.
   * @returns false when the grace time ended before the last window was sent.
   */
  async run(signal: AbortSignal): Promise<boolean> {
    const { graceMs, sink } = this.#options;
    const grace = new AbortController();
    const flushing = this.#flushUntil(signal, grace.signal);
    try {
      if (!signal.aborted) await Promise.race([flushing, once(signal, 'abort')]);
      await Promise.race([flushing, pause(graceMs, grace.signal)]);
    } finally {
      grace.abort();
      await sink.close();
    }
    return flushing;
  }

  async #flushUntil(signal: AbortSignal, grace: AbortSignal): Promise<boolean> {
    const { flushMs, sink, meters, log } = this.#options;
    while (!signal.aborted) {
      await pause(flushMs, signal);
      if (!signal.aborted) await this.#flush(grace);
    }
    while (!sink.ready() && !grace.aborted) await pause(READY_POLL_MS, grace);
    await this.#flush(grace);
    if (!grace.aborted) return true;
    log.warn({ readings: meters.take().length }, 'the grace time ended before the last readings were sent');
    return false;
  }

  async #flush(grace: AbortSignal): Promise<void> {
    const { sink, meters, extra, mark, onFlush } = this.#options;
    if (sink.ready()) {
      const onSent = mark();
      await sink.send([...meters.take(), ...extra()]);
      // A sink that was closed at the end of the grace time has not sent it all.
      if (!grace.aborted) onSent();
    }
    onFlush();
  }
}
