import t from 'tap';
import type { Address } from '../../../src/domain/remote-address.js';
import { RegisteredPeers } from '../../../src/sources/ami/registered-peers.js';

const HOME = '198.51.100.21' as Address;

function registered(name = '121', address = `${HOME}:5060`, before: readonly string[] = []): string {
  return [
    'Event: PeerStatus',
    'Privilege: system,all',
    ...before,
    'ChannelType: SIP',
    `Peer: SIP/${name}`,
    'PeerStatus: Registered',
    `Address: ${address}`,
  ].join('\r\n');
}

/** Whether account 121 at HOME counts as registered after these blocks. */
function counts(...blocks: string[]): boolean {
  const peers = new RegisteredPeers();
  for (const block of blocks) peers.read(block, 0);
  return peers.take('121', HOME, 0);
}

await t.test('a registration counts for one login of its account at its address', async (t) => {
  const peers = new RegisteredPeers();
  peers.read(registered(), 0);
  t.notOk(peers.take('122', HOME, 0), 'another account');
  t.notOk(peers.take(null, HOME, 0), 'no account');
  t.notOk(peers.take('121', '198.51.100.22' as Address, 0), 'another address');
  t.ok(peers.take('121', HOME, 0));
  t.notOk(peers.take('121', HOME, 0), 'a second login');
});

await t.test('the block is read with whatever Asterisk puts in front, and with any port', async (t) => {
  const debug = ['SequenceNumber: 12', 'File: manager_endpoints.c', 'Line: 18', 'Func: endpoint_cb'];
  t.ok(counts(registered('121', `${HOME}:5060`, ['Timestamp: 1795227208.827860', ...debug, 'SystemName: lab 16'])));
  t.ok(counts(registered('121', `${HOME}:1`)), 'over TCP the address is that of the Contact, with a port of its own');
  const peers = new RegisteredPeers();
  peers.read(registered('Zo\u00eb', '[2001:DB8::1]:5060'), 0);
  t.ok(peers.take('zO\u00eb', '2001:db8::1' as Address, 0), 'chan_sip ignores case');
});

await t.test('only a peer of chan_sip that is registered, in exactly these lines, counts', async (t) => {
  const block = registered();
  t.ok(counts(block));
  for (const altered of [
    block.replace('Registered', 'Unregistered'),
    block.replace('Registered', 'Reachable\r\nTime: 20'),
    block.replaceAll('SIP', 'PJSIP'),
    block.replace('Event: PeerStatus', 'Event: ContactStatus'),
    block.replace('Privilege: system,all', 'Privilege: call,all'),
    block.replace(/\r\nAddress.*/, ''),
    block.replace('SIP/121', 'SIP/'),
    block.replace('SIP/121', 'SIP/a\r\nPeer: SIP/121'),
    block.replace('SIP/121', 'SIP/121\n'),
    block.replace(HOME, 'phone.example'),
    `${block}\r\nX: y`,
    `X: y\r\n${block}`,
  ]) {
    t.notOk(counts(altered), JSON.stringify(altered));
    t.notOk(counts(block, altered), `before ${JSON.stringify(altered)}`);
  }
});

await t.test('what is forgotten: the oldest of five, and one that is 4 KB back', async (t) => {
  const others = ['1', '2', '3'].map((name) => registered(name));
  t.ok(counts(registered(), ...others));
  t.notOk(counts(registered(), ...others, registered('4')));
  const peers = new RegisteredPeers();
  peers.read(registered(), 100);
  t.notOk(peers.take('121', HOME, 4_197));
  t.ok(peers.take('121', HOME, 4_196));
  peers.read(registered(), 0);
  peers.clear();
  t.notOk(peers.take('121', HOME, 0), 'cleared');
});
