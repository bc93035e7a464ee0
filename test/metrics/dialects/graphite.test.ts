import fc from 'fast-check';
import t from 'tap';
import { parseStatsdLine } from '../../../src/simulator/statsd-receiver.js';
import { goldenLines, hostileSamples, lineIn } from './samples.js';

await t.test('a line is the name as it is, and nothing of the PBX', async (t) => {
  t.same(goldenLines('graphite'), [
    'security.failed_auth.PJSIP.IPV4/UDP/203_0_113_9:1|c',
    'security.failed_auth.PJSIP.IPV6/TCP/2001_db8__1:1|c',
    'security.failed_auth.PJSIP.IPV6/fe80__1_eth0:1|c',
    'site.security.failed_auth.PJSIP.count:12|c',
    'security.failed_auth.PJSIP.attempts:1|m',
    'security.events.AMI.InvalidPassword:1|c',
    'security.bans.refused.table_full:1|c',
    'exporter.uptime_seconds:1.5|g',
    'blocker.events:1|c',
  ]);
});

await t.test('whatever the text, the line is one that a plain StatsD reads back', async () => {
  fc.assert(
    fc.property(hostileSamples, (samples) =>
      samples.every(
        (one) => parseStatsdLine(lineIn('graphite', one))?.name === one.name && !lineIn('graphite', one).includes('\n'),
      ),
    ),
  );
});
