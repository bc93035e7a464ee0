import t from 'tap';
import { storm } from '../../../src/detection/rules/storm.js';
import { addressRecord, attemptScene, MINUTE_MS, NOW, successScene } from '../records.js';

const rule = storm({ stormPerMinute: 600, stormFactor: 10 });

function minuteOf(count: number, baseline: number) {
  const scene = attemptScene(addressRecord());
  Object.assign(scene.pace, { count, baseline });
  return scene;
}

await t.test('a minute is a storm if it is busy, and far busier than usual', async (t) => {
  t.equal(rule.onAttempt?.(minuteOf(599, 0)), null);
  t.match(rule.onAttempt?.(minuteOf(600, 60)), {
    severity: 'warning',
    ban: null,
    subject: { kind: 'pbx', text: 'pbx' },
    attempts: 600,
    since: NOW - (NOW % MINUTE_MS),
  });
  t.equal(rule.onAttempt?.(minuteOf(600, 61)), null);
});

await t.test('phones that all register at once are one too', async (t) => {
  const scene = successScene(addressRecord());
  Object.assign(scene.pace, { count: 1000, baseline: 5 });
  t.match(rule.onSuccess?.(scene), { attempts: 1000 });
});
