// Many attackers with one guess each, at the pace of 5,000 new ones a minute, in a real statsd, carbon and graphite-web with the
// configuration of docker/graphite: none is lost, the disk that they take is known, and prune-attackers gives it back.
// ATTACKERS and ATTACK_SECONDS make it as large as docs/operations.md has it.
import { execFile } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import t, { type Test } from 'tap';
import { dashboards } from '../../grafana/src/dashboards.js';
import { SimulatedPbx } from '../../src/simulator/pbx.js';
import { AMI_SECRET } from './lab/asterisk.js';
import { age, attackersIn, bytesOnDisk, filesOf, storedSum } from './lab/attacker-files.js';
import { startExporter } from './lab/exporter.js';
import { askingPanels, GrafanaClient } from './lab/grafana.js';
import { type Graphite, startGraphite } from './lab/graphite.js';
import type { Memory } from './lab/memory-of.js';
import { guessFrom, nodeOf, SERVICE } from './lab/new-attackers.js';
import { settled, until } from './lab/until.js';

const ATTACKERS = Number(process.env['ATTACKERS'] ?? 1000);
const SECONDS = Number(process.env['ATTACK_SECONDS'] ?? 12);
/** Longer than between two looks at the clock. */
const STEP_MS = 100;
/** Of so many attackers one is still at it when the others are forgotten. */
const STAYING = 100;
/** The files of one, by docker/graphite/storage-schemas.conf. */
const COUNT_BYTES = 38_920;
const RATE_BYTES = 748;
/** With more attackers than these Graphite may take longer than it allows itself for a panel that asks for each of them. */
const SHOWN_MAX = 5000;
/** The first asks for totals, the others for every attacker; and how many series each shows. */
const PANELS = [
  ['Failed authentications', 1],
  ['Top attackers', 20],
  ['Addresses', 1],
] as const;
const PRUNE = fileURLToPath(new URL('../../docker/graphite/prune-attackers', import.meta.url));
const MIB = 1024 * 1024;
/** With room for a slow machine: statsd's ten seconds, and then carbon's writing, 500 files a second at most. */
const STORED_SECONDS = 60 + ATTACKERS / 200;

const mib = (bytes: number) => `${(bytes / MIB).toFixed(1)} MiB`;
const since = (begun: number) => `${((performance.now() - begun) / 1000).toFixed(1)} s`;

function tell(t: Test, name: string, { now, peak }: Memory): void {
  t.comment(`${name}: ${mib(now)}, at most ${mib(peak)}`);
}

/** The total of the service, by Graphite. */
async function failures(graphite: Graphite): Promise<number> {
  const sums = await graphite.sums(`stats.counters.security.failed_auth.${SERVICE}.count.count`);
  return [...sums.values()].reduce((sum, value) => sum + value, 0);
}

await t.test(`${ATTACKERS} attackers in ${SECONDS} s, each of whom has a series of his own`, async (t) => {
  const stop = new AbortController();
  t.teardown(() => stop.abort());
  const graphite = await startGraphite({ isShipped: true, flushMs: 10_000 });
  t.teardown(graphite.stop);
  const folder = `${graphite.whisper}/stats/counters/security/failed_auth/${SERVICE}`;
  const users = new Map([['exporter', { secret: AMI_SECRET, read: ['security', 'system'] as const }]]);
  const pbx = await SimulatedPbx.listen({ users }, stop.signal);
  const exporter = startExporter({ ports: { ami: pbx.port } }, graphite, { FLUSH_MS: 1000, LOG_LEVEL: 'warn' });
  t.teardown(exporter.stop);
  await exporter.hearing();
  for (const [name, memory] of Object.entries(graphite.memory())) tell(t, `${name} before`, memory);

  const begun = performance.now();
  let before = begun;
  for (let raised = 0, due = 0; raised < ATTACKERS; await delay(50)) {
    const now = performance.now();
    // What a stall held up is not caught up with: the exporter lets only so many new addresses through in a second.
    due = Math.min(ATTACKERS, due + (Math.min(now - before, STEP_MS) / 1000) * (ATTACKERS / SECONDS));
    before = now;
    for (; raised < Math.floor(due); raised += 1) for (const event of guessFrom(raised)) pbx.raise(event);
  }
  t.comment(`raised in ${since(begun)}`);
  const raised = performance.now();
  /** Beyond the exporter's cap. */
  const inOther = () => (existsSync(`${folder}/other/count.wsp`) ? storedSum(`${folder}/other/count.wsp`) : 0);
  await until(
    'all are stored',
    async () => {
      await delay(500);
      const known = existsSync(folder) ? attackersIn(folder) : [];
      if (known.length + inOther() < ATTACKERS) return null;
      return known.every((name) => filesOf(`${folder}/${name}`).length === 2) ? true : null;
    },
    STORED_SECONDS,
  ).catch((error: unknown) => t.fail(String(error)));
  t.comment(`stored ${since(raised)} after the last guess`);
  for (const [name, memory] of Object.entries({ ...graphite.memory(), exporter: exporter.memory() })) {
    tell(t, name, memory);
  }

  const names = attackersIn(folder);
  await t.test('every guess is stored under its address, and in the total', async (t) => {
    t.equal(names.length + inOther(), ATTACKERS, 'none is lost');
    t.equal(inOther(), 0, 'and none is beyond the cap');
    const wrong = names.filter((name) => storedSum(`${folder}/${name}/count.wsp`) !== 1);
    t.strictSame(wrong.slice(0, 10), [], 'each address has its one guess');
    t.equal(await settled(ATTACKERS, () => failures(graphite), 30), ATTACKERS);
  });

  await t.test('the disk that an attacker takes is what the documentation says', (t) => {
    const folders = names.map((name) => `${folder}/${name}`);
    const files = folders.flatMap(filesOf);
    const sum = (sizes: readonly number[]) => sizes.reduce((bytes, size) => bytes + size, 0);
    t.equal(sum(files.map((file) => statSync(file).size)), names.length * (COUNT_BYTES + RATE_BYTES));
    const [inFiles, inFolders] = [sum(files.map(bytesOnDisk)), sum(folders.map(bytesOnDisk))];
    t.comment(`${files.length} files: ${mib(inFiles)}, and ${mib(inFolders)} of folders`);
    t.comment(`${(inFiles + inFolders) / names.length} bytes for each address`);
    t.end();
  });

  await t.test('the dashboards find the worst of them', async (t) => {
    const overview = dashboards.get('attack-overview.json');
    if (overview === undefined) throw new Error('there is no overview');
    const client = new GrafanaClient(graphite.web);
    for (const [title, series] of PANELS) {
      const panel = askingPanels(overview).find((one) => one.title === title);
      const [target] = panel?.targets ?? [];
      if (target === undefined) throw new Error(`there is no panel "${title}"`);
      const begun = performance.now();
      const choice = { pbx: 'stats.{counters,gauges}', service: '*' };
      const view = { from: '-1h', maxDataPoints: panel?.maxDataPoints ?? 1000 };
      const shown = await client.panel(target, choice, view).catch((error: unknown) => String(error));
      t.comment(`${title}: ${since(begun)}`);
      if (typeof shown !== 'string') t.equal(shown.length, series, title);
      else if (ATTACKERS > SHOWN_MAX) t.comment(shown);
      else t.fail(shown);
    }
    for (const [name, memory] of Object.entries(graphite.memory())) tell(t, name, memory);
  });

  await t.test('what is two days old is deleted, the totals never', async (t) => {
    const staying = names.filter((_, index) => index % STAYING === 0);
    const leaving = names.filter((_, index) => index % STAYING !== 0);
    const totals = ['count', 'attempts'].flatMap((name) => filesOf(`${folder}/${name}`));
    t.equal(totals.length, 4);
    for (const name of leaving) {
      for (const path of [...filesOf(`${folder}/${name}`), `${folder}/${name}`]) age(path, 49);
    }
    for (const file of totals) age(file, 49);
    const begun = performance.now();
    // Not synchronously: the PBX is in this process, and would be mute for as long.
    await promisify(execFile)(PRUNE, { env: { PATH: process.env['PATH'], WHISPER_DIR: graphite.whisper } });
    t.comment(`pruned ${leaving.length} addresses in ${since(begun)}`);
    t.strictSame(attackersIn(folder).sort(), staying.sort(), 'whoever is still at it stays');
    t.strictSame(
      totals.filter((file) => !existsSync(file)),
      [],
    );
    t.equal(await failures(graphite), ATTACKERS, 'no total has changed');

    const [returning = ''] = leaving;
    const number = Array.from({ length: ATTACKERS }, (_, index) => index).find((one) => nodeOf(one) === returning);
    // Reading so many files may have kept the PBX from answering.
    await exporter.hearing();
    for (const event of guessFrom(number ?? 0)) pbx.raise(event);
    const file = `${folder}/${returning}/count.wsp`;
    await until('who comes back has a series again', () => (existsSync(file) ? true : null), STORED_SECONDS);
    t.equal(await settled(1, async () => storedSum(file), STORED_SECONDS), 1);
  });
});
