import t from 'tap';
import { distributed } from '../../../src/detection/rules/distributed.js';
import { ask, attempt, HOUR_MS, LIMITS, memoryOf, NOW, success } from '../observed.js';

const rule = distributed(LIMITS);
const bot = (n: number) => ({ address: `198.51.${n}.7` });

function besieged(networks: number) {
  const world = memoryOf();
  for (let n = 1; n < networks; n++) world.fail(attempt(bot(n)));
  return { ...world, last: world.fail(attempt(bot(networks))) };
}

await t.test('thirty networks that guess at one account are one attack', async (t) => {
  t.equal(rule.onAttempt?.(besieged(29).last), null);
  t.match(rule.onAttempt?.(besieged(30).last), {
    severity: 'warning',
    subject: { kind: 'account', text: '101' },
    addresses: 30,
    attempts: 30,
    ban: null,
    evidence: [{ name: 'attackers', count: 30 }, { name: 'guesses_elsewhere' }],
  });
});

await t.test(
  'whoever comes back after an hour is no person who tries again, and is banned for their part',
  async (t) => {
    const { fail } = besieged(31);
    t.match(rule.onAttempt?.(fail(attempt(bot(1)), NOW + HOUR_MS - 1)), { ban: null });
    t.match(rule.onAttempt?.(fail(attempt(bot(2)), NOW + HOUR_MS)), { ban: { target: 'place', term: 'campaign' } });
  },
);

await t.test('whoever falls silent is banned where a handshake proves who they are', async (t) => {
  for (const transport of ['TLS', 'UDP'] as const) {
    const { memory, fail } = besieged(31);
    const { place } = fail(attempt({ ...bot(40), transport }));
    const scene = memory.silence({ place, guess: attempt({ ...bot(40), transport }), at: NOW }, NOW);
    t.match(rule.onSilence?.(scene), { ban: transport === 'TLS' ? { target: 'place', term: 'campaign' } : null });
  }
});

await t.test('of an account that is carried about any place may be its owner’s', async (t) => {
  const { fail, login } = besieged(31);
  for (const n of [61, 62, 63]) login(success(bot(n)));
  t.match(rule.onAttempt?.(fail(attempt(bot(1)), NOW + HOUR_MS)), { ban: null });
});

await t.test('nobody guesses at an account that is not known', async (t) => {
  const { fail } = memoryOf();
  t.equal(rule.onAttempt?.(fail(ask('9999'))), null);
  t.equal(rule.onAttempt?.(fail(attempt({ outcome: 'unknown_account', account: '9999' }))), null);
});

await t.test('a network whose places guess at the same accounts is one attacker', async (t) => {
  for (const transport of ['TLS', 'UDP'] as const) {
    const { fail } = memoryOf();
    const neighbour = (n: number) => attempt({ address: `203.0.113.${n}`, account: `${n % 2}`, transport });
    for (let n = 1; n < 10; n++) t.equal(rule.onAttempt?.(fail(neighbour(n))), null);
    t.match(rule.onAttempt?.(fail(neighbour(10))), {
      severity: 'warning',
      subject: { kind: 'prefix', text: '203.0.113.0/24' },
      addresses: 10,
      accounts: 2,
      ban: { target: 'network', term: transport === 'TLS' ? 'attack' : 'churn' },
    });
    for (let n = 0; n < 8; n++) fail(attempt({ address: '203.0.113.10', account: '0', transport }));
    t.equal(rule.onAttempt?.(fail(neighbour(10))), null, 'who tries one account for long is none of them');
  }
});
