import type { BanTarget } from '../domain/ban-target.js';

export type FirewallChange =
  /** Where the target is in the firewall already, the time begins anew. */
  | { readonly kind: 'add'; readonly target: BanTarget; readonly seconds: number }
  /** Nothing, where it is not. */
  | { readonly kind: 'remove'; readonly target: BanTarget };

export interface EnforcedBan {
  readonly target: BanTarget;
  /** Left, rounded down. */
  readonly seconds: number;
  /** Dropped of it so far; null where the firewall does not count. */
  readonly packets: number | null;
}

/** What the kernel does now, as it says itself. */
export interface Enforcement {
  /** False where anything but the bans is missing or not as it was made: the table, a chain, a rule. */
  readonly isInstalled: boolean;
  /** By the target's text. */
  readonly bans: ReadonlyMap<string, EnforcedBan>;
  /** Since `install`; they can begin anew. */
  readonly dropped: { readonly packets: number; readonly bytes: number };
}

/**
 * One way to have the kernel drop packets. Targets can lie in each other, and each keeps its own time. The kernel ends a ban
 * by itself, so that a blocker that died bans nobody for ever. Calls come one at a time, in order; each has a deadline and fails
 * with a FirewallError.
 */
export interface Firewall {
  /** For people: `nftables`. */
  readonly name: string;
  /** The longest time that it keeps; of a ban that is longer the rest is told in time. */
  readonly secondsMax: number;
  /** Puts in place all that is missing or not as it should be. What is banned stays banned. */
  install(): Promise<void>;
  /** All of the changes, or none. */
  apply(changes: readonly FirewallChange[]): Promise<void>;
  read(): Promise<Enforcement>;
  /** Takes away all that `install` has made, and with it every ban. */
  uninstall(): Promise<void>;
  /** Ends what helps with the work. What is banned stays banned. */
  close(): Promise<void>;
}

/**
 * Why the firewall cannot be used. A closed list, so that it can be counted by.
 * `rejected`: it does not take what it was told, for instance because what `install` made is gone.
 */
export type FirewallFault = 'no_program' | 'not_permitted' | 'rejected' | 'timeout';

/** The message is for people and names the remedy where there is one. */
export class FirewallError extends Error {
  readonly fault: FirewallFault;

  constructor(fault: FirewallFault, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'FirewallError';
    this.fault = fault;
  }
}
