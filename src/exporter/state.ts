import type { Section } from '../detection/scoreboard.js';
import type { Log } from '../domain/log.js';
import { Journal } from '../state/journal.js';
import type { Levels } from '../state/level.js';
import { StateStore } from '../state/state-store.js';

/** Accounts first: the addresses refer to them. */
const SECTIONS = ['accounts', 'addresses'] as const satisfies readonly Section[];

/** What is remembered, as far as it is to be saved. */
export interface Saved {
  saved(section: Section, key: string): unknown;
  load(section: Section, key: string, value: unknown): boolean;
}

export interface ExporterStateOptions {
  readonly directory: string;
  /** Changed records that may wait to be written. */
  readonly keysMax: number;
  readonly graceMs: number;
  readonly log: Log;
  readonly levels?: Levels;
}

/** Carries the scoreboard over a restart. */
export class ExporterState {
  readonly #store: StateStore;
  readonly #options: ExporterStateOptions;
  #journals: ReadonlyMap<Section, Journal<unknown>> = new Map();

  private constructor(store: StateStore, options: ExporterStateOptions) {
    this.#store = store;
    this.#options = options;
  }

  /** @throws StateError for what only people can mend, such as a second exporter with the same directory. */
  static async open(options: ExporterStateOptions): Promise<ExporterState> {
    const { directory, log, levels } = options;
    const store = await StateStore.open(directory, {
      onNotice: ({ kind, text }) => log.warn({ kind }, text),
      onRefused: (reason) => log.debug({ reason }, 'a record was not saved'),
      ...(levels === undefined ? {} : { levels }),
    });
    return new ExporterState(store, options);
  }

  /** Loads what was saved, and keeps what changes from now on. */
  async attach(board: Saved): Promise<void> {
    const { log, keysMax, graceMs } = this.#options;
    let [loaded, refused] = [0, 0];
    for (const section of SECTIONS) {
      for await (const [key, value] of this.#store.load(section)) {
        if (board.load(section, key, value)) loaded++;
        else refused++;
      }
    }
    log.info({ loaded, refused }, 'what was learnt before the restart is known again');
    const journal = (section: Section) =>
      new Journal<unknown>({
        store: this.#store,
        section,
        read: (key) => board.saved(section, key),
        onFailing: ({ message }) =>
          log.warn({ reason: message }, 'what is learnt cannot be saved; trying again for ever'),
        onMended: () => log.info({}, 'what is learnt is saved again'),
        keysMax,
        graceMs,
      });
    this.#journals = new Map(SECTIONS.map((section) => [section, journal(section)]));
  }

  mark(section: Section, key: string): void {
    this.#journals.get(section)?.mark(key);
  }

  /** Saves until the signal is aborted, then the rest, and closes. */
  async run(signal: AbortSignal): Promise<void> {
    const saved = await Promise.all([...this.#journals.values()].map((journal) => journal.run(signal)));
    if (saved.includes(false)) this.#options.log.warn({}, 'the grace time ended before all that was learnt was saved');
    await this.#store.close();
  }
}
