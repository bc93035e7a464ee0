import type { Prefix } from '../domain/address-set.js';
import { Backoff } from '../lifecycle/backoff.js';
import type { pause } from '../lifecycle/pause.js';
import { ChangeQueue, type ChangeQueueOptions, type Settled } from './change-queue.js';
import { type Enforcement, FirewallError } from './firewall.js';
import { KernelBans, type KernelBansOptions } from './kernel-bans.js';
import { Outage } from './outage.js';

export interface FirewallKeeperOptions extends ChangeQueueOptions, Omit<KernelBansOptions, 'queue'> {
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
 * Has the kernel do what the table says. One call of the firewall at a time; what is asked for meanwhile goes together into the next
 * one, at once. Where a call fails, everything is put in place anew, with growing pauses, until it is; nobody waits for that.
 */
export class FirewallKeeper {
  readonly #options: FirewallKeeperOptions;
  readonly #queue: ChangeQueue;
  readonly #kernel: KernelBans;
  readonly #outage: Outage;
  readonly #backoff: Backoff;
  readonly #life = new AbortController();
  /** Whether the kernel is to be looked at. */
  #isDue = false;
  /** Whether changes went before that. */
  #isPutOff = false;
  #working: Promise<void> | null = null;
  /** What ended the work for good: no fault of the firewall's but of ours. */
  #fault: { readonly error: unknown } | null = null;

  constructor(options: FirewallKeeperOptions) {
    const { log, random, retryMinMs = 500, retryMaxMs = 30_000 } = options;
    this.#options = options;
    this.#queue = new ChangeQueue(options);
    this.#kernel = new KernelBans({ ...options, queue: this.#queue });
    this.#outage = new Outage(log, OUTAGE_TEXTS);
    this.#backoff = new Backoff(retryMinMs, retryMaxMs, random);
  }

  get isFailing(): boolean {
    return this.#outage.isOn;
  }

  /** How long the last look at the kernel took, in milliseconds. */
  get verifyMs(): number {
    return this.#kernel.verifyMs;
  }

  /** Since the kernel was last seen to do what it should, in seconds. */
  get verifiedSeconds(): number {
    return (this.#options.clock() - this.#kernel.verifiedAt) / 1000;
  }

  /**
   * Puts everything in place, before anything else is asked for.
   * @param adopt told what was found, before anything is changed: what it adds to the table stays.
   * @throws FirewallError
   */
  start(adopt: (found: Enforcement) => void): Promise<void> {
    return this.#kernel.restore(adopt);
  }

  /** Tells the kernel what the table says about the prefix. */
  async settle(address: string, prefix: Prefix): Promise<Settled> {
    if (this.#life.signal.aborted) return NOT_SETTLED;
    if (this.#queue.add(address, prefix)) return this.#begin();
    this.#isDue = true;
    void this.#begin();
    return NOT_SETTLED;
  }

  /** Looks whether the kernel does what it should, and mends it. @returns whether it does now. */
  async verify(): Promise<boolean> {
    this.#isDue = true;
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
    const settled = isHopeless ? Promise.resolve(NOT_SETTLED) : this.#queue.settled();
    this.#working ??= this.#work().catch((error: unknown) => {
      this.#fault = { error };
      this.#queue.settle(false);
    });
    return settled;
  }

  async #work(): Promise<void> {
    // What is asked for in the same tick goes together.
    await Promise.resolve();
    while (this.isFailing || this.#isDue || this.#queue.size > 0) {
      if (this.isFailing) await this.#options.wait(this.#backoff.next(), this.#life.signal);
      if (this.isFailing && this.#life.signal.aborted) break;
      this.#queue.settle(await this.#isSettled());
    }
    this.#working = null;
  }

  async #isSettled(): Promise<boolean> {
    try {
      if (this.isFailing || !(await this.#isSimplyDone())) await this.#restore();
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
      if (this.#isTimeToLook()) return await this.#kernel.verify();
      await this.#kernel.apply();
      return true;
    } catch (error) {
      this.#counted(error);
      return false;
    }
  }

  /** What waits goes before a look, which can take long; but once only, so that no flood of changes puts off all looks. */
  #isTimeToLook(): boolean {
    const isTime = this.#isDue && (this.#isPutOff || this.#queue.size === 0);
    this.#isPutOff = this.#isDue && !isTime;
    this.#isDue = this.#isPutOff;
    return isTime;
  }

  async #restore(): Promise<void> {
    const { tally, log, table } = this.#options;
    await this.#kernel.restore();
    this.#backoff.reset();
    if (this.isFailing) return this.#outage.over({ bans: table.size });
    tally.add('blocker.repairs');
    log.warn({ bans: table.size }, REPAIRED);
  }

  /** @throws what is no fault of the firewall's: it would be the same at the next try. */
  #counted(error: unknown): FirewallError {
    if (!(error instanceof FirewallError)) throw error;
    this.#options.tally.add('blocker.firewall.failures');
    return error;
  }
}
