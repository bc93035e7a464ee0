import t from 'tap';
import { newBan, newNetwork, newPlace, newSocket } from '../../src/detection/places.js';
import type { Address } from '../../src/domain/remote-address.js';
import { finalState } from '../../src/replay/final-state.js';
import { placeNumbers } from '../../src/replay/place-numbers.js';
import { AT, remoteOf } from './observed.js';

const LIMITS = {
  guesses: 10,
  names: 12,
  probes: 40,
  sprayAccounts: 12,
  attackers: 6,
  homeMs: 1,
  stormPerMinute: 1,
  stormFactor: 1,
  honeypots: new Set<string>(),
};

function recordOf(text: string, key = text) {
  return newPlace(key, remoteOf(text), newNetwork(text, AT), AT);
}

function stateOf(text: string, record = recordOf(text)) {
  return finalState({ address: text as Address, record, at: AT, limits: LIMITS, isLivedIn: false, isAllowed: true });
}

await t.test('of a place where nothing happened there is nothing to tell', (t) => {
  t.strictSame(stateOf('203.0.113.9'), {
    at: AT,
    place: placeNumbers(recordOf('203.0.113.9'), AT),
    limits: { guesses: 10, sprayAccounts: 12, names: 12, probes: 40 },
    attempts: 0,
    failures: 0,
    residentAt: null,
    isLivedIn: false,
    bans: 0,
    bannedUntil: null,
    networkBannedUntil: null,
    socketBans: [],
    isAllowed: true,
  });
  t.end();
});

await t.test('bans that have not ended are told, the address, its network and its sockets each', (t) => {
  const record = recordOf('203.0.113.9');
  record.residentAt = AT - 5;
  record.ban.until = AT + 1;
  record.ban.count = 3;
  record.network.ban.until = AT + 2;
  const sockets = [5060, 5062].map((port) => newSocket('203.0.113.9' as Address, port, AT));
  record.sockets = new Map(sockets.map((socket) => [socket.port, socket]));
  for (const socket of sockets) socket.ban.until = socket.port === 5062 ? AT + 3 : AT;
  t.match(stateOf('203.0.113.9', record), {
    residentAt: AT - 5,
    bans: 3,
    bannedUntil: AT + 1,
    networkBannedUntil: AT + 2,
    socketBans: [{ target: '203.0.113.9:5062', until: AT + 3 }],
  });
  record.ban.until = AT;
  record.network.ban.until = AT;
  t.match(stateOf('203.0.113.9', record), { bans: 3, bannedUntil: null, networkBannedUntil: null });
  t.end();
});

await t.test('of a /64 the sockets of other hosts are not told, and a ban of the part of its network is', (t) => {
  const record = recordOf('2001:db8::1', '2001:db8::/64');
  const other = newSocket('2001:db8::2' as Address, 5060, AT);
  other.ban.until = AT + 3;
  record.sockets = new Map([[1, other]]);
  t.match(stateOf('2001:db8::1', record), { socketBans: [], networkBannedUntil: null });
  record.network.partBans = new Map([[0, { ...newBan(), until: AT + 4 }]]);
  t.match(stateOf('2001:db8::1', record), { networkBannedUntil: AT + 4 });
  record.network.partBans = new Map([[1, { ...newBan(), until: AT + 4 }]]);
  t.match(stateOf('2001:db8::1', record), { networkBannedUntil: null });
  t.end();
});
