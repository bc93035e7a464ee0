import t from 'tap';
import { Suspects } from '../../src/detection/suspects.js';
import { attempt, MINUTE_MS, memoryOf, NOW, type Seen, success } from './observed.js';

const SILENCE_MS = 15 * MINUTE_MS;

function setUp() {
  const suspects = new Suspects();
  const memory = memoryOf({ placesMax: 20_000 });
  return {
    ...memory,
    guess: (seen: Seen = {}, now = NOW) => suspects.take(memory.fail(attempt(seen), now)),
    silentAt: (now: number) =>
      [...suspects.fallenSilent(now)].map(({ place, guess }) => `${place.key} ${guess.account}`),
  };
}

await t.test(
  'who guesses a few times and says no more for a quarter of an hour fell silent, and is told once',
  async (t) => {
    const { guess, silentAt } = setUp();
    guess();
    guess({ account: '102' }, NOW + MINUTE_MS);
    t.same(silentAt(NOW + MINUTE_MS + SILENCE_MS - 1), []);
    t.same(silentAt(NOW + MINUTE_MS + SILENCE_MS), ['203.0.113.9 102']);
    t.same(silentAt(NOW + 9 * SILENCE_MS), []);
  },
);

await t.test('who guessed more than five times is no matter of silence', async (t) => {
  const { guess, silentAt } = setUp();
  for (let n = 0; n < 6; n++) guess();
  t.same(silentAt(NOW + SILENCE_MS), []);
});

await t.test('unless they tried many accounts, each hardly more than once', async (t) => {
  const { guess, silentAt } = setUp();
  for (let n = 0; n < 10; n++) guess({ account: `${n}` });
  t.same(silentAt(NOW + SILENCE_MS), ['203.0.113.9 9']);
});

await t.test('nor is a place where somebody lives, or has moved in since', async (t) => {
  const { guess, login, silentAt } = setUp();
  login(success({ address: '198.51.100.1' }));
  guess({ address: '198.51.100.1', account: '102' });
  guess();
  login(success());
  t.same(silentAt(NOW + SILENCE_MS), []);
});

await t.test('nor a /64 with more than one host, nor a call', async (t) => {
  const { guess, silentAt, fail } = setUp();
  guess({ address: '2001:db8::1' });
  guess({ address: '2001:db8::2' });
  new Suspects().take(fail(attempt({ account: '15551234567', hasPassword: false, outcome: 'unknown_account' })));
  t.same(silentAt(NOW + SILENCE_MS), []);
});

await t.test('of more than ten thousand, who has been silent longest is let go', async (t) => {
  const { guess, silentAt } = setUp();
  const address = (n: number) => `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`;
  for (let n = 0; n < 10_001; n++) guess({ address: address(n) });
  const silent = silentAt(NOW + SILENCE_MS);
  t.equal(silent.length, 10_000);
  t.equal(silent[0], `${address(1)} 101`);
});
