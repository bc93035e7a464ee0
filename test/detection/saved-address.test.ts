import t from 'tap';
import { isOldAccount, readOldAddress } from '../../src/detection/saved-address.js';
import { RestartingDetector } from './restarting-detector.js';

const AT = 1_795_225_500_000;
const DAY = 86_400_000;

/** As 0.1.0 wrote it. */
function oldAddress(ban: readonly [number, number, number] = [0, 0, 0], service: string | null = 'PJSIP') {
  const score = [3.5, AT];
  const scores = { score, proven: score, slow: score, probes: score, unknownAccounts: score, knownAccounts: score };
  const rhythm = [0, 0, 0, 0];
  return {
    scores,
    counts: [9, 8, AT - DAY, AT],
    ban,
    pairs: [
      { account: '100', service, score, times: [AT - DAY, AT, AT + 5], rhythm },
      { account: '101', service: null, score, times: [AT - DAY, AT, 0], rhythm },
      { account: '102', service, score, times: [AT - DAY, AT, 0], rhythm },
    ],
  };
}

const oldAccount = { attackers: [1, AT], counts: [1, 1, AT], latest: ['203.0.113.9'] };

await t.test('of an address of 0.1.0 the logins and the ban can be used', async (t) => {
  const login = { service: 'PJSIP', account: '100', since: AT - DAY, lastAt: AT + 5 };
  const old = { address: '203.0.113.9', firstAt: AT - DAY, logins: [login], ban: { until: 0, count: 0 } };
  t.strictSame(readOldAddress('203.0.113.9', oldAddress()), old);
  t.strictSame(readOldAddress('203.0.113.9', oldAddress([AT + DAY, 2, AT])), {
    ...old,
    logins: [],
    ban: { until: AT + DAY, count: 2 },
  });
  t.match(readOldAddress('203.0.113.9', oldAddress([0, 0, 0], 'SIP')), { logins: [] }, 'chan_sip logs in whoever asks');
  for (const key of ['203.0.113.0/24', '203.0.113', '2001:DB8::1']) t.equal(readOldAddress(key, oldAddress()), null);
  for (const value of [null, {}, [], { ...oldAddress(), pairs: [{}] }, { ...oldAddress(), ban: [1] }]) {
    t.equal(readOldAddress('203.0.113.9', value), null, JSON.stringify(value));
  }
  t.equal(isOldAccount(oldAccount), true);
  t.equal(isOldAccount({}), false);
});

await t.test('a state of 0.1.0 makes homes, keeps bans, and is saved anew', async (t) => {
  const life = new RestartingDetector();
  const { memory } = life.detector;
  t.equal(memory.load('accounts', 'PJSIP\x00100', oldAccount), 'upgraded');
  t.equal(memory.load('addresses', '203.0.113.9', oldAddress()), 'upgraded');
  t.equal(memory.load('addresses', '203.0.113.9', oldAddress()), 'upgraded', 'a second time changes nothing');
  t.equal(memory.load('addresses', '2001:db8:1:2::3', oldAddress()), 'upgraded');
  t.equal(memory.load('addresses', '198.51.100.7', oldAddress([AT + DAY, 2, AT])), 'upgraded');
  t.equal(memory.load('addresses', '198.51.100.8', { ...oldAddress(), pairs: [] }), 'upgraded');
  t.equal(memory.load('addresses', '198.51.100.9', { points: 1 }), 'refused');
  t.equal(memory.size.places, 3, 'of what logged in nowhere and was never banned nothing is kept');
  t.equal(memory.saved('addresses', '203.0.113.9'), null);
  life.restart();
  const { memory: next } = life.detector;
  t.match(next.account('PJSIP', '100'), {
    homes: [{ place: '203.0.113.9', since: AT - DAY, lastAt: AT + 5, logins: 1 }, { place: '2001:db8:1:2::/64' }],
    loginAt: AT + 5,
    firstLoginAt: AT - DAY,
  });
  t.match(next.place({ address: '203.0.113.9' as never, family: 'IPV4' }), { residents: 1, residentAt: AT + 5 });
  t.match(next.place({ address: '198.51.100.7' as never, family: 'IPV4' }), { ban: { until: AT + DAY, count: 2 } });
});

await t.test('what is under no key of its section is refused', async (t) => {
  const { memory } = new RestartingDetector().detector;
  t.equal(memory.load('accounts', 'PJSIP', oldAccount), 'refused');
  t.equal(memory.load('accounts', 'PJSIP\x00100\x00', oldAccount), 'refused');
  t.equal(memory.load('accounts', 'PJSIP\x00100', {}), 'refused');
  t.equal(memory.load('pbx', 'other', memory.saved('pbx', 'pbx')), 'refused');
  t.equal(memory.load('pbx', 'pbx', memory.saved('pbx', 'pbx')), 'loaded');
  t.equal(memory.load('networks', 'x', {}), 'refused');
  t.equal(memory.load('places', 'x', {}), 'refused');
});
