import { readFileSync } from 'node:fs';
import t from 'tap';
import { signatureHeaders } from '../../src/alerts/signature.js';
import { Webhook, type WebhookOptions } from '../../src/alerts/webhook.js';
import type { Finding } from '../../src/domain/finding.js';
import { recordedLog } from '../metrics/fixtures.js';
import { AT, codeBlock, FINDING, fakeWait, type Receiver, receiver } from './fixtures.js';

function webhookTo({ origin }: Receiver, options: Partial<WebhookOptions> = {}) {
  const { clock, now, wait } = fakeWait();
  const common = {
    url: `${origin}/hook`,
    version: '1.2.3',
    log: recordedLog(),
    severity: 'info',
    graceMs: 5000,
  } as const;
  const webhook = new Webhook({ ...common, secret: 'hunter2', clock: () => AT + clock.now, now, wait, ...options });
  return { clock, webhook };
}

const BREACH: Finding = {
  ...FINDING,
  rule: 'breach',
  subject: { kind: 'account', text: '101' },
  attempts: 360,
  accounts: 1,
  addresses: 40,
  action: 'none',
  banTarget: null,
  banSeconds: null,
  evidence: [
    { name: 'guesses_elsewhere', count: 360, weight: 1 },
    { name: 'attackers', count: 40, weight: 0.9 },
    { name: 'new_network', count: 1, weight: 0 },
  ],
};
const sentBy = ({ requests }: Receiver) => requests.map(({ body }) => JSON.parse(body));

await t.test('the body has a title, a text and the finding, as docs/alerts.md shows them', async (t) => {
  await using server = await receiver(204);
  const { webhook } = webhookTo(server);
  webhook.push(BREACH);
  await webhook.run(AbortSignal.abort());
  const [sent] = sentBy(server);
  const documentation = readFileSync(new URL('../../docs/alerts.md', import.meta.url), 'utf8');
  const { id, text, ...documented } = JSON.parse(codeBlock(documentation, 'json'));
  t.match(sent, documented);
  t.same(Object.keys(sent), Object.keys(JSON.parse(codeBlock(documentation, 'json'))));
  t.same(Object.keys(sent.finding), Object.keys(documented.finding));
  t.match(sent.id, /^[\da-f-]{36}$/);
  t.equal(sent.id.length, id.length);
  t.ok(sent.text.startsWith(text.replace(' ...', '')));
  t.equal(server.requests[0]?.path, '/hook');
});

await t.test('the body is signed, with a new time for each try and the same id', async (t) => {
  await using server = await receiver(500, 204);
  const { webhook, clock } = webhookTo(server);
  const stop = new AbortController();
  const running = webhook.run(stop.signal);
  webhook.push(FINDING);
  await server.received(2);
  stop.abort();
  await running;
  const [first, second] = server.requests;
  t.equal(first?.body, second?.body);
  t.match(first?.headers, signatureHeaders('hunter2', first?.body ?? '', AT));
  t.ok(clock.now > 0);
  t.match(second?.headers, signatureHeaders('hunter2', first?.body ?? '', AT + clock.now));
});

await t.test('without a secret nothing is signed, and with one it is by the clock of the wall', async (t) => {
  await using server = await receiver(204);
  const { webhook } = webhookTo(server, { secret: null });
  webhook.push(FINDING);
  await webhook.run(AbortSignal.abort());
  t.notMatch(Object.keys(server.requests[0]?.headers ?? {}).join(), 'x-signature');

  const log = recordedLog();
  const real = new Webhook({
    url: server.origin,
    version: '1',
    log,
    severity: 'info',
    graceMs: 5000,
    secret: 'hunter2',
  });
  real.push(FINDING);
  await real.run(AbortSignal.abort());
  const timestamp = Number(server.requests[1]?.headers['x-signature-timestamp']);
  t.ok(Math.abs(timestamp - Date.now() / 1000) < 60);
});

await t.test('two alerts have two ids', async (t) => {
  await using server = await receiver(204);
  const { webhook } = webhookTo(server);
  webhook.push(FINDING);
  webhook.push(BREACH);
  await webhook.run(AbortSignal.abort());
  t.equal(new Set(sentBy(server).map(({ id }) => id)).size, 2);
});
