import type { Prefix } from '../domain/address-set.js';
import type { Ban, Refusal } from '../domain/ban.js';
import type { BanAnswer } from '../domain/ban-answer.js';

export interface ListedBan extends Ban {
  /** Dropped of it so far; null where the firewall does not count, or has not been asked yet. */
  readonly packets: number | null;
  /** Whether the firewall drops its packets now, as far as is known. */
  readonly isEnforced: boolean;
}

export interface ManualBan {
  readonly prefix: Prefix;
  readonly seconds: number;
  /** Printable, 1 to BAN_REASON_LENGTH_MAX characters. */
  readonly reason: string;
}

/** What would become of a ban, and what is. */
export interface BanTest {
  /** Why it would be refused; null: it would not. */
  readonly refusal: Refusal | null;
  /** A ban that there is, of the prefix or of a wider one; of several the one that ends last. */
  readonly ban: ListedBan | null;
}

export interface BlockerStatus {
  /** For people: `nftables`. */
  readonly firewall: string;
  /** What is wrong with it now, for people; null: nothing. */
  readonly fault: string | null;
  /** Bans that there should be, and that the firewall has. */
  readonly desired: number;
  readonly enforced: number;
  /** When the firewall was last found as it should be, or made so; milliseconds since the Unix epoch, null: not yet. */
  readonly verifiedAt: number | null;
  readonly bansMax: number;
  /** New ones. */
  readonly bansPerMinute: number;
}

/** What an operator can have the blocker do. Calls may overlap. */
export interface Operator {
  /** The newest first. */
  list(): Promise<readonly ListedBan[]>;
  add(ban: ManualBan): Promise<Pick<BanAnswer, 'result' | 'reason'>>;
  /** @returns whether it was banned: exactly this prefix, none in it or around it. */
  remove(prefix: Prefix): Promise<boolean>;
  /** @returns how many bans have ended. */
  flush(): Promise<number>;
  test(prefix: Prefix): Promise<BanTest>;
  status(): Promise<BlockerStatus>;
}
