import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { startChild, tail } from './child.js';
import { CACHE, demandFree, install } from './place.js';
import { until } from './until.js';

const ROOT = `${CACHE}prometheus`;
/** Where our rules for Prometheus are, and their test. */
export const RULES = fileURLToPath(new URL('../../../deploy/prometheus/', import.meta.url));
export const PROMTOOL = `${ROOT}/usr/bin/promtool`;
export const SCRAPE_SECONDS = 1;

export interface Target {
  readonly port: number;
  readonly labels: Readonly<Record<string, string>>;
}

/** Unpacks Debian's Prometheus where it is missing. */
export function installPrometheus(): void {
  install('install-unpacked.sh', 'prometheus', ROOT);
}

/** Starts it with nothing stored; it scrapes the targets each second and evaluates our rules. Returns how to stop it. */
export async function startPrometheus(port: number, targets: readonly Target[]): Promise<() => Promise<unknown>> {
  const state = `${CACHE}prometheus-state`;
  const logFile = `${CACHE}prometheus.log`;
  installPrometheus();
  await demandFree(port);
  rmSync(state, { recursive: true, force: true });
  mkdirSync(state);
  writeFileSync(
    `${state}/prometheus.yml`,
    stringify({
      global: { scrape_interval: `${SCRAPE_SECONDS}s`, scrape_timeout: `${SCRAPE_SECONDS}s` },
      rule_files: [`${RULES}alerts.yml`],
      scrape_configs: [
        {
          job_name: 'asterisk-auth-stats',
          static_configs: targets.map((target) => ({ targets: [`127.0.0.1:${target.port}`], labels: target.labels })),
        },
      ],
    }),
  );
  const flags = [
    `--config.file=${state}/prometheus.yml`,
    `--storage.tsdb.path=${state}/data`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--log.level=warn',
  ];
  const child = startChild([`${ROOT}/usr/bin/prometheus`, ...flags], { env: { PATH: process.env['PATH'] }, logFile });
  const up = until('prometheus up', async () => {
    if (child.exitCode() !== null) throw new Error(`prometheus ended:\n${tail(logFile)}`);
    const response = await fetch(`http://127.0.0.1:${port}/-/ready`).catch(() => null);
    return response?.ok === true ? true : null;
  });
  await up.catch(async (error) => {
    await child.stop();
    throw error;
  });
  return child.stop;
}
