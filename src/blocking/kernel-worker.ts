import type { BanTarget } from '../domain/ban-target.js';
import type { Log } from '../domain/log.js';
import { Backoff } from '../lifecycle/backoff.js';
import type { pause } from '../lifecycle/pause.js';
import { FirewallError } from './firewall.js';
import type { KernelBans } from './kernel-bans.js';
import { Outage } from './outage.js';
import type { PendingChanges, Settled } from './pending-changes.js';
import type { Tally } from './tally.js';

export interface KernelWorkerOptions {
  readonly kernel: KernelBans;
  readonly pending: PendingChanges;
  readonly tally: Tally;
  readonly log: Log;
  readonly wait: typeof pause;
  readonly random: () => number;
  readonly retryMinMs?: number;
  readonly retryMaxMs?: number;
}

const OUTAGE_TEXTS = {
  begun: 'the firewall does not do what it is told; trying again for ever',
  over: 'the firewall does what it is told again, and all bans are in place',
};
const REPAIRED = 'what we had put into the firewall was gone or changed; all of it is in place again';
const NOT_SETTLED: Settled = { isDone: false, spared: new Set() };

/**
 * Makes what the kernel has what is wanted, one call of the firewall at a time; what is asked for meanwhile goes together into the
 * next one, at once. Where a call fails, everything is put in place anew, with growing pauses, until it is; nobody waits for that.
 */
export class KernelWorker {
  readonly #options: KernelWorkerOptions;
  readonly #outage: Outage;
  readonly #backoff: Backoff;
  readonly #life = new AbortController();
  /** Whether the kernel is to be looked at, and whether changes went before that. */
  #isLookDue = false;
  #isLookPutOff = false;
  #working: Promise<void> | null = null;
  /** What ended the work for good: no fault of the firewall's but of ours. */
  #fault: { readonly error: unknown } | null = null;

  constructor(options: KernelWorkerOptions) {
    const { log, random, retryMinMs = 500, retryMaxMs = 30_000 } = options;
    this.#options = options;
    this.#outage = new Outage(log, OUTAGE_TEXTS);
    this.#backoff = new Backoff(retryMinMs, retryMaxMs, random);
  }

  get isFailing(): boolean {
    return this.#outage.isOn;
  }

  /** Has the kernel told what is wanted of the target. Resolves when it is, or when nobody can say when it will be. */
  async tell(key: string, target: BanTarget): Promise<Settled> {
    if (this.#life.signal.aborted) return NOT_SETTLED;
    if (this.#options.pending.add(key, target)) return this.#begin();
    // The look finds it.
    this.#isLookDue = true;
    void this.#begin();
    return NOT_SETTLED;
  }

  /** Looks whether the kernel does what it should, and mends it. @returns whether it does now. */
  async verify(): Promise<boolean> {
    this.#isLookDue = true;
    const { isDone } = await this.#begin();
    return isDone;
  }

  /** @throws what ended the work for good. */
  throwFault(): void {
    if (this.#fault !== null) throw this.#fault.error;
  }

  /** Tells the kernel what waits, unless it fails. @returns whether all was told. */
  async stop(): Promise<boolean> {
    this.#life.abort();
    await this.#working;
    return !this.isFailing && this.#fault === null;
  }

  #begin(): Promise<Settled> {
    const isHopeless = this.isFailing || this.#fault !== null;
    const settled = isHopeless ? Promise.resolve(NOT_SETTLED) : this.#options.pending.settled();
    this.#working ??= this.#work().catch((error: unknown) => {
      this.#fault = { error };
      this.#options.pending.settle(false);
    });
    return settled;
  }

  async #work(): Promise<void> {
    const { pending, wait } = this.#options;
    // What is asked for in the same tick goes together.
    await Promise.resolve();
    while (this.isFailing || this.#isLookDue || pending.size > 0) {
      if (this.isFailing) await wait(this.#backoff.next(), this.#life.signal);
      if (this.isFailing && this.#life.signal.aborted) break;
      pending.settle(await this.#isSettled());
    }
    this.#working = null;
  }

  async #isSettled(): Promise<boolean> {
    try {
      if (this.isFailing || !(await this.#isSimplyDone())) await this.#repair();
      return true;
    } catch (error) {
      const { fault, message } = this.#counted(error);
      this.#outage.failed(fault, message);
      return false;
    }
  }

  /** @returns false where a call failed, or what it needs is not there: somebody may have taken that away. */
  async #isSimplyDone(): Promise<boolean> {
    try {
      if (this.#isTimeToLook()) return await this.#options.kernel.verify();
      await this.#options.kernel.apply();
      return true;
    } catch (error) {
      this.#counted(error);
      return false;
    }
  }

  /** What waits goes before a look, which can take long; but once only, so that no flood of changes puts off all looks. */
  #isTimeToLook(): boolean {
    const isTime = this.#isLookDue && (this.#isLookPutOff || this.#options.pending.size === 0);
    this.#isLookPutOff = this.#isLookDue && !isTime;
    this.#isLookDue = this.#isLookPutOff;
    return isTime;
  }

  async #repair(): Promise<void> {
    const { kernel, tally, log } = this.#options;
    const bans = await kernel.restore();
    this.#backoff.reset();
    if (this.isFailing) return this.#outage.over({ bans });
    tally.add('blocker.repairs');
    log.warn({ bans }, REPAIRED);
  }

  /** @throws what is no fault of the firewall's: it would be the same at the next try. */
  #counted(error: unknown): FirewallError {
    if (!(error instanceof FirewallError)) throw error;
    this.#options.tally.add('blocker.firewall.failures');
    return error;
  }
}
