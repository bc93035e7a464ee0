import t from 'tap';
import { meterNamesResult } from '../../../src/doctor/checks/meter-names.js';
import { amiConfig } from '../pbx-fixture.js';

await t.test('a name that the receiver would change is told, with what it gets', async (t) => {
  const named = (pbx: string, dialect: string) =>
    meterNamesResult(amiConfig(5038, { PBX_NAME: pbx, STATSD_DIALECT: dialect, STATSD_METER_TYPE: 'c' }));
  t.match(named('pbx-1', 'graphite-tags'), { verdict: 'good' });
  t.match(named('pbx;1', 'graphite-tags'), {
    verdict: 'mend',
    seen: 'PBX_NAME is pbx;1, and the receiver gets pbx_1',
    fix: { where: 'settings', text: 'PBX_NAME=pbx_1' },
  });
  t.match(named('pbx|1', 'dogstatsd'), { verdict: 'mend', seen: /the receiver gets pbx_1$/ });
  t.match(named('pbx;1', 'graphite'), { verdict: 'good' }, 'where names carry no tags');
});
