import { loadDetectorSettings } from '../../src/config/detector-settings.js';
import { Detector } from '../../src/detection/detector.js';
import { type Loading, SECTIONS, type Section } from '../../src/detection/memory.js';
import { detectorOptions } from '../../src/detector.js';
import type { Decision } from '../../src/domain/decision.js';
import type { Finding } from '../../src/domain/finding.js';
import type { SecurityEvent } from '../../src/domain/security-event.js';
import { VALUE_LENGTH_MAX } from '../../src/state/state-record.js';

/** What is on a disk: the JSON of each record. */
export type Disk = ReadonlyMap<Section, Map<string, string>>;

/** From the last event on, what waited for others is looked at at these times: a guess, a challenge, a place that fell silent. */
const LOOKS_MS = [3_000, 33_000, 901_000];
/** After so long nothing waits that a restart would forget. */
export const QUIET_MS = 902_000;

/** A detector that can be killed: what is marked as changed is saved, and a new one knows what was saved and nothing else. */
export class RestartingDetector {
  readonly told: (Finding | Decision)[] = [];
  readonly disk: Disk = new Map(SECTIONS.map((section) => [section, new Map<string, string>()]));
  readonly loaded: Record<Loading, number> = { loaded: 0, upgraded: 0, refused: 0 };
  readonly #settings: Readonly<Record<string, string>>;
  #dirty: [section: Section, key: string][] = [];
  #now = 0;
  detector: Detector;

  constructor(settings: Readonly<Record<string, string>> = {}) {
    this.#settings = settings;
    this.detector = this.#begin();
  }

  /** Reads the events of a story in order, and dies wherever it may. */
  play(
    events: readonly SecurityEvent[],
    isKilledBefore: (index: number, quietMs: number) => boolean = () => false,
  ): this {
    for (const [index, event] of events.entries()) {
      const quietMs = index === 0 ? 0 : event.at - this.#now;
      this.#lookUntil(event.at);
      if (isKilledBefore(index, quietMs)) this.restart();
      this.#now = event.at;
      this.detector.read(event);
    }
    this.#lookUntil(this.#now + QUIET_MS);
    return this;
  }

  restart(): void {
    this.save();
    this.detector = this.#begin();
    for (const section of SECTIONS) {
      for (const [key, json] of this.disk.get(section) ?? []) {
        this.loaded[this.detector.memory.load(section, key, JSON.parse(json))]++;
      }
    }
  }

  save(): void {
    for (const [section, key] of this.#dirty.splice(0)) {
      const value = this.detector.memory.saved(section, key);
      const json = JSON.stringify(value);
      if (json.length > VALUE_LENGTH_MAX)
        throw new Error(`${section} ${key} is too long for the store: ${json.length}`);
      if (value === null) this.disk.get(section)?.delete(key);
      else this.disk.get(section)?.set(key, json);
    }
  }

  #lookUntil(at: number): void {
    const last = this.#now;
    // As the exporter does within a second.
    this.save();
    for (const ms of LOOKS_MS) {
      if (last + ms >= at) return;
      this.#now = last + ms;
      this.detector.flush();
    }
    this.#now = at;
  }

  #begin(): Detector {
    const loaded = loadDetectorSettings(this.#settings);
    if (loaded.kind === 'faults') throw new Error(loaded.faults.join('\n'));
    this.#dirty = [];
    return new Detector(
      {
        ...detectorOptions(loaded.config),
        clock: () => this.#now,
        random: () => 0.5,
        friends: { has: () => false, overlaps: () => false },
        onDirty: (section, key) => this.#dirty.push([section, key]),
      },
      {
        onObservation: () => undefined,
        onFinding: (finding) => this.told.push(finding),
        onDecision: (decision) => this.told.push(decision),
      },
    );
  }
}
