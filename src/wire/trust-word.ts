import { type Address, parseAddress } from '../domain/remote-address.js';
import { asciiJson, hasExactly, isWhole, LINE_BYTES_MAX, parseObject } from './json-line.js';

/** An operator's word on where an account lives. */
export interface TrustWord {
  readonly account: string;
  /** Canonical; of IPv6 any address of the /64 that is meant. */
  readonly address: Address;
  /** False takes the word back. */
  readonly isTrusted: boolean;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
}

/** The file in STATE_DIR that carries the words to the exporter: a line each, the latest last. It is only ever added to. */
export const TRUST_FILE = 'trusted.jsonl';
/** What is longer is not added to, and not read. It has room for 8,000 words or so. */
export const TRUST_BYTES_MAX = 1_048_576;

/** Of an account, in UTF-16 units: the longest fits into a line, whatever its letters are. */
export const TRUSTED_LENGTH_MAX = 256;

/** The last millisecond that a Date can hold (ECMA-262, section 21.4.1.1). */
const TIME_MAX = 8.64e15;
const KEYS = ['v', 'account', 'address', 'isTrusted', 'at'];

/** The word as one line of JSON without its end, in printable ASCII and of at most LINE_BYTES_MAX bytes. */
export function encodeTrustWord({ account, address, isTrusted, at }: TrustWord): string {
  return asciiJson({ v: 1, account, address, isTrusted, at });
}

/** @returns null for what is not exactly what `encodeTrustWord` writes (blanks and the order of keys are free). */
export function decodeTrustWord(line: string): TrustWord | null {
  const fields = Buffer.byteLength(line) > LINE_BYTES_MAX ? null : parseObject(line);
  if (fields === null || !hasExactly(fields, KEYS) || fields['v'] !== 1) return null;
  const { account, isTrusted, at } = fields;
  const address = addressOf(fields['address']);
  if (address === null || typeof isTrusted !== 'boolean' || !isWhole(at, 0, TIME_MAX)) return null;
  return isTrustedName(account) ? { account, address, isTrusted, at } : null;
}

export function isTrustedName(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= TRUSTED_LENGTH_MAX;
}

export interface TrustWords {
  /** The last word on each account at each address, the latest last. */
  readonly words: readonly TrustWord[];
  /** Lines that are none. */
  readonly faults: number;
}

/** Reads the file's text. A last line without its end is still being written. */
export function readTrustWords(text: string): TrustWords {
  const words = new Map<string, TrustWord>();
  let faults = 0;
  for (const line of text.split('\n').slice(0, -1)) {
    const word = decodeTrustWord(line);
    if (word === null) faults += Number(line !== '');
    else {
      const key = `${word.address} ${word.account}`;
      words.delete(key);
      words.set(key, word);
    }
  }
  return { words: [...words.values()], faults };
}

function addressOf(value: unknown): Address | null {
  const address = typeof value === 'string' ? parseAddress(value) : null;
  return address === value ? address : null;
}
