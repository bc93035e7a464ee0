// Every target, variable and annotation of grafana/dashboards-prometheus and every rule of deploy/prometheus, asked of a real
// Prometheus as Grafana asks. Between it and the exporter is a stand-in for statsd_exporter with docker/statsd-exporter.
import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { prometheusDashboards } from '../../grafana/src/dashboards.js';
import type { Panel } from '../../grafana/src/schema.js';
import { SimulatedPbx } from '../../src/simulator/pbx.js';
import { startBanSink, startWebhook } from './lab/alert-sinks.js';
import { AMI_SECRET } from './lab/asterisk.js';
import { type Child, startChild } from './lab/child.js';
import { askingPanels, type Choice, pointsOf, sumOf } from './lab/grafana.js';
import { PrometheusClient, type PrometheusView } from './lab/grafana-prometheus.js';
import { CACHE, labPort } from './lab/place.js';
import { installPrometheus, PROMTOOL, RULES, startPrometheus } from './lab/prometheus.js';
import { besiegeSimulated } from './lab/simulated-siege.js';
import { startStatsdExporter } from './lab/statsd-exporter.js';
import { settled, until } from './lab/until.js';
import { sendUnwritten } from './lab/unwritten-meters.js';

const PROGRAM = process.env['DIST'] ?? fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const LOG_LINES = fileURLToPath(
  new URL('../fixtures/recordings/22/pjsip-tcp4-register-wrongpw.security', import.meta.url),
);
/** Of the PBX whose log is followed alone, and of the one that has more attackers than series. */
const ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ['Log not read yet', 'branch'],
  ['Beyond the cap of addresses', 'capped'],
]);
const steps = [1, 2, 5, 15, 60, 300] as const;
const minutes = [15, 60, 24 * 60, 30 * 24 * 60] as const;

/** The widest has 8640 points; Prometheus answers no more than 11,000. */
function stepFor(range: number): number {
  return Math.max(5, Math.ceil(range / 8640));
}

/** A range that ends a bar after now, so that the last events are in a whole bar: Grafana shows none that is not over. */
function view(rangeMinutes: number, step: number): PrometheusView {
  const to = Date.now() / 1000 + step;
  return { from: to - rangeMinutes * 60, to, step };
}

function exporter(name: string, settings: Readonly<Record<string, string | number>>): Child {
  const env = { PATH: process.env['PATH'] ?? '', FLUSH_MS: 200, LOG_LEVEL: 'info', ...settings };
  return startChild([process.execPath, PROGRAM], {
    env: Object.fromEntries(Object.entries(env).map(([key, value]) => [key, String(value)])),
    logFile: `${CACHE}exporter-${name}.log`,
  });
}

/** Waits until each of them says that the gauge is 1. */
async function allSay(ports: readonly number[], gauge: 'connected' | 'hearing'): Promise<void> {
  const says = async (port: number) => {
    const response = await fetch(`http://127.0.0.1:${port}/metrics`).catch(() => null);
    return ((await response?.text()) ?? '').includes(`\nasterisk_auth_stats_${gauge} 1\n`);
  };
  await until(
    `${gauge}: ${ports}`,
    async () => ((await Promise.all(ports.map(says))).every(Boolean) ? true : null),
    20,
  );
}

await t.test('the alert rules are rules to promtool, and pass their own test', async (t) => {
  installPrometheus();
  for (const command of [
    ['check', 'rules', 'alerts.yml'],
    ['test', 'rules', 'alerts.test.yml'],
  ]) {
    const { status, stdout, stderr } = spawnSync(PROMTOOL, command, { cwd: RULES, encoding: 'utf8' });
    t.equal(status, 0, `${command.join(' ')}: ${stdout}${stderr}`);
  }
});

await t.test('what the dashboards ask is answered, and their totals are true', async (t) => {
  const stop = new AbortController();
  const folder = mkdtempSync(`${tmpdir()}/prometheus-`);
  t.teardown(() => rmSync(folder, { recursive: true }));
  t.teardown(() => stop.abort());
  // The first takes STATSD_DIALECT=prometheus of one PBX, the second dogstatsd of two that name themselves.
  const [plain, tagged] = [
    { port: labPort(51), httpPort: labPort(52) },
    { port: labPort(53), httpPort: labPort(54) },
  ];
  let receiver = await startStatsdExporter(plain.port, plain.httpPort);
  t.teardown(() => receiver.stop());
  const other = await startStatsdExporter(tagged.port, tagged.httpPort);
  t.teardown(other.stop);
  t.teardown(
    await startPrometheus(labPort(55), [
      { port: plain.httpPort, labels: { pbx: 'office' } },
      { port: tagged.httpPort, labels: {} },
    ]),
  );
  const client = new PrometheusClient(`http://127.0.0.1:${labPort(55)}`);
  await until('both are scraped', async () => {
    const { result } = await client.get<{ result: unknown[] }>('query', { query: 'up == 1' });
    return result.length === 2 ? true : null;
  });
  const users = new Map([['exporter', { secret: AMI_SECRET, read: ['security', 'system'] as const }]]);
  const pbx = await SimulatedPbx.listen({ users, systemName: 'lab' }, stop.signal);

  const children: Child[] = [];
  t.teardown(() => Promise.all(children.map((child) => child.stop())));
  const httpPorts = [labPort(21), labPort(22)];
  const dialects = [
    { STATSD_PORT: plain.port, STATSD_DIALECT: 'prometheus' },
    {
      STATSD_PORT: tagged.port,
      STATSD_DIALECT: 'dogstatsd',
      PBX_NAME: 'capped',
      ADDRESSES_PER_FLUSH: 2,
      ADDRESSES_REMEMBERED: 4,
    },
  ];
  for (const [index, dialect] of dialects.entries()) {
    const socket = `${folder}/${index}.sock`;
    t.teardown(await startBanSink(socket));
    t.teardown(await startWebhook(labPort(23 + index)));
    children.push(
      exporter(String(index), {
        AMI_HOST: '127.0.0.1',
        AMI_PORT: pbx.port,
        AMI_USERNAME: 'exporter',
        AMI_SECRET,
        AMI_RECONNECT_MAX_SECONDS: 1,
        HTTP_PORT: httpPorts[index] ?? 0,
        DECISION_SOCKET: socket,
        ALERT_SEVERITY: 'info',
        ALERT_WEBHOOK_URL: `http://127.0.0.1:${labPort(23 + index)}/`,
        STORM_PER_MINUTE: 60,
        STORM_FACTOR: 2,
        ...dialect,
      }),
    );
  }
  const log = `${folder}/security`;
  writeFileSync(log, '');
  const followed = { SOURCE: 'security-log', LOG_FILE: log, HTTP_PORT: labPort(25) };
  const branch = { STATSD_PORT: tagged.port, STATSD_DIALECT: 'dogstatsd', PBX_NAME: 'branch' };
  children.push(exporter('branch', { ...followed, ...branch }));
  const stopUnwritten = sendUnwritten(plain.port, ['']);
  t.teardown(stopUnwritten);
  await allSay(httpPorts, 'hearing');
  await allSay([labPort(25)], 'connected');
  appendFileSync(log, readFileSync(LOG_LINES));
  const raised = await besiegeSimulated(pbx, async () => {
    for (const forged of ['A: 1', 'B: 2', 'C: 3']) {
      pbx.send(`Event: InvalidPassword\r\nPrivilege: security,all\r\n${forged}\r\n\r\n`);
    }
    pbx.closeAll();
    await until('both are gone', () => (pbx.loggedIn.length === 0 ? true : null));
    await allSay(httpPorts, 'hearing');
  });
  const failures = [...raised.failures.values()].reduce((sum, count) => sum + count, 0);
  t.ok(failures > 500, `${failures} failures were raised`);
  /** As Prometheus has them: `203.0.113.9`, and all groups of IPv6. */
  const addresses = new Map<string, number>();
  for (const [name, count] of raised.addresses) {
    const address = labelOf(name);
    addresses.set(address, (addresses.get(address) ?? 0) + count);
  }

  const choice = (pbx: string | readonly string[], services: string | readonly string[] = '.*'): Choice => ({
    pbx,
    service: services,
    address: '203.0.113.9',
  });
  const office = choice(['office']);
  const panelOf = (file: string, title: string): Panel => {
    const dashboard = prometheusDashboards.get(file);
    const panel = dashboard && askingPanels(dashboard).find((one) => one.title === title);
    if (panel === undefined) throw new Error(`there is no panel "${title}"`);
    return panel;
  };
  const shown = async (panel: Panel, chosen: Choice, asked: PrometheusView) =>
    (await Promise.all((panel.targets ?? []).map((target) => client.panel(target, chosen, asked)))).flat();
  const sums = async (panel: Panel, chosen: Choice, asked: PrometheusView) =>
    new Map((await shown(panel, chosen, asked)).map((series) => [series.target, sumOf(series)]));
  const counted = panelOf('attack-overview.json', 'Failed authentications');
  const all = new Map([['failures', failures]]);
  for (const name of ['office', 'capped']) {
    const read = () => sums(counted, choice([name]), view(15, 5));
    t.strictSame(await settled(all, read, 20), all, `${name} has all`);
  }

  await t.test('totals are what was raised, at every zoom', async (t) => {
    const sorted = (map: ReadonlyMap<string, number>) => new Map([...map].sort());
    const byService = panelOf('attack-overview.json', 'Failed authentications by service');
    for (const range of minutes) {
      for (const step of steps.filter((step) => step >= stepFor(range * 60) || range === 15)) {
        t.strictSame(
          sorted(await sums(byService, office, view(range, step))),
          sorted(raised.failures),
          `${range} ${step}`,
        );
      }
      const asked = view(range, stepFor(range * 60));
      t.strictSame(await sums(counted, office, asked), all, `${range} min`);
      const top = [...(await sums(panelOf('attack-overview.json', 'Top attackers'), office, asked))];
      for (const [address, count] of top) t.equal(count, addresses.get(address), `${address}: ${range} min`);
      const worst = [...addresses.values()].sort((one, other) => other - one).slice(0, 20);
      t.strictSame(
        top.map(([, count]) => count),
        worst,
        'the worst, and the worst first',
      );
      const number = await sums(panelOf('attack-overview.json', 'Addresses'), office, asked);
      t.strictSame(number, new Map([['addresses', addresses.size]]));
      const transports = await sums(panelOf('attack-overview.json', 'Over which transport'), office, asked);
      t.equal(transports.get('none'), 4, 'no transport');
      t.equal(
        [...transports.values()].reduce((sum, count) => sum + count, 0),
        failures,
        'all transports',
      );
      const two = await sums(counted, choice(['office'], ['SIP', 'AMI']), asked);
      const expected = (raised.failures.get('SIP') ?? 0) + (raised.failures.get('AMI') ?? 0);
      t.strictSame(two, new Map([['failures', expected]]), 'two services');
      const both = await sums(counted, choice(['office', 'capped']), asked);
      t.strictSame(both, new Map([['failures', 2 * failures]]), 'two PBXs');
    }
    const one = view(15, 5);
    const slope = panelOf('attacker.json', 'Its failures since the beginning of the range');
    const its = (await shown(slope, office, one))[0]?.datapoints.at(-1)?.[0];
    t.equal(its, addresses.get('203.0.113.9'), 'what one address did up to the end');
    const drawn = await sums(panelOf('attack-overview.json', 'When they attacked'), office, one);
    for (const [address, count] of drawn) t.equal(count, addresses.get(address), `${address} over time`);
    t.equal(drawn.size, 10, 'ten of them');
  });

  await t.test('every target has points, for all PBXs and one, for all services, one and two', async (t) => {
    let targets = 0;
    for (const [file, dashboard] of prometheusDashboards) {
      for (const panel of askingPanels(dashboard)) {
        const names = ['.*', [ELSEWHERE.get(panel.title) ?? 'office']];
        for (const services of ['.*', ['PJSIP'], ['PJSIP', 'SIP']]) {
          for (const name of names) {
            for (const asked of [view(15, 5), view(60, 15), view(24 * 60, 60)]) {
              for (const target of panel.targets ?? []) {
                const series = await client.panel(target, choice(name, services), asked);
                if (pointsOf(series) === 0)
                  t.fail(`${file} ${panel.title} ${target.refId} ${name} ${services}`, { target });
                for (const { target: legend } of series) t.match(legend, /^[\w.: -]{1,45}$/, panel.title);
                targets += 1;
              }
            }
          }
        }
      }
    }
    t.ok(targets > 500, `${targets} questions`);
  });

  await t.test('gauges say what is, and what is missing', async (t) => {
    const last = async (title: string) =>
      (await shown(panelOf('blocking.json', title), office, view(15, 5)))[0]?.datapoints.at(-1)?.[0];
    t.equal(await last('Bans wanted'), 12);
    t.equal(await last('Bans in force'), 11);
    t.equal(await last('Wanted but not in force'), 1);
  });

  await t.test('each variable has its choices, each annotation marks something', async (t) => {
    for (const { uid, templating, annotations } of prometheusDashboards.values()) {
      for (const variable of templating.list) {
        if (variable.type !== 'query') continue;
        const options = [...(await client.options(variable, office, view(60, 5)))].sort();
        const expected = { pbx: ['branch', 'capped', 'office'], service: ['AMI', 'PJSIP', 'SIP'] }[variable.name];
        t.strictSame(options, expected ?? [...addresses.keys()].sort(), `${uid}: ${variable.name}`);
      }
      for (const annotation of annotations.list) {
        if (!('expr' in annotation)) throw new Error(`${annotation.name} is for Graphite`);
        t.ok((await client.marks(annotation, office, view(60, 15))) > 0, `${uid}: ${annotation.name}`);
      }
    }
  });

  await t.test('Prometheus itself evaluates the alert rules', async (t) => {
    interface Rule {
      readonly name: string;
      readonly health: string;
      readonly alerts: readonly { readonly labels: Readonly<Record<string, string>> }[];
    }
    const read = async () => {
      const { groups } = await client.get<{ groups: readonly { rules: readonly Rule[] }[] }>('rules');
      return new Map(
        groups
          .flatMap(({ rules }) => rules)
          .map(({ name, health, alerts }) => [
            name,
            [health, ...alerts.map(({ labels }) => labels['pbx'] ?? '').sort()].join(' '),
          ]),
      );
    };
    const expected = new Map([
      ['AsteriskBreach', 'ok capped office'],
      ['AsteriskTrustedAtRisk', 'ok capped office'],
      ['AsteriskStorm', 'ok capped office'],
      ['AsteriskDetectorDeaf', 'ok'],
      ['AsteriskBansNotEnforced', 'ok office'],
      ['AsteriskBansNotVerified', 'ok'],
      ['AsteriskAddressesCapped', 'ok capped'],
    ]);
    // Evaluated each half minute.
    t.strictSame(await settled(expected, read, 65), expected);
  });

  await t.test('a restart of statsd_exporter loses nothing that was counted, and makes up nothing', async (t) => {
    t.strictSame([...receiver.refused, ...other.refused], [], 'no line was refused');
    receiver.stop();
    receiver = await startStatsdExporter(plain.port, plain.httpPort);
    const again = await besiegeSimulated(pbx, async () => undefined);
    const twice = failures + [...again.failures.values()].reduce((sum, count) => sum + count, 0);
    const total = async () => (await sums(counted, office, view(15, 5))).get('failures') ?? 0;
    await until('the second attack is counted', async () => ((await total()) > 1.9 * failures ? true : null), 20);
    const bars = await sums(panelOf('attack-overview.json', 'Failed authentications by service'), office, view(15, 5));
    const drawn = [...bars.values()].reduce((sum, count) => sum + count, 0);
    t.ok(Math.abs((await total()) / twice - 1) < 0.05, `${await total()} of ${twice}, as near as increase() is`);
    t.ok(Math.abs(drawn / twice - 1) < 0.05, `bars: ${drawn} of ${twice}`);
  });
});

/** `IPV6-UDP-2001_db8__1` as the label of the dialect prometheus has it. */
function labelOf(name: string): string {
  const address = name.split('-').at(-1) ?? '';
  if (name.startsWith('IPV4')) return address.replaceAll('_', '.');
  const [head = '', tail = ''] = address.split('__');
  const groups = (text: string) => text.split('_').filter((group) => group !== '');
  const zeros = Array<string>(8 - groups(head).length - groups(tail).length).fill('0');
  return [...groups(head), ...(address.includes('__') ? zeros : []), ...groups(tail)].join(':');
}
