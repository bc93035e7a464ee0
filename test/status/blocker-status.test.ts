import t from 'tap';
import { blockerStatus } from '../../src/status/blocker-status.js';
import { ReadingTotals } from '../../src/status/reading-totals.js';

await t.test('it is ready while the kernel was seen to have all bans', async (t) => {
  const state = { desired: 5, enforced: 5, verifiedSeconds: 75 };
  let refused = 0;
  const status = blockerStatus({
    state: () => state,
    totals: new ReadingTotals(),
    version: '9.8.7',
    verifySeconds: 5,
    onHttpRefused: () => {
      refused += 1;
    },
  });
  t.equal(status.unready(), null);
  state.verifiedSeconds = 76;
  t.equal(status.unready(), 'nobody has seen for 76 s whether the bans are in force');
  state.enforced = 3;
  t.equal(status.unready(), '2 of 5 bans are not in force');
  t.equal(status.unhealthy(), null, 'a restart would mend nothing');
  t.match(status.metrics(), /^asterisk_auth_stats_build_info\{version="9\.8\.7",node="v[\d.]+"\} 1$/m);
  status.httpRefused();
  t.equal(refused, 1);
});
