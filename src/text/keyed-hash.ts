import { randomInt } from 'node:crypto';

/** 64 bits as two signed numbers of 32. */
export interface HashKey {
  readonly k0: number;
  readonly k1: number;
}

const WORD_BYTES = 4;
/** HalfSipHash-1-3: one round for each word, three at the end. */
const LAST_ROUNDS = 3;

/**
 * A key that no two runs of the program share. HalfSipHash (Aumasson and Bernstein, https://github.com/veorq/SipHash) is made so that
 * whoever does not know the key, and never sees a hash, can only hope: two given texts collide with a chance of 2^-32.
 */
export const PROCESS_KEY: HashKey = { k0: randomWord(), k1: randomWord() };

/**
 * Tells bytes apart without keeping them: what is left of a secret are 32 bits that say nothing without the key.
 * @returns the HalfSipHash-1-3 of the bytes: 32 bits, signed. V8 keeps such a number without allocating.
 */
export function hashOfBytes(view: DataView, from: number, to: number, { k0, k1 }: HashKey): number {
  const words = (to - from) >>> 2;
  // Here and below the round is written out: as a function on a state it takes three times as long.
  let v0 = k0;
  let v1 = k1;
  let v2 = k0 ^ 0x6c796765;
  let v3 = k1 ^ 0x74656462;
  for (let n = 0; n <= words + LAST_ROUNDS; n++) {
    let word = 0;
    if (n < words) word = view.getInt32(from + n * WORD_BYTES, true);
    else if (n === words) word = lastWord(view, from, to);
    else if (n === words + 1) v2 ^= 0xff;
    v3 ^= word;
    v0 = (v0 + v1) | 0;
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
    v0 = (v0 << 16) | (v0 >>> 16);
    v2 = (v2 + v3) | 0;
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
    v0 = (v0 + v3) | 0;
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
    v2 = (v2 + v1) | 0;
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
    v2 = (v2 << 16) | (v2 >>> 16);
    v0 ^= word;
  }
  return v1 ^ v3;
}

/**
 * Names a text in a map without keeping it. Of a text longer than `lettersMax` only the length and so many letters count, evenly
 * spread: two long texts that differ between these are the same, and anybody can make such a pair.
 * @returns 32 bits, signed: HalfSipHash-1-3 of two letters a word, and of the length in place of the last word.
 */
export function hashOfText(text: string, { k0, k1 }: HashKey, lettersMax: number): number {
  const { length } = text;
  const step = length <= lettersMax ? 1 : Math.ceil(length / lettersMax);
  const words = Math.ceil(length / (2 * step));
  let v0 = k0;
  let v1 = k1;
  let v2 = k0 ^ 0x6c796765;
  let v3 = k1 ^ 0x74656462;
  for (let n = 0; n <= words + LAST_ROUNDS; n++) {
    let word = 0;
    if (n < words) word = twoLetters(text, 2 * n * step, step);
    else if (n === words) word = length;
    else if (n === words + 1) v2 ^= 0xff;
    v3 ^= word;
    v0 = (v0 + v1) | 0;
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
    v0 = (v0 << 16) | (v0 >>> 16);
    v2 = (v2 + v3) | 0;
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
    v0 = (v0 + v3) | 0;
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
    v2 = (v2 + v1) | 0;
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
    v2 = (v2 << 16) | (v2 >>> 16);
    v0 ^= word;
  }
  return v1 ^ v3;
}

/** The bytes that are left over, and the length in the highest byte. */
function lastWord(view: DataView, from: number, to: number): number {
  const length = to - from;
  let word = length << 24;
  const left = length % WORD_BYTES;
  for (let n = 0; n < left; n++) word |= view.getUint8(to - left + n) << (8 * n);
  return word;
}

function twoLetters(text: string, at: number, step: number): number {
  const first = text.charCodeAt(at);
  return at + step < text.length ? first | (text.charCodeAt(at + step) << 16) : first;
}

function randomWord(): number {
  return randomInt(2 ** 32) | 0;
}
