import { fileStart } from '../text/file-start.js';
import { quote } from './formats.js';

/** Reads the beginning of a file: all of it, or `bytesMax` + 1 bytes where it is longer. Throws what node:fs throws. */
export type ReadFile = (path: string, bytesMax: number) => Uint8Array;

/** The bound holds for what has no end, too: `/dev/zero` is read as a file that is too long. */
export const readFileStart: ReadFile = (path, bytesMax) => fileStart(path, bytesMax + 1);

/** The text of a UTF-8 file of 1 to `bytesMax` bytes, or why there is none; the fault is to follow the variable's name. */
export function readText(
  readFile: ReadFile,
  path: string,
  bytesMax: number,
): { readonly text: string } | { readonly fault: string } {
  let bytes: Uint8Array;
  try {
    bytes = readFile(path, bytesMax);
  } catch (error) {
    return { fault: `names ${quote(path)}, which cannot be read (${errorCode(error)})` };
  }
  if (bytes.length > bytesMax) return { fault: `names ${quote(path)}, which is longer than ${bytesMax} bytes` };
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.trim() === '' ? { fault: `names ${quote(path)}, which is empty` } : { text };
  } catch {
    // TextDecoder throws for what is not UTF-8.
    return { fault: `names ${quote(path)}, which is not UTF-8 text` };
  }
}

/** The system's code (`ENOENT`), because its message repeats the path. */
function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'for an unknown reason';
}
