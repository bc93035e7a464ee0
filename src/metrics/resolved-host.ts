import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Log } from '../domain/log.js';

export interface ResolvedHostOptions {
  /** A name, or an IP address, which is its own answer. */
  readonly host: string;
  readonly log: Log;
  readonly onError: () => void;
  readonly resolve?: (host: string) => Promise<readonly LookupAddress[]>;
  /** How old an answer may be before the name is looked up again. */
  readonly ttlMs?: number;
  /** The wait after a failed lookup. */
  readonly retryMs?: number;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
}

/**
 * The address of the receiver, known without waiting. The name is looked up in the background, one lookup at a time; when that
 * fails, the last answer holds for as long as it takes. IPv4 is preferred, because many receivers listen on it alone;
 * later answers are of the family of the first, since the socket is.
 */
export class ResolvedHost {
  readonly #host: string;
  readonly #options: Required<ResolvedHostOptions>;
  #address: LookupAddress | null;
  #dueAt: number;
  #resolving = false;

  constructor(options: ResolvedHostOptions) {
    this.#host = options.host;
    this.#options = {
      resolve: (host) => lookup(host, { all: true }),
      ttlMs: 60_000,
      retryMs: 1_000,
      now: () => performance.now(),
      ...options,
    };
    const family = isIP(options.host);
    this.#address = family === 0 ? null : { address: options.host, family };
    this.#dueAt = family === 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }

  /** Null until the first answer. Starts a lookup where one is due. */
  address(): LookupAddress | null {
    if (!this.#resolving && this.#options.now() >= this.#dueAt) void this.#refresh();
    return this.#address;
  }

  async #refresh(): Promise<void> {
    const { resolve, now, ttlMs, retryMs, log, onError } = this.#options;
    this.#resolving = true;
    try {
      this.#address = chosen(await resolve(this.#host), this.#address);
      this.#dueAt = now() + ttlMs;
    } catch (error) {
      // The resolver's: no such name, no name server, or no address of the family that we need.
      this.#dueAt = now() + retryMs;
      onError();
      log.warn({ host: this.#host, error: String(error) }, 'the name of the StatsD receiver cannot be resolved');
    } finally {
      this.#resolving = false;
    }
  }
}

/** The address that we have, where it is still an answer: a name with several addresses is no reason to change. */
function chosen(found: readonly LookupAddress[], current: LookupAddress | null): LookupAddress {
  const kept = found.find(({ address }) => address === current?.address);
  const preferred = kept ?? found.find(({ family }) => family === (current?.family ?? 4));
  const answer = preferred ?? (current === null ? found[0] : undefined);
  if (answer === undefined) throw new Error('no address of a family that can be used');
  return answer;
}
