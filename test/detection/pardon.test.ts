// An operator's word, from what it ends to what it makes.
import t from 'tap';
import type { Decision } from '../../src/domain/decision.js';
import type { Finding } from '../../src/domain/finding.js';
import type { Address } from '../../src/domain/remote-address.js';
import { goodPhone, raised, START, unknownWithoutDigest, wrongPassword } from './raised-events.js';
import { RestartingDetector } from './restarting-detector.js';

const HOUR = 3_600_000;
const office = 'IPV4/TLS/198.51.100.7';
const address = '198.51.100.7' as Address;

let calls = 0;
const guess = (account: string, at: number, endpoint: string, port = 5_060) =>
  wrongPassword(account, ++calls, { at, endpoint, port, sessionId: `call-${calls}` });

function times<T>(count: number, make: (index: number) => readonly T[]): T[] {
  return Array.from({ length: count }, (_, index) => make(index)).flat();
}

/** Whoever guesses at many accounts, a second apart. */
const attack = (endpoint: string, at = START, count = 30) =>
  times(count, (n) => guess(`${200 + n}`, at + n * 1_000, endpoint, 1_024 + n));

const bans = (told: readonly (Finding | Decision)[], type: Decision['type'] = 'ban') =>
  told.flatMap((each) => ('type' in each && each.type === type ? [`${each.address} ${each.port ?? '*'}`] : []));
const trusts = (account: string, at: Address, isTrusted = true) => ({ account, address: at, isTrusted });

await t.test('a word ends the ban of the address, once', async (t) => {
  const life = new RestartingDetector().play(attack(office));
  t.strictSame(bans(life.told), ['198.51.100.7/32 *']);
  t.equal(life.detector.trust(trusts('100', address), START + HOUR), true);
  t.strictSame(bans(life.told, 'unban'), ['198.51.100.7/32 *']);
  t.match(life.told.at(-1), { type: 'unban', reason: 'forgiven' });
  t.equal(life.detector.trust(trusts('100', address), START + HOUR), false);
  life.restart();
  t.equal(life.detector.trust(trusts('100', address), START + HOUR), false, 'nor after a restart');
  t.equal(bans(life.told, 'unban').length, 1);
});

await t.test('a word makes a home: what follows is no break-in, and is banned by its socket only', async (t) => {
  const stranger = new RestartingDetector().play([
    ...attack(office, START, 9),
    ...goodPhone('205', { at: START + HOUR, endpoint: office }),
  ]);
  t.ok(stranger.told.some((told) => 'rule' in told && told.rule === 'breach'));
  const life = new RestartingDetector().play(attack(office, START, 9));
  life.detector.trust(trusts('205', address), START + HOUR);
  t.match(life.detector.memory.account('PJSIP', '205'), {
    homes: [{ place: '198.51.100.7', network: '198.51.100.0/24', doubtedUntil: 0, guessesBefore: 0, logins: 0 }],
  });
  life.play(goodPhone('205', { at: START + 2 * HOUR, endpoint: office, port: 5_062 }));
  t.notOk(life.told.some((told) => 'rule' in told && told.rule === 'breach'));
  life.detector.trust(trusts('206', address), START + HOUR);
  for (const hours of [3, 4])
    life.play(times(60, (n) => guess('999', START + hours * HOUR + n * 1_000, office, 5_099)));
  t.strictSame([...new Set(bans(life.told))], ['198.51.100.7/32 5099']);
  life.detector.trust(trusts('205', address), START + 5 * HOUR);
  t.strictSame(bans(life.told, 'unban'), ['198.51.100.7/32 5099']);
});

await t.test('a word holds for the whole /64, and ends the bans of its network', async (t) => {
  const own = '2001:db8:1:2::3' as Address;
  const life = new RestartingDetector().play([
    ...times(20, (n) => attack(`IPV6/TCP/2001:db8:1:${(n + 16).toString(16)}::1`, START + n * HOUR, 3)),
    ...times(3, (n) => attack(`IPV6/TCP/2001:db8:1:2::${n + 3}`, START + 30 * HOUR + n * 60_000, 10)),
  ]);
  const banned = bans(life.told);
  t.ok(banned.includes('2001:db8:1::/48 *'), banned.join(', '));
  life.detector.trust(trusts('100', own), START + 40 * HOUR);
  t.ok(bans(life.told, 'unban').includes('2001:db8:1::/48 *'), bans(life.told, 'unban').join(', '));
  t.match(life.detector.memory.account('PJSIP', '100')?.homes, [{ place: '2001:db8:1:2::/64' }]);
});

await t.test('a word that is taken back leaves no home, but one that the account made later', async (t) => {
  const life = new RestartingDetector().play(unknownWithoutDigest('x', { endpoint: office }));
  life.detector.trust(trusts('100', address), START + HOUR);
  life.detector.trust(trusts('101', address), START + HOUR);
  t.equal(life.detector.trust(trusts('100', address, false), START + 2 * HOUR), true);
  t.equal(life.detector.trust(trusts('100', address, false), START + 2 * HOUR), false);
  t.same(life.detector.memory.account('PJSIP', '100')?.homes, []);
  life.play(goodPhone('100', { at: START + 3 * HOUR, endpoint: office }));
  t.equal(
    life.detector.trust(trusts('100', address, false), START + 2 * HOUR),
    false,
    'the word is older than the login',
  );
  t.equal(life.detector.memory.account('PJSIP', '100')?.homes.length, 1);
  t.equal(life.detector.trust(trusts('nobody', '192.0.2.1' as Address, false), START), false);
});

await t.test('the accounts that are known by that name are meant, whatever they log in to', async (t) => {
  const ami = { service: 'AMI', sessionId: '0x1', endpoint: office };
  const life = new RestartingDetector().play([raised('InvalidPassword', { ...ami, account: 'admin' })]);
  life.detector.trust(trusts('admin', address), START + HOUR);
  t.equal(life.detector.memory.account('AMI', 'admin')?.homes.length, 1);
  t.equal(life.detector.memory.account('PJSIP', 'admin'), undefined);
  life.detector.trust(trusts('new', address), START + HOUR);
  t.equal(life.detector.memory.account('PJSIP', 'new')?.homes.length, 1);
  t.equal(life.detector.memory.account('SIP', 'new')?.homes.length, 1);
});
