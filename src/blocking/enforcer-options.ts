import type { Log } from '../domain/log.js';
import { pause } from '../lifecycle/pause.js';
import type { AdmissionOptions, Friends } from './admission.js';
import type { BanRecords } from './ban-saver.js';
import type { Firewall } from './firewall.js';

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
  /** Of the desired ones those that the kernel has, as far as the last batch or the last look tells. */
  readonly enforced: number;
  /** Since the kernel was last seen to do what it should. */
  readonly verifiedSeconds: number;
  readonly isFirewallFailing: boolean;
  readonly isStoreFailing: boolean;
  readonly bansMax: number;
  readonly bansPerMinute: number;
}

export function withDefaults(options: EnforcerOptions): Required<EnforcerOptions> {
  const clock = () => performance.now();
  return { verifyMs: 5_000, now: Date.now, clock, wait: pause, random: Math.random, ...options };
}
