// Exporters for tests, between a simulated PBX or a log and an embedded StatsD. Whatever a test leaves running ends with it.
import { readFileSync } from 'node:fs';
import type { Test } from 'tap';
import { loadConfig } from '../../src/config/load-config.js';
import { runExporter } from '../../src/exporter/exporter.js';
import { StatsdReceiver } from '../../src/simulator/statsd-receiver.js';
import { recordedLog } from '../metrics/fixtures.js';

/** Starts an exporter with these settings, over a StatsD of its own. */
export async function runningExporter(t: Test, environment: Readonly<Record<string, string>>) {
  const rest = new AbortController();
  const receiver = await StatsdReceiver.listen(rest.signal);
  const settings = { STATSD_PORT: String(receiver.port), FLUSH_MS: '100', STOP_SECONDS: '5', ...environment };
  const loaded = loadConfig(settings, (path) => readFileSync(path));
  if (loaded.kind !== 'config') throw new Error(JSON.stringify(loaded));
  const log = recordedLog();
  const stop = new AbortController();
  const ended = runExporter({ config: loaded.config, log, version: '1.2.3' }, stop.signal);
  const stopped = async () => {
    stop.abort();
    try {
      return await ended;
    } finally {
      rest.abort();
    }
  };
  t.teardown(() => stopped().catch(() => undefined));
  return {
    ended,
    log,
    receiver,
    stop: stopped,
    /** The fields of the lines with this message. */
    logged: (message: string) => log.lines.filter(([, , text]) => text.includes(message)).map(([, fields]) => fields),
  };
}
