// node scripts/check-stack.mjs attacked|counted: asks the running demo of docker-compose.yml, over the ports that it publishes.
//   attacked  failed logins of the simulated PBX are in Graphite, in total and by address, and Grafana has its dashboards
//   counted   with the simulator stopped, Graphite's total becomes the exporter's own count
// Ends with 0, or with 1 and what was seen last.
import { setTimeout as sleep } from 'node:timers/promises';

const GRAPHITE = process.env['GRAPHITE'] ?? 'http://127.0.0.1:8080';
const EXPORTER = process.env['EXPORTER'] ?? 'http://127.0.0.1:9465';
const GRAFANA = process.env['GRAFANA'] ?? 'http://127.0.0.1:3000';
/** statsd flushes every ten seconds, and carbon writes what is new a little later. */
const SECONDS_MAX = Number(process.env['SECONDS_MAX'] ?? 120);
const ANSWER_MS = 10_000;

const TOTALS = 'stats.counters.security.failed_auth.*.count.count';
const ADDRESSES = 'stats.counters.security.failed_auth.PJSIP.*.count';
const DASHBOARDS = 4;

async function ask(url, headers = {}) {
  const response = await fetch(url, { headers, signal: AbortSignal.timeout(ANSWER_MS) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text.slice(0, 200)}`);
  return text;
}

/** @returns name and sum of each series of the last hour. */
async function graphite(target) {
  const series = JSON.parse(await ask(`${GRAPHITE}/render?format=json&from=-1h&target=${encodeURIComponent(target)}`));
  return series.map(({ target: name, datapoints }) => ({
    name,
    sum: datapoints.reduce((total, [value]) => total + (value ?? 0), 0),
  }));
}

const total = (series) => series.reduce((sum, one) => sum + one.sum, 0);

/** Failed logins by the exporter's own count. */
async function counted() {
  const metrics = await ask(`${EXPORTER}/metrics`);
  return [...metrics.matchAll(/^asterisk_auth_stats_failed_auth_total\{.*\} (\d+)$/gm)].reduce(
    (sum, [, count]) => sum + Number(count),
    0,
  );
}

/** Asks until `probe` returns no complaint. A refused connection is a complaint like any other. */
async function until(what, probe) {
  const deadline = Date.now() + SECONDS_MAX * 1000;
  for (;;) {
    const complaint = await probe().catch((error) => error.cause?.code ?? error.message);
    if (complaint === null) {
      console.log(`ok: ${what}`);
      return;
    }
    if (Date.now() > deadline) throw new Error(`${what}: ${complaint}, after ${SECONDS_MAX} s`);
    await sleep(1000);
  }
}

const checks = {
  async attacked() {
    await until('the exporter hears security events', async () => {
      await ask(`${EXPORTER}/readyz`);
      return null;
    });
    await until('failed logins are in Graphite', async () => {
      const sum = total(await graphite(TOTALS));
      return sum > 100 ? null : `${sum} failed logins`;
    });
    await until('attackers have series of their own', async () => {
      const names = (await graphite(ADDRESSES)).map(({ name }) => name).filter((name) => /IPV[46]-/.test(name));
      return names.length > 0 ? null : 'no series of an address';
    });
    await until('Grafana has the dashboards', async () => {
      const headers = { authorization: `Basic ${Buffer.from('admin:demo').toString('base64')}` };
      const found = JSON.parse(await ask(`${GRAFANA}/api/search?type=dash-db`, headers));
      return found.length === DASHBOARDS ? null : `${found.length} dashboards of ${DASHBOARDS}`;
    });
  },
  async counted() {
    await until('Graphite has every failed login that the exporter counted', async () => {
      const [stored, sent] = [total(await graphite(TOTALS)), await counted()];
      return stored === sent && sent > 0 ? null : `${stored} of ${sent}`;
    });
  },
};

const check = checks[process.argv[2]];
if (check === undefined) {
  console.error('Usage: node scripts/check-stack.mjs attacked|counted');
  process.exitCode = 64;
} else {
  await check().catch((error) => {
    console.error(`check-stack: ${error.message}`);
    process.exitCode = 1;
  });
}
