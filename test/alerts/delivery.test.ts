import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import t from 'tap';
import { Delivery, type DeliveryOptions } from '../../src/alerts/delivery.js';
import { eventually, recordedLog } from '../metrics/fixtures.js';
import { fakeWait, mute, type Receiver, receiver } from './fixtures.js';

/** A delivery to the server's `/token`; whoever waits has waited. */
function deliveryTo({ origin }: Pick<Receiver, 'origin'>, options: Partial<DeliveryOptions> = {}) {
  const log = recordedLog();
  const fake = fakeWait();
  const stop = new AbortController();
  const delivery = new Delivery({
    name: 'webhook',
    url: `${origin}/token`,
    log,
    headers: () => ({}),
    graceMs: 5000,
    now: fake.now,
    wait: fake.wait,
    ...options,
  });
  return { log, stop, delivery, ...fake };
}

const dropped = (changes: object) => ({ queue: 0, refused: 0, gave_up: 0, stopped: 0, ...changes });
const bodies = ({ requests }: Receiver) => requests.map(({ body }) => body);

await t.test('what is pushed before and after the start is sent in order, one request at a time', async (t) => {
  await using server = await receiver((response) => void setImmediate().then(() => response.writeHead(204).end()));
  const { delivery, stop } = deliveryTo(server);
  delivery.push('a', 0);
  delivery.push('b', 2);
  const running = delivery.run(stop.signal);
  await server.received(2);
  await eventually(() => (delivery.counts().sent === 2 ? true : null));
  delivery.push('c', 1);
  await server.received(3);
  stop.abort();
  await running;
  t.same(bodies(server), ['a', 'b', 'c']);
  t.equal(server.openMax, 1);
  t.same(delivery.counts(), { sent: 3, failed: 0, dropped: dropped({}) });
});

await t.test('a failure that may pass is tried again, ever later, with headers made anew', async (t) => {
  await using server = await receiver(503, 500, 429, 204);
  let tries = 0;
  const { delivery, stop, waits } = deliveryTo(server, {
    headers: (body) => {
      tries += 1;
      return { 'x-try': `${tries} ${body}` };
    },
  });
  delivery.push('a', 0);
  const running = delivery.run(stop.signal);
  await eventually(() => (delivery.counts().sent === 1 ? true : null));
  stop.abort();
  await running;
  t.same(
    server.requests.map(({ headers }) => headers['x-try']),
    ['1 a', '2 a', '3 a', '4 a'],
  );
  t.same(delivery.counts(), { sent: 1, failed: 3, dropped: dropped({}) });
  for (const [index, fullMs] of [1000, 2000, 4000].entries()) {
    t.ok((waits[index] ?? 0) >= fullMs / 2 && (waits[index] ?? 0) <= fullMs, `wait ${index}: ${waits[index]}`);
  }
});

await t.test('a receiver that asks for a longer wait gets it', async (t) => {
  await using server = await receiver((response) => response.writeHead(429, { 'retry-after': '90' }).end(), 204);
  const { delivery, stop, waits } = deliveryTo(server);
  delivery.push('a', 0);
  const running = delivery.run(stop.signal);
  await server.received(2);
  stop.abort();
  await running;
  t.same(waits, [90_000]);
});

await t.test('after five minutes of failures a body is given up, and the next one is tried', async (t) => {
  await using server = await receiver((response, { body }) => response.writeHead(body === 'a' ? 500 : 204).end());
  const { delivery, stop, clock, waits } = deliveryTo(server);
  delivery.push('a', 2);
  delivery.push('b', 0);
  const running = delivery.run(stop.signal);
  await eventually(() => (delivery.counts().sent === 1 ? true : null));
  t.ok(clock.now <= 300_000 && clock.now > 200_000, `given up after ${clock.now} ms`);
  t.ok(Math.max(...waits) <= 60_000);
  t.ok(waits.length >= 8 && waits.length <= 20, `${waits.length} waits`);
  t.match(delivery.counts(), { failed: waits.length + 1, dropped: dropped({ gave_up: 1 }) });
  stop.abort();
  await running;
});

await t.test('after a success the waits begin anew', async (t) => {
  await using server = await receiver(500, 500, 500, 204, 500, 204);
  const { delivery, stop, waits } = deliveryTo(server);
  delivery.push('a', 0);
  delivery.push('b', 0);
  const running = delivery.run(stop.signal);
  await server.received(6);
  stop.abort();
  await running;
  t.equal(waits.length, 4);
  t.ok((waits[3] ?? 0) <= 1000, `${waits[3]}`);
});

await t.test('a final answer drops the body without another try', async (t) => {
  await using server = await receiver(404, 204);
  const { delivery, stop, waits } = deliveryTo(server);
  delivery.push('a', 2);
  delivery.push('b', 0);
  const running = delivery.run(stop.signal);
  await server.received(2);
  stop.abort();
  await running;
  t.same(bodies(server), ['a', 'b']);
  t.same(waits, []);
  t.same(delivery.counts(), { sent: 1, failed: 1, dropped: dropped({ refused: 1 }) });
});

await t.test('in a full queue the oldest of the least severe makes room, be it the newest of all', async (t) => {
  await using server = await receiver(204);
  const { delivery, stop } = deliveryTo(server, { queueMax: 3 });
  delivery.push('critical 1', 2);
  delivery.push('warning 1', 1);
  delivery.push('warning 2', 1);
  delivery.push('critical 2', 2);
  delivery.push('critical 3', 2);
  delivery.push('warning 3', 1);
  t.same(delivery.counts().dropped, dropped({ queue: 3 }));
  stop.abort();
  await delivery.run(stop.signal);
  t.same(bodies(server), ['critical 1', 'critical 2', 'critical 3']);
});

await t.test('a hundred bodies wait at most', async (t) => {
  await using server = await receiver(204);
  const { delivery } = deliveryTo(server);
  for (let body = 0; body < 101; body += 1) delivery.push(String(body), 0);
  t.same(delivery.counts().dropped, dropped({ queue: 1 }));
});

await t.test('a stop sends what waits, each once, and drops what fails then', async (t) => {
  await using server = await receiver((response, { body }) => response.writeHead(body === 'b' ? 500 : 204).end());
  const { delivery, stop, waits } = deliveryTo(server);
  for (const body of ['a', 'b', 'c']) delivery.push(body, 0);
  stop.abort();
  await delivery.run(stop.signal);
  t.same(bodies(server), ['a', 'b', 'c']);
  t.same(waits, []);
  t.same(delivery.counts(), { sent: 2, failed: 1, dropped: dropped({ stopped: 1 }) });
});

await t.test('a stop ends the wait for another try, and tries once more', async (t) => {
  await using server = await receiver(500, 204);
  const wait = async (_ms: number, signal: AbortSignal) => {
    await once(signal, 'abort');
  };
  const { delivery, stop } = deliveryTo(server, { wait });
  delivery.push('a', 0);
  const running = delivery.run(stop.signal);
  await eventually(() => (delivery.counts().failed === 1 ? true : null));
  stop.abort();
  await running;
  t.same(bodies(server), ['a', 'a']);
  t.same(delivery.counts(), { sent: 1, failed: 1, dropped: dropped({}) });
});

await t.test('the wait and the clock are the real ones unless others are given', async (t) => {
  await using server = await receiver(500, 204);
  const log = recordedLog();
  const delivery = new Delivery({ name: 'webhook', url: server.origin, log, headers: () => ({}), graceMs: 5000 });
  const stop = new AbortController();
  delivery.push('a', 0);
  const running = delivery.run(stop.signal);
  await server.received(2);
  stop.abort();
  await running;
  t.match(delivery.counts(), { sent: 1, failed: 1 });
});

await t.test('a stop takes no longer than its grace time, and what was not sent then is counted', async (t) => {
  await using server = await receiver(mute);
  const { delivery, stop } = deliveryTo(server, { graceMs: 30 });
  delivery.push('a', 0);
  delivery.push('b', 0);
  const running = delivery.run(stop.signal);
  await server.received(1);
  const stoppedAt = performance.now();
  stop.abort();
  await running;
  t.ok(performance.now() - stoppedAt < 2000, 'with much room for a slow machine');
  t.same(bodies(server), ['a']);
  t.same(delivery.counts(), { sent: 0, failed: 1, dropped: dropped({ stopped: 2 }) });
  delivery.push('c', 0);
  t.same(delivery.counts().dropped, dropped({ stopped: 3 }), 'nor is what comes after the end');
});

await t.test('an outage is told once, and no line holds more of the URL than its origin', async (t) => {
  await using server = await receiver(500, 500, 404, 204);
  const { delivery, stop, log } = deliveryTo(server);
  delivery.push('a', 0);
  delivery.push('b', 0);
  const running = delivery.run(stop.signal);
  await server.received(4);
  stop.abort();
  await running;
  const fields = { alert: 'webhook', receiver: server.origin };
  t.same(log.lines, [
    ['warn', { ...fields, reason: 'status 500' }, 'alerts are not delivered'],
    ['warn', { ...fields, reason: 'status 404' }, 'alerts are not delivered'],
    ['info', fields, 'alerts are delivered again'],
  ]);
  t.notMatch(JSON.stringify(log.lines), 'token');
});

await t.test('a receiver that does not answer in time is tried again', async (t) => {
  await using server = await receiver(mute, 204);
  const { delivery, stop } = deliveryTo(server, { timeoutMs: 50 });
  delivery.push('a', 0);
  const running = delivery.run(stop.signal);
  await eventually(() => (delivery.counts().sent === 1 ? true : null));
  stop.abort();
  await running;
  t.ok(delivery.counts().failed >= 1);
});
