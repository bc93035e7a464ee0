import t from 'tap';
import { post, retryAfterMs } from '../../src/alerts/post.js';
import { AT, mute, receiver } from './fixtures.js';

const NEVER = new AbortController().signal;
const request = (url: string, timeoutMs = 5000) => ({ url, body: '{"a":"ü"}', headers: { 'x-one': '1' }, timeoutMs });

await t.test('the body, the headers and the path arrive as they were given', async (t) => {
  await using server = await receiver(204);
  t.same(await post(request(`${server.origin}/hook?token=x`), NEVER), { kind: 'sent' });
  t.match(server.requests, [{ method: 'POST', path: '/hook?token=x', headers: { 'x-one': '1' }, body: '{"a":"ü"}' }]);
});

await t.test('any 2xx is a success, 408, 425, 429 and 5xx may pass, and any other status is final', async (t) => {
  const statuses = [200, 202, 204, 301, 307, 400, 401, 404, 410, 408, 425, 429, 500, 502, 503];
  await using server = await receiver(...statuses);
  const kinds: [number, string][] = [];
  for (const status of statuses) kinds.push([status, (await post(request(server.origin), NEVER)).kind]);
  t.same(
    kinds,
    statuses.map((status, index) => [status, index < 3 ? 'sent' : index < 9 ? 'refused' : 'failed']),
  );
});

await t.test('a redirect is not followed', async (t) => {
  await using server = await receiver((response) => response.writeHead(302, { location: '/elsewhere' }).end(), 204);
  t.same(await post(request(server.origin), NEVER), { kind: 'refused', reason: 'status 302' });
  t.equal(server.requests.length, 1);
});

await t.test('how long the receiver asks us to wait is told', async (t) => {
  const later = new Date(AT + 30_000).toUTCString();
  await using server = await receiver(
    (response) => response.writeHead(429, { 'retry-after': '7' }).end(),
    (response) => response.writeHead(503, { 'retry-after': later }).end(),
  );
  const asked = () => post(request(server.origin), NEVER, () => AT);
  t.same(await asked(), { kind: 'failed', reason: 'status 429', retryAfterMs: 7000 });
  t.same(await asked(), { kind: 'failed', reason: 'status 503', retryAfterMs: 30_000 });
});

await t.test('Retry-After is seconds or a date, two minutes at most, and anything else is nothing', async (t) => {
  const cases: [text: string, ms: number][] = [
    ['0', 0],
    ['120', 120_000],
    ['121', 120_000],
    ['999999999', 120_000],
    ['9999999999999', 0],
    ['-5', 0],
    ['1.5', 0],
    ['soon', 0],
    ['', 0],
    [new Date(AT + 1000).toUTCString(), 1000],
    [new Date(AT - 1000).toUTCString(), 0],
    [new Date(AT + 86_400_000).toUTCString(), 120_000],
  ];
  for (const [text, ms] of cases) t.equal(retryAfterMs(text, AT), ms, text);
});

await t.test('a receiver that does not answer fails when its time is over', async (t) => {
  await using server = await receiver(mute);
  t.same(await post(request(server.origin, 20), NEVER), {
    kind: 'failed',
    reason: 'no answer in time',
    retryAfterMs: 0,
  });
});

await t.test('the text of an answer is not waited for, nor is a broken one a failure', async (t) => {
  await using server = await receiver(
    (response) => response.writeHead(200).write('x'.repeat(100_000)),
    (response) => {
      response.writeHead(200, { 'content-length': '100' }).write('x');
      response.destroy();
    },
  );
  // Longer than a test may take.
  t.same(await post(request(server.origin, 600_000), NEVER), { kind: 'sent' });
  t.match((await post(request(server.origin), NEVER)).kind, /^(sent|failed)$/);
});

await t.test('a fault of the network is told by its code, and nothing of the URL is', async (t) => {
  const { origin } = await (async () => {
    await using server = await receiver();
    return server;
  })();
  t.same(await post(request(`${origin}/token`), NEVER), { kind: 'failed', reason: 'ECONNREFUSED', retryAfterMs: 0 });
  // A port that fetch refuses, without a code.
  const refused = await post(request('http://127.0.0.1:6000/token'), NEVER);
  t.same(refused, { kind: 'failed', reason: 'the request failed', retryAfterMs: 0 });
  const credentials = await post(request('http://user:token@127.0.0.1/'), NEVER);
  t.same(credentials, { kind: 'failed', reason: 'the request failed', retryAfterMs: 0 });
});

await t.test('a signal ends a request, before it begins or in the middle', async (t) => {
  await using server = await receiver(mute);
  const controller = new AbortController();
  const posting = post(request(server.origin), controller.signal);
  await server.received(1);
  controller.abort();
  t.match(await posting, { kind: 'failed', reason: 'the request failed' });
  t.match(await post(request(server.origin), controller.signal), { kind: 'failed' });
  t.equal(server.requests.length, 1);
});
