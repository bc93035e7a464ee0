// Every target, variable, annotation and alert rule of grafana/, asked of a real Graphite with the configuration of
// docker/graphite, as Grafana asks. An empty answer is a failure: Graphite says 200 and [] to a target that is wrong.
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { alertRules } from '../../grafana/src/alert-rules.js';
import { dashboards } from '../../grafana/src/dashboards.js';
import type { Dashboard, Panel } from '../../grafana/src/schema.js';
import { SimulatedPbx } from '../../src/simulator/pbx.js';
import { startBanSink, startWebhook } from './lab/alert-sinks.js';
import { AMI_SECRET } from './lab/asterisk.js';
import { type Child, startChild } from './lab/child.js';
import { drawSheets } from './lab/contact-sheets.js';
import { askingPanels, type Choice, GrafanaClient, pointsOf, type Rendered, sumOf, type View } from './lab/grafana.js';
import { startGraphite } from './lab/graphite.js';
import { CACHE, labPort } from './lab/place.js';
import { besiegeSimulated } from './lab/simulated-siege.js';
import { settled, until } from './lab/until.js';
import { sendUnwritten } from './lab/unwritten-meters.js';

const PROGRAM = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const LOG_LINES = fileURLToPath(
  new URL('../fixtures/recordings/22/pjsip-tcp4-register-wrongpw.security', import.meta.url),
);
const TREES = 'stats.{counters,gauges}';
/** By what the variable `pbx` calls them. */
const PBXS = { '(no_prefix)': TREES, 'pbx.office': `${TREES}.pbx.office`, branch: `${TREES}.branch` } as const;
/** Of the PBX whose log is followed alone. */
const LOG_PANEL = 'Log not read yet';
/** Has a cap that the attack exceeds; the other has one that it does not, so that each address can be compared. */
const CAPPED = 'pbx.office';
const CAPPED_PANEL = 'Beyond the cap of addresses';

const ranges = ['-15min', '-1h', '-8h', '-3d', '-30d'] as const;
const widths = [7, 60, 400, 1500] as const;

function panelOf(dashboard: Dashboard | undefined, title: string): Panel {
  const panel = dashboard === undefined ? undefined : askingPanels(dashboard).find((one) => one.title === title);
  if (panel === undefined) throw new Error(`there is no panel "${title}"`);
  return panel;
}

function exporter(name: string, settings: Readonly<Record<string, string | number>>): Child {
  const env = { PATH: process.env['PATH'] ?? '', FLUSH_MS: 200, LOG_LEVEL: 'info', ...settings };
  return startChild([process.execPath, PROGRAM], {
    env: Object.fromEntries(Object.entries(env).map(([key, value]) => [key, String(value)])),
    logFile: `${CACHE}exporter-${name}.log`,
  });
}

async function says(port: number, gauge: 'connected' | 'hearing'): Promise<boolean> {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`).catch(() => null);
  return ((await response?.text()) ?? '').includes(`\nasterisk_auth_stats_${gauge} 1\n`);
}

await t.test('what the dashboards ask is answered, and their totals are true', async (t) => {
  // Graphite's events outlive a run, its points do not.
  const begun = String(Math.floor(Date.now() / 1000));
  const stop = new AbortController();
  const folder = mkdtempSync(`${tmpdir()}/dashboards-`);
  t.teardown(() => rmSync(folder, { recursive: true }));
  t.teardown(() => stop.abort());
  const graphite = await startGraphite({ isShipped: true });
  t.teardown(graphite.stop);
  const users = new Map([['exporter', { secret: AMI_SECRET, read: ['security', 'system'] as const }]]);
  const pbx = await SimulatedPbx.listen({ users, systemName: 'lab' }, stop.signal);

  const httpPorts = [labPort(21), labPort(22)];
  const common = { STATSD_PORT: graphite.port, ALERT_SEVERITY: 'info', GRAPHITE_EVENTS_URL: `${graphite.web}/events/` };
  const children: Child[] = [];
  t.teardown(() => Promise.all(children.map((child) => child.stop())));
  for (const [index, prefix] of ['', CAPPED].entries()) {
    const socket = `${folder}/${index}.sock`;
    t.teardown(await startBanSink(socket));
    t.teardown(await startWebhook(labPort(23 + index)));
    children.push(
      exporter(String(index), {
        ...common,
        AMI_HOST: '127.0.0.1',
        AMI_PORT: pbx.port,
        AMI_USERNAME: 'exporter',
        AMI_SECRET,
        AMI_RECONNECT_MAX_SECONDS: 1,
        HTTP_PORT: httpPorts[index] ?? 0,
        DECISION_SOCKET: socket,
        ALERT_WEBHOOK_URL: `http://127.0.0.1:${labPort(23 + index)}/`,
        STORM_PER_MINUTE: 60,
        STORM_FACTOR: 2,
        ...(prefix === CAPPED ? { STATSD_PREFIX: prefix, ADDRESSES_PER_FLUSH: 2, ADDRESSES_REMEMBERED: 4 } : {}),
      }),
    );
  }
  const log = `${folder}/security`;
  writeFileSync(log, '');
  const logPort = labPort(25);
  const followed = { SOURCE: 'security-log', LOG_FILE: log, HTTP_PORT: logPort };
  children.push(exporter('branch', { ...common, ...followed, STATSD_PREFIX: 'branch' }));
  t.teardown(sendUnwritten(graphite.port, ['', `${CAPPED}.`]));
  const allSay = (ports: readonly number[], gauge: 'connected' | 'hearing') =>
    until(
      `${gauge}: ${ports}`,
      async () => ((await Promise.all(ports.map((port) => says(port, gauge)))).every(Boolean) ? true : null),
      20,
    );
  await allSay(httpPorts, 'hearing');
  // A log is read from its end on: what is written before it is followed does not count.
  await allSay([logPort], 'connected');
  appendFileSync(log, readFileSync(LOG_LINES));
  await allSay([logPort], 'hearing');

  const raised = await besiegeSimulated(pbx, async () => {
    for (const forged of ['A: 1', 'B: 2', 'C: 3']) {
      pbx.send(`Event: InvalidPassword\r\nPrivilege: security,all\r\n${forged}\r\n\r\n`);
    }
    // What was raised just now is read before the connection ends.
    pbx.closeAll();
    await until('both are gone', () => (pbx.loggedIn.length === 0 ? true : null));
    await allSay(httpPorts, 'hearing');
  });
  const failures = [...raised.failures.values()].reduce((sum, count) => sum + count, 0);
  t.ok(failures > 500, `${failures} failures were raised`);

  const client = new GrafanaClient(graphite.web);
  const choice = (name: keyof typeof PBXS, services: string | readonly string[] = '*'): Choice => ({
    pbx: PBXS[name],
    service: services,
    address: 'IPV4-UDP-203_0_113_9',
  });
  const overview = dashboards.get('attack-overview.json');
  const blocking = dashboards.get('blocking.json');
  /** All targets of a panel, asked with its own number of points where it has one. */
  const shown = async (panel: Panel, chosen: Choice, view: View): Promise<readonly Rendered[]> => {
    const asked = { ...view, maxDataPoints: panel.maxDataPoints ?? view.maxDataPoints ?? 1000 };
    return (await Promise.all((panel.targets ?? []).map((target) => client.panel(target, chosen, asked)))).flat();
  };
  const sums = async (panel: Panel, chosen: Choice, view: View) =>
    new Map((await shown(panel, chosen, view)).map((series) => [series.target, sumOf(series)]));

  const counted = panelOf(overview, 'Failed authentications');
  for (const name of ['(no_prefix)', CAPPED] as const) {
    const all = new Map([['failures', failures]]);
    t.strictSame(await settled(all, () => sums(counted, choice(name), { from: '-15min' }), 20), all, `${name} has all`);
  }

  if (process.env['UPDATE_IMAGES'] === '1') {
    const others = new Map([
      [LOG_PANEL, choice('branch')],
      [CAPPED_PANEL, choice(CAPPED)],
    ]);
    await drawSheets(graphite.web, choice('(no_prefix)'), ({ title }) => others.get(title) ?? null);
  }

  await t.test('totals are what was raised, at every zoom', async (t) => {
    const byService = panelOf(overview, 'Failed authentications by service');
    const kinds = panelOf(overview, 'Security events by kind');
    const top = panelOf(overview, 'Top attackers');
    const number = panelOf(overview, 'Addresses');
    const sorted = (map: ReadonlyMap<string, number>) => new Map([...map].sort());
    const challenges = [...raised.events].reduce(
      (sum, [name, n]) => sum + (name.endsWith('.ChallengeSent') ? n : 0),
      0,
    );
    for (const from of ranges) {
      for (const name of ['(no_prefix)', CAPPED] as const) {
        t.strictSame(await sums(counted, choice(name), { from }), new Map([['failures', failures]]), `${name} ${from}`);
        for (const maxDataPoints of widths) {
          const view = { from, maxDataPoints };
          const at = `${name} ${from} ${maxDataPoints}`;
          t.strictSame(sorted(await sums(byService, choice(name), view)), sorted(raised.failures), `services: ${at}`);
          t.equal((await sums(kinds, choice(name), view)).get('ChallengeSent'), challenges, `challenges: ${at}`);
        }
      }
      const attackers = [...(await sums(top, choice('(no_prefix)'), { from }))];
      t.equal(attackers.length, 20);
      for (const [address, count] of attackers) t.equal(count, raised.addresses.get(address), `${address}: ${from}`);
      const counts = attackers.map(([, count]) => count);
      const worst = [...raised.addresses.values()].sort((one, other) => other - one).slice(0, 20);
      t.strictSame(counts, worst, `the worst, and the worst first: ${from}`);
      const transports = await sums(panelOf(overview, 'Over which transport'), choice('(no_prefix)'), { from });
      t.equal(transports.get('not_said'), 4, `no transport: ${from}`);
      t.equal(
        [...transports.values()].reduce((sum, count) => sum + count, 0),
        failures,
        `transports: ${from}`,
      );
      const addresses = await shown(number, choice('(no_prefix)'), { from });
      t.match(addresses, [{ datapoints: [[raised.addresses.size]] }], `addresses: ${from}`);
      const one = await sums(counted, choice('(no_prefix)', ['SIP']), { from });
      t.strictSame(one, new Map([['failures', raised.failures.get('SIP')]]), `one service: ${from}`);
      const two = await sums(counted, choice('(no_prefix)', ['SIP', 'AMI']), { from });
      const expected = (raised.failures.get('SIP') ?? 0) + (raised.failures.get('AMI') ?? 0);
      t.strictSame(two, new Map([['failures', expected]]), `two services: ${from}`);
    }
  });

  await t.test('every target has points, with a prefix and without, for all services, one and two', async (t) => {
    let targets = 0;
    for (const [file, dashboard] of dashboards) {
      for (const panel of askingPanels(dashboard)) {
        const names = panel.title === LOG_PANEL ? (['branch'] as const) : (['(no_prefix)', CAPPED] as const);
        for (const name of names) {
          if (panel.title === CAPPED_PANEL && name !== CAPPED) continue;
          for (const services of ['*', ['PJSIP'], ['PJSIP', 'SIP']]) {
            for (const target of panel.targets ?? []) {
              for (const view of [
                { from: '-15min', maxDataPoints: panel.maxDataPoints ?? 300 },
                { from: '-24h', maxDataPoints: panel.maxDataPoints ?? 1000 },
              ]) {
                const series = await client.panel(target, choice(name, services), view);
                if (pointsOf(series) === 0)
                  t.fail(`${file} ${panel.title} ${target.refId} ${name} ${view.from}`, { target });
                targets += 1;
              }
            }
          }
        }
      }
    }
    t.ok(targets > 500, `${targets} questions`);
  });

  await t.test('series have names for people', async (t) => {
    const known = /^(\(no_prefix\)|IPV[46]-[\w-]+|[\w.-]{1,40}|[a-z][a-z -]{2,40})$/;
    for (const dashboard of dashboards.values()) {
      for (const panel of askingPanels(dashboard)) {
        const series = await shown(panel, choice(CAPPED), { from: '-15min' });
        const strange = series
          .map(({ target }) => target)
          .filter((name) => !known.test(name) || name.startsWith('stats.'));
        t.strictSame(strange, [], `${dashboard.uid}: ${panel.title}`);
      }
    }
  });

  await t.test('gauges say what is, and what is missing', async (t) => {
    const last = async (title: string) => {
      const [series] = await shown(panelOf(blocking, title), choice(CAPPED), { from: '-15min' });
      return series?.datapoints.findLast(([value]) => value !== null)?.[0];
    };
    t.equal(await last('Bans wanted'), 12);
    t.equal(await last('Bans in force'), 11);
    t.equal(await last('Wanted but not in force'), 1);
  });

  await t.test('each variable has its choices', async (t) => {
    for (const dashboard of dashboards.values()) {
      for (const variable of dashboard.templating.list) {
        if (variable.type !== 'query') continue;
        const options = await client.options(variable, choice(CAPPED));
        if (variable.name === 'pbx') {
          t.strictSame(new Map(options.map(({ text, value }) => [text, value])), new Map(Object.entries(PBXS)));
        } else if (variable.name === 'service') {
          t.strictSame(options.map(({ value }) => value).sort(), ['AMI', 'PJSIP', 'SIP']);
        } else {
          const values = (await client.options(variable, choice('(no_prefix)'))).map(({ value }) => value);
          t.strictSame(values.sort(), [...raised.addresses.keys()].sort());
        }
      }
    }
  });

  await t.test('each annotation marks something', async (t) => {
    for (const dashboard of dashboards.values()) {
      for (const annotation of dashboard.annotations.list) {
        const marks = await client.marks(annotation, choice(CAPPED), { from: begun });
        t.ok(marks > 0, `${dashboard.uid}: ${annotation.name}`);
      }
    }
  });

  await t.test('alert rules fire for the PBX that they are about', async (t) => {
    /** What Grafana makes of the points, without nulls; by the label `name`. */
    const reduced = async ({ target, reducer }: (typeof alertRules)[number]['questions'][0], seconds: number) => {
      const series = await client.render(target, { from: `-${seconds}s`, maxDataPoints: 43_200 });
      return new Map(
        series.map(({ target: name, tags, datapoints }) => {
          if (tags['name'] === undefined) throw new Error(`${name} has no label`);
          const values = datapoints.flatMap(([value]) => value ?? []);
          const sum = values.reduce((all, value) => all + value, 0);
          // Of nothing Grafana's sum is 0, and all else is no number.
          const max = values.length === 0 ? Number.NaN : Math.max(...values);
          return [name, { sum, max, last: values.at(-1) ?? Number.NaN }[reducer]] as const;
        }),
      );
    };
    const firing = async ({ questions, fires, rangeSeconds }: (typeof alertRules)[number], seconds = rangeSeconds) => {
      const [first, second] = questions;
      const minuend = await reduced(first, seconds);
      const subtrahend = second === undefined ? null : await reduced(second, seconds);
      const values = [...minuend].map(([name, value]) => [name, value - (subtrahend?.get(name) ?? 0)] as const);
      return values
        .filter(([, value]) => (fires.when === 'gt' ? value > fires.limit : value < fires.limit))
        .map(([name]) => name)
        .sort();
    };
    const both = ['(no_prefix)', 'pbx.office'];
    const expected: Readonly<Record<string, readonly string[]>> = {
      'asterisk-breach': both,
      'asterisk-trusted-at-risk': both,
      'asterisk-storm': both,
      'asterisk-detector-deaf': [],
      'asterisk-bans-not-enforced': both,
      'asterisk-bans-not-verified': [],
      'asterisk-addresses-capped': ['pbx.office'],
    };
    for (const rule of alertRules) {
      t.strictSame(await firing(rule), expected[rule.uid], rule.uid);
      for (const question of rule.questions) t.ok((await reduced(question, rule.rangeSeconds)).size > 0, rule.uid);
    }
    const deaf = alertRules.find(({ uid }) => uid === 'asterisk-detector-deaf');
    if (deaf === undefined) throw new Error('there is no rule for a deaf detector');
    children[1]?.signal('SIGKILL');
    // As long as statsd writes on the gauges of somebody who has died (gaugesMaxTTL), and some seconds.
    const dead = await settled(['pbx.office'], () => firing(deaf, 4), 30);
    t.strictSame(dead, ['pbx.office'], 'a dead exporter is a deaf one');
  });
});
