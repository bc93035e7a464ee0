import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import t from 'tap';
import { FirewallError } from '../../../src/blocking/firewall.js';
import { readListing } from '../../../src/blocking/firewalls/nft-listing.js';
import { setName } from '../../../src/blocking/firewalls/nft-ruleset.js';
import { rounds } from '../../rounds.js';
import { targetOf } from './targets.js';

const recording = (name: string) => readFileSync(new URL(`../../fixtures/nft/${name}`, import.meta.url), 'utf8');
const TABLE = recording('table.json');

type Objects = Record<string, Record<string, unknown>>[];

/** The recording with something changed in it. */
function changed(change: (objects: Objects) => void, text = TABLE): string {
  const listing = JSON.parse(text) as { nftables: Objects };
  change(listing.nftables);
  return JSON.stringify(listing);
}

function objects(all: Objects, kind: string): Record<string, unknown>[] {
  return all.map((object) => object[kind]).filter((fields) => fields !== undefined);
}

const set = (all: Objects, name: string) => objects(all, 'set').find((each) => each['name'] === name) ?? {};

await t.test("nft's own listing is understood", async (t) => {
  for (const text of [TABLE, recording('table-ports.json')]) {
    const { isComplete, kinds, bans, dropped } = readListing(text);
    t.equal(isComplete, true);
    t.strictSame(kinds.map(setName), ['v4_32', 'v4_24', 'v4_sockets', 'v6_128', 'v6_64', 'v6_sockets', 'v4_20']);
    t.strictSame(
      [...bans].map(([name, { seconds, packets }]) => [name, seconds, packets]),
      [
        ['203.0.113.9/32', 3599, 0],
        ['203.0.113.0/24', 599, 0],
        ['203.0.113.9:5062', 299, 0],
        ['2001:db8::1/128', 86399, 0],
        ['2001:db8:0:1::/64', 59, 0],
        ['[2001:db8::1]:40000', 299, 0],
        ['198.51.96.0/20', 31535999, 0],
      ],
    );
    t.strictSame(bans.get('203.0.113.0/24')?.target, targetOf('203.0.113.0/24'));
    t.strictSame(bans.get('[2001:db8::1]:40000')?.target, targetOf('[2001:db8::1]:40000'));
    t.strictSame(dropped, { packets: 0, bytes: 0 });
  }
});

await t.test('what was dropped is summed up, of both families and for each ban', async (t) => {
  const text = changed((all) => {
    for (const [at, counter] of objects(all, 'counter').entries())
      Object.assign(counter, { packets: 3 + at, bytes: 100 });
    all.push({ counter: { family: 'inet', name: 'other', packets: 1000, bytes: 1000 } });
    Object.assign(set(all, 'v4_32'), {
      elem: [{ elem: { val: '203.0.113.9', timeout: 9, expires: 5, counter: { packets: 7, bytes: 1 } } }],
    });
  });
  t.strictSame(readListing(text).dropped, { packets: 7, bytes: 200 });
  t.equal(readListing(text).bans.get('203.0.113.9/32')?.packets, 7);
});

await t.test('elements that others put in or that are about to end are read, too', async (t) => {
  const { bans } = readListing(
    changed((all) => {
      set(all, 'v4_32')['elem'] = ['203.0.113.1', { elem: { val: '203.0.113.2', timeout: 60 } }];
      set(all, 'v4_24')['elem'] = ['203.0.113.1', '203.0.113.0'];
      set(all, 'v6_128')['elem'] = ['::ffff:203.0.113.1'];
      delete set(all, 'v6_64')['elem'];
      set(all, 'v4_sockets')['elem'] = [
        { concat: ['203.0.113.1', 5062] },
        { elem: { val: { concat: ['203.0.113.1', 5063] }, timeout: 60 } },
        { concat: ['203.0.113.1', 0] },
      ];
      set(all, 'v6_sockets')['elem'] = [{ concat: ['::ffff:203.0.113.1', 5062] }];
    }),
  );
  t.match(bans.get('203.0.113.1/32'), { seconds: 366 * 86_400, packets: null });
  t.match(bans.get('203.0.113.2/32'), { seconds: 0, packets: null });
  t.match(bans.get('203.0.113.1:5062'), { seconds: 366 * 86_400, packets: null });
  t.match(bans.get('203.0.113.1:5063'), { seconds: 0, packets: null });
  t.strictSame(
    [...bans.keys()],
    ['203.0.113.1/32', '203.0.113.2/32', '203.0.113.0/24', '203.0.113.1:5062', '203.0.113.1:5063', '198.51.96.0/20'],
  );
});

await t.test('known targets are taken as they are', async (t) => {
  const known = readListing(TABLE).bans;
  const again = readListing(TABLE, known).bans;
  t.strictSame(again, known);
  for (const [text, { target }] of again) t.equal(target, known.get(text)?.target);
});

await t.test('what changes by itself does not change the skeleton', async (t) => {
  const { skeleton } = readListing(TABLE);
  const others = changed((all) => {
    for (const object of all)
      for (const fields of Object.values(object)) if ('handle' in fields) fields['handle'] = 999;
    for (const counter of objects(all, 'counter')) Object.assign(counter, { packets: 9, bytes: 9 });
    for (const each of objects(all, 'set')) delete each['elem'];
    all.push(
      { chain: { name: 'other' } },
      { rule: { chain: 'other', expr: [] } },
      { set: { name: 'other' } },
      { map: {} },
      {},
    );
  }).replace(',{}]', ']');
  t.equal(readListing(others).skeleton, skeleton);
  t.notMatch(skeleton, /203\.0\.113|2001:db8/);
});

await t.test('what does not change by itself changes the skeleton', async (t) => {
  const { skeleton } = readListing(TABLE);
  const changes: ((all: Objects) => void)[] = [
    (all) => Object.assign(all[1]?.['table'] ?? {}, { flags: ['dormant'] }),
    (all) => Object.assign(objects(all, 'chain')[0] ?? {}, { policy: 'drop' }),
    (all) => Object.assign(objects(all, 'chain')[0] ?? {}, { prio: 0 }),
    (all) => Object.assign(set(all, 'v4_32'), { flags: ['timeout', 'interval'] }),
    (all) => all.splice(-1),
    (all) => all.push({ rule: { chain: 'prerouting', expr: [{ accept: null }] } }),
    (all) => all.push(...all.splice(-2, 1)),
    (all) => all.splice(2, 1),
    (all) => Object.assign(objects(all, 'rule')[0] ?? {}, { expr: [] }),
  ];
  for (const [at, change] of changes.entries()) t.not(readListing(changed(change)).skeleton, skeleton, `change ${at}`);
});

await t.test('a table that drops nothing, everything or not all of the sets is not complete', async (t) => {
  const rule = (all: Objects) => objects(all, 'rule')[0] ?? {};
  const changes: ((all: Objects) => void)[] = [
    (all) => Object.assign(all[1]?.['table'] ?? {}, { flags: 'dormant' }),
    (all) => Object.assign(objects(all, 'chain')[0] ?? {}, { hook: 'input' }),
    (all) => Object.assign(objects(all, 'chain')[0] ?? {}, { policy: 'drop' }),
    (all) =>
      all.splice(
        all.findIndex((object) => 'chain' in object),
        1,
      ),
    (all) => all.splice(-1),
    (all) => all.push({ rule: { chain: 'prerouting', expr: [] } }),
    (all) => Object.assign(set(all, 'v4_32'), { type: 'ipv6_addr' }),
    (all) => Object.assign(set(all, 'v4_sockets'), { type: ['ipv4_addr', 'inet_proto'] }),
    (all) => Object.assign(set(all, 'v4_sockets'), { type: 'ipv4_addr' }),
    (all) => Object.assign(rule(all), { expr: [...(rule(all)['expr'] as unknown[]).slice(0, -1), { accept: null }] }),
    (all) => Object.assign(rule(all), { expr: (rule(all)['expr'] as unknown[]).slice(1) }),
  ];
  for (const [at, change] of changes.entries()) t.equal(readListing(changed(change)).isComplete, false, `change ${at}`);
});

await t.test('of a set in another shape nothing is read', async (t) => {
  for (const shape of [{ flags: ['interval', 'timeout'] }, { flags: undefined }, { type: 'inet_service' }]) {
    const listing = readListing(changed((all) => Object.assign(set(all, 'v4_32'), shape, { elem: [{ prefix: {} }] })));
    t.equal(listing.bans.size, 6);
    t.equal(listing.kinds.length, 7);
  }
});

await t.test('what is not understood is refused, and nothing of it is told', async (t) => {
  const bad: string[] = [
    ...[
      '',
      'secret',
      'null',
      '[]',
      '{}',
      '{"nftables":{}}',
      '{"nftables":[null]}',
      '{"nftables":[{"set":1}]}',
      '{"nftables":[{}]}',
    ],
    ...[
      1,
      null,
      {},
      { elem: {} },
      { elem: { val: { prefix: {} } } },
      { elem: { val: '203.0.113.9', timeout: 60, expires: -1 } },
      { elem: { val: '203.0.113.9', timeout: 60, expires: '5' } },
      { elem: { val: '203.0.113.9', timeout: 60, expires: 5, counter: {} } },
      { elem: { val: '203.0.113.9', timeout: 60, expires: 5, counter: null } },
    ].map((element) => changed((all) => Object.assign(set(all, 'v4_32'), { elem: [element] }))),
    ...[
      '203.0.113.9',
      { concat: [] },
      { concat: ['203.0.113.9'] },
      { concat: ['203.0.113.9', '5062'] },
      { concat: [5062, '203.0.113.9'] },
      { concat: ['203.0.113.9', 5062, 1] },
      { elem: { val: '203.0.113.9' } },
    ].map((element) => changed((all) => Object.assign(set(all, 'v4_sockets'), { elem: [element] }))),
    changed((all) => Object.assign(objects(all, 'rule')[0] ?? {}, { expr: null })),
    changed((all) => Object.assign(objects(all, 'counter')[0] ?? {}, { packets: '1' })),
  ];
  for (const text of bad)
    t.throws(
      () => readListing(text),
      {
        constructor: FirewallError,
        fault: 'rejected',
        message: /^nft lists the table in a form that is not understood$/,
      },
      text.slice(-80),
    );
});

await t.test('whatever nft writes, it is read or refused', async (t) => {
  const readOrRefused = (text: string) => {
    try {
      readListing(text);
    } catch (error) {
      return error instanceof FirewallError;
    }
    return true;
  };
  const paths = pathsOf(JSON.parse(TABLE));
  const mutation = fc.tuple(
    fc.constantFrom(...paths),
    fc.oneof(fc.jsonValue(), fc.constantFrom('handle', 'v4_32', '203.0.113.9', 1e300)),
  );
  t.doesNotThrow(() => {
    fc.assert(fc.property(fc.oneof(fc.json(), fc.string({ unit: 'binary' })), readOrRefused), { numRuns: 500 });
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 4 }), (mutations) => {
        const listing = JSON.parse(TABLE);
        for (const [path, value] of mutations) put(listing, path, value);
        return readOrRefused(JSON.stringify(listing));
      }),
      { numRuns: rounds(2_000) },
    );
  });
});

type Path = readonly (string | number)[];

function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const inner = Object.entries(value).flatMap(([key, each]) => pathsOf(each, [...path, key]));
  return path.length === 0 ? inner : [path, ...inner];
}

/** Nothing where an earlier mutation took the place away. */
function put(root: unknown, path: Path, value: unknown): void {
  let at = root;
  for (const key of path.slice(0, -1)) at = (at as Record<string, unknown> | null)?.[key];
  if (typeof at === 'object' && at !== null) Object.assign(at, { [path.at(-1) ?? '']: value });
}
