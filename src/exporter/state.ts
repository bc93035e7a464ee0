import { once } from 'node:events';
import { type Loading, SECTIONS, type Section } from '../detection/memory.js';
import type { Log } from '../domain/log.js';
import type { Reading } from '../domain/reading.js';
import { pause } from '../lifecycle/pause.js';
import { WriteBehind } from '../lifecycle/write-behind.js';
import type { Levels } from '../state/level.js';
import { StateStore } from '../state/state-store.js';
import { OwnCounts } from '../status/own-counts.js';

/** What a crash may lose; a busy address is written once in this time. */
const SAVE_EVERY_MS = 1_000;

const UPGRADED =
  'STATE_DIR was of version 0.1.0: its logins made homes and its bans go on, the rest of what it had learnt is set aside';

/** What is remembered, as far as it is to be saved. */
export interface Saved {
  saved(section: Section, key: string): unknown;
  load(section: Section, key: string, value: unknown): Loading;
}

export interface ExporterStateOptions {
  readonly directory: string;
  /** Changed records of each kind that may wait to be written. */
  readonly keysMax: number;
  readonly graceMs: number;
  readonly log: Log;
  readonly levels?: Levels;
}

/** Carries what the detection has learnt over a restart. */
export class ExporterState {
  readonly #store: StateStore;
  readonly #options: ExporterStateOptions;
  readonly #counts: OwnCounts;
  #writers: ReadonlyMap<Section, WriteBehind> = new Map();
  /** What changed while it was loaded: nothing is written before all is read. */
  readonly #early: [section: Section, key: string][] = [];

  private constructor(store: StateStore, options: ExporterStateOptions, counts: OwnCounts) {
    this.#store = store;
    this.#options = options;
    this.#counts = counts;
  }

  /** @throws StateError for what only people can mend, such as a second exporter with the same directory. */
  static async open(options: ExporterStateOptions): Promise<ExporterState> {
    const { directory, log, levels } = options;
    const counts = new OwnCounts();
    const store = await StateStore.open(directory, {
      onNotice: ({ kind, text }) => log.warn({ kind }, text),
      onRefused: (reason) => {
        counts.add('exporter.state.refused');
        log.debug({ reason }, 'a record was not saved');
      },
      ...(levels === undefined ? {} : { levels }),
    });
    return new ExporterState(store, options, counts);
  }

  /** Loads what was saved, and keeps what changes from now on. */
  async attach(memory: Saved): Promise<void> {
    const counts: Record<Loading, number> = { loaded: 0, upgraded: 0, refused: 0 };
    for (const section of SECTIONS) {
      for await (const [key, value] of this.#store.load(section)) {
        const loading = memory.load(section, key, value);
        counts[loading]++;
        if (loading === 'upgraded') this.mark(section, key);
      }
    }
    const { loaded, refused, upgraded } = counts;
    const { log } = this.#options;
    log.info({ loaded, refused }, 'what was learnt before the restart is known again');
    if (upgraded > 0) log.warn({ records: upgraded }, UPGRADED);
    this.#writers = new Map(SECTIONS.map((section) => [section, this.#writer(section, memory)]));
    for (const [section, key] of this.#early.splice(0)) this.mark(section, key);
  }

  mark(section: Section, key: string): void {
    const writer = this.#writers.get(section);
    if (writer === undefined) this.#early.push([section, key]);
    else writer.mark(key);
  }

  /** Its own health: the counters since the last call. */
  readings(): Reading[] {
    const waiting = [...this.#writers.values()].reduce((sum, writer) => sum + writer.waiting, 0);
    return [{ kind: 'gauge', name: 'exporter.state.waiting', value: waiting }, ...this.#counts.readings()];
  }

  /**
   * Saves until the signal is aborted, then the rest, and closes.
   * @returns false when the grace time ended before all was saved.
   */
  async run(signal: AbortSignal): Promise<boolean> {
    if (!signal.aborted) await once(signal, 'abort');
    const saved = await Promise.all([...this.#writers.values()].map((writer) => writer.stop()));
    await this.#store.close();
    if (!saved.includes(false)) return true;
    this.#options.log.warn({}, 'the grace time ended before all that was learnt was saved');
    return false;
  }

  #writer(section: Section, memory: Saved): WriteBehind {
    const { log, keysMax, graceMs } = this.#options;
    return new WriteBehind({
      read: (key) => memory.saved(section, key),
      write: (changes) => this.#store.save(section, changes),
      count: (what) => this.#counts.add(`exporter.state.${what}`),
      texts: {
        failing: 'what is learnt cannot be saved; trying again for ever',
        mended: 'what is learnt is saved again',
      },
      everyMs: SAVE_EVERY_MS,
      keysMax,
      graceMs,
      log,
      wait: pause,
      random: Math.random,
    });
  }
}
