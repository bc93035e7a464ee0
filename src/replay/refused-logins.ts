import type { Success } from '../domain/attempt.js';
import type { Finding, RuleName } from '../domain/finding.js';
import { detached } from '../text/detached.js';
import { RankedTable } from './ranked-table.js';
import type { RefusedView } from './report-view.js';

/** Whose login it was: of somebody who knew the password, of a guesser, or nothing shows of whom. */
type RefusedKind = keyof RefusedView;

interface Row {
  readonly address: string;
  logins: number;
}

/** Rules that say of a login that it is an attacker's. */
const OF_ATTACKERS: ReadonlySet<RuleName> = new Set(['breach', 'honeypot']);

/**
 * The logins that the bans would have refused, by address: what the bans cost. Break-ins are counted apart, and so are logins
 * of chan_sip that prove no password.
 */
export class RefusedLogins {
  readonly #rowsMax: number;
  readonly #tables: Readonly<Record<RefusedKind, RankedTable<Row>>>;
  readonly #logins: Record<RefusedKind, number> = { good: 0, guessed: 0, unproven: 0 };
  /** Who broke in at which account; the one that was told first is forgotten first. */
  readonly #breakIns = new Set<string>();
  /** What is found of a login comes after it, so that it is counted with the next one. */
  #last: Success | null = null;

  /** @param rowsMax addresses of each kind that are remembered at a time, and break-ins as many. */
  constructor(rowsMax: number) {
    this.#rowsMax = rowsMax;
    const table = () => new RankedTable<Row>({ rowsMax, weight: ({ logins }) => logins });
    this.#tables = { good: table(), guessed: table(), unproven: table() };
  }

  /** A login of somebody who was banned. */
  add(login: Success): void {
    this.#countLast();
    this.#last = login;
  }

  found({ rule, severity, address, account }: Finding): void {
    if (!OF_ATTACKERS.has(rule) || severity === 'info' || address === null || account === null) return;
    this.#breakIns.add(keyOf(address, account));
    if (this.#breakIns.size > this.#rowsMax) this.#forgetOldest();
  }

  /** @param count addresses of each kind that are told. */
  view(count: number): RefusedView {
    this.#countLast();
    const viewOf = (kind: RefusedKind) => {
      const { size: total, dropped } = this.#tables[kind];
      const top = this.#tables[kind].top(count).map((row) => ({ ...row }));
      return { logins: this.#logins[kind], addresses: { top, total, dropped } };
    };
    return { good: viewOf('good'), guessed: viewOf('guessed'), unproven: viewOf('unproven') };
  }

  #countLast(): void {
    const login = this.#last;
    this.#last = null;
    if (login === null) return;
    const kind = this.#kindOf(login);
    this.#logins[kind]++;
    const { address } = login.remote;
    const row = this.#tables[kind].get(address);
    if (row === undefined) this.#tables[kind].add(detached(address), { address: detached(address), logins: 1 });
    else row.logins++;
  }

  #kindOf({ isProof, remote, account }: Success): RefusedKind {
    if (!isProof) return 'unproven';
    return this.#breakIns.has(keyOf(remote.address, account)) ? 'guessed' : 'good';
  }

  #forgetOldest(): void {
    const [oldest = ''] = this.#breakIns;
    this.#breakIns.delete(oldest);
  }
}

function keyOf(address: string, account: string): string {
  return detached(`${address} ${account}`);
}
