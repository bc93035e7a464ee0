// The same failures in each dialect, at the real receivers that Debian and npm have.
import t, { type Test } from 'tap';
import { register } from './driver/register.js';
import { type Asterisk, startAsterisk } from './lab/asterisk.js';
import { startCollectd } from './lab/collectd.js';
import { startExporter } from './lab/exporter.js';
import { startGraphite } from './lab/graphite.js';
import { startNetdata } from './lab/netdata.js';
import { labPort } from './lab/place.js';
import { startStatsd } from './lab/statsd.js';
import { settled, until } from './lab/until.js';

/** Two wrong passwords over IPv4 and one over IPv6; PJSIP raises a challenge and a failure for each. */
async function attack(asterisk: Asterisk): Promise<void> {
  const guess = { user: '101', password: 'guess' };
  const overIpv4 = asterisk.sip('udp', { from: '127.0.0.10' });
  for (const target of [overIpv4, overIpv4, asterisk.sip('tcp', { host: '::1' })]) await register(target, guess);
}

/** Attacks with an exporter of this dialect between Asterisk and the receiver, until all was sent. */
async function sendIn(t: Test, dialect: string, receiver: { readonly port: number }): Promise<void> {
  const asterisk = await startAsterisk(22);
  t.teardown(asterisk.stop);
  const settings = { STATSD_DIALECT: dialect, PBX_NAME: 'head office', DETECT: 'false' };
  const exporter = startExporter(asterisk, receiver, settings);
  t.teardown(exporter.stop);
  await exporter.hearing();
  await attack(asterisk);
  // Asterisk answers a guess before it tells of it.
  const metrics = `http://127.0.0.1:${labPort(20)}/metrics`;
  const isRead = async () => (await (await fetch(metrics)).text()).includes('failed_auth_total{service="PJSIP"} 3\n');
  await until('all failures are read', async () => ((await isRead()) ? true : null));
  t.equal(await exporter.stop(), 0, 'a stop exits with 0');
}

/** In the order of their names, without those of the program's own health. */
function securitySums(sums: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  return new Map([...sums].filter(([name]) => name.includes('security.')).sort());
}

await t.test('graphite-tags: every failure is in Graphite, found by its tags', async (t) => {
  const graphite = await startGraphite({ tags: true });
  t.teardown(graphite.stop);
  await sendIn(t, 'graphite-tags', graphite);
  const address = 'stats.counters.security.failed_auth.address.count';
  const expected = new Map([
    [`${address};address=127.0.0.10;family=ipv4;pbx=head_office;service=PJSIP;transport=udp`, 2],
    [`${address};address=__1;family=ipv6;pbx=head_office;service=PJSIP;transport=tcp`, 1],
    ['stats.counters.security.failed_auth.count.count;pbx=head_office;service=PJSIP', 3],
    ['stats.counters.security.events.count;event=ChallengeResponseFailed;pbx=head_office;service=PJSIP', 3],
    ['stats.counters.security.events.count;event=ChallengeSent;pbx=head_office;service=PJSIP', 3],
    ['stats.counters.security.events.count;event=SuccessfulAuth;pbx=head_office;service=AMI', 1],
  ]);
  const read = async () =>
    securitySums(await graphite.sums(`seriesByTag('name=~^stats[.]counters[.]security[.].*[.]count$')`));
  t.strictSame(await settled(securitySums(expected), read, 20), securitySums(expected));
  const [busiest] = await graphite.sums(`groupByTags(seriesByTag('name=${address}','family=ipv4'),'sum','service')`);
  t.equal(busiest?.[1], 2, 'and added up by another tag');
});

await t.test('dogstatsd: etsy statsd makes the same tags of it, but loses the colons of an IPv6 address', async (t) => {
  const statsd = await startStatsd();
  t.teardown(statsd.stop);
  await sendIn(t, 'dogstatsd', statsd);
  const expected = new Map([
    ['security.events;service=AMI;event=SuccessfulAuth;pbx=head_office', 1],
    ['security.events;service=PJSIP;event=ChallengeResponseFailed;pbx=head_office', 3],
    ['security.events;service=PJSIP;event=ChallengeSent;pbx=head_office', 3],
    ['security.failed_auth.address;service=PJSIP;family=ipv4;transport=udp;address=127.0.0.10;pbx=head_office', 2],
    ['security.failed_auth.address;service=PJSIP;family=ipv6;transport=tcp;address=1;pbx=head_office', 1],
    ['security.failed_auth.count;service=PJSIP;pbx=head_office', 3],
  ]);
  t.strictSame(await settled(expected, async () => securitySums(await statsd.counters())), expected);
  t.equal((await statsd.counters()).get('statsd.bad_lines_seen'), 0, 'no line is a bad one');
});

await t.test('collectd takes the dialect graphite and counts every failure', async (t) => {
  const collectd = await startCollectd();
  t.teardown(collectd.stop);
  await sendIn(t, 'graphite', collectd);
  const expected = new Map([
    ['security.events.AMI.SuccessfulAuth', 1],
    ['security.events.PJSIP.ChallengeResponseFailed', 3],
    ['security.events.PJSIP.ChallengeSent', 3],
    ['security.failed_auth.PJSIP.IPV4_UDP_127_0_0_10', 2],
    ['security.failed_auth.PJSIP.IPV6_TCP___1', 1],
    ['security.failed_auth.PJSIP.count', 3],
  ]);
  t.strictSame(await settled(expected, async () => securitySums(collectd.sums())), expected);
  t.same(collectd.refused(), [], 'no line is refused');
});

await t.test('collectd refuses what is behind the type in dogstatsd', async (t) => {
  const collectd = await startCollectd();
  t.teardown(collectd.stop);
  await sendIn(t, 'dogstatsd', collectd);
  const refused = await until('a refused line', () => {
    const lines = collectd.refused().filter((line) => line.startsWith('security.failed_auth.count'));
    return lines.length > 0 ? lines : null;
  });
  t.match(refused[0], /^security\.failed_auth\.count:\d\|c\|#service:PJSIP/);
});

await t.test('netdata takes the dialect graphite and draws each name', async (t) => {
  const netdata = await startNetdata();
  t.teardown(netdata.stop);
  await sendIn(t, 'graphite', netdata);
  const expected = new Map(
    [
      'security.events.AMI.SuccessfulAuth',
      'security.events.PJSIP.ChallengeResponseFailed',
      'security.events.PJSIP.ChallengeSent',
      'security.failed_auth.PJSIP.IPV4/UDP/127_0_0_10',
      'security.failed_auth.PJSIP.IPV6/TCP/__1',
      'security.failed_auth.PJSIP.count',
    ].map((name) => [name, 'counter']),
  );
  const drawn = async () =>
    new Map([...(await netdata.charts())].filter(([name]) => name.startsWith('security.')).sort());
  t.strictSame(await settled(expected, drawn), expected);
});
