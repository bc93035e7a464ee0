import type { BanReply } from '../domain/ban.js';
import type { BanDecision, UnbanDecision } from '../domain/decision.js';
import { encodeAnswer } from '../wire/ban-answer-codec.js';
import { type DecisionFault, decodeDecision } from '../wire/decision-codec.js';
import type { Reply } from '../wire/server/line-connection.js';

export interface DecisionServerOptions {
  /** @returns what is answered. */
  readonly onBan: (decision: BanDecision) => Promise<BanReply>;
  /** Nobody waits for what became of it. */
  readonly onUnban: (decision: UnbanDecision) => Promise<unknown>;
}

export interface DecisionCounts {
  readonly bans: number;
  readonly unbans: number;
  readonly faults: ReadonlyMap<DecisionFault, number>;
}

/**
 * What the blocker does with the lines of whoever may write to its socket: each is read as strictly as if it were an attacker's,
 * a ban is answered, and what is no decision is counted by its fault and answered by nothing.
 */
export class DecisionServer {
  readonly #options: DecisionServerOptions;
  #bans = 0;
  #unbans = 0;
  readonly #faults = new Map<DecisionFault, number>();

  constructor(options: DecisionServerOptions) {
    this.#options = options;
  }

  /** Since the start. */
  get counts(): DecisionCounts {
    return { bans: this.#bans, unbans: this.#unbans, faults: this.#faults };
  }

  /** Goes to a line server. */
  readonly onLine = async (line: string, reply: Reply): Promise<void> => {
    const decision = decodeDecision(line);
    if ('fault' in decision) {
      this.#count(decision.fault);
    } else if (decision.type === 'ban') {
      this.#bans += 1;
      const { address, port } = decision;
      const { result, reason } = await this.#options.onBan(decision);
      await reply(encodeAnswer({ address, port, result, reason }));
    } else {
      this.#unbans += 1;
      await this.#options.onUnban(decision);
    }
  };

  /** Goes there, too. */
  readonly onOversize = (): void => this.#count('too_long');

  #count(fault: DecisionFault): void {
    this.#faults.set(fault, (this.#faults.get(fault) ?? 0) + 1);
  }
}
