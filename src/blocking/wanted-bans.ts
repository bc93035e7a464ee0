import { maskedPrefix, prefixText } from '../domain/address-set.js';
import type { Refusal } from '../domain/ban.js';
import { type BanTarget, fieldsText } from '../domain/ban-target.js';
import type { Log } from '../domain/log.js';
import type { WriteBehind } from '../lifecycle/write-behind.js';
import type { Admission, Friends } from './admission.js';
import type { BanRecords } from './ban-saver.js';
import { ExpiryQueue } from './expiry-queue.js';
import type { EnforcedBan } from './firewall.js';
import type { Tally } from './tally.js';
import { adoptedBan, savedBan, type WantedBan } from './wanted-ban.js';

export interface WantedBansOptions {
  readonly admission: Admission;
  readonly bansMax: number;
  /** Reads the bans here when it writes them. */
  readonly saver: Pick<WriteBehind, 'save' | 'mark'>;
  readonly friends: Friends;
  readonly tally: Tally;
  readonly log: Log;
  /** Told the key of each ban that is no longer wanted, for whatever reason. */
  readonly onGone: (key: string) => void;
}

/** What became of a ban of before the start. */
export type Fate = 'loaded' | 'adopted' | 'expired' | 'malformed' | Refusal;

/** Stale entries that #ends may hold on top of twice the bans, so that a small one is not built anew all the time. */
const STALE_MAX = 64;

/** The bans that should be in force, in memory and in the store alike. It knows no firewall. */
export class WantedBans {
  readonly #options: WantedBansOptions;
  readonly #bans = new Map<string, WantedBan>();
  /** The keys of the sockets, by the key of their address: never an empty set. */
  readonly #sockets = new Map<string, Set<string>>();
  /** Has an entry for each ban, and stale ones: of bans that are gone, or last longer now. */
  #ends = new ExpiryQueue();
  #friendsVersion: number;

  constructor(options: WantedBansOptions) {
    this.#options = options;
    this.#friendsVersion = options.friends.version;
  }

  get size(): number {
    return this.#bans.size;
  }

  get(key: string): WantedBan | undefined {
    return this.#bans.get(key);
  }

  values(): IterableIterator<WantedBan> {
    return this.#bans.values();
  }

  /** The bans of the target itself and of what it lies in; the narrowest first. */
  covering({ family, address, length, port }: BanTarget): WantedBan[] {
    const prefixes = Array.from({ length: length + 1 }, (_, index) => maskedPrefix(address, length - index));
    const keys =
      port === null ? prefixes : [fieldsText({ address: prefixText({ family, address, length }), port }), ...prefixes];
    return keys.map((key) => this.#bans.get(key)).filter((wanted) => wanted !== undefined);
  }

  /** The bans of the sockets of an address, by their ports. None for a socket. */
  socketsOf(target: BanTarget): WantedBan[] {
    const keys = target.port === null ? this.#sockets.get(prefixText(target)) : undefined;
    const wanted = [...(keys ?? [])].map((key) => this.#bans.get(key)).filter((each) => each !== undefined);
    return wanted.sort((a, b) => Number(a.target.port) - Number(b.target.port));
  }

  /** Why a ban would be refused, or the one that there is not go on. Takes no place in the minute. */
  refusal({ key, target }: Pick<WantedBan, 'key' | 'target'>, now: number): Refusal | null {
    const { admission } = this.#options;
    return this.#bans.has(key) ? admission.renewalRefusal(target) : admission.refusal(target, this.size, now);
  }

  /** A ban that nobody has refused, in its place in the minute. @returns whether it is on the disk. */
  add(wanted: WantedBan, now: number): Promise<boolean> {
    this.#options.admission.count(now);
    this.#options.tally.add('security.bans.added');
    return this.replace(wanted);
  }

  /** Puts the ban in the place of the one with its key. @returns whether it is on the disk. */
  replace(wanted: WantedBan): Promise<boolean> {
    this.#set(wanted);
    return this.#options.saver.save(wanted.key);
  }

  /** @returns whether the end of the ban is on the disk. */
  end(wanted: WantedBan): Promise<boolean> {
    this.#delete(wanted);
    this.#options.tally.add('security.bans.removed');
    return this.#options.saver.save(wanted.key);
  }

  /** Takes out the bans whose time is over: in the kernel they end by themselves. */
  expire(now: number): void {
    for (let end = this.#ends.next(now); end !== null; end = this.#ends.next(now)) {
      const wanted = this.#bans.get(end.key);
      if (wanted?.ban.until !== end.until) continue;
      this.#delete(wanted);
      this.#options.tally.add('security.bans.expired');
      this.#options.saver.mark(end.key);
    }
  }

  /** Ends the ban if it is one of a friend's. @returns whether it is. */
  spare(wanted: WantedBan): boolean {
    const { friends, log } = this.#options;
    if (!friends.overlaps(wanted.target)) return false;
    void this.end(wanted);
    const { address, port } = wanted.ban;
    log.info({ address, port }, 'a ban has ended, since it would hit who is on the allowlist now');
    return true;
  }

  /** Ends the bans of whoever became a friend since the last call. */
  spareAll(): WantedBan[] {
    const { version } = this.#options.friends;
    if (version === this.#friendsVersion) return [];
    this.#friendsVersion = version;
    return [...this.values()].filter((wanted) => this.spare(wanted));
  }

  /**
   * Brings back the bans of the store. The records that are no use any more are deleted: no bans, ended, or of whom may not be banned.
   * @returns how many have which fate.
   */
  async load(records: Pick<BanRecords, 'load'>, now: number): Promise<Map<Fate, number>> {
    const counts = new Map<Fate, number>();
    for await (const [key, value] of records.load()) {
      const wanted = savedBan(key, value);
      const fate = wanted === null ? 'malformed' : this.#comeBack(wanted, 'loaded', wanted.ban.until <= now);
      count(counts, fate);
      if (fate !== 'loaded') this.#options.saver.mark(key);
    }
    return counts;
  }

  /** Takes over the bans that only the kernel still knows. @param counts is added to. */
  adopt(bans: ReadonlyMap<string, EnforcedBan>, now: number, counts: Map<Fate, number>): void {
    for (const [key, { target, seconds }] of bans) {
      if (this.#bans.has(key)) continue;
      const wanted = adoptedBan(target, seconds, now);
      // What has less than a second left ends before anybody could say a word about it.
      const fate = this.#comeBack(wanted, 'adopted', seconds < 1);
      count(counts, fate);
      if (fate === 'adopted') this.#options.saver.mark(key);
    }
  }

  #comeBack(wanted: WantedBan, fate: Fate, isOver: boolean): Fate {
    const refusal = isOver ? 'expired' : this.#options.admission.returnRefusal(wanted.target, this.size);
    if (refusal === null) this.#set(wanted);
    return refusal ?? fate;
  }

  #set(wanted: WantedBan): void {
    const { key, target, ban } = wanted;
    if (this.size >= this.#options.bansMax && !this.#bans.has(key)) throw new RangeError('there are too many bans');
    this.#bans.set(key, wanted);
    if (target.port !== null) this.#indexSocket(prefixText(target), key);
    this.#ends.add({ key, until: ban.until });
    if (this.#ends.size > 2 * this.size + STALE_MAX) this.#forgetStale();
  }

  #indexSocket(address: string, key: string): void {
    const keys = this.#sockets.get(address) ?? new Set();
    this.#sockets.set(address, keys.add(key));
  }

  #delete({ key, target }: WantedBan): void {
    this.#bans.delete(key);
    if (target.port !== null) this.#forgetSocket(prefixText(target), key);
    this.#options.onGone(key);
  }

  #forgetSocket(address: string, key: string): void {
    const keys = this.#sockets.get(address);
    keys?.delete(key);
    if (keys?.size === 0) this.#sockets.delete(address);
  }

  #forgetStale(): void {
    this.#ends = new ExpiryQueue();
    for (const { key, ban } of this.values()) this.#ends.add({ key, until: ban.until });
  }
}

function count(counts: Map<Fate, number>, fate: Fate): void {
  counts.set(fate, (counts.get(fate) ?? 0) + 1);
}
