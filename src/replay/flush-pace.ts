/** For how long a challenge can be answered (RFC 3261, timer F), in ms of the events' own time. */
const FLUSH_MS = 32_000;
/** Looking at what waits costs as much as thousands of events; where there are few it is done by time alone. */
const EVENTS_MIN = 1_000;
const FLUSH_MS_MAX = 600_000;

/**
 * Says when the detector is to look at what waited for events that did not come, by the events' time: live it is done
 * every second. What is found late is found under its own time.
 */
export class FlushPace {
  #latestAt = Number.NEGATIVE_INFINITY;
  #flushedAt = Number.NEGATIVE_INFINITY;
  #events = 0;

  /** The time of the newest event. */
  get latestAt(): number {
    return this.#latestAt;
  }

  /** Takes in the time of an event. @returns whether it is time. */
  isDue(at: number): boolean {
    this.#events++;
    if (at > this.#latestAt) this.#latestAt = at;
    const sinceMs = this.#latestAt - this.#flushedAt;
    if (sinceMs < FLUSH_MS || (this.#events < EVENTS_MIN && sinceMs < FLUSH_MS_MAX)) return false;
    this.#flushedAt = this.#latestAt;
    this.#events = 0;
    return true;
  }
}
