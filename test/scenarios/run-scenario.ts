import { Detector, type DetectorOptions } from '../../src/detection/detector.js';
import { SECTIONS, type Section } from '../../src/detection/memory.js';
import { AddressSet, maskedPrefix, type Prefix, parsePrefix } from '../../src/domain/address-set.js';
import type { Observation } from '../../src/domain/attempt.js';
import type { Decision } from '../../src/domain/decision.js';
import type { Finding } from '../../src/domain/finding.js';
import type { RemoteAddress } from '../../src/domain/remote-address.js';
import { encodeSecurityEvent, type RaisedEvent } from '../../src/simulator/frames.js';
import { seededRandom } from '../../src/simulator/random.js';
import { EventReader } from '../../src/sources/ami/event-reader.js';
import { optionsOf } from './options-of.js';
import { type Moment, type Scenario, type ScenarioEvent, SECOND } from './scenario.js';

export interface ScenarioRun {
  readonly findings: readonly Finding[];
  readonly decisions: readonly Decision[];
  /**
   * Guesses and unanswered challenges of each address, up to its first ban and that which caused it; or its requests until
   * then, where these are more: what was not counted has reached Asterisk nevertheless.
   */
  readonly beforeBan: ReadonlyMap<string, number>;
  /** The same of all that reached Asterisk, whoever was banned. */
  readonly observed: ReadonlyMap<string, number>;
  /** Sockets that were banned although a login came through them before. */
  readonly friendlySockets: readonly string[];
  /** Logins of each address that a ban kept out, or would have kept out. */
  readonly lost: ReadonlyMap<string, number>;
  readonly malformed: number;
  /** Addresses that anything was observed of. */
  readonly senders: number;
}

/** Any number; with another one the same stories are told with other chances. */
const SEED = 20_260_105;
/** Asterisk's clock when a scenario begins. */
const BEGIN = Date.UTC(2026, 0, 5);
/** An unanswered challenge is told after 32 s; the exporter looks every second. */
const PATIENCE_MS = 40 * SECOND;

/**
 * Plays a scenario through the reader and the detector, with the story's settings and a clock of its own.
 * @param blocks whether bans are put into effect: then nothing more comes from who is banned.
 */
export function runScenario(scenario: Scenario, blocks: boolean, seed = SEED): ScenarioRun {
  const random = seededRandom(seed);
  const run = new Playback(scenario, blocks);
  for (const moment of scenario.moments(random)) run.play(moment);
  return run.end();
}

class Playback {
  readonly #findings: Finding[] = [];
  readonly #decisions: Decision[] = [];
  /** Of each address: dialogs that did not end in a login, as far as no ban came before them. */
  readonly #dialogs = new Map<string, Set<string>>();
  readonly #beforeBan = new Map<string, number>();
  readonly #observed = new Map<string, number>();
  readonly #lost = new Map<string, number>();
  readonly #loggedIn = new Set<string>();
  readonly #friendlySockets: string[] = [];
  readonly #senders = new Set<string>();
  #malformed = 0;
  readonly #blocks: boolean;
  readonly #options: DetectorOptions;
  /** Every record that was ever changed. */
  readonly #keys = new Map<Section, Set<string>>(SECTIONS.map((section) => [section, new Set()]));
  /** Until when, of each prefix and of each socket that was ever banned. */
  readonly #banned = new Map<string, number>();
  readonly #reader: EventReader;
  #detector: Detector;
  #now = BEGIN;
  #flushedAt = BEGIN;

  constructor({ allowed = [], settings = {} }: Scenario, blocks: boolean) {
    this.#blocks = blocks;
    this.#options = {
      ...optionsOf(settings),
      friends: friendsOf(allowed),
      random: seededRandom(1),
      clock: () => this.#now,
      onDirty: (section, key) => this.#keys.get(section)?.add(key),
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
    else if (!this.#isKeptOut(moment.event)) {
      this.#request(moment.event);
      const stamp = { at: this.#now, systemName: null, timestamps: false };
      this.#reader.read(Buffer.from(`${registrationOf(moment.event)}${encodeSecurityEvent(moment.event, stamp)}`));
    }
  }

  end(): ScenarioRun {
    this.#advance(this.#now + PATIENCE_MS);
    return {
      findings: this.#findings,
      decisions: this.#decisions,
      beforeBan: greater(this.#beforeBan, this.#dialogs),
      observed: this.#observed,
      lost: this.#lost,
      friendlySockets: this.#friendlySockets,
      malformed: this.#malformed,
      senders: this.#senders.size,
    };
  }

  #request({ event, remote, sessionId }: RaisedEvent): void {
    if (banKeys(remote).some((key) => this.#banned.has(key))) return;
    const dialogs = this.#dialogs.get(remote.address) ?? new Set();
    this.#dialogs.set(remote.address, dialogs);
    if (event === 'SuccessfulAuth') dialogs.delete(sessionId);
    else dialogs.add(sessionId);
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

  #count({ kind, remote }: Observation): void {
    this.#senders.add(remote.address);
    if (kind === 'success') {
      this.#loggedIn.add(`${remote.address}:${remote.port}`);
      return;
    }
    increment(this.#observed, remote.address);
    if (!banKeys(remote).some((key) => this.#banned.has(key))) increment(this.#beforeBan, remote.address);
  }

  #decide(decision: Decision): void {
    this.#decisions.push(decision);
    if (decision.type !== 'ban') return;
    this.#banned.set(banKey(decision), this.#now + decision.seconds * SECOND);
    const socket = `${decision.address.replace(/\/.*/, '')}:${decision.port}`;
    if (this.#loggedIn.has(socket)) this.#friendlySockets.push(socket);
  }

  /** Whether a blocker keeps the packet away from Asterisk. Where none does, it is counted as lost all the same. */
  #isKeptOut({ event, remote }: RaisedEvent): boolean {
    if (!banKeys(remote).some((key) => (this.#banned.get(key) ?? 0) > this.#now)) return false;
    if (event === 'SuccessfulAuth') increment(this.#lost, remote.address);
    return this.#blocks;
  }

  /** What is saved goes through JSON. */
  #restart(): void {
    const { memory } = this.#detector;
    this.#detector = this.#newDetector();
    for (const section of SECTIONS) {
      for (const key of this.#keys.get(section) ?? []) {
        const saved = JSON.stringify(memory.saved(section, key));
        if (saved !== 'null') this.#detector.memory.load(section, key, JSON.parse(saved));
      }
    }
  }
}

function increment(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function greater(counts: ReadonlyMap<string, number>, sets: ReadonlyMap<string, ReadonlySet<string>>) {
  const addresses = new Set([...counts.keys(), ...sets.keys()]);
  return new Map(
    [...addresses].map((address) => [address, Math.max(counts.get(address) ?? 0, sets.get(address)?.size ?? 0)]),
  );
}

/** What chan_sip says in front of a login that is a registration, as all of its logins in these stories are. */
function registrationOf(event: ScenarioEvent): string {
  if (event.registers !== true) return '';
  const { address, port } = event.remote;
  const lines = ['Event: PeerStatus', 'Privilege: system,all', 'ChannelType: SIP', `Peer: SIP/${event.account}`];
  return [...lines, 'PeerStatus: Registered', `Address: ${address}:${port}`, '', ''].join('\r\n');
}

/** A prefix, or a socket of a prefix. */
function banKey({ address, port }: Pick<Decision, 'address' | 'port'>): string {
  return port === null ? address : `${address} ${port}`;
}

/** All that can be banned that has the sender in it. */
function banKeys({ address, port }: RemoteAddress): string[] {
  const prefixes = (address.includes(':') ? [128, 64, 56, 48] : [32, 24]).map((length) =>
    maskedPrefix(address, length),
  );
  return [...prefixes, ...prefixes.map((prefix) => `${prefix} ${port}`)];
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
