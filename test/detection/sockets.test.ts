import t from 'tap';
import { findSocket, isFriendly, rememberPort, socketOf } from '../../src/detection/sockets.js';
import { attempt, DAY_MS, memoryOf, NOW } from './observed.js';

const remoteOf = (port: number, address?: string) =>
  attempt({ port, ...(address === undefined ? {} : { address }) }).remote;

/** Whether the last of these tries is what no device does. */
function isRestless(...tries: readonly { port?: number; account?: string; service?: string; hasPassword?: boolean }[]) {
  const { fail } = memoryOf();
  return tries.map((one) => fail(attempt(one)).isRestless).at(-1);
}

await t.test('a socket is an address and a port, and known once it failed', async (t) => {
  const { place } = memoryOf().fail(attempt());
  t.match(findSocket(place, remoteOf(5060)), { address: '203.0.113.9', port: 5060 });
  t.equal(findSocket(place, remoteOf(5061)), null);
  t.equal(socketOf(place, remoteOf(5060), NOW + 1), findSocket(place, remoteOf(5060)));
  t.equal(socketOf(place, remoteOf(0), NOW), null, 'a log without ports');
});

await t.test('in a /64 the same port of two addresses is two sockets', async (t) => {
  const { place } = memoryOf().fail(attempt({ address: '2001:db8::1' }));
  const [one, two] = ['2001:db8::1', '2001:db8::2'].map((address) => socketOf(place, remoteOf(5060, address), NOW));
  t.not(one, two);
});

await t.test('of 65 sockets the oldest is forgotten, and one that is banned stays', async (t) => {
  const { place } = memoryOf().fail(attempt({ port: 1 }));
  const banned = findSocket(place, remoteOf(1));
  if (banned !== null) banned.ban.until = NOW + 1;
  for (let port = 2; port <= 65; port++) socketOf(place, remoteOf(port), NOW);
  t.equal(findSocket(place, remoteOf(1)), banned);
  t.equal(findSocket(place, remoteOf(2)), null);
  for (const socket of place.sockets?.values() ?? []) socket.ban.until = NOW + 1;
  socketOf(place, remoteOf(66), NOW);
  t.equal(findSocket(place, remoteOf(1)), null, 'unless all of them are');
  t.equal(place.sockets?.size, 64);
});

await t.test('a phone keeps its account, and a gateway has many and one socket', async (t) => {
  t.equal(isRestless({}, {}, {}), false);
  t.equal(isRestless({}, { account: '102' }, { account: '103' }, { account: '101' }), false);
});

await t.test(
  'an account from one more socket is restless, and so is a socket with more accounts than a gateway',
  async (t) => {
    t.equal(isRestless({}, { port: 5061 }), true);
    t.equal(isRestless({}, { port: 5061 }, { port: 5060 }), false, 'a device with two registrars');
    t.equal(isRestless({}, { port: 5061 }, { port: 5060, account: '102' }, { port: 5060 }), true, 'many of both');
    const lines = Array.from({ length: 9 }, (_, n) => ({ account: `${n}` }));
    t.equal(isRestless(...lines.slice(1)), false);
    t.equal(isRestless(...lines), true);
  },
);

await t.test('four ports of an account are remembered', async (t) => {
  const { fail } = memoryOf();
  for (const port of [1, 2, 3, 4, 5]) fail(attempt({ port }));
  t.same(fail(attempt({ port: 5 })).pair?.ports, [2, 3, 4, 5]);
  t.equal(fail(attempt({ port: 1 })).isRestless, false, 'each of many devices that ask in one name keeps its socket');
  for (let port = 10; port < 80; port++) t.equal(fail(attempt({ port })).isRestless, true);
  t.equal(fail(attempt({ port: 1 })).isRestless, true, 'a socket that is long forgotten');
});

await t.test('a log without ports tells nothing, and AMI has a new port each time', async (t) => {
  t.equal(isRestless({ port: 0 }, { port: 0, account: '102' }), false);
  t.equal(isRestless({ service: 'AMI' }), true);
  t.equal(isRestless({ service: 'AMI', hasPassword: false }), false);
});

await t.test('a failure without a name is no account of its own', async (t) => {
  const { fail } = memoryOf();
  const { socket } = fail({ ...attempt(), account: null });
  t.same(socket?.accounts, []);
});

await t.test('a socket is friendly for a day after a login through it', async (t) => {
  const { place, socket } = memoryOf().fail(attempt());
  t.notOk(isFriendly(place, socket, NOW));
  rememberPort(place, 5060, NOW);
  t.strictSame(
    [0, DAY_MS - 1, DAY_MS].map((age) => isFriendly(place, socket, NOW + age)),
    [true, true, false],
  );
  t.notOk(isFriendly(place, null, NOW));
});
