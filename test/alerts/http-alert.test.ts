import t from 'tap';
import { HttpAlert, type HttpAlertOptions, type HttpDialect } from '../../src/alerts/http-alert.js';
import { recordedLog } from '../metrics/fixtures.js';
import { FINDING, fakeWait, findingOf, type Receiver, receiver } from './fixtures.js';

const dialect: HttpDialect = {
  name: 'plain',
  encode: ({ subject }, { text }, suppressed) => ({ subject: subject.text, text, suppressed }),
};

function alertTo({ origin }: Receiver, options: Partial<HttpAlertOptions> = {}, spoken = dialect) {
  const { clock, now, wait } = fakeWait();
  const common = { url: origin, version: '1.2.3', log: recordedLog(), severity: 'warning', graceMs: 5000 } as const;
  return { clock, alert: new HttpAlert({ ...common, now, wait, ...options }, spoken) };
}

/** Sends what waits. */
const send = (alert: HttpAlert) => alert.run(AbortSignal.abort());

await t.test('a finding is sent as the JSON of its dialect, by this program', async (t) => {
  await using server = await receiver(204);
  const { alert } = alertTo(server);
  t.equal(alert.name, 'plain');
  alert.push(FINDING);
  await send(alert);
  const [request] = server.requests;
  t.match(request?.headers, { 'content-type': 'application/json', 'user-agent': 'asterisk-auth-stats/1.2.3' });
  t.match(JSON.parse(request?.body ?? ''), { subject: '203.0.113.9', text: /^203\.0\.113\.9 made /, suppressed: 0 });
});

await t.test('a dialect may have headers of its own, made of the body', async (t) => {
  await using server = await receiver(204);
  const { alert } = alertTo(server, {}, { ...dialect, headers: (body) => ({ 'x-length': String(body.length) }) });
  alert.push(FINDING);
  await send(alert);
  const [request] = server.requests;
  t.equal(request?.headers['x-length'], String(request?.body.length));
});

await t.test('what is below the least severity is not sent, and not counted as held back', async (t) => {
  await using server = await receiver(204);
  const { alert } = alertTo(server);
  alert.push(findingOf(1, { severity: 'info' }));
  alert.push(findingOf(2, { severity: 'warning' }));
  alert.push(findingOf(3, { severity: 'critical' }));
  await send(alert);
  t.equal(server.requests.length, 2);
  t.match(alert.counts(), { sent: 2, suppressed: 0 });
});

await t.test('what is held back is counted, and the next alert says so in its text', async (t) => {
  await using server = await receiver(204);
  const { alert, clock } = alertTo(server);
  for (const now of [0, 1, 600_000, 600_001, 600_002, 1_200_000]) {
    clock.now = now;
    alert.push(FINDING);
  }
  await send(alert);
  const sent = server.requests.map(({ body }) => JSON.parse(body));
  t.same(
    sent.map(({ suppressed }) => suppressed),
    [0, 1, 2],
  );
  t.match(sent[1].text, /\. Before this 1 alert was held back\.$/);
  t.match(sent[2].text, /\. Before this 2 alerts were held back\.$/);
  t.match(alert.counts(), { sent: 3, suppressed: 3 });
});

await t.test(
  'to push a finding costs no wait, whatever the receiver does, and the clock may be the real one',
  async (t) => {
    const log = recordedLog();
    const options = { url: 'http://127.0.0.1:9/', version: '1', log, severity: 'info', graceMs: 0 } as const;
    const alert = new HttpAlert(options, dialect);
    for (let host = 0; host < 200; host += 1) alert.push(findingOf(host, { severity: 'critical' }));
    t.match(alert.counts(), { sent: 0, dropped: { queue: 100 } });
  },
);
