import t from 'tap';
import { networkKey, networkOfPlace, partOf, partPrefix, placeKey, socketKey } from '../../src/detection/places.js';
import type { Address } from '../../src/domain/remote-address.js';
import { attempt } from './observed.js';

const remote = (address: string) => attempt({ address }).remote;

await t.test('a place is an address of IPv4, and a /64 of IPv6', async (t) => {
  t.equal(placeKey(remote('203.0.113.9')), '203.0.113.9');
  t.equal(placeKey(remote('2001:db8:1:2:3::9')), '2001:db8:1:2::/64');
});

await t.test('a network is a /24, and a /48; a place knows its own', async (t) => {
  for (const [address, network] of [
    ['203.0.113.9', '203.0.113.0/24'],
    ['2001:db8:1:2:3::9', '2001:db8:1::/48'],
  ] as const) {
    t.equal(networkKey(remote(address)), network);
    t.equal(networkOfPlace(placeKey(remote(address))), network);
  }
});

await t.test('a /48 has 256 parts', async (t) => {
  t.equal(partOf('2001:db8:1:1234::9' as Address, 'IPV6'), 0x12);
  t.equal(partOf('2001:db8:1::9' as Address, 'IPV6'), 0);
  t.equal(partOf('203.0.113.9' as Address, 'IPV4'), null);
  t.equal(partPrefix('2001:db8:1:1234::9' as Address), '2001:db8:1:1200::/56');
});

await t.test('a socket is told by its port, in a /64 by its address too', async (t) => {
  t.equal(socketKey({ family: 'IPV4' }, '203.0.113.9' as Address, 5060), 5060);
  const key = (address: string) => socketKey({ family: 'IPV6' }, address as Address, 5060);
  t.not(key('2001:db8::1'), key('2001:db8::2'));
  t.equal(key('2001:db8::1'), key('2001:db8::1'));
});
