import { type HashKey, hashOfText, PROCESS_KEY } from '../text/keyed-hash.js';
import type { Distinct } from './report-view.js';

/** Letters of a text that tell it from others. */
const LETTERS_MAX = 64;
/** Up to so many texts the count is exact. */
const EXACT_MAX = 64;
/** One byte each: the standard error of an estimate is 1.04 / sqrt(REGISTERS), 6.5 per cent. */
const REGISTERS = 256;
const REGISTER_BITS = 8;

/**
 * Counts different texts in a place that does not grow with them, 256 bytes beyond the first 64: by HyperLogLog (Flajolet,
 * Fusy, Gandouet, Meunier, 2007), whose correction for small numbers is needed up to 2.5 times the registers and whose one for
 * large numbers is not needed below 2^32 / 30.
 */
export class DistinctCount {
  readonly #key: HashKey;
  readonly #exact: number[] = [];
  #registers: Uint8Array | null = null;
  /** Of the text before: guesses at one account come one after the other. */
  #last = 0;

  /** @param key of the hash; by default this process's own. */
  constructor(key: HashKey = PROCESS_KEY) {
    this.#key = key;
  }

  get value(): Distinct {
    return this.#registers === null
      ? { count: this.#exact.length, isEstimate: false }
      : { count: estimate(this.#registers), isEstimate: true };
  }

  add(text: string): void {
    const hash = mixed(hashOfText(text, this.#key, LETTERS_MAX));
    if (hash === this.#last && this.#exact.length > 0) return;
    this.#last = hash;
    if (this.#registers !== null) register(this.#registers, hash);
    else if (!this.#exact.includes(hash)) this.#addExact(hash);
  }

  #addExact(hash: number): void {
    this.#exact.push(hash);
    if (this.#exact.length <= EXACT_MAX) return;
    this.#registers = new Uint8Array(REGISTERS);
    for (const known of this.#exact) register(this.#registers, known);
    this.#exact.length = 1;
  }
}

/** The first bits choose a register, which keeps the longest run of zeros that the others began with. */
function register(registers: Uint8Array, hash: number): void {
  const index = hash >>> (32 - REGISTER_BITS);
  const rank = Math.min(Math.clz32(hash << REGISTER_BITS), 32 - REGISTER_BITS) + 1;
  if (rank > Number(registers[index])) registers[index] = rank;
}

function estimate(registers: Uint8Array): number {
  let sum = 0;
  let empty = 0;
  for (const rank of registers) {
    sum += 2 ** -rank;
    empty += Number(rank === 0);
  }
  const raw = ((0.7213 / (1 + 1.079 / REGISTERS)) * REGISTERS ** 2) / sum;
  return Math.round(raw <= 2.5 * REGISTERS && empty > 0 ? REGISTERS * Math.log(REGISTERS / empty) : raw);
}

/** Spreads what differs over all bits (the finalizer of MurmurHash3, by Austin Appleby, in the public domain). */
function mixed(hash: number): number {
  let value = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return value ^ (value >>> 16);
}
