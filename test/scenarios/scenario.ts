import type { RuleName, Severity } from '../../src/domain/finding.js';
import type { RaisedEvent } from '../../src/simulator/frames.js';
import type { Random } from '../../src/simulator/random.js';

/** `registers`: chan_sip says in front of it that the peer is registered now. */
export type ScenarioEvent = RaisedEvent & { readonly registers?: true };

/** Something that happens `at` so many milliseconds after the scenario began. */
export type Moment =
  | { readonly at: number; readonly event: ScenarioEvent }
  /** Bytes of AMI as they were recorded. */
  | { readonly at: number; readonly bytes: Buffer }
  /** The exporter stops and starts, with what it saved. */
  | { readonly at: number; readonly restart: true };

/** What must be told: the worst severity that a rule has of each of these subjects. */
interface Expected {
  readonly severity: Severity;
  readonly subjects: readonly string[];
}

/** A story with what is true of it. */
export interface Scenario {
  readonly name: string;
  readonly moments: (random: Random) => Iterable<Moment>;
  /** Who attacks, and with how many guesses at most each is banned; null: a ban is neither asked for nor wrong. */
  readonly attackers: ReadonlyMap<string, number | null>;
  /** Who must never be banned, alone or with a prefix. */
  readonly friends: readonly string[];
  /**
   * Addresses in whose name somebody else sends, and accounts that are guessed at in their names: nothing says so, and a
   * short ban is what it may cost the addresses.
   */
  readonly forged?: readonly string[];
  /** The allowlist. */
  readonly allowed?: readonly string[];
  readonly expected: Partial<Record<RuleName, Expected>>;
  /** Settings that are not the defaults, as environment variables. */
  readonly settings?: Readonly<Record<string, string>>;
  /** How many findings there are while nobody blocks; as many as there are where it is left out. */
  readonly findings?: number;
  /** What the detection is known to do wrong here: the story stays as it is true, and fails. */
  readonly weakness?: string;
  /** Subjects of which a rule speaks the truth if it speaks, beside those that are expected. */
  readonly alsoTrue?: Partial<Record<RuleName, readonly string[]>>;
}

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export interface Repetition {
  readonly from?: number;
  readonly everyMs: number;
  readonly times: number;
  /** How far an interval strays at most, as a share of it. */
  readonly jitter?: number;
}

/** A burst again and again. */
export function* repeated(
  random: Random,
  { from = 0, everyMs, times, jitter = 0 }: Repetition,
  burst: (round: number) => readonly ScenarioEvent[],
): Generator<Moment> {
  let at = from;
  for (let round = 0; round < times; round++) {
    yield* once(at, burst(round));
    at += Math.round(everyMs * (1 + jitter * (2 * random() - 1)));
  }
}

/** One burst. */
export function once(at: number, events: readonly ScenarioEvent[]): Moment[] {
  return events.map((event) => ({ at, event }));
}

/** Several sequences as one, in the order of time; of two at the same time the one that is named first. */
export function* together(...sequences: readonly Iterable<Moment>[]): Generator<Moment> {
  let pending = sequences.flatMap((sequence) => advanced(sequence[Symbol.iterator]()));
  while (pending.length > 0) {
    const first = pending.reduce((earliest, other) => (other.moment.at < earliest.moment.at ? other : earliest));
    yield first.moment;
    const next = first.rest.next();
    if (next.done === true) pending = pending.filter((one) => one !== first);
    else first.moment = next.value;
  }
}

/** A sequence and what it has next. */
interface Pending {
  moment: Moment;
  readonly rest: Iterator<Moment>;
}

function advanced(rest: Iterator<Moment>): Pending[] {
  const next = rest.next();
  return next.done === true ? [] : [{ moment: next.value, rest }];
}

/** `count` values, made of 0, 1, 2 and so on. */
export function list<Value>(count: number, make: (index: number) => Value): Value[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

/** Each of the addresses with the same bound. */
export function each(addresses: readonly string[], bound: number | null): Map<string, number | null> {
  return new Map(addresses.map((address) => [address, bound]));
}

/** A story without an attacker. */
export function peace(
  name: string,
  friends: readonly string[],
  told: Pick<Scenario, 'expected' | 'alsoTrue' | 'findings'>,
  moments: (random: Random) => Iterable<Moment>,
): Scenario {
  return { name, moments, attackers: new Map(), friends, ...told };
}
