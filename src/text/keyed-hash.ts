import { randomInt } from 'node:crypto';

/** A key that no two runs of the program share, so that nobody can prepare texts that look alike. */
export const PROCESS_KEY: number = randomInt(2 ** 32) | 0;

const WORD_BYTES = 4;

/**
 * Tells bytes apart without keeping them: what is left of a secret are 32 bits that say nothing without the key.
 * It takes four bytes at a time: the 32 letters of an MD5 are eight steps.
 * @returns 32 bits, signed: V8 keeps such a number without allocating.
 */
export function hashOfBytes(view: DataView, from: number, to: number, key: number): number {
  let hash = mixed(key, to - from);
  let at = from;
  for (; at + WORD_BYTES <= to; at += WORD_BYTES) hash = mixed(hash, view.getInt32(at, true));
  for (; at < to; at++) hash = mixed(hash, view.getUint8(at));
  return hash;
}

/**
 * Names a text in a map without keeping it. Of a text longer than `lettersMax` it regards the length and so many letters,
 * evenly spread; where that is not enough, somebody can make two texts alike on purpose.
 * @returns 32 bits, signed.
 */
export function hashOfText(text: string, key: number, lettersMax: number): number {
  const { length } = text;
  const step = length <= lettersMax ? 1 : Math.ceil(length / lettersMax);
  let hash = mixed(key, length);
  for (let at = 0; at < length; at += step) hash = mixed(hash, text.charCodeAt(at));
  return hash;
}

/** One step of MurmurHash3 (x86, 32 bits): plain multiplying, as FNV-1a does, makes numbers of many digits alike. */
function mixed(hash: number, word: number): number {
  const spread = Math.imul(word, 0xcc9e2d51);
  const sum = hash ^ Math.imul((spread << 15) | (spread >>> 17), 0x1b873593);
  return (Math.imul((sum << 13) | (sum >>> 19), 5) + 0xe6546b64) | 0;
}
