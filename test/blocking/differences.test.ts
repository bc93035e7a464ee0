import t from 'tap';
import { differences } from '../../src/blocking/differences.js';
import type { EnforcedBan } from '../../src/blocking/firewall.js';
import { targetOf, wantedOf } from './fixtures.js';

/** @param desired and `found` seconds by address, at the time 0. */
function differ(
  desired: Record<string, number>,
  found: Record<string, number>,
  known: readonly string[] = [],
  secondsMax = Number.POSITIVE_INFINITY,
) {
  const bansOf = Object.entries(desired).map(([text, seconds]) => wantedOf(text, { until: seconds * 1000 }));
  const wanted = new Map(bansOf.map((ban) => [ban.key, ban]));
  const bans = new Map<string, EnforcedBan>(
    Object.entries(found).map(([text, seconds]) => [
      wantedOf(text).key,
      { target: targetOf(text), seconds, packets: 0 },
    ]),
  );
  const { missing, mistimed, foreign } = differences(wanted, { bans }, { now: 0, secondsMax }, (address) =>
    known.includes(address),
  );
  const keys = (bans: typeof missing) => bans.map(({ key }) => key);
  return [keys(missing), keys(mistimed), foreign.map(([key]) => key)];
}

await t.test('what is the same on both sides is no difference', async (t) => {
  t.strictSame(differ({}, {}), [[], [], []]);
  t.strictSame(differ({ '203.0.113.1': 100, '203.0.113.2': 50 }, { '203.0.113.2': 50, '203.0.113.1': 99 }), [
    [],
    [],
    [],
  ]);
});

await t.test('a ban can be missing, and one can be there that nobody desires', async (t) => {
  t.strictSame(differ({ '203.0.113.1': 100 }, { '203.0.113.2': 100 }), [['203.0.113.1/32'], [], ['203.0.113.2/32']]);
  t.strictSame(differ({ '203.0.113.1:5062': 100 }, { '203.0.113.1': 100 }), [
    ['203.0.113.1:5062'],
    [],
    ['203.0.113.1/32'],
  ]);
});

await t.test('its time may be off by five seconds, or by 2 % where that is more, either way', async (t) => {
  const isOff = (left: number, found: number) =>
    differ({ '203.0.113.1': left }, { '203.0.113.1': found })[1]?.length === 1;
  t.strictSame([isOff(100, 95), isOff(100, 94), isOff(100, 105), isOff(100, 106)], [false, true, false, true]);
  t.strictSame([isOff(1000, 980), isOff(1000, 979), isOff(1000, 1020), isOff(1000, 1021)], [false, true, false, true]);
});

await t.test('what the kernel is about to be told is no difference', async (t) => {
  const known = ['203.0.113.1/32', '203.0.113.2/32', '203.0.113.3/32'];
  const desired = { '203.0.113.1': 100, '203.0.113.3': 100 };
  t.strictSame(differ(desired, { '203.0.113.2': 100, '203.0.113.3': 5 }, known), [[], [], []]);
});

await t.test('a ban that is longer than the kernel keeps is told anew in time, and not at every look', async (t) => {
  const year = { '203.0.113.1': 31_536_000 };
  t.strictSame(differ(year, { '203.0.113.1': 2_147_000 }, [], 2_147_483), [[], [], []]);
  t.strictSame(differ(year, { '203.0.113.1': 2_000_000 }, [], 2_147_483), [[], ['203.0.113.1/32'], []]);
});
