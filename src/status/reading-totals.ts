import type { Reading } from '../domain/reading.js';
import { counter, gauge, one } from './prometheus-families.js';

/** What was sent to StatsD, added up, for those who ask for it over HTTP. Made for meters whose names are a closed list. */
export class ReadingTotals {
  readonly #totals = new Map<string, Reading>();

  /** @returns the same. */
  note<Readings extends readonly Reading[]>(readings: Readings): Readings {
    for (const reading of readings) {
      const before = this.#totals.get(reading.name)?.value ?? 0;
      const value = reading.kind === 'gauge' ? reading.value : before + reading.value;
      this.#totals.set(reading.name, { ...reading, value });
    }
    return readings;
  }

  /** In Prometheus' text format: `security.bans.added` as `asterisk_auth_stats_security_bans_added_total`. */
  text(): string {
    return [...this.#totals.values()]
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map(({ kind, name, value }) => {
        const family = name.replace(/[^A-Za-z0-9_]/g, '_');
        const help = `The meter ${name}.`;
        return kind === 'gauge' ? gauge(family, help, one(value)) : counter(`${family}_total`, help, one(value));
      })
      .join('');
  }
}
