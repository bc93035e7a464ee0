import fc from 'fast-check';
import t from 'tap';
import { countInPace, newPbx } from '../../src/detection/pbx.js';
import { MINUTE_MS, NOW } from './observed.js';

const MINUTE = Math.floor(NOW / MINUTE_MS) * MINUTE_MS;

await t.test('failures and logins of a minute are counted together, and begin anew with the next', async (t) => {
  const pbx = newPbx();
  for (let n = 0; n < 5; n++) countInPace(pbx, MINUTE + n, 'failures');
  countInPace(pbx, MINUTE + 59_999, 'logins');
  t.match(pbx, { failures: 5, logins: 1, startedAt: MINUTE });
  countInPace(pbx, MINUTE + MINUTE_MS, 'logins');
  t.match(pbx, { failures: 0, logins: 1, startedAt: MINUTE });
});

await t.test('a clock that is set back opens no new minute', async (t) => {
  const pbx = newPbx();
  countInPace(pbx, MINUTE, 'failures');
  countInPace(pbx, MINUTE - 5 * MINUTE_MS, 'failures');
  t.match(pbx, { failures: 2 });
});

await t.test('the usual pace is known after a day, and half of it is forgotten in a silent day', async (t) => {
  const pbx = newPbx();
  for (let minute = 0; minute < 7 * 1440; minute++) {
    for (let n = 0; n < 6; n++) countInPace(pbx, MINUTE + minute * MINUTE_MS, 'logins');
  }
  t.ok(pbx.baseline > 5.9 && pbx.baseline < 6);
  const before = pbx.baseline;
  countInPace(pbx, MINUTE + 8 * 1440 * MINUTE_MS, 'logins');
  t.ok(Math.abs(pbx.baseline - before / 2) < 0.01);
});

await t.test('the usual pace is never above the busiest minute', async (t) => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 20 }), fc.nat(30)), { maxLength: 50 }), (minutes) => {
      const pbx = newPbx();
      let at = MINUTE;
      for (const [gap, count] of minutes) {
        at += gap * MINUTE_MS;
        for (let n = 0; n < count; n++) countInPace(pbx, at, n % 2 === 0 ? 'failures' : 'logins');
      }
      return pbx.baseline >= 0 && pbx.baseline <= 30;
    }),
  );
  t.pass('the property holds');
});
