import type { BanReply, ListedBan, Refusal } from '../domain/ban.js';
import type { BanTarget } from '../domain/ban-target.js';

export interface ManualBan {
  readonly target: BanTarget;
  readonly seconds: number;
  /** Printable, 1 to BAN_TEXT_LENGTH_MAX characters. */
  readonly reason: string;
}

/** What would become of a ban, and what is. */
export interface BanTest {
  /** Why it would be refused; null: it would not. */
  readonly refusal: Refusal | null;
  /** A ban that there is, of the target or of what it lies in; of several the one that ends last. */
  readonly ban: ListedBan | null;
  /** Of an address: how many of its sockets are banned. */
  readonly sockets: number;
}

/** Ports that are named of those that were lifted; of the rest it is told how many they are. */
export const PORTS_TOLD_MAX = 64;

/** What has ended. */
export interface Removal {
  /** Whether the target itself was banned. */
  readonly isRemoved: boolean;
  /** How many sockets of the address were banned, and the first PORTS_TOLD_MAX of their ports. */
  readonly sockets: number;
  readonly ports: readonly number[];
  /** False: the disk did not take it, and a restart of the blocker may bring it back. */
  readonly isSaved: boolean;
}

export interface FlushResult {
  /** How many bans have ended. */
  readonly count: number;
  /** As of a Removal. */
  readonly isSaved: boolean;
}

export interface BlockerStatus {
  /** For people: `nftables`. */
  readonly firewall: string;
  /** What is wrong with it now, for people; null: nothing. */
  readonly fault: string | null;
  /** Bans that there should be, how many of them are of single sockets, and how many the firewall has. */
  readonly desired: number;
  readonly sockets: number;
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
  add(ban: ManualBan): Promise<BanReply>;
  /** Ends the ban of exactly this target, and with that of an address those of its sockets. */
  remove(target: BanTarget): Promise<Removal>;
  flush(): Promise<FlushResult>;
  test(target: BanTarget): Promise<BanTest>;
  status(): Promise<BlockerStatus>;
}
