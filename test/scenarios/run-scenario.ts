import { Detector, type DetectorOptions } from '../../src/detection/detector.js';
import type { Section } from '../../src/detection/scoreboard.js';
import { AddressSet, maskedPrefix, type Prefix, parsePrefix } from '../../src/domain/address-set.js';
import type { Observation } from '../../src/domain/attempt.js';
import type { Decision } from '../../src/domain/decision.js';
import type { Finding } from '../../src/domain/finding.js';
import type { Address } from '../../src/domain/remote-address.js';
import { encodeSecurityEvent } from '../../src/simulator/frames.js';
import { seededRandom } from '../../src/simulator/random.js';
import { EventReader } from '../../src/sources/ami/event-reader.js';
import { defaultThresholds } from './default-thresholds.js';
import { type Moment, type Scenario, SECOND } from './scenario.js';

export interface ScenarioRun {
  readonly findings: readonly Finding[];
  readonly decisions: readonly Decision[];
  /** Guesses and unanswered challenges of each address, up to its first ban and that which caused it. */
  readonly beforeBan: ReadonlyMap<string, number>;
  /** The same of all that reached Asterisk. */
  readonly observed: ReadonlyMap<string, number>;
  readonly malformed: number;
}

/** Any number; with another one the same stories are told with other chances. */
const SEED = 20_260_105;
/** Asterisk's clock when a scenario begins. */
const BEGIN = Date.UTC(2026, 0, 5);
/** An unanswered challenge is told after 32 s; the exporter looks every second. */
const PATIENCE_MS = 40 * SECOND;

/**
 * Plays a scenario through the reader and the detector, with the default thresholds and a clock of its own.
 * @param blocks whether bans are put into effect: then nothing more comes from who is banned.
 */
export function runScenario(scenario: Scenario, blocks: boolean, seed = SEED): ScenarioRun {
  const random = seededRandom(seed);
  const run = new Playback(scenario.allowed ?? [], blocks);
  for (const moment of scenario.moments(random)) run.play(moment);
  return run.end();
}

class Playback {
  readonly #findings: Finding[] = [];
  readonly #decisions: Decision[] = [];
  readonly #beforeBan = new Map<string, number>();
  readonly #observed = new Map<string, number>();
  #malformed = 0;
  readonly #blocks: boolean;
  readonly #options: DetectorOptions;
  /** Every record that was ever changed. */
  readonly #keys: Record<Section, Set<string>> = { accounts: new Set(), addresses: new Set() };
  readonly #banned = new Map<string, number>();
  readonly #reader: EventReader;
  #detector: Detector;
  #now = BEGIN;
  #flushedAt = BEGIN;

  constructor(allowed: readonly string[], blocks: boolean) {
    this.#blocks = blocks;
    this.#options = {
      ...defaultThresholds(),
      friends: friendsOf(allowed),
      random: seededRandom(1),
      clock: () => this.#now,
      onDirty: (section, key) => this.#keys[section].add(key),
    };
    this.#detector = this.#newDetector();
    this.#reader = new EventReader(
      { pbx: null, pbxDefault: 'pbx', blockBytesMax: 65_536 },
      { onEvent: (event) => this.#detector.read(event), onMalformed: () => this.#malformed++, onMessage: () => {} },
    );
  }

  play(moment: Moment): void {
    this.#advance(BEGIN + moment.at);
    if ('restart' in moment) this.#restart();
    else if ('bytes' in moment) this.#reader.read(moment.bytes);
    else if (!this.#blocks || !this.#isBanned(moment.event.remote.address)) {
      const stamp = { at: this.#now, systemName: null, timestamps: false };
      this.#reader.read(Buffer.from(encodeSecurityEvent(moment.event, stamp)));
    }
  }

  end(): ScenarioRun {
    this.#advance(this.#now + PATIENCE_MS);
    return {
      findings: this.#findings,
      decisions: this.#decisions,
      beforeBan: this.#beforeBan,
      observed: this.#observed,
      malformed: this.#malformed,
    };
  }

  #advance(to: number): void {
    if (to - this.#now > PATIENCE_MS) this.#flush(this.#now + PATIENCE_MS);
    this.#now = to;
    if (to - this.#flushedAt >= SECOND) this.#flush(to);
  }

  #flush(at: number): void {
    this.#now = at;
    this.#flushedAt = at;
    this.#detector.flush();
  }

  #newDetector(): Detector {
    return new Detector(this.#options, {
      onObservation: (observation) => this.#count(observation),
      onFinding: (finding) => this.#findings.push(finding),
      onDecision: (decision) => this.#decide(decision),
    });
  }

  #count({ kind, remote: { address } }: Observation): void {
    if (kind === 'success') return;
    this.#observed.set(address, (this.#observed.get(address) ?? 0) + 1);
    if (!prefixesOf(address).some((prefix) => this.#banned.has(prefix))) {
      this.#beforeBan.set(address, (this.#beforeBan.get(address) ?? 0) + 1);
    }
  }

  #decide(decision: Decision): void {
    this.#decisions.push(decision);
    this.#banned.set(decision.address, decision.type === 'ban' ? this.#now + decision.seconds * SECOND : 0);
  }

  #isBanned(address: Address): boolean {
    return prefixesOf(address).some((prefix) => (this.#banned.get(prefix) ?? 0) > this.#now);
  }

  /** What is saved goes through JSON, accounts first. */
  #restart(): void {
    const { board } = this.#detector;
    this.#detector = this.#newDetector();
    for (const section of ['accounts', 'addresses'] as const) {
      for (const key of this.#keys[section]) {
        const saved = JSON.stringify(board.saved(section, key));
        if (saved !== 'null') this.#detector.board.load(section, key, JSON.parse(saved));
      }
    }
  }
}

/** What can be banned that has the address in it. */
function prefixesOf(address: Address): string[] {
  return (address.includes(':') ? [128, 64] : [32, 24]).map((length) => maskedPrefix(address, length));
}

function friendsOf(allowed: readonly string[]): DetectorOptions['friends'] {
  const set = new AddressSet(allowed.map(prefixOf));
  return { has: (address) => set.has(address), overlaps: (prefix) => set.overlaps(prefixOf(prefix)) };
}

export function prefixOf(text: string): Prefix {
  const prefix = parsePrefix(text);
  if (prefix === null) throw new TypeError(`not a prefix: ${text}`);
  return prefix;
}
