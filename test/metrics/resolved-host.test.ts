import type { LookupAddress } from 'node:dns';
import { setImmediate } from 'node:timers/promises';
import t from 'tap';
import { ResolvedHost } from '../../src/metrics/resolved-host.js';
import { recordedLog } from './fixtures.js';

const v4 = (address: string): LookupAddress => ({ address, family: 4 });
const v6 = (address: string): LookupAddress => ({ address, family: 6 });

/** A host whose lookups are answered by hand. */
function resolvedHost(host = 'statsd.example') {
  const log = recordedLog();
  const lookups: { readonly name: string; answer(found: LookupAddress[] | Error): Promise<void> }[] = [];
  const clock = { now: 0, errors: 0 };
  const resolved = new ResolvedHost({
    host,
    log,
    onError: () => {
      clock.errors += 1;
    },
    ttlMs: 60_000,
    retryMs: 1_000,
    now: () => clock.now,
    resolve: (name) =>
      new Promise((resolve, reject) => {
        const answer = (found: LookupAddress[] | Error) => {
          if (found instanceof Error) reject(found);
          else resolve(found);
          return setImmediate();
        };
        lookups.push({ name, answer });
      }),
  });
  return { resolved, lookups, log, clock };
}

await t.test('there is no address before the first answer, and one lookup at a time', async (t) => {
  const { resolved, lookups } = resolvedHost();
  t.equal(resolved.address(), null);
  t.equal(resolved.address(), null);
  t.same(
    lookups.map(({ name }) => name),
    ['statsd.example'],
  );
  await lookups[0]?.answer([v4('127.0.0.1')]);
  t.same(resolved.address(), v4('127.0.0.1'));
  t.equal(lookups.length, 1);
});

await t.test('an answer is renewed in the background once it is old', async (t) => {
  const { resolved, lookups, clock } = resolvedHost();
  resolved.address();
  await lookups[0]?.answer([v4('127.0.0.1')]);
  clock.now = 59_999;
  resolved.address();
  t.equal(lookups.length, 1);
  clock.now = 60_000;
  t.same(resolved.address(), v4('127.0.0.1'), 'the old answer serves meanwhile');
  await lookups[1]?.answer([v4('127.0.0.2')]);
  t.same(resolved.address(), v4('127.0.0.2'));
});

await t.test('when the name cannot be resolved the last answer holds, and the lookup is tried again', async (t) => {
  const { resolved, lookups, clock, log } = resolvedHost();
  resolved.address();
  await lookups[0]?.answer(new Error('getaddrinfo EAI_AGAIN'));
  t.equal(resolved.address(), null);
  t.equal(lookups.length, 1, 'not at once');
  clock.now = 1_000;
  resolved.address();
  await lookups[1]?.answer([v4('127.0.0.1')]);
  clock.now = 61_000;
  resolved.address();
  await lookups[2]?.answer(new Error('getaddrinfo ENOTFOUND'));
  t.same(resolved.address(), v4('127.0.0.1'));
  t.equal(clock.errors, 2);
  t.match(log.lines, [
    ['warn', { host: 'statsd.example', error: /EAI_AGAIN/ }, /cannot be resolved/],
    ['warn', { host: 'statsd.example', error: /ENOTFOUND/ }, /cannot be resolved/],
  ]);
});

await t.test('IPv4 is preferred, and IPv6 is taken where there is nothing else', async (t) => {
  const both = resolvedHost();
  both.resolved.address();
  await both.lookups[0]?.answer([v6('::1'), v4('127.0.0.1')]);
  t.same(both.resolved.address(), v4('127.0.0.1'));
  const six = resolvedHost();
  six.resolved.address();
  await six.lookups[0]?.answer([v6('::1')]);
  t.same(six.resolved.address(), v6('::1'));
});

await t.test('the family stays, and so does an address that is still an answer', async (t) => {
  const { resolved, lookups, clock } = resolvedHost();
  const renewed = async (...found: LookupAddress[]) => {
    clock.now += 60_000;
    resolved.address();
    await lookups.at(-1)?.answer(found);
    return resolved.address();
  };
  await renewed(v6('::1'));
  t.same(await renewed(v6('::2'), v6('::1')), v6('::1'), 'still an answer');
  t.same(await renewed(v4('127.0.0.1'), v6('::3')), v6('::3'), 'of the same family');
  t.same(await renewed(v4('127.0.0.1')), v6('::3'), 'the last one of the same family');
  t.equal(clock.errors, 1);
});

await t.test('a name without any address is an error', async (t) => {
  const { resolved, lookups, clock } = resolvedHost();
  resolved.address();
  await lookups[0]?.answer([]);
  t.equal(resolved.address(), null);
  t.equal(clock.errors, 1);
});

await t.test('an IP address is its own answer and is never looked up', async (t) => {
  for (const [host, family] of [
    ['127.0.0.1', 4],
    ['::1', 6],
  ] as const) {
    const { resolved, lookups, clock } = resolvedHost(host);
    t.same(resolved.address(), { address: host, family });
    clock.now = 1e12;
    resolved.address();
    t.equal(lookups.length, 0);
  }
});

await t.test('without a resolver of ours the system is asked', async (t) => {
  const resolved = new ResolvedHost({
    host: 'localhost',
    log: recordedLog(),
    onError: () => t.fail('no error expected'),
  });
  while (resolved.address() === null) await setImmediate();
  t.match(resolved.address(), { address: /^(127\.0\.0\.1|::1)$/ });
});
