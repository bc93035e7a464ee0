import t from 'tap';
import { storm } from '../../../src/detection/rules/storm.js';
import { attempt, LIMITS, MINUTE_MS, memoryOf, NOW, success } from '../observed.js';

const rule = storm(LIMITS);

await t.test('a minute is a storm if it is busy, and far busier than usual', async (t) => {
  const { memory, fail } = memoryOf();
  const scene = fail(attempt());
  Object.assign(memory.pbx, { failures: 400, logins: 199 });
  t.equal(rule.onAttempt?.(scene), null);
  Object.assign(memory.pbx, { failures: 401, baseline: 60 });
  t.match(rule.onAttempt?.(scene), {
    severity: 'warning',
    ban: null,
    subject: { kind: 'pbx', text: 'pbx' },
    attempts: 401,
    since: NOW - (NOW % MINUTE_MS),
    evidence: [
      { name: 'failures', count: 401, weight: 1 },
      { name: 'logins', count: 199, weight: 0 },
    ],
  });
  memory.pbx.baseline = 61;
  t.equal(rule.onAttempt?.(scene), null);
});

await t.test('phones that all register at once are one too, and nobody failed', async (t) => {
  const { memory, look } = memoryOf();
  const scene = look(success());
  Object.assign(memory.pbx, { failures: 0, logins: 1_000 });
  t.match(rule.onSuccess?.(scene), {
    attempts: 0,
    evidence: [{ weight: 0 }, { name: 'logins', count: 1_000, weight: 1 }],
  });
});
