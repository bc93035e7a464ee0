import t from 'tap';
import { type AlertsOptions, openAlerts } from '../../src/alerts/open-alerts.js';
import { recordedLog } from '../metrics/fixtures.js';
import { FINDING, receiver } from './fixtures.js';

const off = (): AlertsOptions => ({
  log: recordedLog(),
  version: '1.2.3',
  severity: 'warning',
  graceMs: 5000,
  webhook: null,
  graphiteEventsUrl: null,
});

const STOPPED = AbortSignal.abort();

await t.test('the log is told always, the others where they are wanted', async (t) => {
  t.same([...openAlerts(off()).counts().keys()], ['log']);
  const url = 'http://127.0.0.1:9/';
  t.same(
    [
      ...openAlerts({ ...off(), webhook: { url, secret: null }, graphiteEventsUrl: url })
        .counts()
        .keys(),
    ],
    ['log', 'webhook', 'graphite'],
  );
});

await t.test(
  'each goes to its own place, signed where there is a secret, and from the least severity on',
  async (t) => {
    await using server = await receiver(204);
    const alerts = openAlerts({
      ...off(),
      webhook: { url: `${server.origin}/hook`, secret: 'hunter2' },
      graphiteEventsUrl: `${server.origin}/events/`,
    });
    alerts.push(FINDING);
    alerts.push({ ...FINDING, severity: 'info', rule: 'storm' });
    await alerts.run(STOPPED);
    t.same(server.requests.map(({ path }) => path).sort(), ['/events/', '/hook']);
    t.match(server.requests.find(({ path }) => path === '/hook')?.headers, { 'x-signature-256': /^sha256=/ });
    t.match(
      [...alerts.counts()],
      [
        ['log', { sent: 2 }],
        ['webhook', { sent: 1 }],
        ['graphite', { sent: 1 }],
      ],
    );
  },
);
