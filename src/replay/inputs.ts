import type { Readable } from 'node:stream';
import { getSystemErrorMap } from 'node:util';
import { type ByteSource, openFile, openStream, withHead } from './byte-source.js';
import { detectFormat, HEAD_BYTES, type InputFormat } from './input-format.js';
import { unknownInput } from './unknown-input.js';

/** Standard input's name among files. */
const STDIN = '-';

/** What is known of a file before it is read. */
export interface FoundInput {
  readonly name: string;
  /** Null where there is nothing in it, and for standard input, which can be looked at only once. */
  readonly format: InputFormat | null;
  readonly sizeBytes: number | null;
}

/** Why a file cannot be read, in words; `isData`: it can, but nobody knows what it is. */
export interface InputFault {
  readonly name: string;
  readonly reason: string;
  readonly isData: boolean;
}

/** Looks at the beginning of each file, so that a mistake shows before hours of reading. */
export async function findInputs(
  names: readonly string[],
  format: InputFormat | null,
  signal: AbortSignal,
): Promise<(FoundInput | InputFault)[]> {
  const found: (FoundInput | InputFault)[] = [];
  for (const name of names) {
    found.push(name === STDIN ? { name, format, sizeBytes: null } : await findFile(name, format, signal));
  }
  return found;
}

async function findFile(
  name: string,
  format: InputFormat | null,
  signal: AbortSignal,
): Promise<FoundInput | InputFault> {
  try {
    const source = await openFile(name, signal);
    // What is no file gives its bytes once.
    if (source.sizeBytes === null) {
      source.close();
      return { name, format, sizeBytes: null };
    }
    const { head } = await withHead(source.chunks(), HEAD_BYTES);
    source.close();
    const known = head.length === 0 ? null : (format ?? detectFormat(head));
    if (known === null && head.length > 0) return { name, reason: unknownInput(head), isData: true };
    return { name, format: known, sizeBytes: source.sizeBytes };
  } catch (error) {
    return { name, ...faultOf(error) };
  }
}

/** Opens what was found, for reading from the beginning on. */
export async function openInput(name: string, stdin: Readable, signal: AbortSignal): Promise<ByteSource> {
  return name === STDIN ? openStream(stdin, signal) : openFile(name, signal);
}

/** The system's errors, zlib's and those of streams, in words. */
export function faultOf(error: unknown): { readonly reason: string; readonly isData: boolean } {
  // Anything else is a fault of ours.
  if (!(error instanceof Error && 'code' in error)) throw error;
  const { code = '', errno, message } = error as NodeJS.ErrnoException;
  const isData = code.startsWith('Z_');
  const known = errno === undefined || isData ? undefined : getSystemErrorMap().get(errno)?.[1];
  return { reason: known ?? message, isData };
}
