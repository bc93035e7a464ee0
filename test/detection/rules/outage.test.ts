import t from 'tap';
import { outage } from '../../../src/detection/rules/outage.js';
import { attempt, memoryOf, NOW, success } from '../observed.js';

const rule = outage();

await t.test('ten accounts that are refused where they live are the PBX’s own mistake', async (t) => {
  const { login, fail } = memoryOf();
  const phone = (n: number) => ({ account: `${n}`, address: `198.51.100.${n}` });
  for (let n = 1; n <= 10; n++) login(success(phone(n)));
  for (let n = 1; n <= 9; n++) t.equal(rule.onAttempt?.(fail(attempt(phone(n)))), null);
  t.match(rule.onAttempt?.(fail(attempt(phone(10)))), {
    severity: 'warning',
    subject: { kind: 'pbx', text: 'pbx' },
    ban: null,
    accounts: 10,
    attempts: 10,
    since: NOW,
    evidence: [{ name: 'refused_at_home', count: 10 }],
  });
  t.equal(rule.onAttempt?.(fail(attempt({ account: 'x' }))), null, 'a stranger meanwhile is no part of it');
});
