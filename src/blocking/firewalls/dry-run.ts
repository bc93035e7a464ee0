import { type Prefix, prefixText } from '../../domain/address-set.js';
import type { Log } from '../../domain/log.js';
import type { EnforcedBan, Enforcement, Firewall, FirewallChange } from '../firewall.js';

export interface DryRunOptions {
  readonly log: Log;
  /** In milliseconds. */
  readonly now: () => number;
}

/**
 * A memory in the kernel's place: it says what would be done, and drops nothing. It holds what it is told until `read` finds it
 * expired; how much that may be is up to the caller.
 */
export class DryRunFirewall implements Firewall {
  readonly name = 'dry-run';
  readonly secondsMax = Number.POSITIVE_INFINITY;
  readonly #log: Log;
  readonly #now: () => number;
  /** By the prefix' text. */
  readonly #bans = new Map<string, { readonly prefix: Prefix; readonly endMs: number }>();
  #isInstalled = false;

  constructor({ log, now }: DryRunOptions) {
    this.#log = log;
    this.#now = now;
  }

  install(): Promise<void> {
    if (!this.#isInstalled) this.#log.info({}, 'dry run: the log tells what would be banned, and nothing is');
    this.#isInstalled = true;
    return Promise.resolve();
  }

  apply(changes: readonly FirewallChange[]): Promise<void> {
    for (const change of changes) this.#change(change);
    return Promise.resolve();
  }

  #change(change: FirewallChange): void {
    const { prefix } = change;
    const address = prefixText(prefix);
    if (change.kind === 'add') {
      const { seconds } = change;
      this.#bans.set(address, { prefix, endMs: this.#now() + seconds * 1000 });
      this.#log.info({ address, seconds }, `would ban ${address} for ${seconds} s`);
    } else if (this.#bans.delete(address)) {
      this.#log.info({ address }, `would unban ${address}`);
    }
  }

  read(): Promise<Enforcement> {
    const now = this.#now();
    const bans = new Map<string, EnforcedBan>();
    for (const [address, { prefix, endMs }] of this.#bans) {
      if (endMs <= now) this.#bans.delete(address);
      else bans.set(address, { prefix, seconds: Math.floor((endMs - now) / 1000), packets: null });
    }
    return Promise.resolve({ isInstalled: this.#isInstalled, bans, dropped: { packets: 0, bytes: 0 } });
  }

  uninstall(): Promise<void> {
    this.#bans.clear();
    this.#isInstalled = false;
    this.#log.info({}, 'dry run: would end all bans');
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
