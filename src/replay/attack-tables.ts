import type { Attempt, Observation } from '../domain/attempt.js';
import { fieldsText } from '../domain/ban-target.js';
import type { BanDecision } from '../domain/decision.js';
import type { FindingAction } from '../domain/finding.js';
import { detached } from '../text/detached.js';
import { DistinctCount } from './distinct-count.js';
import { RankedTable } from './ranked-table.js';
import type { AccountView, AttackerView, FirstBan, Ranked } from './report-view.js';

interface AttackerRow {
  readonly address: string;
  attempts: number;
  probes: number;
  readonly accounts: DistinctCount;
  readonly services: string[];
  readonly firstAt: number;
  lastAt: number;
  firstBan: FirstBan | null;
  spared: FindingAction | null;
  bans: number;
  keptOut: number;
}

interface AccountRow {
  readonly account: string;
  readonly service: string;
  attempts: number;
  readonly addresses: DistinctCount;
  readonly firstAt: number;
  lastAt: number;
}

const ACCOUNT_LETTERS_MAX = 128;
/** Asterisk has four. */
const SERVICES_MAX = 8;

/** Who guessed, and at what. */
export class AttackTables {
  readonly #attackers: RankedTable<AttackerRow>;
  readonly #accounts: RankedTable<AccountRow>;
  /** Of the observation that is judged now. */
  #current: AttackerRow | null = null;

  /** @param rowsMax attackers that are remembered at a time, and accounts as many. */
  constructor(rowsMax: number) {
    this.#attackers = new RankedTable({
      rowsMax,
      weight: ({ attempts, probes }) => attempts + probes / 4,
    });
    this.#accounts = new RankedTable({
      rowsMax,
      weight: ({ attempts }) => attempts,
    });
  }

  observed(observation: Observation): void {
    this.#current = null;
    if (observation.kind === 'success') return;
    const row = this.#attackerOf(observation);
    this.#current = row;
    row.lastAt = Math.max(row.lastAt, observation.at);
    if (!row.services.includes(observation.service) && row.services.length < SERVICES_MAX) {
      row.services.push(detached(observation.service));
    }
    if (observation.kind === 'probe') row.probes++;
    else this.#attempted(row, observation);
  }

  /** What comes from now on is not because of the last observation. */
  judged(): void {
    this.#current = null;
  }

  /** A ban was decided because of the observation that is judged now or, without one, because the address fell silent. */
  banned(decision: BanDecision): void {
    const { at, reason, seconds } = decision;
    const row = this.#current ?? this.#attackers.get(hostOf(decision));
    if (row === undefined) return;
    row.bans++;
    row.firstBan ??= { at, attempts: row.attempts, reason, seconds, target: fieldsText(decision) };
  }

  /** A rule wanted to ban because of the observation that is judged now, and something stood against it. */
  spared(action: FindingAction): void {
    if (this.#current !== null) this.#current.spared = action;
  }

  /** A ban would have kept out the last observation. */
  keptOut(): void {
    if (this.#current !== null) this.#current.keptOut++;
  }

  attackers(count: number): Ranked<AttackerView> {
    return { top: this.#attackers.top(count).map(attackerView), ...sizesOf(this.#attackers) };
  }

  accounts(count: number): Ranked<AccountView> {
    return { top: this.#accounts.top(count).map(accountView), ...sizesOf(this.#accounts) };
  }

  #attempted(row: AttackerRow, attempt: Attempt): void {
    row.attempts++;
    if (attempt.account === null) return;
    row.accounts.add(attempt.account);
    const account = this.#accountOf(attempt, attempt.account);
    account.attempts++;
    account.lastAt = Math.max(account.lastAt, attempt.at);
    account.addresses.add(row.address);
  }

  #attackerOf({ remote, at }: Observation): AttackerRow {
    const known = this.#attackers.get(remote.address);
    if (known !== undefined) return known;
    const address = detached(remote.address);
    const accounts = new DistinctCount();
    const row: AttackerRow = {
      address,
      attempts: 0,
      probes: 0,
      accounts,
      services: [],
      firstAt: at,
      lastAt: at,
      firstBan: null,
      spared: null,
      bans: 0,
      keptOut: 0,
    };
    this.#attackers.add(address, row);
    return row;
  }

  #accountOf({ service, at }: Attempt, name: string): AccountRow {
    const text = name.slice(0, ACCOUNT_LETTERS_MAX);
    const known = this.#accounts.get(`${service} ${text}`);
    if (known !== undefined) return known;
    const account = detached(text);
    const addresses = new DistinctCount();
    const row = { account, service: detached(service), attempts: 0, addresses, firstAt: at, lastAt: at };
    this.#accounts.add(detached(`${service} ${text}`), row);
    return row;
  }
}

function hostOf({ address }: BanDecision): string {
  return address.replace(/\/\d+$/, '');
}

function sizesOf({ size: total, dropped }: Pick<RankedTable<unknown>, 'size' | 'dropped'>) {
  return { total, dropped };
}

function attackerView({ accounts, ...row }: AttackerRow): AttackerView {
  return { ...row, accounts: accounts.value };
}

function accountView({ addresses, ...row }: AccountRow): AccountView {
  return { ...row, addresses: addresses.value };
}
