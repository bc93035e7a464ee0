import { once } from 'node:events';
import { type Prefix, prefixText } from '../domain/address-set.js';
import type { Reading } from '../domain/reading.js';
import type { WriteBehind } from '../lifecycle/write-behind.js';
import { Admission } from './admission.js';
import { BanBook } from './ban-book.js';
import { BanOrders, type BanReply, type FlushReply, type UnbanReply } from './ban-orders.js';
import { banSaver } from './ban-saver.js';
import { BanTable } from './ban-table.js';
import { type EnforcerOptions, type EnforcerStatus, withDefaults } from './enforcer-options.js';
import { FirewallError } from './firewall.js';
import { FirewallKeeper } from './firewall-keeper.js';
import type { BanRequest } from './held-ban.js';
import { type ListedBan, listedBan, listedBans, type TestAnswer } from './listed-ban.js';
import { RestoredBans } from './restored-bans.js';
import { Tally } from './tally.js';

/** Looks at the kernel take one part in so many of the time at most. */
const VERIFY_PART = 20;

/**
 * Keeps the kernel's bans what they should be: takes orders, keeps them over a restart, looks again and again whether the kernel obeys,
 * and mends what does not.
 */
export class Enforcer {
  readonly #options: Required<EnforcerOptions>;
  readonly #table: BanTable;
  readonly #tally = new Tally();
  readonly #admission: Admission;
  readonly #saver: WriteBehind;
  readonly #book: BanBook;
  readonly #keeper: FirewallKeeper;
  readonly #orders: BanOrders;

  constructor(given: EnforcerOptions) {
    this.#options = withDefaults(given);
    this.#table = new BanTable(given.bansMax);
    this.#admission = new Admission(given);
    const prefixesMax = 2 * given.bansMax;
    const parts = { ...this.#options, table: this.#table, tally: this.#tally, admission: this.#admission };
    this.#saver = banSaver({ ...parts, keysMax: prefixesMax });
    this.#book = new BanBook({ ...parts, saver: this.#saver });
    this.#keeper = new FirewallKeeper({
      ...parts,
      spare: (held) => this.#book.spare(held),
      spareAll: () => this.#book.spareAll(),
      prefixesMax,
    });
    this.#orders = new BanOrders({ ...parts, book: this.#book, keeper: this.#keeper });
  }

  /**
   * Puts the bans of before in place: those of the store, and those that only the kernel still knows. To be waited for before
   * anything else.
   * @throws FirewallError where the firewall cannot be used, and what the store's `load` throws.
   */
  async start(): Promise<void> {
    const { records, log, now } = this.#options;
    const restored = new RestoredBans({ table: this.#table, admission: this.#admission, now });
    for (const key of await restored.load(records)) this.#saver.mark(key);
    this.#tally.add('blocker.store.malformed', restored.counts.get('malformed') ?? 0);
    await this.#keeper.start(({ bans }) => {
      for (const { ban } of restored.adopt(bans)) this.#saver.mark(ban.address);
    });
    log.info({ bans: this.#table.size, ...Object.fromEntries(restored.counts) }, 'the bans of before are in place');
  }

  /**
   * Ends what has expired and looks at the kernel, until the signal is aborted.
   * @throws what is no fault of the firewall's but of ours.
   */
  async run(signal: AbortSignal): Promise<void> {
    const { verifyMs, wait, now } = this.#options;
    while (!signal.aborted) {
      await wait(Math.max(verifyMs, this.#keeper.verifyMs * VERIFY_PART), signal);
      if (signal.aborted) return;
      this.#book.expire(now());
      await unlessAborted(this.#keeper.verify(), signal);
      this.#keeper.throwFault();
    }
  }

  /**
   * Answers when the kernel drops the packets and the ban is on the disk, or when it is certain that one of them will be late.
   * @throws RangeError for a request that no codec of ours lets through.
   */
  ban(request: BanRequest): Promise<BanReply> {
    return this.#orders.ban(request);
  }

  /** @param origin a decision (`forgiven`) does not end an operator's ban. */
  unban(prefix: Prefix, origin: 'decision' | 'manual'): Promise<UnbanReply> {
    return this.#orders.unban(prefix, origin);
  }

  /** Ends every ban. */
  flush(): Promise<FlushReply> {
    return this.#orders.flush();
  }

  /** The newest first. */
  list(): ListedBan[] {
    return listedBans(this.#current().values(), this.#options.now());
  }

  /** What would become of a ban of the prefix, and which bans drop its packets now. Takes no place and changes nothing. */
  test(prefix: Prefix): TestAnswer {
    const table = this.#current();
    const now = this.#options.now();
    const refusal = this.#orders.refusal(prefix, table.get(prefixText(prefix)), now);
    return { refusal, bannedBy: table.covering(prefix).map((held) => listedBan(held, now)) };
  }

  status(): EnforcerStatus {
    const { firewall, bansMax, bansPerMinute } = this.#options;
    const table = this.#current();
    return {
      firewall: firewall.name,
      desired: table.size,
      enforced: [...table.values()].filter(({ isEnforced }) => isEnforced).length,
      verifiedSeconds: this.#keeper.verifiedSeconds,
      isFirewallFailing: this.#keeper.isFailing,
      isStoreFailing: this.#saver.isFailing,
      bansMax,
      bansPerMinute,
    };
  }

  /** For StatsD: the counters since the last call, and how things are. */
  readings(): Reading[] {
    const { desired, enforced, verifiedSeconds } = this.status();
    return [
      { kind: 'gauge', name: 'security.bans.desired', value: desired },
      { kind: 'gauge', name: 'security.bans.enforced', value: enforced },
      { kind: 'gauge', name: 'blocker.verified_seconds', value: Math.round(verifiedSeconds) },
      ...this.#tally.readings(),
    ];
  }

  /**
   * Tells the kernel and the disk what waits, and ends. The kernel goes on dropping, until each ban's own time is over.
   * @param options `flush`: all that we made is taken out of the firewall. The store keeps the bans: the next start puts them back.
   * @returns false where something was left undone within the grace time.
   */
  async stop({ flush }: { readonly flush: boolean }): Promise<boolean> {
    const { firewall, wait, graceMs, log } = this.#options;
    const grace = new AbortController();
    const over = wait(graceMs, grace.signal).then(() => null);
    const saving = this.#saver.stop();
    // Null: the firewall is still at its last task, and takes no other.
    const isTold = await Promise.race([this.#keeper.stop(), over]);
    const isFlushed = !flush || (isTold !== null && (await this.#uninstall()));
    const isSaved = await Promise.race([saving, over]);
    grace.abort();
    await firewall.close();
    if (isTold === true && isSaved === true) return isFlushed;
    log.warn({}, 'the end came before all changes of bans were in the firewall and on the disk');
    return false;
  }

  async #uninstall(): Promise<boolean> {
    try {
      await this.#options.firewall.uninstall();
      return true;
    } catch (error) {
      if (!(error instanceof FirewallError)) throw error;
      this.#options.log.error({ reason: error.message }, 'the bans could not be taken out of the firewall');
      return false;
    }
  }

  /** The bans without those that have ended. */
  #current(): BanTable {
    this.#book.expire(this.#options.now());
    return this.#table;
  }
}

/** A look that hangs must not hold up a stop. */
async function unlessAborted(work: Promise<unknown>, signal: AbortSignal): Promise<void> {
  const done = new AbortController();
  const aborted = once(signal, 'abort', { signal: done.signal }).catch(() => undefined); // The work was done before.
  await Promise.race([work, aborted]);
  done.abort();
}
