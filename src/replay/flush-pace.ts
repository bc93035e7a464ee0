/** The exporter looks once a second at what waited for events that did not come. */
const TICK_MS = 1_000;
/**
 * For how long the detector waits, in ms: for the answer to a refusal and to a challenge (`ANSWER_MS` and `RESEND_MS` in
 * detection/sip-session.ts), and for a guesser to go on (`SILENCE_MS` in detection/suspects.ts). At other times there is
 * nothing to see, and to look costs as much as many events.
 */
const WAITS_MS = [1_000, 8_000, 900_000];

/** Says when the exporter would have found something by looking, by the events' own time. */
export class FlushPace {
  #latestAt = Number.NEGATIVE_INFINITY;
  /** For each wait the ticks at which it ends, each once: at most one for each second of it. */
  readonly #queues = WAITS_MS.map((waitMs) => ({ waitMs, ticks: new TickQueue() }));

  /** The time of the newest event. */
  get latestAt(): number {
    return this.#latestAt;
  }

  /** Takes in the time of an event. */
  take(at: number): void {
    if (at <= this.#latestAt) return;
    this.#latestAt = at;
    for (const { waitMs, ticks } of this.#queues) ticks.add(tickAfter(at + waitMs));
  }

  /** The ticks up to a time, in order, each once: to be looked at before an event of that time is read. */
  *dueBefore(at: number): Iterable<number> {
    for (;;) {
      const tick = Math.min(...this.#queues.map(({ ticks }) => ticks.first));
      if (tick > at) return;
      for (const { ticks } of this.#queues) if (ticks.first === tick) ticks.shift();
      yield tick;
    }
  }
}

function tickAfter(at: number): number {
  return Math.ceil(at / TICK_MS) * TICK_MS;
}

/** Times that only grow. */
class TickQueue {
  #ticks: number[] = [];
  #next = 0;
  #last = Number.NEGATIVE_INFINITY;

  /** Infinity where there is none. */
  get first(): number {
    return this.#ticks[this.#next] ?? Number.POSITIVE_INFINITY;
  }

  add(tick: number): void {
    if (tick <= this.#last) return;
    this.#last = tick;
    this.#ticks.push(tick);
  }

  shift(): void {
    this.#next++;
    if (this.#next * 2 < this.#ticks.length) return;
    this.#ticks = this.#ticks.slice(this.#next);
    this.#next = 0;
  }
}
