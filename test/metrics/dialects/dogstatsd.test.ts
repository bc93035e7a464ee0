import fc from 'fast-check';
import t from 'tap';
import type { Sample } from '../../../src/metrics/dialects/dialect.js';
import { dogstatsd } from '../../../src/metrics/dialects/dogstatsd.js';
import { tagged } from '../../../src/metrics/dialects/tagged-series.js';
import { rounds } from '../../rounds.js';
import { cameThrough, goldenLines, hostileSamples } from './samples.js';

await t.test('a line is the name without its variable parts, and behind it the tags', async (t) => {
  t.same(goldenLines(dogstatsd), [
    'security.failed_auth.address:1|c|#service:PJSIP,family:ipv4,transport:udp,address:203.0.113.9',
    'security.failed_auth.address:1|c|#service:PJSIP,family:ipv6,transport:tcp,address:2001:db8::1',
    'security.failed_auth.address:1|c|#service:PJSIP,family:ipv6,address:fe80::1%eth0',
    'site.security.failed_auth.count:12|c|#service:PJSIP,pbx:head_office',
    'security.failed_auth.attempts:1|m|#service:PJSIP',
    'security.events:1|c|#service:AMI,event:InvalidPassword',
    'security.bans.refused:1|c|#reason:table_full',
    'exporter.uptime_seconds:1.5|g',
    'blocker.events:1|c|#pbx:office',
  ]);
});

/** As statsd_exporter reads it (pkg/line/line.go): name up to the first colon, fields at `|`, tags at `,`, keys up to a colon. */
function read(line: string) {
  const [, name, rest = ''] = /^([^:]+):(.*)$/s.exec(line) ?? [];
  const [value, type, field = '', ...more] = rest.split('|');
  const tags = field.slice(1).split(',');
  const pairs = tags.map((tag) => [tag.slice(0, tag.indexOf(':')), tag.slice(tag.indexOf(':') + 1)] as const);
  return {
    name,
    value: Number(value),
    type,
    tags: new Map(pairs),
    isWhole: field.startsWith('#') && more.length === 0,
  };
}

function isReadBack(one: Sample): boolean {
  const line = dogstatsd(one);
  const { name, value, type, tags, isWhole } = read(line);
  const said = tagged(one);
  return (
    !/[\n\r]/.test(line) &&
    isWhole &&
    name === said.name &&
    value === one.value &&
    type === one.type &&
    tags.size === said.tags.length &&
    said.tags.every(([key, raw]) => cameThrough(raw, tags.get(key)))
  );
}

await t.test('whatever the text, the line is one and its tags are read back', async () => {
  fc.assert(
    fc.property(hostileSamples, (samples) => samples.every(isReadBack)),
    { numRuns: rounds(1000) },
  );
});
