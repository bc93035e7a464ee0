import { visiblePath } from '../text/visible-text.js';

/** How talking to the blocker failed. */
export type ControlFailure =
  /** Nobody is there, or is no more, or says nothing in time. */
  | 'no-blocker'
  | 'not-permitted'
  /** The path is wrong, whoever listens. */
  | 'wrong-path'
  /** It is there and could not do what it was asked for. */
  | 'failed';

/** The message is for people and says what to do. */
export class ControlError extends Error {
  override readonly name = 'ControlError';
  readonly failure: ControlFailure;

  constructor(failure: ControlFailure, message: string, cause?: unknown) {
    super(message, { cause });
    this.failure = failure;
  }
}

/** What the system says of the connection, as people need it. */
export function connectionError(cause: NodeJS.ErrnoException, path: string): ControlError {
  const [failure, hint] = HINTS[cause.code ?? ''] ?? ['no-blocker', cause.message];
  return new ControlError(failure, `no connection to the blocker at ${visiblePath(path)}: ${hint}`, cause);
}

const noSocket = 'it is no such socket (is CONTROL_SOCKET right?)';
const notAllowed = "not allowed to use it (run this as the blocker's user, or as root)";

const HINTS: Readonly<Record<string, readonly [ControlFailure, hint: string]>> = {
  ENOENT: ['no-blocker', 'there is no such socket (is the blocker running, and is CONTROL_SOCKET right?)'],
  ECONNREFUSED: ['no-blocker', 'nothing listens there (is the blocker running?)'],
  EAGAIN: ['no-blocker', 'it is too busy to take a connection'],
  EACCES: ['not-permitted', notAllowed],
  EPERM: ['not-permitted', notAllowed],
  ENOTSOCK: ['wrong-path', noSocket],
  ENOTDIR: ['wrong-path', noSocket],
  EPROTOTYPE: ['wrong-path', noSocket],
  ENAMETOOLONG: ['wrong-path', 'a path of a socket has at most 107 bytes (is CONTROL_SOCKET right?)'],
};
