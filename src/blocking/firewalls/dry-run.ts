import { type BanTarget, targetText } from '../../domain/ban-target.js';
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
  /** By the target's text. */
  readonly #bans = new Map<string, { readonly target: BanTarget; readonly endMs: number }>();
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
    const { target } = change;
    const text = targetText(target);
    if (change.kind === 'add') {
      const { seconds } = change;
      this.#bans.set(text, { target, endMs: this.#now() + seconds * 1000 });
      this.#log.info({ target: text, seconds }, `would ban ${text} for ${seconds} s`);
    } else if (this.#bans.delete(text)) {
      this.#log.info({ target: text }, `would unban ${text}`);
    }
  }

  read(): Promise<Enforcement> {
    const now = this.#now();
    const bans = new Map<string, EnforcedBan>();
    for (const [text, { target, endMs }] of this.#bans) {
      if (endMs <= now) this.#bans.delete(text);
      else bans.set(text, { target, seconds: Math.floor((endMs - now) / 1000), packets: null });
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
