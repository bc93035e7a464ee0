import { constants } from 'node:fs';
import { lstat, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../domain/log.js';
import type { Reading } from '../domain/reading.js';
import { readTrustWords, TRUST_BYTES_MAX, TRUST_FILE, type TrustWord } from '../wire/trust-word.js';

export interface TrustedWordsOptions {
  /** STATE_DIR. */
  readonly directory: string;
  readonly log: Log;
  /** Told of each word once, after a restart once more. */
  readonly onWord: (word: TrustWord) => void;
}

/**
 * The words that operators left in STATE_DIR on where accounts live. The file is read anew when it has changed, which is cheap
 * enough: it has at most a megabyte, and is written by people. What is in it is not trusted to be what `trust` wrote.
 */
export class TrustedWords {
  readonly #options: TrustedWordsOptions;
  readonly #path: string;
  /** What the file was when it was read last. */
  #seen = '';
  /** When each word that was told was said. */
  #told: ReadonlyMap<string, number> = new Map();
  #faults = 0;
  #fault = '';

  constructor(options: TrustedWordsOptions) {
    this.#options = options;
    this.#path = join(options.directory, TRUST_FILE);
  }

  /** Lines that are no words, and words that hold. */
  readings(): Reading[] {
    return [
      { kind: 'gauge', name: 'exporter.trust.words', value: this.#told.size },
      { kind: 'gauge', name: 'exporter.trust.refused', value: this.#faults },
    ];
  }

  /** Tells the words that are new since the last look. Never rejects: a file that cannot be read is told once. */
  async look(): Promise<void> {
    try {
      const { ino, size, mtimeMs } = await lstat(this.#path);
      const seen = `${ino} ${size} ${mtimeMs}`;
      if (seen === this.#seen) return;
      this.#take(await readPlainFile(this.#path));
      this.#seen = seen;
      this.#fault = '';
    } catch (error) {
      // Of node:fs, or ours for what is no plain file.
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') this.#take('');
      else if (message !== this.#fault) this.#warn(message);
      this.#seen = '';
      this.#fault = code === 'ENOENT' ? '' : message;
    }
  }

  #take(text: string): void {
    const { words, faults } = readTrustWords(text);
    if (faults > this.#faults) this.#warn(`${faults} of its lines are not as trust writes them`);
    this.#faults = faults;
    const told = new Map(words.map(({ account, address, at }) => [`${address} ${account}`, at]));
    for (const word of words) {
      const key = `${word.address} ${word.account}`;
      if (this.#told.get(key) !== told.get(key)) this.#options.onWord(word);
    }
    this.#told = told;
  }

  #warn(reason: string): void {
    this.#options.log.warn({ path: this.#path, reason }, 'not every word on where accounts live can be read');
  }
}

/** @throws for a link, a pipe and the like, and for what node:fs throws. Of a file that is too long only the beginning is read. */
async function readPlainFile(path: string): Promise<string> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw new Error('it is no plain file');
    const bytes = Buffer.alloc(Math.min(stats.size, TRUST_BYTES_MAX));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
    return bytes.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}
