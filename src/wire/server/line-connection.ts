import type { Socket } from 'node:net';
import { LINE_BYTES_MAX } from '../json-line.js';
import { LineFramer } from '../line-framer.js';

/**
 * Writes a line, given without its end. Resolves when more may be written, to whether the other side is still there: at once,
 * as long as it reads. Never rejects.
 */
export type Reply = (line: string) => Promise<boolean>;

export interface LineConnectionOptions {
  /** What it has begun when it resolves is done. Where it throws or rejects, which it should not, the connection ends. */
  readonly onLine: (line: string, reply: Reply) => Promise<void> | void;
  /** A line of more than LINE_BYTES_MAX bytes, which is skipped. */
  readonly onOversize: (reply: Reply) => void;
  /** Our own failure. */
  readonly onError: (error: unknown) => void;
  /** The other side does not read its answers; the connection ends. */
  readonly onUnread: () => void;
  /** Lines at work; with more than that no more is read, but for what has come in the same chunk. */
  readonly pendingMax: number;
  /** Bytes that may wait to be read by the other side. */
  readonly unreadBytesMax: number;
  /** How long they may wait, where they are so many that the writer waits. */
  readonly unreadMs: number;
}

const OPEN = Promise.resolve(true);
const GONE = Promise.resolve(false);

/** One client of a line server. Its faults end it and touch nobody else; it may say nothing for ever. */
export class LineConnection {
  readonly #socket: Socket;
  readonly #options: LineConnectionOptions;
  readonly #framer: LineFramer;
  #pending = 0;
  /** Nothing more is read: the other side has said all, or we stop. */
  #isEnding = false;
  #draining: Promise<boolean> | null = null;

  /** @param socket of a server with `allowHalfOpen`, so that who says all at once and shuts its side still gets its answers. */
  constructor(socket: Socket, options: LineConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#framer = new LineFramer(LINE_BYTES_MAX, {
      onLine: (line) => void this.#answer(line),
      onOversize: () => options.onOversize(this.#reply),
    });
    // A reset, or an answer to somebody who has gone: `close` comes next.
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => this.#framer.push(chunk));
    socket.on('end', () => this.#end());
  }

  /** Reads no more, and ends when all answers are written. */
  stop(): void {
    this.#socket.pause();
    this.#end();
  }

  /** Ends at once. */
  destroy(): void {
    this.#socket.destroy();
  }

  async #answer(line: string): Promise<void> {
    this.#pending += 1;
    if (this.#pending >= this.#options.pendingMax) this.#socket.pause();
    try {
      await this.#options.onLine(line, this.#reply);
    } catch (error) {
      this.#options.onError(error);
      this.#socket.destroy();
    }
    this.#pending -= 1;
    if (this.#isEnding) this.#end();
    else if (this.#pending < this.#options.pendingMax) this.#socket.resume();
  }

  #end(): void {
    this.#isEnding = true;
    if (this.#pending === 0) this.#socket.destroySoon();
  }

  readonly #reply: Reply = (line) => {
    const socket = this.#socket;
    if (!socket.writable) return GONE;
    if (socket.write(`${line}\n`)) return OPEN;
    if (socket.writableLength > this.#options.unreadBytesMax) {
      this.#giveUp();
      return GONE;
    }
    this.#draining ??= this.#drained();
    return this.#draining;
  };

  #drained(): Promise<boolean> {
    const socket = this.#socket;
    const timer = setTimeout(() => this.#giveUp(), this.#options.unreadMs);
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        socket.off('drain', end);
        socket.off('close', end);
        this.#draining = null;
        resolve(socket.writable);
      };
      socket.on('drain', end);
      socket.on('close', end);
    });
  }

  #giveUp(): void {
    this.#options.onUnread();
    this.#socket.destroy();
  }
}
