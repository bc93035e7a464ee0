import { dirname } from 'node:path';

/** Why there is no socket to listen on, and what to do; the message is for people and names the variable. */
export class SocketFileError extends Error {
  override readonly name = 'SocketFileError';
}

/** What the system says, as people need it. What is one already stays as it is. */
export function socketFileError(
  cause: NodeJS.ErrnoException,
  { path, setting }: { readonly path: string; readonly setting: string },
): SocketFileError {
  if (cause instanceof SocketFileError) return cause;
  const remedy = REMEDIES[cause.code ?? ''];
  const folder = dirname(path);
  const what =
    remedy === undefined ? `cannot listen at ${path}: ${cause.message}; choose another path` : remedy(folder);
  return new SocketFileError(`${setting}: ${what}`, { cause });
}

const notWritable = (folder: string) =>
  `this user may not make a file in ${folder}; make the user its owner, or choose another path`;

const REMEDIES: Readonly<Record<string, (folder: string) => string>> = {
  ENOENT: (folder) =>
    `there is no folder ${folder}; create it (RuntimeDirectory= in systemd's unit does), or choose another path`,
  ENOTDIR: (folder) => `${folder} is no folder; choose another path`,
  EACCES: notWritable,
  EPERM: notWritable,
  EROFS: (folder) => `${folder} cannot be written to; choose a path below /run`,
};
