import { createHash } from 'node:crypto';
import { type Finding, severityRank } from '../domain/finding.js';

export interface ThrottleOptions {
  /** The time in which the same is said once. */
  readonly everyMs?: number;
  /** How many alerts below critical there may be in that time, whatever they are about. */
  readonly alertsMax?: number;
  /** How many subjects are remembered, those that were told of last; of a forgotten one the same is said again. */
  readonly subjectsMax?: number;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
}

interface Said {
  readonly at: number;
  readonly rank: number;
  suppressed: number;
}

const CRITICAL = severityRank('critical');

/** Holds back what the operator has just been told: the same rule about the same subject, unless it has become more severe. */
export class Throttle {
  readonly #options: Required<ThrottleOptions>;
  readonly #said = new Map<string, Said>();
  #window = { at: Number.NEGATIVE_INFINITY, admitted: 0 };
  /** Beyond the number of alerts; told with the next one, whatever that is about. */
  #excess = 0;

  constructor(options: ThrottleOptions = {}) {
    this.#options = { everyMs: 600_000, alertsMax: 60, subjectsMax: 1000, now: () => performance.now(), ...options };
  }

  /** @returns how many were held back before this one and not told of, or null when this one is to be held back as well. */
  admit(finding: Finding): number | null {
    const at = this.#options.now();
    const key = keyOf(finding);
    const rank = severityRank(finding.severity);
    const said = this.#said.get(key);
    if (said !== undefined && at - said.at < this.#options.everyMs && rank <= said.rank) {
      said.suppressed += 1;
      return null;
    }
    if (!this.#hasRoom(at) && rank < CRITICAL) {
      this.#excess += 1;
      return null;
    }
    this.#window.admitted += 1;
    const suppressed = (said?.suppressed ?? 0) + this.#excess;
    this.#excess = 0;
    this.#remember(key, { at, rank, suppressed: 0 });
    return suppressed;
  }

  #hasRoom(at: number): boolean {
    if (at - this.#window.at >= this.#options.everyMs) this.#window = { at, admitted: 0 };
    return this.#window.admitted < this.#options.alertsMax;
  }

  /** The map is in the order of the telling: its first key is the one to forget. */
  #remember(key: string, said: Said): void {
    this.#said.delete(key);
    this.#said.set(key, said);
    if (this.#said.size <= this.#options.subjectsMax) return;
    const [oldest] = this.#said.keys();
    if (oldest !== undefined) this.#said.delete(oldest);
  }
}

/** A hash, since an account can be as long as an attacker likes. */
function keyOf({ rule, pbx, subject }: Finding): string {
  return createHash('sha256')
    .update(JSON.stringify([rule, pbx, subject.kind, subject.text]))
    .digest('base64');
}
