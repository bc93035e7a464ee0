import { join } from 'node:path';
import type { BanRecords } from '../blocking/ban-saver.js';
import type { Log } from '../domain/log.js';
import { StateStore } from '../state/state-store.js';

/** A ban of a dry run must not come into force because somebody chose a firewall later. */
const SECTIONS = { real: 'bans', dryRun: 'dry_run_bans' };

export interface BanRecordsOptions {
  /** STATE_DIR; null: the bans are in the kernel alone. */
  readonly directory: string | null;
  readonly isDryRun: boolean;
  readonly log: Log;
}

/** Where the bans outlive a restart. */
export interface OpenRecords extends BanRecords {
  close(): Promise<void>;
}

/**
 * Opens a directory of the blocker's own below STATE_DIR, so that the exporter can have the same one.
 * @throws StateError for what only people can mend, such as a second blocker with the same directory.
 */
export async function openBanRecords({ directory, isDryRun, log }: BanRecordsOptions): Promise<OpenRecords> {
  const section = isDryRun ? SECTIONS.dryRun : SECTIONS.real;
  if (directory === null) {
    log.warn({}, 'STATE_DIR is not set: no ban outlives a reboot');
    return { load: async function* () {}, save: async () => undefined, close: async () => undefined };
  }
  const store = await StateStore.open(join(directory, 'blocker'), {
    onNotice: ({ kind, text }) => log.warn({ kind }, text),
    onRefused: (reason) => log.error({ reason }, 'a ban was not saved'),
  });
  return {
    load: () => store.load(section),
    save: (changes) => store.save(section, changes),
    close: () => store.close(),
  };
}
