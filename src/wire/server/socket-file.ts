import { type BigIntStats, lchownSync, lstatSync, renameSync, statSync, unlinkSync } from 'node:fs';
import { connect, type Server } from 'node:net';
import { dirname } from 'node:path';
import { SocketFileError, socketFileError } from './socket-file-error.js';

export interface SocketFileOptions {
  readonly path: string;
  /** Of the file, from its first moment: 0o660. */
  readonly mode: number;
  /** The group that it is given to; null: this process's own. */
  readonly gid: number | null;
  /** The variable that has the path, for people: `DECISION_SOCKET`. With `_GROUP` behind it, the one that has the group. */
  readonly setting: string;
  readonly lchown?: typeof lchownSync;
}

/** The kernel's own (unix(7)): a longer path is cut without a word. */
const PATH_BYTES_MAX = 107;
/** What the socket is called until it is all that it should be. */
const UNFINISHED = '~';
/** Connections that wait to be accepted. */
const BACKLOG = 128;

/**
 * The file of a Unix socket that a server listens on. It is made under another name beside its own, and takes its own by a rename:
 * so nobody finds it with the wrong mode or group, and a dead one is replaced without a gap. That is also why libuv, which
 * removes the name that a socket was bound to when it is closed, never removes what has come in our file's place.
 */
export class SocketFile {
  readonly path: string;
  readonly #dev: bigint;
  readonly #ino: bigint;

  /** @param stats of the file. While somebody listens on a socket its number is given to no other file. */
  private constructor(path: string, { dev, ino }: BigIntStats) {
    this.path = path;
    this.#dev = dev;
    this.#ino = ino;
  }

  /**
   * Makes the server listen. What nobody listens on is replaced if it is a socket; nothing else ever is.
   * @throws SocketFileError, which says what to do; the server does not listen then.
   */
  static async listen(server: Server, options: SocketFileOptions): Promise<SocketFile> {
    const { path, gid, lchown = lchownSync } = options;
    const unfinished = path + UNFINISHED;
    checkLength(unfinished, options);
    try {
      statSync(dirname(path));
      const dead = await deadSocketAt(path, options);
      if ((await deadSocketAt(unfinished, options)) !== null) unlinkSync(unfinished);
      await listenWithMode(server, unfinished, options.mode);
      if (gid !== null) giveTo(gid, unfinished, options, lchown);
      if (!isSame(dead, statsOf(path))) throw takenError(path, options);
      renameSync(unfinished, path);
      return new SocketFile(path, lstatSync(path, { bigint: true }));
    } catch (error) {
      server.close();
      throw socketFileError(error as NodeJS.ErrnoException, options);
    }
  }

  /** Whether it is still there, and not another one. */
  isThere(): boolean {
    const stats = statsOf(this.path);
    return stats?.ino === this.#ino && stats.dev === this.#dev;
  }

  /** Only our own. */
  remove(): void {
    if (this.isThere()) unlinkSync(this.path);
  }
}

function checkLength(unfinished: string, { path, setting }: SocketFileOptions): void {
  const bytesMax = PATH_BYTES_MAX - Buffer.byteLength(UNFINISHED);
  if (Buffer.byteLength(unfinished) <= PATH_BYTES_MAX) return;
  throw new SocketFileError(`${setting}: ${path} is longer than the ${bytesMax} bytes that a socket here may have`);
}

/** Null where there is nothing, or what cannot be looked at: then neither can a socket be made. */
function statsOf(path: string): BigIntStats | null {
  try {
    return lstatSync(path, { bigint: true, throwIfNoEntry: false }) ?? null;
  } catch {
    // EACCES, ENOTDIR: the folder.
    return null;
  }
}

function isSame(before: BigIntStats | null, now: BigIntStats | null): boolean {
  // The number of a file that is gone can be used again at once, the nanosecond cannot.
  return before?.ino === now?.ino && before?.ctimeNs === now?.ctimeNs;
}

/** @returns null where there is no file. @throws where it is anything but a socket that nobody listens on. */
async function deadSocketAt(path: string, options: SocketFileOptions): Promise<BigIntStats | null> {
  const stats = statsOf(path);
  if (stats === null) return null;
  const { setting } = options;
  if (!stats.isSocket()) {
    throw new SocketFileError(
      `${setting}: ${path} is no socket, and so it is not replaced; remove it, or choose another path`,
    );
  }
  const code = await codeOfConnecting(path);
  // Left behind by a process that died. What has gone since was not: its owner is at work.
  if (code === 'ECONNREFUSED') return stats;
  throw takenError(path, options);
}

function takenError(path: string, { setting }: SocketFileOptions): SocketFileError {
  return new SocketFileError(`${setting}: another blocker listens at ${path}; stop it, or choose another path`);
}

/** What the system says of a connection; null: somebody has taken it. */
function codeOfConnecting(path: string): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(null);
    });
    socket.once('error', ({ code = '' }: NodeJS.ErrnoException) => resolve(code));
  });
}

function listenWithMode(server: Server, path: string, mode: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.once('listening', () => {
      server.off('error', reject);
      resolve();
    });
    // The file is made before `listen` returns, so that nothing else is made with this mask.
    const mask = process.umask(0o777 & ~mode);
    try {
      server.listen({ path, backlog: BACKLOG });
    } finally {
      process.umask(mask);
    }
  });
}

function giveTo(gid: number, path: string, { setting }: SocketFileOptions, lchown: typeof lchownSync): void {
  try {
    lchown(path, -1, gid);
  } catch (cause) {
    // EPERM: without CAP_CHOWN a file can be given to one's own groups only.
    const { message } = cause as Error;
    throw new SocketFileError(
      `${setting}_GROUP: the socket cannot be given to group ${gid}: ${message}; make this user a member of the group, or choose another one`,
      { cause },
    );
  }
}
