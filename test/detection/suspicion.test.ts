import t from 'tap';
import {
  deedsOf,
  isFast,
  isPersistent,
  isRestless,
  isScattered,
  isSpray,
  isTireless,
} from '../../src/detection/suspicion.js';
import { attempt, DAY_MS, HOUR_MS, LIMITS, MINUTE_MS, memoryOf, NOW } from './observed.js';

const deeds = (guesses: number, restless: number, accounts: number) => ({
  guesses,
  restless,
  accounts,
  isProven: false,
});

await t.test('deeds are those of now, and proven where more than half of the guesses are', async (t) => {
  const { fail } = memoryOf();
  for (let n = 0; n < 4; n++) fail(attempt({ transport: n < 2 ? 'TLS' : 'UDP', account: `${n}` }));
  const { place } = fail(attempt({ account: '5', port: 5061 }));
  t.match(deedsOf(place, NOW), { guesses: 5, accounts: 5, isProven: false });
  t.ok(deedsOf(place, NOW + 7 * DAY_MS).guesses < 2.6);
  fail(attempt({ transport: 'TLS' }));
  const proven = memoryOf();
  t.ok(deedsOf(proven.fail(attempt({ transport: 'TLS' })).place, NOW).isProven);
});

await t.test(
  'who has several accounts and ever new sockets is restless at the limit, with one account much later',
  async (t) => {
    t.notOk(isRestless(deeds(9, 9, 3), LIMITS));
    t.ok(isRestless(deeds(10, 10, 3), LIMITS));
    t.notOk(isRestless(deeds(59, 59, 1), LIMITS), 'a device whose sockets change');
    t.ok(isRestless(deeds(60, 60, 1), LIMITS));
    t.ok(isRestless(deeds(4, 4, 3), LIMITS, 0.4), 'early');
    t.notOk(isRestless(deeds(7, 7, 1), LIMITS, 0.4));
    t.ok(isRestless(deeds(8, 8, 1), LIMITS, 0.4));
  },
);

await t.test('where most guesses are those of devices, some restless ones are an accident of a NAT', async (t) => {
  t.notOk(isRestless(deeds(26, 10, 3), LIMITS));
  t.ok(isRestless(deeds(25, 10, 3), LIMITS));
});

await t.test(
  'few tries at each of many accounts are a spray; a fleet of phones gets ten minutes to repeat itself',
  async (t) => {
    const { place } = memoryOf().fail(attempt());
    const isSprayAfter = (minutes: number, guesses: number, accounts: number) =>
      isSpray(deeds(guesses, 0, accounts), place, NOW + minutes * MINUTE_MS, LIMITS);
    t.notOk(isSprayAfter(9, 12, 12));
    t.ok(isSprayAfter(10, 12, 12));
    t.notOk(isSprayAfter(60, 11, 11));
    t.notOk(isSprayAfter(10, 36, 12), 'three tries at each');
    t.ok(isSprayAfter(0, 24, 24), 'no office has so many new phones');
  },
);

await t.test('thirty tries at one account within four minutes are faster than any device', async (t) => {
  const { failTimes } = memoryOf();
  t.notOk(isFast(failTimes(29, () => attempt())));
  t.ok(isFast(failTimes(1, () => attempt())));
  t.notOk(isFast({ ...failTimes(1, () => attempt()), pair: null }));
});

await t.test('sixty tries at one account are more than a customer lets a device fail', async (t) => {
  const { failTimes } = memoryOf();
  t.notOk(
    isPersistent(
      failTimes(59, () => attempt()),
      LIMITS,
    ),
  );
  const scene = failTimes(1, () => attempt());
  t.ok(isPersistent(scene, LIMITS));
  t.notOk(isPersistent({ ...scene, pair: null }, LIMITS));
  t.notOk(isPersistent({ ...scene, now: NOW + 7 * DAY_MS }, LIMITS), 'half of it is forgotten in a week');
});

await t.test('a socket with more guesses than a gateway makes is tireless', async (t) => {
  const { failTimes } = memoryOf();
  const scene = failTimes(241, (n) => attempt({ account: `${n % 8}` }), NOW + HOUR_MS);
  t.ok(isTireless(scene, LIMITS));
  t.notOk(
    isTireless(
      memoryOf().failTimes(239, () => attempt()),
      LIMITS,
    ),
  );
  t.notOk(isTireless({ ...scene, socket: null }, LIMITS));
});

/** A password for a name that Asterisk does not know. */
const unknown = (port: number) => attempt({ port, account: '%EXT%', outcome: 'unknown_account' });

await t.test('a name that does not exist may be that of many devices, each with its own socket', async (t) => {
  const { failTimes } = memoryOf();
  const scene = failTimes(479, (n) => unknown(20_000 + (n % 16)), NOW, 100);
  t.notOk(isFast(scene));
  t.notOk(isPersistent(scene, LIMITS));
  t.ok(isFast(failTimes(1, () => unknown(20_000))), 'thirty tries each within four minutes');
  t.ok(
    isPersistent(
      failTimes(151, () => unknown(20_000)),
      LIMITS,
    ),
    'one of them has made 180 tries',
  );
  t.notOk(isPersistent({ ...failTimes(1, () => unknown(0)), socket: null }, LIMITS));
});

await t.test('who tries five accounts or more hardly more than once is scattered', async (t) => {
  const { failTimes } = memoryOf();
  t.notOk(isScattered(failTimes(4, (n) => attempt({ account: `${n}` })).place, NOW));
  const { place } = failTimes(1, () => attempt({ account: '4' }));
  t.ok(isScattered(place, NOW));
  failTimes(3, () => attempt({ account: '4' }));
  t.notOk(isScattered(place, NOW), 'eight tries at five accounts');
});
