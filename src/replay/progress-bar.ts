/** The terminal, or whatever standard error is. */
export interface ProgressOutput {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

export interface ProgressBarOptions {
  readonly out: ProgressOutput;
  /** Null where the size of a part is not known. */
  readonly bytesTotal: number | null;
  /** Milliseconds of a clock that never goes back. */
  readonly clock: () => number;
}

const DRAW_MS = 100;
/** Before that a speed says nothing yet. */
const ETA_FROM_MS = 1000;
const BAR_COLUMNS = 24;
const COLUMNS_DEFAULT = 80;
const MEGABYTE = 1_000_000;
const ERASE_LINE = '\r\x1b[2K';

/** How far reading has come, in one line that is drawn again in place; nothing where there is no terminal. */
export class ProgressBar {
  readonly #options: ProgressBarOptions;
  readonly #startedAt: number;
  #drawnAt = Number.NEGATIVE_INFINITY;

  constructor(options: ProgressBarOptions) {
    this.#options = options;
    this.#startedAt = options.clock();
  }

  /** To be called as often as one likes. */
  update(bytesRead: number, events: number): void {
    const { out, clock } = this.#options;
    if (out.isTTY !== true) return;
    const now = clock();
    if (now - this.#drawnAt < DRAW_MS) return;
    this.#drawnAt = now;
    const line = this.#line(bytesRead, events, now - this.#startedAt);
    // A line that fills the last column would begin a new one.
    out.write(`${ERASE_LINE}${line.slice(0, (out.columns ?? COLUMNS_DEFAULT) - 1)}`);
  }

  /** Takes the line away. */
  clear(): void {
    if (this.#drawnAt !== Number.NEGATIVE_INFINITY) this.#options.out.write(ERASE_LINE);
  }

  #line(bytesRead: number, events: number, elapsedMs: number): string {
    const { bytesTotal } = this.#options;
    const perMs = bytesRead / Math.max(elapsedMs, 1);
    const speed = `${((perMs * 1000) / MEGABYTE).toFixed(1)} MB/s`;
    const count = `${events.toLocaleString('en-GB')} events`;
    if (bytesTotal === null) return `${(bytesRead / MEGABYTE).toFixed(1)} MB  ${speed}  ${count}`;
    // A log that grows while it is read must not show more than all of it.
    const share = bytesTotal === 0 ? 1 : Math.min(1, bytesRead / bytesTotal);
    const filled = Math.round(share * BAR_COLUMNS);
    const bar = `[${'#'.repeat(filled)}${'-'.repeat(BAR_COLUMNS - filled)}]`;
    const left = elapsedMs < ETA_FROM_MS ? '' : `  ${clockTime((bytesTotal * (1 - share)) / perMs)} left`;
    return `${bar} ${String(Math.floor(share * 100)).padStart(3)} %  ${speed}  ${count}${left}`;
  }
}

/** `0:07`, `12:30`, `1:02:03`. */
function clockTime(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const two = (value: number) => String(value).padStart(2, '0');
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}
