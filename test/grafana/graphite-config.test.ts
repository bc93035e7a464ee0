// docker/graphite: what statsd, carbon and the image's cron are given.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runInNewContext } from 'node:vm';
import t from 'tap';
import { AddressCap } from '../../src/metrics/address-cap.js';
import { Meters } from '../../src/metrics/meters.js';
import { remoteAddress } from '../../src/simulator/frames.js';

const path = (name: string) => fileURLToPath(new URL(`../../docker/graphite/${name}`, import.meta.url));

interface Section {
  readonly name: string;
  readonly pattern: RegExp;
  readonly values: ReadonlyMap<string, string>;
}

function sections(file: string): Section[] {
  const text = readFileSync(path(file), 'utf8').replace(/^#.*\n/gm, '');
  return text
    .split(/^(?=\[\w+\]$)/m)
    .slice(1)
    .map((section) => {
      const [head = '', ...lines] = section.trim().split('\n');
      const values = new Map(
        lines.map((line) => {
          const [key = '', value = ''] = line.split(/ = (.*)/);
          return [key, value];
        }),
      );
      return { name: head.slice(1, -1), pattern: new RegExp(values.get('pattern') ?? '(?!)'), values };
    });
}

/** The section that carbon takes: the first that fits. */
function sectionFor(all: readonly Section[], series: string): string | undefined {
  return all.find(({ pattern }) => pattern.test(series))?.name;
}

/** statsd's own cleaning of a name. */
function inGraphite(prefix: string, meter: string): string {
  return `stats.counters.${prefix}${meter.replaceAll('/', '-')}.count`;
}

/** The names that failures from these addresses have. */
function metersOf(endpoints: readonly string[]): string[] {
  const meters = new Meters(new AddressCap({ perFlush: 20, remembered: 40 }));
  for (const endpoint of endpoints) {
    meters.count({
      event: 'InvalidAccountID',
      service: 'PJSIP',
      account: '100',
      sessionId: 'a',
      pbx: 'office',
      at: 0,
      remote: remoteAddress(endpoint, 5060),
      local: null,
    });
  }
  meters.attempt('PJSIP', 1);
  return meters.take().map(({ name }) => name);
}

const ENDPOINTS = [
  'IPV4/UDP/203.0.113.9',
  'IPV4/203.0.113.9',
  'IPV6/TLS/2001:db8::1',
  'IPV6/UDP/fe80::1%eth0',
  'IPV6/UDP/fe80::1%2',
  'IPV6/WSS/::1',
];

await t.test('single attackers have the short schema, with a prefix and without, and nothing else has', async (t) => {
  const schemas = sections('storage-schemas.conf');
  t.strictSame(
    schemas.map(({ name }) => name),
    ['carbon', 'attacker_rates', 'attackers', 'default'],
  );
  const names = metersOf(ENDPOINTS);
  for (const prefix of ['', 'office.', 'pbx.office.', 'a-b_c.IPV4-x.']) {
    for (const name of names) {
      const isAddress = /\.IPV[46]\//.test(name);
      const series = inGraphite(prefix, name);
      t.equal(sectionFor(schemas, series), isAddress ? 'attackers' : 'default', series);
      const rate = series.replace(/count$/, 'rate');
      t.equal(sectionFor(schemas, rate), isAddress ? 'attacker_rates' : 'default', rate);
    }
  }
  t.equal(names.filter((name) => name.includes('IPV')).length, ENDPOINTS.length);
  for (const last of ['count', 'other', 'attempts']) {
    t.equal(sectionFor(schemas, `stats.counters.security.failed_auth.PJSIP.${last}.count`), 'default');
  }
  t.equal(sectionFor(schemas, 'stats.counters.security.failed_auth.IPV4-service.count.count'), 'default');
  t.equal(sectionFor(schemas, 'stats.gauges.exporter.hearing'), 'default');
  t.equal(sectionFor(schemas, 'carbon.agents.a.cache.size'), 'carbon');
});

await t.test('the first retention of what statsd sends is its flush interval', async (t) => {
  const { flushInterval } = runInNewContext(`config = ${readFileSync(path('statsd-udp.js'), 'utf8')}`);
  for (const { name, values } of sections('storage-schemas.conf')) {
    if (name !== 'carbon') t.match(values.get('retentions'), new RegExp(`^${flushInterval / 1000}s:`), name);
  }
});

await t.test('statsd evaluates its configuration, comments and all', async (t) => {
  t.match(runInNewContext(`config = ${readFileSync(path('statsd-udp.js'), 'utf8')}`), {
    port: 8125,
    deleteIdleStats: true,
    graphite: { legacyNamespace: false },
  });
});

await t.test('counters are added and gauges are the last, and no point is thrown away', async (t) => {
  const all = sections('storage-aggregation.conf');
  const method = (series: string) => all.find(({ pattern }) => pattern.test(series))?.values.get('aggregationMethod');
  t.equal(method('stats.counters.office.security.failed_auth.PJSIP.IPV4-UDP-203_0_113_9.count'), 'sum');
  t.equal(method('stats.counters.security.failed_auth.PJSIP.count.count'), 'sum');
  t.equal(method('stats.counters.security.failed_auth.PJSIP.count.rate'), 'average');
  t.equal(method('stats.gauges.office.exporter.hearing'), 'last');
  t.equal(method('stats.timers.x.upper_90'), 'max');
  t.equal(method('stats.timers.x.lower'), 'min');
  for (const { name, values } of all) t.equal(values.get('xFilesFactor'), '0', name);
});

await t.test('carbon may make as many files as it has to', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'carbon-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const conf = join(folder, 'carbon.conf');
  const run = () =>
    spawnSync('sh', [path('run_once/zz-carbon-creates')], { env: { ...process.env, CARBON_CONF: conf } });
  for (const line of ['MAX_CREATES_PER_MINUTE = 50', '# MAX_CREATES_PER_MINUTE = 50', 'MAX_CREATES_PER_MINUTE=50']) {
    writeFileSync(conf, `[cache]\n${line}\nMAX_CACHE_SIZE = inf\n`);
    t.equal(run().status, 0, line);
    t.equal(run().status, 0, 'at the next start too');
    t.equal(readFileSync(conf, 'utf8'), '[cache]\nMAX_CREATES_PER_MINUTE = inf\nMAX_CACHE_SIZE = inf\n');
  }
  writeFileSync(conf, '[cache]\n');
  const { status, stderr } = run();
  t.equal(status, 1);
  t.match(stderr.toString(), /has no MAX_CREATES_PER_MINUTE/);
});

/** An empty file that was last written so many hours ago, in a folder as old. */
function written(file: string, hours: number): string {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, '');
  const at = Date.now() / 1000 - hours * 3600;
  for (const one of [file, dirname(file)]) utimesSync(one, at, at);
  return file;
}

function prune(folder: string, settings: Readonly<Record<string, string>> = {}): void {
  execFileSync(path('prune-attackers'), { env: { ...process.env, WHISPER_DIR: folder, ...settings } });
}

await t.test('the files of attackers are pruned after two days, and no others ever', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'whisper-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const counters = join(folder, 'stats/counters');
  const write = (name: string, hours: number) => written(join(counters, name), hours);
  prune(folder);
  const kept: string[] = [];
  const gone: string[] = [];
  for (const prefix of ['', 'office/', 'pbx/office/']) {
    const service = `${prefix}security/failed_auth/PJSIP`;
    gone.push(write(`${service}/IPV4-UDP-203_0_113_9/count.wsp`, 49), write(`${service}/IPV6-TLS-__1/rate.wsp`, 4900));
    kept.push(write(`${service}/IPV4-UDP-203_0_113_10/count.wsp`, 47));
    for (const other of ['count', 'other', 'attempts']) kept.push(write(`${service}/${other}/count.wsp`, 4900));
    kept.push(write(`${prefix}security/findings/breach/count.wsp`, 4900));
  }
  const justMade = join(counters, 'security/failed_auth/PJSIP/IPV4-UDP-203_0_113_11');
  mkdirSync(justMade);
  prune(folder);
  t.strictSame(
    kept.filter((file) => !existsSync(file)),
    [],
  );
  t.strictSame(
    gone.filter((file) => existsSync(file)),
    [],
  );
  for (const file of gone) t.notOk(existsSync(dirname(file)), 'nor is there a folder by which Graphite would name him');
  t.ok(existsSync(justMade), 'a folder that was made just now may be about to get its first file');
});

await t.test('of more attackers than ATTACKERS_MAX those who were silent for longest are pruned', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'whisper-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const service = join(folder, 'stats/counters/pbx/office/security/failed_auth/PJSIP');
  const attacker = (name: string, hours: number) =>
    ['count', 'rate'].map((file) => written(join(service, name, `${file}.wsp`), hours));
  const silent = [...attacker('IPV4-UDP-203_0_113_1', 40), ...attacker('IPV6-UDP-__2', 30)];
  const recent = [...attacker('IPV4-UDP-203_0_113_3', 20), ...attacker('IPV4-TCP-203_0_113_4', 0)];
  const total = written(join(service, 'count/count.wsp'), 4900);
  prune(folder);
  prune(folder, { ATTACKERS_MAX: '4' });
  t.ok([...silent, ...recent, total].every(existsSync), 'as long as there are no more of them, all stay');
  prune(folder, { ATTACKERS_MAX: '2' });
  t.notOk(silent.some((file) => existsSync(dirname(file))));
  t.ok([...recent, total].every(existsSync));
});
