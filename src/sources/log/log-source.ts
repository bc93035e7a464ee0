import type { Log } from '../../domain/log.js';
import type { Source, SourceHandlers } from '../../domain/source.js';
import { Backoff } from '../../lifecycle/backoff.js';
import { keepTrying } from '../../lifecycle/keep-trying.js';
import { fileFault } from './file-fault.js';
import { Follower, type FollowerOptions } from './follower.js';
import type { LogReader, LogReaderOutput } from './log-reader.js';
import { LogState } from './log-state.js';
import { PositionStore } from './position-store.js';

export interface LogSourceOptions extends Omit<FollowerOptions, 'bookmarks'> {
  /** The file that remembers how far was read; null: each start begins at the end of the log. */
  readonly positionPath: string | null;
  /** Makes the reader of the log's lines. */
  readonly read: (output: LogReaderOutput) => LogReader;
  /** How long nothing may be written to the log until it is said to be the wrong one; Infinity for ever. */
  readonly silenceMs: number;
  /** The waits after the disk failed. A path that is not there is looked at every `pollMs`, which costs nothing. */
  readonly retryFirstMs: number;
  readonly retryMaxMs: number;
  /** Told of each line that is no security event. */
  readonly onIgnored: () => void;
  /** Bytes of the log that were not handed out yet, told at each look. */
  readonly onLag: (bytes: number) => void;
  readonly log: Log;
}

/** When nothing was written to a file for this long, what it ends with is a whole message. */
const SETTLE_MS = 1_000;

/**
 * Security events of one Asterisk, read from one of its logs.
 *
 * A stop leaves unread what was not read; the next start goes on there. What was handed out after the last mark that was
 * acknowledged is handed out again after a restart, and nothing is lost.
 */
export class LogSource implements Source {
  readonly #options: LogSourceOptions;
  readonly #store: PositionStore | null;
  #follower: Follower | null = null;

  constructor(options: LogSourceOptions) {
    const { positionPath, path, log } = options;
    this.#options = options;
    this.#store = positionPath === null ? null : new PositionStore({ path: positionPath, logPath: path, log });
  }

  async start(handlers: SourceHandlers, signal: AbortSignal): Promise<void> {
    const { path, retryFirstMs, retryMaxMs } = this.#options;
    const state = new LogState({ ...this.#options, onState: handlers.onState });
    const backoff = new Backoff(retryFirstMs, retryMaxMs);
    let { bookmarks, fault } = (await this.#store?.load()) ?? { bookmarks: null, fault: null };
    if (fault !== null) state.gap(`${fault}: ${path} is read from its present end on`);
    const attempt = async () => {
      const follower: Follower = this.#followerOf(handlers, state, bookmarks, () => backoff.reset());
      this.#follower = follower;
      try {
        await follower.run(signal);
        return null;
      } catch (error) {
        bookmarks = follower.bookmarks();
        return fileFault(path, error);
      }
    };
    const onFailed = (reason: string, retryMs: number) => state.failed(reason, retryMs);
    await keepTrying(attempt, { backoff, onFailed }, signal);
  }

  /** Works also after the stop: what it returns has written, when it returns, how far was read at the mark. */
  mark(): () => void {
    const bookmarks = this.#follower?.bookmarks() ?? null;
    return () => {
      if (bookmarks !== null) this.#store?.save(bookmarks);
    };
  }

  #followerOf(
    handlers: SourceHandlers,
    state: LogState,
    bookmarks: FollowerOptions['bookmarks'],
    onRead: () => void,
  ): Follower {
    const { read, onIgnored, onLag, clock } = this.#options;
    let writtenAt: number | null = null;
    const reader = read({
      onEvent: (event) => {
        state.event();
        handlers.onEvent(event);
      },
      onMalformed: handlers.onMalformed,
      onIgnored,
      onUnknownPrefix: (line) => state.unknownPrefix(line),
    });
    return new Follower(
      { ...this.#options, bookmarks },
      {
        onLines: (lines, isFirst) => reader.read(lines, isFirst),
        onMalformed: (reason) => {
          handlers.onMalformed(reason);
          reader.skipped();
        },
        onGap: (reason) => state.gap(reason),
        onPath: (fault) => state.path(fault),
        onWritten: () => {
          onRead();
          state.written();
          writtenAt = clock();
        },
        onLag: (bytes) => {
          onLag(bytes);
          if (writtenAt === null || bytes > 0 || clock() - writtenAt < SETTLE_MS) return;
          writtenAt = null;
          reader.settle();
        },
      },
    );
  }
}
