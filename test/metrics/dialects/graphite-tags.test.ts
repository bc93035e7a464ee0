import fc from 'fast-check';
import t from 'tap';
import type { Sample } from '../../../src/metrics/dialects/dialect.js';
import { graphiteTags } from '../../../src/metrics/dialects/graphite-tags.js';
import { tagged, withoutColons } from '../../../src/metrics/dialects/tagged-series.js';
import { rounds } from '../../rounds.js';
import { endpoint } from '../endpoints.js';
import { cameThrough, failureSamples, goldenLines, hostileSamples } from './samples.js';

await t.test('a line has its tags in the name as carbon takes them', async (t) => {
  t.same(goldenLines(graphiteTags), [
    'security.failed_auth.address;service=PJSIP;family=ipv4;transport=udp;address=203.0.113.9:1|c',
    'security.failed_auth.address;service=PJSIP;family=ipv6;transport=tcp;address=2001_db8__1:1|c',
    'security.failed_auth.address;service=PJSIP;family=ipv6;address=fe80__1_eth0:1|c',
    'site.security.failed_auth.count;service=PJSIP;pbx=head_office:12|c',
    'security.failed_auth.attempts;service=PJSIP:1|m',
    'security.events;service=AMI;event=InvalidPassword:1|c',
    'security.bans.refused;reason=table_full:1|c',
    'exporter.uptime_seconds:1.5|g',
    'blocker.events;pbx=office:1|c',
  ]);
});

/** As etsy's statsd reads it (stats.js: the key up to a colon, cleaned) and carbon after it (a tag up to its first `=`). */
function read(line: string) {
  const [key = '', bit = '', ...bits] = line.split(':');
  const [value, type, ...more] = bit.split('|');
  const isClean = /^[\w.;=-]+$/.test(key);
  const [name, ...list] = key.split(';');
  const tags = list.map((tag) => [tag.slice(0, tag.indexOf('=')), tag.slice(tag.indexOf('=') + 1)] as const);
  const isWhole = isClean && bits.length === 0 && more.length === 0;
  return { name, value: Number(value), type, tags: new Map(tags), isWhole };
}

function isReadBack(one: Sample): boolean {
  const { name, value, type, tags, isWhole } = read(graphiteTags(one));
  const said = tagged(one);
  return (
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

await t.test('two different hosts never have the same tags', async () => {
  const lineOf = (from: Parameters<typeof failureSamples>[1]) =>
    failureSamples('PJSIP', from)
      .filter((one) => one.endpoint !== undefined)
      .map(graphiteTags)
      .join();
  fc.assert(
    fc.property(endpoint, endpoint, (a, b) => (a.endpoint === b.endpoint) === (lineOf(a) === lineOf(b))),
    { numRuns: rounds(1000) },
  );
});
