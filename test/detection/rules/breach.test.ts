import t from 'tap';
import { breach } from '../../../src/detection/rules/breach.js';
import {
  attempt,
  DAY_MS,
  HOUR_MS,
  LIMITS,
  MINUTE_MS,
  memoryOf,
  NOW,
  SECOND_MS,
  type Seen,
  success,
} from '../observed.js';

const rule = breach(LIMITS);
const BAN = { target: 'place', term: 'attack' };
const HOME = { address: '192.0.2.10' };
const TLS = { transport: 'TLS' } as const;

function world() {
  const own = memoryOf();
  /** What is said of a login, which then makes its home. */
  const judge = (seen: Seen = {}, now = NOW) => {
    const scene = own.look(success(seen), now);
    const verdict = rule.onSuccess?.(scene) ?? null;
    own.memory.welcome(scene, 0);
    return verdict;
  };
  return { ...own, judge };
}

/** A world in which so many guesses were made from here. */
function after(times: number, make: (n: number) => Seen = () => ({})) {
  const own = world();
  own.failTimes(times, (n) => attempt(make(n)));
  return own;
}

await t.test('a login without guesses is no news, nor one after two', async (t) => {
  t.equal(world().judge(), null);
  t.equal(after(2).judge(), null);
});

await t.test('who tried a few times from one socket, a person or a device, is good to know', async (t) => {
  t.match(after(4).judge(), {
    severity: 'info',
    ban: null,
    attempts: 4,
    subject: { kind: 'account', text: '101' },
    evidence: [{ name: 'guesses_here', count: 4 }],
  });
});

await t.test('who tried for longer than a customer lets a device fail is a warning', async (t) => {
  t.match(after(62).judge(), { severity: 'warning', ban: null });
});

await t.test('ever new sockets are a warning early, and a break-in after twice the limit', async (t) => {
  const churn = (n: number) => ({ port: 10_000 + n, account: `${100 + (n % 4)}` });
  t.match(after(9, churn).judge(), { severity: 'warning' });
  t.match(after(24, churn).judge(), {
    severity: 'critical',
    ban: BAN,
    evidence: [{ name: 'guesses_here' }, { name: 'guesses_at_others', count: 18 }],
  });
});

await t.test('a few guesses at several accounts are a warning, where nobody lives', async (t) => {
  t.match(after(4, (n) => ({ account: `${100 + n}` })).judge(), { severity: 'warning' });
  const office = world();
  office.login(success({ account: '200' }));
  office.failTimes(4, (n) => attempt({ account: `${100 + n}`, port: 7_000 + n }));
  t.equal(office.judge(), null);
});

await t.test(
  'who logs in although a ban should keep them out is a break-in, but for what may be a phone',
  async (t) => {
    const { memory, look } = after(3);
    t.match(rule.onSuccess?.({ ...look(success()), isBannedAttacker: true }), { severity: 'critical', ban: BAN });
    t.equal(memory.success(success(), NOW, false).isBannedAttacker, false);
  },
);

await t.test('at the manager interface guesses without a name are those of whoever logs in', async (t) => {
  const { fail, judge } = world();
  for (let n = 0; n < 4; n++) fail({ ...attempt({ service: 'AMI' }), account: null });
  t.match(judge({ service: 'AMI', account: 'admin' }), {
    severity: 'info',
    evidence: [{ name: 'guesses_here', count: 4 }],
  });
});

await t.test('a login through the socket that guessed at others is a warning, unless it is a gateway’s', async (t) => {
  t.match(after(12, (n) => ({ account: `${200 + (n % 9)}` })).judge(), {
    severity: 'warning',
    evidence: [{ name: 'guesses_at_others', count: 12 }],
  });
  t.equal(after(12, (n) => ({ account: `${200 + (n % 4)}` })).judge(), null, 'lines of a gateway, three tries each');
  const elsewhere = after(12, (n) => ({ account: `${200 + (n % 9)}`, port: 7 }));
  t.equal(elsewhere.judge({ port: 8 }), null, 'another socket');
  const gateway = world();
  for (const account of ['1', '2', '3']) gateway.login(success({ account }));
  gateway.failTimes(12, (n) => attempt({ account: `${200 + n}` }));
  t.equal(gateway.judge(), null, 'others log in through it');
});

await t.test(
  'a place that guessed at others and where nobody lives is a warning for a day, over a proven transport',
  async (t) => {
    const attacker = (n: number) => ({ ...TLS, account: `${200 + n}`, port: 7 });
    t.match(after(3, attacker).judge({ ...TLS, port: 8 }), {
      severity: 'warning',
      evidence: [{ name: 'guesses_at_others', count: 3 }],
    });
    t.equal(after(3, attacker).judge({ ...TLS, port: 8 }, NOW + DAY_MS + 1), null);
    t.equal(after(3, (n) => ({ ...attacker(n), transport: 'UDP' })).judge({ port: 8 }), null);
    t.equal(after(12, (n) => attacker(n % 3)).judge({ ...TLS, port: 8 }), null, 'devices');
  },
);

await t.test('a patient place that gets in where others guessed is a break-in', async (t) => {
  const { fail, judge } = world();
  for (const hours of [0, 6, 12]) fail(attempt({ account: `${200 + hours}`, port: 7 }), NOW + hours * HOUR_MS);
  fail(attempt({ address: '198.51.100.7' }));
  t.match(judge({ port: 8 }, NOW + 13 * HOUR_MS), {
    severity: 'critical',
    evidence: [{ name: 'guesses_at_others' }, { name: 'guesses_elsewhere', count: 1 }],
  });
});

await t.test('in a /64 with several hosts it was somebody else who guessed', async (t) => {
  const { fail, judge } = world();
  for (let n = 0; n < 4; n++) fail(attempt({ ...TLS, address: `2001:db8::${n}`, account: `${200 + n}` }));
  t.equal(judge({ ...TLS, address: '2001:db8::99', port: 8 }), null);
});

await t.test(
  'a login next door to who guessed at the account is a warning, or a break-in where nobody lives',
  async (t) => {
    const nextDoor = (times: number, hasResident = false) => {
      const { fail, judge, login } = world();
      if (hasResident) login(success({ address: '203.0.113.77', account: '177' }));
      fail(attempt({ address: '203.0.113.1', guesses: times }));
      return judge();
    };
    t.equal(nextDoor(4), null);
    t.match(nextDoor(5), {
      severity: 'warning',
      evidence: [{ name: 'guesses_nearby', count: 5 }, { name: 'guesses_elsewhere' }],
    });
    t.match(nextDoor(21), { severity: 'critical', ban: BAN });
    t.match(nextDoor(21, true), { severity: 'warning', ban: null });
  },
);

/** Strangers guess at the account from so many networks. */
function besieged(networks: number, guesses = 1) {
  const own = world();
  return {
    ...own,
    siege: (now = NOW) => {
      for (let n = 0; n < networks; n++) own.fail(attempt({ address: `198.51.${n}.7`, guesses }), now);
    },
  };
}

await t.test(
  'a first login while many guess at the account is a warning, and none at a known home or network',
  async (t) => {
    const { siege, judge, login } = besieged(31);
    login(success(HOME), NOW - DAY_MS);
    siege();
    t.equal(judge(HOME), null);
    t.equal(judge({ address: '192.0.2.11' }), null, 'the neighbour of its home');
    t.match(judge(), {
      severity: 'warning',
      addresses: 31,
      evidence: [{ name: 'guesses_elsewhere', count: 31 }, { name: 'attackers' }, {}, {}],
    });
  },
);

await t.test('whoever is on the road logs in everywhere', async (t) => {
  const { siege, judge, login } = besieged(31);
  for (const n of [1, 2, 3]) login(success({ address: `192.0.${n}.7` }), NOW - HOUR_MS);
  siege();
  t.equal(judge(), null);
});

await t.test('a login elsewhere while the owner is at home is a warning where the account was attacked', async (t) => {
  const inUse = (guesses: number) => {
    const { siege, judge, login } = besieged(1, guesses);
    login(success(HOME), NOW - DAY_MS);
    siege();
    login(success(HOME), NOW - MINUTE_MS);
    return judge();
  };
  t.equal(inUse(19), null);
  t.match(inUse(21), { severity: 'warning', evidence: [{}, {}, {}, { name: 'home_in_use' }] });
});

await t.test('an account that nobody used and strangers guessed at for a day was dormant', async (t) => {
  const dormant = (hours: number, guesses: number) => {
    const { siege, judge } = besieged(1, guesses);
    siege(NOW - hours * HOUR_MS);
    return judge();
  };
  t.equal(dormant(1, 60), null, 'too early to know who lives where');
  t.match(dormant(3, 60), { severity: 'warning' });
  t.equal(dormant(3, 30), null);
  t.match(dormant(25, 30), { severity: 'warning' });
});

await t.test(
  'calls and calls from a new home are a warning, while the owner is at home and after guesses critical',
  async (t) => {
    const burst = (guesses: number, slots: number, isInUse: boolean) => {
      const { fail, judge, login } = world();
      login(success(HOME), NOW - 3 * DAY_MS);
      if (guesses > 0) fail(attempt({ address: '198.51.100.7', guesses }), NOW - HOUR_MS);
      judge();
      if (isInUse) login(success(HOME), NOW + SECOND_MS);
      let verdict = null;
      for (let n = 1; n <= slots; n++) verdict = judge({}, NOW + n * 10 * SECOND_MS);
      return verdict;
    };
    t.equal(burst(0, 149, false), null);
    t.match(burst(0, 150, false), {
      severity: 'warning',
      ban: null,
      since: NOW,
      evidence: [{ name: 'burst', count: 150 }, { name: 'new_network' }],
    });
    t.equal(burst(0, 29, true), null);
    t.match(burst(0, 30, true), { severity: 'warning', evidence: [{}, {}, { name: 'home_in_use' }] });
    t.match(burst(12, 30, true), {
      severity: 'critical',
      ban: BAN,
      evidence: [{}, {}, {}, { name: 'guesses_elsewhere', count: 12 }],
    });
  },
);

await t.test('ten logins in one moment are one, and an account with one home calls as it likes', async (t) => {
  const { judge, login } = world();
  login(success(HOME), NOW - 3 * DAY_MS);
  for (let n = 0; n < 400; n++) t.equal(judge({}, NOW + (n % 7) * SECOND_MS), null);
  const alone = world();
  for (let n = 0; n < 200; n++) t.equal(alone.judge({}, NOW + n * 10 * SECOND_MS), null);
});

await t.test(
  'the owner at home shows that a login elsewhere after guesses was somebody else’s, told once',
  async (t) => {
    const { fail, judge, login } = world();
    login(success(HOME), NOW - 3 * DAY_MS);
    fail(attempt({ address: '198.51.100.7', guesses: 12 }), NOW - HOUR_MS);
    t.equal(judge(), null);
    const verdict = judge(HOME, NOW + HOUR_MS);
    t.match(verdict, {
      severity: 'warning',
      since: NOW,
      evidence: [{ name: 'guesses_elsewhere', count: 12 }, { name: 'home_in_use' }],
    });
    if (verdict !== null) verdict.holder.told = { breach: { at: NOW, severity: 'warning', attempts: 1, isBan: false } };
    t.equal(judge(HOME, NOW + 2 * HOUR_MS), null);
    t.equal(judge(HOME, NOW + 3 * DAY_MS), null, 'a home is new for two days');
  },
);

await t.test('a guess of its own hides nothing of what others guessed', async (t) => {
  const { judge, failTimes, look } = world();
  look(success(HOME), NOW - 2 * DAY_MS);
  failTimes(30, (n) => attempt({ ...TLS, address: `198.51.${n}.9` }));
  failTimes(1, () => attempt({ ...TLS, address: '203.0.113.77' }));
  t.match(judge({ ...TLS, address: '203.0.113.77' }), {
    severity: 'warning',
    evidence: [{ name: 'guesses_elsewhere', count: 30 }],
  });
});

await t.test('a manager of the PBX who comes from a new network after a guess is told, a phone is not', async (t) => {
  for (const [service, severity] of [
    ['AMI', 'warning'],
    ['PJSIP', null],
  ] as const) {
    const { judge, failTimes } = world();
    judge({ ...HOME, service }, NOW - DAY_MS);
    failTimes(1, () => attempt({ service, address: '203.0.113.9' }));
    const verdict = judge({ service, address: '198.51.100.9' });
    t.equal(verdict?.severity ?? null, severity);
    if (severity !== null) t.match(verdict?.evidence, [{ name: 'guesses_elsewhere', count: 1 }]);
  }
});

await t.test('a manager who comes from where they always do is no news', async (t) => {
  const { judge, failTimes } = world();
  judge({ ...HOME, service: 'AMI' }, NOW - DAY_MS);
  failTimes(5, () => attempt({ service: 'AMI', address: '203.0.113.9' }));
  t.equal(judge({ ...HOME, service: 'AMI' }), null);
});

await t.test('whoever was banned twice and gets in at an account that they guessed at broke in', async (t) => {
  for (const [bans, severity] of [
    [1, null],
    [2, 'critical'],
  ] as const) {
    const { judge, look } = after(1);
    const { place } = look(success(), NOW);
    place.ban.count = bans;
    place.ban.until = NOW - HOUR_MS;
    t.equal(judge()?.severity ?? null, severity);
  }
});

await t.test('of an account that strangers guessed at, a busy new home is told though its owner is away', async (t) => {
  for (const [guesses, expected] of [
    [0, 150],
    [1, 45],
  ] as const) {
    const { judge, failTimes } = world();
    for (let hour = 0; hour < 30; hour++) judge(HOME, NOW - 10 * DAY_MS + hour * HOUR_MS);
    if (guesses > 0) failTimes(guesses, () => attempt({ address: '203.0.113.9' }));
    let told = 0;
    for (let n = 1; n <= 200 && told === 0; n++) {
      if (judge({ address: '198.51.100.9' }, NOW + n * 20 * SECOND_MS)?.severity === 'warning') told = n;
    }
    t.equal(told, expected + 1, 'the first login makes the home');
  }
});
