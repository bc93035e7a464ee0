import type { Log } from '../../domain/log.js';
import type { SourceState } from '../../domain/source.js';
import { visibleText } from '../../text/visible-text.js';

export interface LogStateOptions {
  readonly path: string;
  /** How long nothing may be written to the log until it is said to be the wrong one. */
  readonly silenceMs: number;
  /** The wait before the path is looked at again. */
  readonly pollMs: number;
  /** Milliseconds, never set back. */
  readonly clock: () => number;
  readonly onState: (state: SourceState) => void;
  readonly log: Log;
}

/** A failure that stays the same is told again after this time: the program's own log may have been rotated. */
const REPEAT_MS = 60_000;

/** When it is told that lines came and none of them says anything: a minute after the start, and then rarely. */
const NOTHING_YET_MS: readonly number[] = [60_000, 3_600_000];
const NOTHING_YET_EVERY_MS = 86_400_000;
const SHOWN_COLUMNS_MAX = 120;

/** What is told of a log's life, each change once. */
export class LogState {
  readonly #options: LogStateOptions;
  #state: SourceState['state'] = 'disconnected';
  /** Why nothing can be read, and when that was told; null before the first time. */
  #told: { readonly reason: string; readonly at: number } | null = null;
  /** A loss that was found before the file was open. */
  #gapReason: string | null = null;
  /** Since when nothing was written. */
  #quietSince: number;
  /** Since when lines came of which none says anything; null where one did, or none came. */
  #nothingSince: number | null = null;
  #nothingTold = 0;
  #hasHeard = false;
  #isPrefixTold = false;

  constructor(options: LogStateOptions) {
    this.#options = options;
    this.#quietSince = options.clock();
  }

  /** @param fault what is wrong with the path, null if it is followed; told at each look. */
  path(fault: string | null): void {
    if (fault !== null) this.failed(fault, this.#options.pollMs);
    else if (this.#state === 'disconnected') this.#connect();
    else this.#listen();
  }

  /** The log cannot be read; @param retryMs the wait before the next try. */
  failed(reason: string, retryMs: number): void {
    const at = this.#options.clock();
    const told = this.#state === 'disconnected' ? this.#told : null;
    if (told !== null && told.reason === reason && at - told.at < REPEAT_MS) return;
    this.#told = { reason, at };
    this.#tell({ state: 'disconnected', reason, retryMs });
  }

  /** Lines were lost: told as a connection that was lost and is there again, since it is the same to whoever counts. */
  gap(reason: string): void {
    if (this.#state === 'disconnected') {
      this.#gapReason = reason;
      return;
    }
    this.#tell({ state: 'disconnected', reason, retryMs: 0 });
    this.#tell({ state: 'connected' });
  }

  /** The log was written to. */
  written(): void {
    this.#quietSince = this.#options.clock();
    if (!this.#hasHeard) this.#nothingSince ??= this.#quietSince;
    // Lines that cannot be read end no deafness.
    if (this.#state === 'deaf' && !this.#isPrefixTold) this.#tell({ state: 'connected' });
  }

  /** A line that says it is a security event's is not understood: told once, and deaf unless others are. */
  unknownPrefix(line: string): void {
    if (this.#isPrefixTold || this.#hasHeard) return;
    this.#isPrefixTold = true;
    this.#tell({ state: 'deaf', reason: prefixText(this.#options.path, line) });
  }

  /** A security event came. */
  event(): void {
    this.#hasHeard = true;
    this.#isPrefixTold = false;
    this.#nothingSince = null;
    if (this.#state === 'hearing' || this.#state === 'disconnected') return;
    this.#tell({ state: 'hearing' });
  }

  #connect(): void {
    this.#quietSince = this.#options.clock();
    this.#tell({ state: 'connected' });
    if (this.#gapReason !== null) this.gap(this.#gapReason);
    this.#gapReason = null;
  }

  #listen(): void {
    this.#tellNothingYet();
    const { clock, silenceMs, path } = this.#options;
    if (this.#state === 'deaf' || clock() - this.#quietSince < silenceMs) return;
    this.#tell({ state: 'deaf', reason: silenceText(path, silenceMs) });
  }

  #tellNothingYet(): void {
    if (this.#nothingSince === null) return;
    const { clock, log, path } = this.#options;
    const waitedMs = clock() - this.#nothingSince;
    const due = NOTHING_YET_MS[this.#nothingTold] ?? (this.#nothingTold - 1) * NOTHING_YET_EVERY_MS;
    if (waitedMs < due) return;
    this.#nothingTold++;
    log.info({ minutes: Math.round(waitedMs / 60_000) }, `no line of ${path} has told of a login or of a failure yet`);
  }

  #tell(state: SourceState): void {
    this.#state = state.state;
    this.#options.onState(state);
  }
}

function silenceText(path: string, silenceMs: number): string {
  return (
    `nothing was written to ${path} for ${silenceMs / 1000} s. Is it the file that Asterisk writes ("logger show channels" in ` +
    'Asterisk), seen through the right mount? logger.conf must name it with the levels that are to be read, and "logger ' +
    'reload" makes Asterisk open it anew'
  );
}

function prefixText(path: string, line: string): string {
  return `${path} has security events behind a beginning that is not understood: "${visibleText(line, SHOWN_COLUMNS_MAX)}". Give Asterisk a file of its own in logger.conf, or report the line`;
}
