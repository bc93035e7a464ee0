import type { Log } from '../domain/log.js';
import type { WriteBehind } from '../lifecycle/write-behind.js';
import type { Friends } from './admission.js';
import type { BanTable } from './ban-table.js';
import type { HeldBan } from './held-ban.js';
import type { Tally } from './tally.js';

export interface BanBookOptions {
  readonly table: BanTable;
  readonly saver: Pick<WriteBehind, 'save' | 'mark'>;
  readonly friends: Friends;
  readonly tally: Tally;
  readonly log: Log;
}

/** The bans that are desired, in the table and in the store alike. */
export class BanBook {
  readonly #options: BanBookOptions;
  #friendsVersion: number;

  constructor(options: BanBookOptions) {
    this.#options = options;
    this.#friendsVersion = options.friends.version;
  }

  /** @returns whether it is on the disk. */
  write(held: HeldBan): Promise<boolean> {
    this.#options.table.set(held);
    return this.#options.saver.save(held.ban.address);
  }

  /** @returns whether the end of the ban is on the disk. */
  strike({ ban: { address } }: HeldBan): Promise<boolean> {
    this.#options.table.delete(address);
    this.#options.tally.add('security.bans.removed');
    return this.#options.saver.save(address);
  }

  /** Bans end in the kernel by themselves. */
  expire(now: number): void {
    for (const { ban } of this.#options.table.expired(now)) {
      this.#options.tally.add('security.bans.expired');
      this.#options.saver.mark(ban.address);
    }
  }

  /** Ends the ban if it is one of a friend's. @returns whether it is. */
  spare(held: HeldBan): boolean {
    const { friends, log } = this.#options;
    if (!friends.overlaps(held.prefix)) return false;
    void this.strike(held);
    log.info({ address: held.ban.address }, 'a ban has ended, since it would hit who is on the allowlist now');
    return true;
  }

  /** Ends the bans of whoever became a friend since the last call. */
  spareAll(): HeldBan[] {
    const { friends, table } = this.#options;
    const { version } = friends;
    if (version === this.#friendsVersion) return [];
    this.#friendsVersion = version;
    return [...table.values()].filter((held) => this.spare(held));
  }
}
