import { fieldsText } from '../domain/ban-target.js';
import type { BanDecision, Decision } from '../domain/decision.js';
import type { RuleName } from '../domain/finding.js';

/** Remembers what was decided: the last ban of each address, prefix or socket, and sums. */
export class BanLedger {
  readonly #targetsMax: number;
  /** By address, prefix or socket, the one that was banned longest ago first. */
  readonly #bans = new Map<string, BanDecision>();
  readonly #byReason = new Map<RuleName, number>();
  #decided = 0;
  #forgotten = 0;

  /** @param targetsMax beyond them the one whose ban was decided first is forgotten, and counted. */
  constructor(targetsMax: number) {
    this.#targetsMax = targetsMax;
  }

  get sums() {
    const byReason = Object.fromEntries(this.#byReason);
    return { decided: this.#decided, forgotten: this.#forgotten, targets: this.#bans.size, byReason };
  }

  take(decision: Decision): void {
    const target = fieldsText(decision);
    this.#bans.delete(target);
    if (decision.type === 'unban') return;
    this.#decided++;
    this.#byReason.set(decision.reason, (this.#byReason.get(decision.reason) ?? 0) + 1);
    this.#bans.set(target, decision);
    if (this.#bans.size > this.#targetsMax) this.#forgetOldest();
  }

  /** The last ban of each target that was not ended since. */
  all(): BanDecision[] {
    return [...this.#bans.values()];
  }

  /** Those that have not ended at that time, with the seconds that are left of them. */
  inForceAt(now: number): BanDecision[] {
    return this.all().flatMap((ban) => {
      const seconds = Math.ceil((ban.at + ban.seconds * 1000 - now) / 1000);
      return seconds > 0 ? [{ ...ban, seconds: Math.min(seconds, ban.seconds) }] : [];
    });
  }

  #forgetOldest(): void {
    const [oldest = ''] = this.#bans.keys();
    this.#bans.delete(oldest);
    this.#forgotten++;
  }
}
