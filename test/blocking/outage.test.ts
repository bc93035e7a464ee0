import t from 'tap';
import { Outage } from '../../src/blocking/outage.js';
import { keptLog } from './fixtures.js';

await t.test('each kind of failure is said once until it is mended, and that it is mended once', async (t) => {
  const { log, lines } = keptLog();
  const outage = new Outage(log, { begun: 'it fails', over: 'it works' });
  outage.over();
  t.strictSame(lines, []);
  t.equal(outage.isOn, false);
  outage.failed('timeout', 'first');
  outage.failed('timeout', 'second');
  outage.failed('rejected', 'third');
  t.equal(outage.isOn, true);
  outage.over({ bans: 3 });
  outage.over();
  t.equal(outage.isOn, false);
  outage.failed('timeout', 'fourth');
  t.strictSame(lines, [
    { level: 'warn', message: 'it fails', fields: { kind: 'timeout', reason: 'first' } },
    { level: 'warn', message: 'it fails', fields: { kind: 'rejected', reason: 'third' } },
    { level: 'info', message: 'it works', fields: { bans: 3 } },
    { level: 'warn', message: 'it fails', fields: { kind: 'timeout', reason: 'fourth' } },
  ]);
});
