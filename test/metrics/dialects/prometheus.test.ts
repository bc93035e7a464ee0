import fc from 'fast-check';
import t from 'tap';
import { parseAddress } from '../../../src/domain/remote-address.js';
import type { Sample } from '../../../src/metrics/dialects/dialect.js';
import { prometheus } from '../../../src/metrics/dialects/prometheus.js';
import { SERIES, tagged } from '../../../src/metrics/dialects/tagged-series.js';
import { rounds } from '../../rounds.js';
import { cameThrough, goldenLines, hostileSamples, sample } from './samples.js';
import { mapped, mappings } from './statsd-exporter.js';

await t.test('a line is as in graphite, but an address is spread over the name', async (t) => {
  t.same(goldenLines(prometheus), [
    'security.failed_auth.PJSIP.address.ipv4.udp.203.0.113.9:1|c',
    'security.failed_auth.PJSIP.address.ipv6.tcp.2001.db8.0.0.0.0.0.1:1|c',
    'security.failed_auth.PJSIP.address.ipv6.none.fe80.0.0.0.0.0.0.1.eth0:1|c',
    'site.security.failed_auth.PJSIP.count:12|c',
    'security.failed_auth.PJSIP.attempts:1|m',
    'security.events.AMI.InvalidPassword:1|c',
    'security.bans.refused.table_full:1|c',
    'exporter.uptime_seconds:1.5|g',
    'blocker.events:1|c',
  ]);
});

function isMappedToItsTags(one: Sample): boolean {
  const line = prometheus(one);
  const series = mapped(line);
  const said = tagged({ ...one, pbx: null });
  const zone = series?.labels.get('zone');
  return (
    /^[^:|\s]+:1\|c$/.test(line) &&
    series?.name === said.name.replaceAll('.', '_') &&
    said.tags.every(([key, raw]) => {
      const label = series.labels.get(key) ?? '';
      if (key !== 'address') return label === raw;
      const [host, rawZone] = raw.split('%');
      return (
        parseAddress(label) === host &&
        (rawZone === undefined ? zone === undefined : cameThrough(rawZone.replaceAll('.', '_'), zone))
      );
    })
  );
}

await t.test('whatever the text, the shipped mapping makes the tags of the other dialects of it', async () => {
  fc.assert(
    fc.property(hostileSamples, (samples) => samples.every(isMappedToItsTags)),
    { numRuns: rounds(1000) },
  );
});

await t.test('every name with a variable part is in the shipped mapping', async (t) => {
  for (const [plain, name] of SERIES) {
    if (plain.includes('<endpoint>')) continue;
    const one = sample(plain.replace(/<(\w+)>/g, 'a-$1'));
    const series = mapped(prometheus(one));
    t.equal(series?.name, name.replaceAll('.', '_'), plain);
    t.same([...(series?.labels ?? [])], tagged(one).tags, plain);
  }
});

await t.test('the shipped mapping is of the form that statsd_exporter demands, the shorter match first', async (t) => {
  const metric = /^(?:(?:\*|[a-zA-Z_](?:-?[a-zA-Z0-9_])+)\.)+(?:\*|[a-zA-Z_](?:-?[a-zA-Z0-9_])+)$/;
  for (const [index, { match, name, labels }] of mappings.entries()) {
    t.match(match, metric);
    t.match(name, /^[a-z_]+$/);
    t.ok(Object.keys(labels).every((key) => /^[a-z]{2,}$/.test(key)));
    t.notOk(
      mappings.slice(0, index).some((before) => before.match.startsWith(`${match}.`)),
      match,
    );
  }
});
