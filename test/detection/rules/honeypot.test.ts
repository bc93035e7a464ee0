import t from 'tap';
import { honeypot } from '../../../src/detection/rules/honeypot.js';
import { ask, attempt, LIMITS, memoryOf, success } from '../observed.js';

const rule = honeypot(LIMITS);
const BAN = { target: 'place', term: 'attack' };

await t.test('the first touch over a proven transport bans, the second over UDP', async (t) => {
  t.match(rule.onAttempt?.(memoryOf().fail(ask('1000', { transport: 'TLS' }))), { severity: 'warning', ban: BAN });
  const { fail } = memoryOf();
  t.match(rule.onAttempt?.(fail(ask('1000'))), { ban: null, attempts: 1 });
  t.match(rule.onAttempt?.(fail(ask('1000'))), { ban: BAN, attempts: 2, evidence: [{ name: 'honeypot', count: 2 }] });
});

await t.test('a login there is an attack', async (t) => {
  t.match(rule.onSuccess?.(memoryOf().look(success({ account: '1000' }))), { ban: BAN });
});

await t.test('other accounts are no bait, and nobody without a name is', async (t) => {
  const { fail, look } = memoryOf();
  t.equal(rule.onAttempt?.(fail(attempt())), null);
  t.equal(rule.onAttempt?.(fail({ ...attempt(), account: null })), null);
  t.equal(rule.onSuccess?.(look(success())), null);
});

await t.test('a bait that looks like a caller’s number is one nevertheless', async (t) => {
  const number = '15551234567';
  const baited = honeypot({ ...LIMITS, honeypots: new Set([number]) });
  t.match(baited.onAttempt?.(memoryOf().fail(ask(number))), { ban: null, attempts: 1 });
});
