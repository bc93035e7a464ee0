import t from 'tap';
import { unknownTrunk } from '../../../src/detection/rules/unknown-trunk.js';
import { ask, attempt, memoryOf, success } from '../observed.js';

const rule = unknownTrunk();
const caller = (n: number) => ask(`4930${1_000_000 + n}`);

await t.test('calls of strangers’ numbers are good to know from the fifth on, and nobody is banned', async (t) => {
  const { fail, failTimes } = memoryOf();
  t.equal(rule.onAttempt?.(failTimes(4, caller)), null);
  t.match(rule.onAttempt?.(fail(caller(5))), {
    severity: 'info',
    ban: null,
    attempts: 5,
    subject: { kind: 'address', text: '203.0.113.9' },
    evidence: [{ name: 'calls', count: 5, weight: 1 }],
  });
});

await t.test('whoever asks for accounts too is no trunk', async (t) => {
  for (const other of [ask('100'), attempt()]) {
    const { fail, failTimes } = memoryOf();
    fail(other);
    t.equal(rule.onAttempt?.(failTimes(20, caller)), null);
    t.equal(rule.onAttempt?.(fail(other)), null);
  }
});

await t.test('where somebody logs in, the place is known', async (t) => {
  const { look, memory, failTimes } = memoryOf();
  memory.welcome(look(success()), 0);
  t.equal(rule.onAttempt?.(failTimes(20, caller)), null);
});
