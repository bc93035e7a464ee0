import { findingText } from '../alerts/finding-text.js';
import type { ReplayConfig } from '../config/replay-config.js';
import type { Friends } from '../detection/ban-policy.js';
import { Detector } from '../detection/detector.js';
import type { Scene } from '../detection/scene.js';
import { detectorOptions } from '../detector.js';
import type { Observation } from '../domain/attempt.js';
import type { Address } from '../domain/remote-address.js';
import type { SecurityEvent } from '../domain/security-event.js';
import type { Explanation } from './explanation.js';
import { type FinalState, finalState } from './final-state.js';
import { FlushPace } from './flush-pace.js';
import { placeNumbers } from './place-numbers.js';
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
  /** A login that the rules were asked about; what it makes and forgives comes after that. */
  #login: Scene | null = null;
  /** Milliseconds since the Unix epoch. */
  #now = Number.NEGATIVE_INFINITY;

  constructor(options: ReplayDetectorOptions) {
    const { config, friends, report, explanation } = options;
    this.#options = options;
    this.#detector = new Detector(
      {
        ...detectorOptions(config),
        // No event is newer than its own time.
        clock: () => this.#now,
        // No jitter: the same files give the same report.
        random: () => 0.5,
        friends,
        onDirty: () => undefined,
      },
      {
        onObservation: (observation) => {
          this.#settle();
          report.observed(observation);
          explanation?.observed(observation);
        },
        onKeptOut: (observation) => this.#keptOut(observation),
        onFinding: (finding) => {
          const { title } = findingText(finding);
          report.found(finding, title);
          explanation?.found(finding, title);
        },
        onDecision: (decision) => {
          report.decided(decision);
          explanation?.decided(decision);
        },
        onScene: (scene) => {
          if (scene.observation.kind === 'success') this.#login = scene;
          else this.#judged(scene);
        },
      },
    );
  }

  read(event: SecurityEvent): void {
    const { report, explanation } = this.#options;
    report.read(event);
    this.#flushBefore(event.at);
    this.#pace.take(event.at);
    this.#now = this.#pace.latestAt;
    explanation?.begin(event);
    this.#detector.read(event);
    this.#settle();
    explanation?.end();
  }

  /** Looks at all that still waits for events: there will be none. */
  end(): void {
    this.#flushBefore(Number.MAX_SAFE_INTEGER);
  }

  /** @returns null where nothing is remembered of the address. */
  stateOf(address: Address): FinalState | null {
    const { memory } = this.#detector;
    const record = memory.place({ address, family: address.includes(':') ? 'IPV6' : 'IPV4' });
    if (record === undefined) return null;
    const { limits } = detectorOptions(this.#options.config);
    const at = this.#pace.latestAt;
    const isLivedIn = memory.isLivedIn(record, at);
    return finalState({ address, record, at, limits, isLivedIn, isAllowed: this.#options.friends.has(address) });
  }

  /** What the exporter would have found before an event of that time came. */
  #flushBefore(at: number): void {
    for (const tick of this.#pace.dueBefore(at)) {
      this.#now = tick;
      this.#detector.flush();
      this.#options.explanation?.end();
    }
  }

  #keptOut(observation: Observation): void {
    const { report, explanation } = this.#options;
    report.keptOut(observation);
    explanation?.keptOut();
    // Rules are asked about logins only.
    if (observation.kind === 'success') return;
    report.judged();
    explanation?.judged(null);
  }

  #settle(): void {
    if (this.#login !== null) this.#judged(this.#login);
    this.#login = null;
  }

  #judged(scene: Scene): void {
    const { report, explanation } = this.#options;
    report.judged();
    if (explanation === null) return;
    explanation.judged({
      nature: 'nature' in scene ? scene.nature : null,
      isRestless: 'isRestless' in scene && scene.isRestless,
      place: placeNumbers(scene.place, scene.now),
    });
  }
}
