import { once } from 'node:events';
import type { BanOrigin, BanReply, BanRequest, BanResult, ListedBan, Refusal } from '../domain/ban.js';
import { prolonged } from '../domain/ban.js';
import { type BanTarget, targetText } from '../domain/ban-target.js';
import type { Log } from '../domain/log.js';
import type { Reading } from '../domain/reading.js';
import { pause } from '../lifecycle/pause.js';
import type { WriteBehind } from '../lifecycle/write-behind.js';
import { Admission, type AdmissionOptions, type Friends } from './admission.js';
import { type BanRecords, banSaver } from './ban-saver.js';
import { type Firewall, FirewallError } from './firewall.js';
import { KernelBans } from './kernel-bans.js';
import { KernelWorker } from './kernel-worker.js';
import { PendingChanges } from './pending-changes.js';
import { Tally } from './tally.js';
import { type WantedBan, wantedBan } from './wanted-ban.js';
import { WantedBans } from './wanted-bans.js';

export interface EnforcerOptions extends AdmissionOptions {
  readonly firewall: Firewall;
  readonly records: BanRecords;
  readonly friends: Friends;
  readonly log: Log;
  /** How long a stop may take. */
  readonly graceMs: number;
  /** Between two looks at the kernel; longer where a look takes more than a twentieth of it. */
  readonly verifyMs?: number;
  /** Milliseconds since the Unix epoch: by it bans end. */
  readonly now?: () => number;
  /** Milliseconds of a clock that never goes back. */
  readonly clock?: () => number;
  readonly wait?: typeof pause;
  /** From 0 to below 1. */
  readonly random?: () => number;
}

export interface EnforcerStatus {
  /** The firewall's name. */
  readonly firewall: string;
  readonly desired: number;
  /** Of the desired ones those of single sockets. */
  readonly sockets: number;
  /** Of the desired ones those that the kernel has, as far as the last batch or the last look tells. */
  readonly enforced: number;
  /** Since the kernel was last seen to do what it should. */
  readonly verifiedSeconds: number;
  readonly isFirewallFailing: boolean;
  readonly isStoreFailing: boolean;
  readonly bansMax: number;
  readonly bansPerMinute: number;
}

/** What is known of a target. */
export interface TestReply {
  /** Why a ban of it would be refused now; null: it would be taken, or prolonged. */
  readonly refusal: Refusal | null;
  /** The bans that drop its packets: of itself and of what it lies in, the narrowest first. */
  readonly bannedBy: readonly ListedBan[];
  /** Of an address: how many of its sockets are banned. */
  readonly sockets: number;
}

/** What became of bans that were to end. */
export interface UnbanReply {
  /** Whether the target itself was banned and no longer is. */
  readonly isEnded: boolean;
  /** The ports of the sockets whose bans have ended with that of their address. */
  readonly ports: readonly number[];
  /**
   * `unsaved`: ended, but a restart may bring them back. `not_banned`; `manual`, an operator's, which no decision ends; `firewall`,
   * which does not listen and is told again until it does.
   */
  readonly reason: 'unsaved' | 'not_banned' | 'manual' | 'firewall' | null;
}

/** `ended`: how many bans there were; the reasons as for one of them. */
export interface FlushReply {
  readonly ended: number;
  readonly reason: 'firewall' | 'unsaved' | null;
}

/** Looks at the kernel take one part in so many of the time at most. */
const VERIFY_PART = 20;

/**
 * Keeps the kernel's bans what they should be: takes orders, keeps them over a restart, looks again and again whether the kernel obeys,
 * and mends what does not.
 *
 * There are three things to know, each in its class, and one that works on them:
 *
 * - `WantedBans`: which bans there should be. Orders, friends and the clock change it, at once, in memory; the store follows.
 * - `KernelBans`: which of them the kernel has. Only a batch that it took, or a look at it, changes that.
 * - `PendingChanges`: the targets for which the two may differ because somebody asked for a change, and who waits for it.
 * - `KernelWorker` takes what is pending and tells the kernel, until nothing is.
 *
 * The invariant: for each target the kernel has what is wanted, or the target is pending, or a look is due that will find it. So an order
 * first changes what is wanted, adds its target to what is pending, and then waits. Nothing is ever undone: where the kernel does not obey
 * whoever asked is told so, and the worker goes on.
 *
 * A ban goes through these states:
 *
 *     asked for ──refused──► nothing is changed
 *         │
 *         ▼
 *     wanted, pending ──► in a batch ──► in force ──look──► in force, or pending again: missing, of another time
 *         │                   │             │
 *         │                   └─failed──► all is put in place anew, with pauses, until it is
 *         ▼                                 ▼
 *     not wanted, pending ──► in a batch ──► gone: its time is over, somebody ended it, or its address became a friend's
 */
export class Enforcer {
  readonly #options: Required<EnforcerOptions>;
  readonly #tally = new Tally();
  readonly #saver: WriteBehind;
  readonly #wanted: WantedBans;
  readonly #kernel: KernelBans;
  readonly #worker: KernelWorker;

  constructor(given: EnforcerOptions) {
    this.#options = withDefaults(given);
    const targetsMax = 2 * given.bansMax;
    const shared = { ...this.#options, tally: this.#tally };
    this.#saver = banSaver({ ...shared, wantedOf: (key) => this.#wanted.get(key), keysMax: targetsMax });
    this.#wanted = new WantedBans({
      ...shared,
      admission: new Admission(given),
      saver: this.#saver,
      onGone: (key) => this.#kernel.forget(key),
    });
    const pending = new PendingChanges({ wanted: this.#wanted, targetsMax });
    this.#kernel = new KernelBans({ ...shared, wanted: this.#wanted, pending });
    this.#worker = new KernelWorker({ ...shared, kernel: this.#kernel, pending });
  }

  /**
   * Puts the bans of before in place: those of the store, and those that only the kernel still knows. To be waited for before
   * anything else.
   * @throws FirewallError where the firewall cannot be used, and what the store's `load` throws.
   */
  async start(): Promise<void> {
    const { records, log, now } = this.#options;
    const counts = await this.#wanted.load(records, now());
    this.#tally.add('blocker.store.malformed', counts.get('malformed') ?? 0);
    await this.#kernel.restore(({ bans }) => this.#wanted.adopt(bans, now(), counts));
    log.info({ bans: this.#wanted.size, ...Object.fromEntries(counts) }, 'the bans of before are in place');
  }

  /**
   * Ends what has expired and looks at the kernel, until the signal is aborted.
   * @throws what is no fault of the firewall's but of ours.
   */
  async run(signal: AbortSignal): Promise<void> {
    const { verifyMs, wait, now } = this.#options;
    while (!signal.aborted) {
      await wait(Math.max(verifyMs, this.#kernel.lookMs * VERIFY_PART), signal);
      if (signal.aborted) return;
      this.#wanted.expire(now());
      await unlessAborted(this.#worker.verify(), signal);
      this.#worker.throwFault();
    }
  }

  /**
   * Answers when the kernel drops the packets and the ban is on the disk, or when it is certain that one of them will be late.
   * @throws RangeError for a request that no codec of ours lets through.
   */
  async ban(request: BanRequest): Promise<BanReply> {
    const now = this.#options.now();
    const wanted = this.#current();
    const asked = wantedBan(request, now);
    const known = wanted.get(asked.key);
    const refusal = wanted.refusal(asked, now);
    if (refusal !== null) return this.#refused(refusal);
    if (known !== undefined) return this.#banAgain(known, asked);
    const reply = await this.#carryOut(asked, 'banned', () => wanted.add(asked, now));
    if (reply.result === 'banned') this.#options.log.info({ ban: asked.ban }, 'banned');
    return reply;
  }

  /**
   * Ends the ban of exactly this target. With that of an address an operator ends those of its sockets, since they want to hear from
   * it again; a decision is about one of them.
   * @param origin a decision (`forgiven`) does not end an operator's ban.
   */
  async unban(target: BanTarget, origin: Exclude<BanOrigin, 'kernel'>): Promise<UnbanReply> {
    const wanted = this.#current();
    const known = wanted.get(targetText(target));
    if (origin === 'decision' && known?.ban.origin === 'manual') return notEnded('manual');
    const sockets = origin === 'manual' ? wanted.socketsOf(target) : [];
    const ending = known === undefined ? sockets : [known, ...sockets];
    if (ending.length === 0) return notEnded('not_banned');
    for (const { ban } of ending) this.#options.log.info({ address: ban.address, port: ban.port, origin }, 'unbanned');
    const reason = await this.#endAll(ending);
    if (reason === 'firewall') return notEnded(reason);
    return { isEnded: known !== undefined, ports: sockets.map(({ target: { port } }) => Number(port)), reason };
  }

  /** Ends every ban. */
  async flush(): Promise<FlushReply> {
    const ending = [...this.#current().values()];
    this.#options.log.info({ bans: ending.length }, 'all bans are ended');
    return { ended: ending.length, reason: await this.#endAll(ending) };
  }

  /** The newest first; of the same moment by their targets' texts. */
  list(): ListedBan[] {
    const bans = [...this.#current().values()];
    bans.sort((a, b) => b.ban.since - a.ban.since || (a.key < b.key ? -1 : 1));
    return bans.map((each) => this.#listed(each));
  }

  /** What would become of a ban of the target, and which bans drop its packets now. Takes no place and changes nothing. */
  test(target: BanTarget): TestReply {
    const wanted = this.#current();
    return {
      refusal: wanted.refusal({ key: targetText(target), target }, this.#options.now()),
      bannedBy: wanted.covering(target).map((each) => this.#listed(each)),
      sockets: wanted.socketsOf(target).length,
    };
  }

  status(): EnforcerStatus {
    const { firewall, bansMax, bansPerMinute } = this.#options;
    const bans = [...this.#current().values()];
    return {
      firewall: firewall.name,
      desired: bans.length,
      sockets: bans.filter(({ target }) => target.port !== null).length,
      enforced: bans.filter(({ key }) => this.#kernel.has(key)).length,
      verifiedSeconds: this.#kernel.verifiedSeconds,
      isFirewallFailing: this.#worker.isFailing,
      isStoreFailing: this.#saver.isFailing,
      bansMax,
      bansPerMinute,
    };
  }

  /** For StatsD: the counters since the last call, and how things are. */
  readings(): Reading[] {
    const { desired, sockets, enforced, verifiedSeconds } = this.status();
    return [
      { kind: 'gauge', name: 'security.bans.desired', value: desired },
      { kind: 'gauge', name: 'security.bans.enforced', value: enforced },
      { kind: 'gauge', name: 'security.bans.sockets', value: sockets },
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
    // Null: the firewall is still at its last task, and takes no other.
    const isTold = await Promise.race([this.#worker.stop(), over]);
    // Not before: the last task may end a new friend's ban, on the disk too.
    const saving = this.#saver.stop();
    const isFlushed = !flush || (isTold !== null && (await this.#uninstall()));
    const isSaved = await Promise.race([saving, over]);
    grace.abort();
    await firewall.close();
    if (isTold === true && isSaved === true) return isFlushed;
    log.warn({}, 'the end came before all changes of bans were in the firewall and on the disk');
    return false;
  }

  async #banAgain(known: WantedBan, asked: WantedBan): Promise<BanReply> {
    const wanted = { ...known, ban: prolonged(known.ban, asked.ban) };
    const replace = () => this.#wanted.replace(wanted);
    if (wanted.ban.until !== known.ban.until) {
      this.#tally.add('security.bans.extended');
      this.#options.log.debug({ ban: wanted.ban }, 'the ban lasts longer');
      return this.#carryOut(wanted, 'already_banned', replace);
    }
    if (!this.#kernel.has(known.key)) return this.#carryOut(wanted, 'already_banned', replace);
    const isKept = wanted.ban === known.ban || (await replace());
    return { result: 'already_banned', reason: isKept ? null : 'unsaved' };
  }

  /** The kernel first, and the disk meanwhile: to write a line takes as long as to decide. */
  async #carryOut({ key, target }: WantedBan, result: BanResult, want: () => Promise<boolean>): Promise<BanReply> {
    const [{ isDone, spared }, isKept] = await Promise.all([this.#worker.tell(key, target), want()]);
    if (spared.has(key)) return this.#refused('allowlisted');
    if (!isDone) return this.#refused('firewall');
    return { result, reason: isKept ? null : 'unsaved' };
  }

  /** @returns why some of them are not ended for good. */
  async #endAll(bans: readonly WantedBan[]): Promise<FlushReply['reason']> {
    const done = await Promise.all(
      bans.map((each) => Promise.all([this.#worker.tell(each.key, each.target), this.#wanted.end(each)])),
    );
    if (done.some(([{ isDone }]) => !isDone)) return 'firewall';
    return done.some(([, isKept]) => !isKept) ? 'unsaved' : null;
  }

  #refused(reason: Refusal): BanReply {
    this.#tally.add(`security.bans.refused.${reason}`);
    return { result: 'refused', reason };
  }

  #listed({ key, ban }: WantedBan): ListedBan {
    return { ...ban, packets: this.#kernel.packetsOf(key), isEnforced: this.#kernel.has(key) };
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

  /** What is wanted without what has ended. */
  #current(): WantedBans {
    this.#wanted.expire(this.#options.now());
    return this.#wanted;
  }
}

function withDefaults(options: EnforcerOptions): Required<EnforcerOptions> {
  const clock = () => performance.now();
  return { verifyMs: 5_000, now: Date.now, clock, wait: pause, random: Math.random, ...options };
}

function notEnded(reason: UnbanReply['reason']): UnbanReply {
  return { isEnded: false, ports: [], reason };
}

/** A look that hangs must not hold up a stop. */
async function unlessAborted(work: Promise<unknown>, signal: AbortSignal): Promise<void> {
  const done = new AbortController();
  const aborted = once(signal, 'abort', { signal: done.signal }).catch(() => undefined); // The work was done before.
  await Promise.race([work, aborted]);
  done.abort();
}
