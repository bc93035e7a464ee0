import fc from 'fast-check';
import t from 'tap';
import type { Sample } from '../../../src/metrics/dialects/dialect.js';
import { tagged, withoutColons } from '../../../src/metrics/dialects/tagged-series.js';
import { telegraf } from '../../../src/metrics/dialects/telegraf.js';
import { rounds } from '../../rounds.js';
import { cameThrough, goldenLines, hostileSamples } from './samples.js';

await t.test('a line has its tags in the name, and an IPv6 address without colons', async (t) => {
  t.same(goldenLines(telegraf), [
    'security.failed_auth.address,service=PJSIP,family=ipv4,transport=udp,address=203.0.113.9:1|c',
    'security.failed_auth.address,service=PJSIP,family=ipv6,transport=tcp,address=2001_db8__1:1|c',
    'security.failed_auth.address,service=PJSIP,family=ipv6,address=fe80__1_eth0:1|c',
    'site.security.failed_auth.count,service=PJSIP,pbx=head_office:12|c',
    'security.failed_auth.attempts,service=PJSIP:1|m',
    'security.events,service=AMI,event=InvalidPassword:1|c',
    'security.bans.refused,reason=table_full:1|c',
    'exporter.uptime_seconds:1.5|g',
    'blocker.events,pbx=office:1|c',
  ]);
});

/** As Telegraf reads it (plugins/inputs/statsd/statsd.go): at each colon and `|`, the name at commas, a tag at each `=`. */
function read(line: string) {
  const [bucket = '', bit = '', ...bits] = line.split(':');
  const [value, type, ...more] = bit.split('|');
  const [name, ...list] = bucket.split(',');
  const tags = list.map((tag) => tag.split('='));
  return {
    name,
    value: Number(value),
    type,
    tags: new Map(tags.map(([key = '', text]) => [key, text] as const)),
    isWhole: bits.length === 0 && more.length === 0 && tags.every(({ length }) => length === 2),
  };
}

function isReadBack(one: Sample): boolean {
  const line = telegraf(one);
  const { name, value, type, tags, isWhole } = read(line);
  const said = tagged(one);
  return (
    !/\s/.test(line) &&
    isWhole &&
    name === said.name &&
    value === one.value &&
    type === one.type &&
    tags.size === said.tags.length &&
    said.tags.every(([key, raw]) => cameThrough(withoutColons(raw), tags.get(key)))
  );
}

await t.test('whatever the text, the line is one and its tags are read back', async () => {
  fc.assert(
    fc.property(hostileSamples, (samples) => samples.every(isReadBack)),
    { numRuns: rounds(1000) },
  );
});
