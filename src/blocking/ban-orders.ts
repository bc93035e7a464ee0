import { type Prefix, prefixText } from '../domain/address-set.js';
import type { Ban, BanOrigin, Refusal } from '../domain/ban.js';
import type { BanAnswer } from '../domain/ban-answer.js';
import type { Log } from '../domain/log.js';
import type { Admission } from './admission.js';
import type { BanBook } from './ban-book.js';
import type { BanTable } from './ban-table.js';
import type { FirewallKeeper } from './firewall-keeper.js';
import { type BanRequest, type HeldBan, heldBan, prolonged } from './held-ban.js';
import type { Tally } from './tally.js';

/** The reason is a Refusal, `unsaved` where only the disk did not take it, or null. */
export type BanReply = Pick<BanAnswer, 'result' | 'reason'>;

/**
 * What became of a ban that was to end. Of one that has ended: `unsaved` where a restart may bring it back. Of one that has not:
 * `not_banned`; `manual`, an operator's, which no decision ends; `firewall`, which is told again until it listens.
 */
export type UnbanReply =
  | { readonly isEnded: true; readonly reason: 'unsaved' | null }
  | { readonly isEnded: false; readonly reason: 'not_banned' | 'manual' | 'firewall' };

/** `ended`: how many bans there were; the reasons as for one of them. */
export interface FlushReply {
  readonly ended: number;
  readonly reason: 'firewall' | 'unsaved' | null;
}

export interface BanOrdersOptions {
  readonly table: BanTable;
  readonly book: BanBook;
  readonly admission: Admission;
  readonly keeper: Pick<FirewallKeeper, 'settle'>;
  readonly tally: Tally;
  readonly log: Log;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
}

/** Carries out what is asked for: in the kernel first, on the disk meanwhile, and then answers. */
export class BanOrders {
  readonly #options: BanOrdersOptions;

  constructor(options: BanOrdersOptions) {
    this.#options = options;
  }

  /** @throws RangeError for a request that no codec of ours lets through. */
  async ban(request: BanRequest): Promise<BanReply> {
    const { table, book, tally, log } = this.#options;
    const now = this.#options.now();
    book.expire(now);
    const asked = heldBan(request, now);
    const known = table.get(asked.ban.address);
    const refusal = this.refusal(asked.prefix, known, now);
    if (refusal !== null) return this.#refused(refusal);
    if (known !== undefined) return this.#banAgain(known, asked.ban);
    this.#options.admission.count(now);
    tally.add('security.bans.added');
    // The kernel first: to write a line takes as long as to decide.
    const reply = await this.#carryOut(asked, 'banned');
    if (reply.result === 'banned') log.info({ ban: asked.ban }, 'banned');
    return reply;
  }

  /** Why the prefix would not be banned, or its ban not go on. */
  refusal(prefix: Prefix, known: HeldBan | undefined, now: number): Refusal | null {
    const { admission, table } = this.#options;
    return known === undefined ? admission.refusal(prefix, table.size, now) : admission.renewalRefusal(prefix);
  }

  /** @param origin a decision does not end an operator's ban. */
  async unban(prefix: Prefix, origin: Exclude<BanOrigin, 'kernel'>): Promise<UnbanReply> {
    const { table, book, log } = this.#options;
    book.expire(this.#options.now());
    const known = table.get(prefixText(prefix));
    if (known === undefined) return { isEnded: false, reason: 'not_banned' };
    if (origin === 'decision' && known.ban.origin === 'manual') return { isEnded: false, reason: 'manual' };
    log.info({ address: known.ban.address, origin }, 'unbanned');
    const { isDone, isKept } = await this.#end(known);
    return isDone ? { isEnded: true, reason: isKept ? null : 'unsaved' } : { isEnded: false, reason: 'firewall' };
  }

  async flush(): Promise<FlushReply> {
    const { table, book, log } = this.#options;
    book.expire(this.#options.now());
    const ends = [...table.values()].map((held) => this.#end(held));
    log.info({ bans: ends.length }, 'all bans are ended');
    const done = await Promise.all(ends);
    const reason = done.some(({ isDone }) => !isDone)
      ? 'firewall'
      : done.some(({ isKept }) => !isKept)
        ? 'unsaved'
        : null;
    return { ended: ends.length, reason };
  }

  async #banAgain(known: HeldBan, asked: Ban): Promise<BanReply> {
    const { tally, book, log } = this.#options;
    const held = { ...known, ban: prolonged(known.ban, asked) };
    const isLonger = held.ban.until !== known.ban.until;
    if (isLonger) {
      tally.add('security.bans.extended');
      log.debug({ ban: held.ban }, 'the ban lasts longer');
      return this.#carryOut(held, 'banned');
    }
    if (!known.isEnforced) return this.#carryOut(held, 'already_banned');
    const isKept = held.ban === known.ban || (await book.write(held));
    return { result: 'already_banned', reason: isKept ? null : 'unsaved' };
  }

  async #carryOut(held: HeldBan, result: BanAnswer['result']): Promise<BanReply> {
    const { keeper, book } = this.#options;
    const { address } = held.ban;
    const [{ isDone, spared }, isKept] = await Promise.all([keeper.settle(address, held.prefix), book.write(held)]);
    if (spared.has(address)) return this.#refused('allowlisted');
    if (!isDone) return this.#refused('firewall');
    return { result, reason: isKept ? null : 'unsaved' };
  }

  async #end(held: HeldBan): Promise<{ readonly isDone: boolean; readonly isKept: boolean }> {
    const { keeper, book } = this.#options;
    const settled = keeper.settle(held.ban.address, held.prefix);
    const [{ isDone }, isKept] = await Promise.all([settled, book.strike(held)]);
    return { isDone, isKept };
  }

  #refused(reason: Refusal): BanReply {
    this.#options.tally.add(`security.bans.refused.${reason}`);
    return { result: 'refused', reason };
  }
}
