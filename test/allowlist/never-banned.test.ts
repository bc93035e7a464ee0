import t from 'tap';
import { NEVER_BANNED } from '../../src/allowlist/never-banned.js';
import { AddressSet, prefixText } from '../../src/domain/address-set.js';
import { address } from './fixtures.js';

await t.test('each text is a prefix', async (t) => {
  t.strictSame(NEVER_BANNED.map(prefixText), [
    '0.0.0.0/8',
    '127.0.0.0/8',
    '::/128',
    '::1/128',
    '169.254.0.0/16',
    'fe80::/10',
    '224.0.0.0/4',
    '255.255.255.255/32',
    'ff00::/8',
  ]);
});

await t.test('it is loopback, link-local and what is nobody, and no network where an attacker can sit', async (t) => {
  const set = new AddressSet(NEVER_BANNED);
  for (const text of [
    '127.0.0.1',
    '::1',
    '0.0.0.0',
    '::',
    '169.254.169.254',
    'fe80::1%eth0',
    'febf::1',
    '239.1.2.3',
    'ff02::1',
  ]) {
    t.ok(set.has(address(text)), text);
  }
  for (const text of [
    '10.0.0.1',
    '192.168.1.1',
    '203.0.113.9',
    '2001:db8::1',
    'fd00::1',
    'fec0::1',
    '::2',
    '240.0.0.1',
  ]) {
    t.notOk(set.has(address(text)), text);
  }
});
