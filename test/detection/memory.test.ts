import fc from 'fast-check';
import t from 'tap';
import { findPair } from '../../src/detection/pairs.js';
import {
  ask,
  attempt,
  DAY_MS,
  HOUR_MS,
  LIMITS,
  MINUTE_MS,
  memoryOf,
  NOW,
  probe,
  SECOND_MS,
  success,
} from './observed.js';

const WEEK_MS = 7 * DAY_MS;
const points = (score: { points: number } | null | undefined) => Math.round(score?.points ?? 0);

await t.test('a guess is counted for its pair, its socket, its place, its network and its account', async (t) => {
  const { fail } = memoryOf();
  const { pair, socket, place, account, nature } = fail(attempt({ guesses: 3 }));
  t.equal(nature, 'guess');
  t.match(pair, { account: '101', attempts: 3, pace: 3 });
  t.match(socket, { port: 5060, accounts: ['101'] });
  t.match(place, { key: '203.0.113.9', attempts: 3, failures: 1, pairs: { length: 1 }, residents: 0 });
  t.match(place.network, { prefix: '203.0.113.0/24', attempts: 3 });
  t.strictSame([...place.network.accounts], ['101']);
  t.match(account, { account: '101', attempts: 3, guessedSince: NOW });
  t.strictSame([...(account?.latest ?? [])], ['203.0.113.9']);
  t.strictSame(
    [place.guesses, place.proven, place.accounts, place.network.places, account?.attackers ?? { points: 0 }].map(
      points,
    ),
    [3, 0, 1, 1, 1],
  );
});

await t.test('a handshake proves guesses, UDP does not', async (t) => {
  const { fail } = memoryOf();
  fail(attempt());
  const { place } = fail(attempt({ transport: 'TLS' }));
  t.strictSame([place.guesses, place.proven, place.network.proven].map(points), [2, 1, 1]);
});

await t.test('what a try is evidence of', async (t) => {
  const { fail, login } = memoryOf();
  login(success());
  const natureOf = (observation: ReturnType<typeof attempt>) => fail(observation).nature;
  t.equal(natureOf(attempt()), 'own', 'a wrong password where the account lives');
  t.equal(natureOf(ask('101')), 'missing', 'its endpoint is gone');
  t.equal(natureOf(attempt({ outcome: 'unanswered', hasPassword: false })), 'missing');
  t.equal(natureOf(attempt({ account: '102' })), 'guess');
  t.equal(natureOf(attempt({ address: '198.51.100.7' })), 'guess', 'elsewhere it is a stranger');
  t.equal(natureOf(ask('9999')), 'ask');
  t.equal(natureOf(ask('+15551234567')), 'call', 'a trunk that the PBX does not know');
  t.equal(natureOf(ask('00441234567890')), 'ask', 'a call that costs money');
});

await t.test('a name is asked for once, however often', async (t) => {
  const { failTimes } = memoryOf();
  const { place, pair } = failTimes(5, () => ask('9999'));
  t.strictSame([points(place.names), points(place.guesses)], [1, 0]);
  t.match(pair, { pace: 5, attempts: 5 });
  t.equal(points(failTimes(4, (n) => ask(`${n}`)).place.names), 5);
});

await t.test('a caller is no name and has no socket of its own', async (t) => {
  const { fail } = memoryOf();
  t.match(fail(ask('15551234567')), { pair: null, socket: null, place: { pairs: { length: 0 } } });
});

await t.test('a login makes a home, a resident and a friendly port, and forgives its own account only', async (t) => {
  const { failTimes, fail, login } = memoryOf();
  failTimes(3, () => attempt());
  fail(attempt({ account: '102' }));
  fail(ask('9999'));
  const { place, account } = login(success());
  t.match(account.homes, [{ place: '203.0.113.9', network: '203.0.113.0/24', since: NOW, logins: 1, doubtedUntil: 0 }]);
  t.match(place, { residents: 1, residentAt: NOW, network: { residentAt: NOW } });
  t.same([...(place.friendlyPorts ?? [])], [[5060, NOW]]);
  t.equal(findPair(place, '101'), null);
  t.strictSame([place.guesses, place.accounts, place.names].map(points), [1, 1, 1]);
  t.equal(points(account.guesses), 3, 'what was guessed at the account stays known');
  login(success({ account: '9999' }));
  t.equal(points(place.names), 0);
});

await t.test('a doubtful login earns nothing: its home is none for as long, and its guesses stay', async (t) => {
  const { memory, failTimes, fail, login } = memoryOf();
  failTimes(3, () => attempt());
  const { place } = login(success(), NOW, HOUR_MS);
  t.match(place, { residents: 1, residentAt: 0, friendlyPorts: null, network: { residentAt: NOW } });
  t.notOk(memory.isLivedIn(place, NOW));
  t.equal(points(place.guesses), 3);
  t.equal(fail(attempt(), NOW + HOUR_MS - 1).nature, 'guess');
  t.equal(fail(attempt(), NOW + HOUR_MS).nature, 'own');
  login(success(), NOW + HOUR_MS);
  t.ok(memory.isLivedIn(place, NOW + HOUR_MS));
});

await t.test('a place is lived in for a week after a login, or for as long as a login makes a home', async (t) => {
  const { memory, login } = memoryOf();
  const { place } = login(success());
  t.strictSame(
    [WEEK_MS - 1, WEEK_MS].map((age) => memory.isLivedIn(place, NOW + age)),
    [true, false],
  );
  const short = memoryOf({ limits: { ...LIMITS, homeMs: DAY_MS } });
  t.notOk(short.memory.isLivedIn(short.login(success()).place, NOW + DAY_MS));
});

await t.test('guesses halve in a week, names in a day, probes in two minutes', async (t) => {
  const { failTimes, memory, probe: take } = memoryOf();
  failTimes(8, () => attempt());
  failTimes(8, (n) => ask(`${n}`));
  for (let n = 0; n < 8; n++) take(probe());
  const place = memory.place(attempt().remote);
  t.equal(points(failTimes(1, () => attempt(), NOW + WEEK_MS).place.guesses), 5);
  const other = memoryOf();
  other.failTimes(8, (n) => ask(`${n}`));
  t.equal(points(other.fail(ask('new'), NOW + DAY_MS).place.names), 5);
  t.equal(points(take(probe(), NOW + 2 * MINUTE_MS).place.probes), 5);
  t.equal(memory.place(probe().remote), place);
});

await t.test('probes from ever new sockets are strays, also beyond as many sockets as are remembered', async (t) => {
  const { probe: take } = memoryOf();
  for (let n = 0; n < 5; n++) take(probe());
  t.equal(points(take(probe()).place.strays), 1);
  for (let n = 0; n < 99; n++) take(probe({ port: 10_000 + n }));
  const { place } = take(probe({ port: 20_000 }));
  t.equal(points(place.strays), 101);
  t.equal(place.sockets?.size, 64);
});

await t.test('whoever is banned is kept out: a place, a network, a part of it, a socket', async (t) => {
  const { memory, fail } = memoryOf();
  const seen = attempt();
  t.notOk(memory.isKeptOut(seen, NOW), 'nothing is known');
  const { place, socket } = fail(seen);
  const isKeptOut = (port = 5060, now = NOW) => memory.isKeptOut(attempt({ port }), now);
  t.notOk(isKeptOut());
  if (socket !== null) socket.ban.until = NOW + 1;
  t.strictSame([isKeptOut(), isKeptOut(5061), isKeptOut(5060, NOW + 1)], [true, false, false]);
  place.ban.until = NOW + 1;
  t.ok(isKeptOut(5061));
  place.ban.until = 0;
  place.network.ban.until = NOW + 1;
  t.ok(isKeptOut(5061));
  const six = fail(attempt({ address: '2001:db8:0:1200::9' })).place;
  six.network.partBans = new Map([[0x12, { until: NOW + 1, count: 1, isMild: false }]]);
  t.ok(memory.isKeptOut(attempt({ address: '2001:db8:0:1200::77' }), NOW));
  fail(attempt({ address: '2001:db8:0:1300::9' }));
  t.notOk(memory.isKeptOut(attempt({ address: '2001:db8:0:1300::9' }), NOW));
});

await t.test(
  'a login that a ban should have kept out is an attacker’s, unless what is banned may be a phone',
  async (t) => {
    const { memory, fail } = memoryOf();
    const { socket, place } = fail(attempt());
    const isAttacker = () => memory.success(success(), NOW, true).isBannedAttacker;
    t.ok(isAttacker());
    Object.assign(socket?.ban ?? {}, { until: NOW + 1, isMild: true });
    t.notOk(isAttacker());
    place.ban.until = NOW + 1;
    t.ok(isAttacker());
    t.notOk(memory.success(success(), NOW, false).isBannedAttacker);
  },
);

await t.test('a /64 is one place; the address is known as long as it is the only one', async (t) => {
  const { fail } = memoryOf();
  t.match(fail(attempt({ address: '2001:db8::9' })).place, { key: '2001:db8::/64', host: '2001:db8::9' });
  t.match(fail(attempt({ address: '2001:db8::10' })).place, { key: '2001:db8::/64', host: null, attempts: 2 });
  t.match(fail(attempt({ address: '2001:db8:0:1::9' })).place, {
    attempts: 1,
    network: { prefix: '2001:db8::/48', attempts: 3 },
  });
});

await t.test('a part of a /48 in which somebody logged in is known', async (t) => {
  const { login } = memoryOf();
  t.same([...(login(success({ address: '2001:db8:0:1200::9' })).place.network.livedParts ?? [])], [0x12]);
  t.equal(login(success()).place.network.livedParts, null, 'IPv4 has none');
});

await t.test('a place that guesses here and there for half a day is patient, and counted once', async (t) => {
  const { fail, memory } = memoryOf();
  const at = (hours: number, account: string) => fail(attempt({ account }), NOW + hours * HOUR_MS);
  t.notOk(at(0, '101').isPatient);
  t.notOk(at(6, '102').isPatient);
  t.ok(at(12, '103').isPatient);
  t.ok(at(13, '104').isPatient);
  t.equal(points(memory.pbx.patient), 1);
  t.notOk(at(13.1, '105').isPatient, 'not patient enough');
});

await t.test('neighbours that guess at the same accounts share them', async (t) => {
  const { fail } = memoryOf();
  fail(attempt({ address: '203.0.113.1' }));
  fail(attempt({ address: '203.0.113.2' }));
  const { place } = fail(attempt({ address: '203.0.113.3', account: '102' }));
  t.strictSame([points(place.network.sharing), points(place.network.places)], [1, 3]);
  for (let n = 0; n < 99; n++) fail(attempt({ account: `a${n}` }));
  t.equal(place.network.accounts.length, 64);
});

await t.test('a place that fell silent counts for the PBX where several guess at its account', async (t) => {
  const { memory, fail, login } = memoryOf();
  const scenes = [1, 2, 3].map((n) => fail(attempt({ address: `198.51.${n}.7` })));
  const { place } = scenes[0] as (typeof scenes)[0];
  const suspect = { place, guess: attempt({ address: '198.51.1.7' }), at: NOW };
  t.match(memory.silence(suspect, NOW), { isSilence: true, account: { account: '101' }, socket: null });
  t.equal(points(memory.pbx.silent), 1);
  for (const n of [4, 5, 6]) login(success({ address: `192.0.${n}.7` }));
  memory.silence(suspect, NOW);
  t.equal(points(memory.pbx.silent), 1, 'whose account roams may have been there themselves');
  t.equal(memory.silence({ ...suspect, guess: ask('nobody') }, NOW).account, null);
});

await t.test('an account has at most eight homes; the one that was left longest ago goes', async (t) => {
  const { login } = memoryOf();
  for (let n = 0; n < 9; n++) login(success({ address: `198.51.${n}.7` }), NOW + n);
  const { account } = login(success({ address: '198.51.1.7' }), NOW + 20);
  t.same(
    account.homes.map(({ place }) => place),
    [1, 2, 3, 4, 5, 6, 7, 8].map((n) => `198.51.${n}.7`),
  );
});

await t.test('of an account the latest 64 places are known that guess at it', async (t) => {
  const { fail } = memoryOf();
  for (let n = 0; n < 70; n++) fail(attempt({ address: `198.51.${n}.7` }));
  const { account } = fail(attempt({ address: '198.51.69.7' }));
  t.equal(account?.latest.length, 64);
  t.equal([...(account?.latest ?? [])][0], '198.51.6.7');
});

await t.test('accounts that are refused where they live are counted for an hour', async (t) => {
  const { memory, fail, login } = memoryOf();
  for (const account of ['101', '102', '103']) login(success({ account }));
  fail(attempt());
  fail(attempt());
  fail(ask('102'));
  fail(attempt({ account: '103', outcome: 'unanswered', hasPassword: false }));
  t.equal(memory.pbx.refused.size, 2, 'a challenge that nobody answers is no refusal');
  fail(attempt({ account: '103' }), NOW + HOUR_MS + 1);
  t.equal(memory.pbx.refused.size, 1);
});

await t.test('a change is told once, until the record was saved', async (t) => {
  const { memory, dirty, fail } = memoryOf();
  fail(attempt());
  t.same(dirty, ['places 203.0.113.9', 'networks 203.0.113.0/24', 'pbx pbx', 'accounts PJSIP 101']);
  fail(attempt());
  t.equal(dirty.length, 4);
  t.match(memory.saved('accounts', 'PJSIP\0' + '101'), {});
  fail(attempt());
  t.same(dirty.slice(4), ['accounts PJSIP 101']);
});

await t.test(
  'however many come, as many places are remembered as there is room, and who lives somewhere stays',
  async (t) => {
    const { memory, fail, login, dirty } = memoryOf({ placesMax: 50 });
    login(success({ address: '192.0.2.1' }));
    const { place } = fail(attempt({ address: '192.0.2.2' }));
    place.ban.until = NOW + DAY_MS;
    const guesser = fail(attempt({ address: '192.0.2.3', guesses: 20 }));
    for (let n = 0; n < 2_000; n++) fail(attempt({ address: `10.${n >> 8}.${n & 255}.1`, account: `${n}` }));
    t.match(memory.size, { places: 50, evicted: 1_953 });
    for (const n of [1, 2, 3]) t.ok(memory.place(success({ address: `192.0.2.${n}` }).remote), `192.0.2.${n}`);
    t.equal(memory.place(guesser.observation.remote), guesser.place);
    t.ok(memory.account('PJSIP', '101'));
    t.equal(memory.account('PJSIP', '0'), undefined);
    t.ok(dirty.includes('accounts PJSIP 0'));
  },
);

await t.test('whatever happens, no record outgrows its limits', async (t) => {
  const step = fc.record({
    kind: fc.constantFrom('attempt', 'ask', 'probe', 'success', 'doubtful'),
    host: fc.nat(5),
    port: fc.integer({ min: 0, max: 300 }),
    account: fc.nat(200).map(String),
    afterMs: fc.nat(HOUR_MS),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 100, maxLength: 600 }), (steps) => {
      const { memory, fail, probe: take, login } = memoryOf({ placesMax: 4 });
      let now = NOW;
      for (const { kind, host, port, account, afterMs } of steps) {
        now += afterMs;
        const seen = { address: host < 3 ? `203.0.113.${host}` : `2001:db8::${host}`, port, account };
        if (kind === 'attempt') fail(attempt(seen), now);
        else if (kind === 'ask') fail(ask(account, seen), now);
        else if (kind === 'probe') take(probe(seen), now);
        else login(success(seen), now, kind === 'success' ? 0 : DAY_MS);
        const place = memory.place(probe(seen).remote);
        const known = memory.account('PJSIP', account);
        const pairs = place?.pairs ?? [];
        const isBounded =
          pairs.length <= 64 &&
          pairs.every(({ ports }) => ports.length <= 4) &&
          (place?.sockets?.size ?? 0) <= 64 &&
          (place?.friendlyPorts?.size ?? 0) <= 512 &&
          (known?.homes.length ?? 0) <= 8 &&
          (known?.latest.length ?? 0) <= 64 &&
          memory.size.places <= 4;
        if (!isBounded) return false;
      }
      return true;
    }),
    { numRuns: 30 },
  );
  t.pass('the property holds');
});

await t.test('ports of residents are remembered, the latest 512 of them', async (t) => {
  const { login } = memoryOf();
  for (let port = 1; port <= 600; port++) login(success({ port }), NOW + port * SECOND_MS);
  const { place } = login(success({ port: 600 }));
  t.equal(place.friendlyPorts?.size, 512);
  t.notOk(place.friendlyPorts?.has(88));
  t.ok(place.friendlyPorts?.has(89));
});
