import type { BigIntStats } from 'node:fs';

/**
 * What the operator is told about a log that cannot be read, and how to fix it.
 * @throws what is no error of the operating system: a fault of our own.
 */
export function fileFault(path: string, error: unknown): string {
  const code = errnoOf(error);
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return `${path} is not there (${code}): compare it with what "logger show channels" says in Asterisk, and with where its log directory is mounted`;
    case 'EACCES':
    case 'EPERM':
      return `${path} may not be read (${code}): let the exporter's user read the file and enter its directories, also after a rotation ("create" in logrotate's configuration)`;
    default:
      return `${path} cannot be read (${code})`;
  }
}

/** Why what is at the path is not followed: a FIFO would be taken away from its reader, and a device has no end. */
export function kindFault(path: string, stats: BigIntStats): string | null {
  if (stats.isFile()) return null;
  const kind = stats.isDirectory() ? 'a directory' : stats.isFIFO() ? 'a FIFO' : 'a socket or a device';
  return `${path} is ${kind}: it must be a file that Asterisk writes, see "logger show channels"`;
}

/**
 * @returns the code of an error of the operating system, as ENOENT.
 * @throws any other error.
 */
export function errnoOf(error: unknown): string {
  if (error instanceof Error && 'syscall' in error && 'code' in error) return String(error.code);
  throw error;
}
