import type { Socket } from 'node:net';

export interface UnixLinkOptions {
  /** Of the socket's file. */
  readonly path: string;
  /** How long the connection may take to come about. */
  readonly connectMs: number;
  /** How long the other side may leave a text unread. */
  readonly writeMs: number;
  /** The bytes are the listener's to keep. */
  readonly onData: (chunk: Buffer) => void;
  readonly onClose: () => void;
  readonly connect: (path: string) => Socket;
}

/** One connection to the blocker, from the dialling to its end. It fails by closing and never throws. */
export class UnixLink {
  readonly #socket: Socket;
  readonly #writeMs: number;
  readonly #opened: Promise<void>;
  readonly #closed: Promise<string>;
  #isClosed = false;

  constructor({ path, connectMs, writeMs, onData, onClose, connect }: UnixLinkOptions) {
    this.#writeMs = writeMs;
    const socket = connect(path);
    this.#socket = socket;
    const stop = destroyAfter(socket, connectMs, `no connection within ${connectMs} ms`);
    let reason = 'closed by the blocker';
    socket.on('error', (error: NodeJS.ErrnoException) => {
      reason = explain(error);
    });
    socket.on('data', onData);
    this.#closed = new Promise((resolve) => {
      socket.once('close', () => {
        stop();
        this.#isClosed = true;
        resolve(reason);
        onClose();
      });
    });
    const connected = new Promise<void>((resolve) => {
      socket.once('connect', () => {
        stop();
        resolve();
      });
    });
    this.#opened = Promise.race([connected, this.#closed.then(() => undefined)]);
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Resolves when the connection is there, or has failed. */
  opened(): Promise<void> {
    return this.#opened;
  }

  /** Resolves when it has ended, to why, for people. */
  closed(): Promise<string> {
    return this.#closed;
  }

  /** Resolves to whether the kernel has taken all of the text. Write one text at a time: then nothing is buffered here. */
  write(text: string): Promise<boolean> {
    const socket = this.#socket;
    const stop = destroyAfter(socket, this.#writeMs, `the blocker has read nothing for ${this.#writeMs} ms`);
    return new Promise((resolve) => {
      socket.write(text, (error) => {
        stop();
        // A socket that is destroyed in the middle of a write calls back without an error.
        resolve(!error && !socket.destroyed);
      });
    });
  }

  close(): void {
    this.#socket.destroy();
  }
}

function destroyAfter(socket: Socket, ms: number, reason: string): () => void {
  const timer = setTimeout(() => socket.destroy(new Error(reason)), ms);
  return () => clearTimeout(timer);
}

const HINTS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such socket (is the blocker running, and is DECISION_SOCKET right?)',
  ECONNREFUSED: 'nothing listens there (is the blocker running?)',
  EACCES: "not allowed to use it (is this user in the socket's group?)",
  ENOTSOCK: 'it is no socket (is DECISION_SOCKET right?)',
  EAGAIN: 'the blocker is too busy to take a connection',
};

function explain({ code = '', message }: NodeJS.ErrnoException): string {
  const hint = HINTS[code];
  return hint === undefined ? message : `${hint} [${code}]`;
}
