import { findingText } from '../alerts/finding-text.js';
import type { ReplayConfig } from '../config/replay-config.js';
import type { Friends } from '../detection/ban-policy.js';
import { Detector } from '../detection/detector.js';
import type { Scene } from '../detection/scene.js';
import { pointsAt } from '../detection/score.js';
import { HOSTS_MAX, thresholdsOf } from '../detector.js';
import type { Address } from '../domain/remote-address.js';
import type { SecurityEvent } from '../domain/security-event.js';
import type { Explanation } from './explanation.js';
import type { FinalState } from './explanation-text.js';
import { FlushPace } from './flush-pace.js';
import type { ReplayReport } from './report.js';

export interface ReplayDetectorOptions {
  readonly config: ReplayConfig;
  readonly friends: Friends;
  readonly report: ReplayReport;
  /** Null where nobody asked why. */
  readonly explanation: Explanation | null;
}

/** The live detector at the events' own time, with all that it says going to the report. */
export class ReplayDetector {
  readonly #options: ReplayDetectorOptions;
  readonly #detector: Detector;
  readonly #pace = new FlushPace();
  /** Whether the observation that the rules are asked about has led to a ban. */
  #hasBanned = false;
  #isEnded = false;

  constructor(options: ReplayDetectorOptions) {
    const { config, friends, report, explanation } = options;
    this.#options = options;
    this.#detector = new Detector(
      {
        ...thresholdsOf(config),
        hostsMax: HOSTS_MAX,
        // Everything is in the past; at the end so is whatever waited.
        clock: () => (this.#isEnded ? Number.POSITIVE_INFINITY : this.#pace.latestAt),
        // No jitter: the same files give the same report.
        random: () => 0.5,
        friends,
        onDirty: () => undefined,
      },
      {
        onObservation: (observation) => {
          this.#hasBanned = false;
          report.observed(observation);
          explanation?.observed(observation);
        },
        onFinding: (finding) => {
          const { title } = findingText(finding);
          report.found(finding, title);
          explanation?.found({ ...finding, title });
        },
        onDecision: (decision) => {
          this.#hasBanned ||= decision.type === 'ban';
          report.decided(decision);
          explanation?.decided(decision);
        },
        onScene: (scene) => this.#scored(scene),
      },
    );
  }

  read(event: SecurityEvent): void {
    const { report, explanation } = this.#options;
    report.read(event);
    const isDue = this.#pace.isDue(event.at);
    explanation?.begin(event);
    this.#detector.read(event);
    explanation?.end();
    if (isDue) this.#flush();
  }

  /** Looks at all that still waits for events: there will be none. */
  end(): void {
    this.#isEnded = true;
    this.#flush();
  }

  /** @returns null where nothing is remembered of the address. */
  stateOf(address: Address): FinalState | null {
    const record = this.#detector.board.address(address);
    if (record === undefined) return null;
    const { halfLifeMs, slowHalfLifeMs, banThreshold, slowThreshold } = thresholdsOf(this.#options.config);
    const at = this.#pace.latestAt;
    const until = (end: number) => (end > at ? end : null);
    return {
      at,
      score: pointsAt(record.score, at, halfLifeMs),
      banThreshold,
      slowScore: pointsAt(record.slow, at, slowHalfLifeMs),
      slowThreshold,
      attempts: record.attempts,
      unknownAccounts: record.unknownAccounts.points,
      knownAccounts: record.knownAccounts.points,
      bans: record.bans,
      bannedUntil: until(record.bannedUntil),
      prefixBannedUntil: until(record.prefix.bannedUntil),
      isAllowed: this.#options.friends.has(address),
      trust: this.#detector.board.trust(record, at),
    };
  }

  #flush(): void {
    this.#detector.flush();
    this.#options.explanation?.end();
  }

  #scored(scene: Scene): void {
    const { observation, address, now } = scene;
    const { report, explanation, config } = this.#options;
    const isKeptOut = !this.#hasBanned && (address.bannedUntil > now || address.prefix.bannedUntil > now);
    if (isKeptOut && observation.kind === 'attempt') report.keptOut();
    explanation?.scored({
      points: 'points' in scene ? scene.points : null,
      score: pointsAt(address.score, now, config.score.halfLifeSeconds * 1000),
      isKeptOut,
      isStale: 'isStale' in scene && scene.isStale,
    });
  }
}
