import t from 'tap';
import { ownAddresses } from '../../src/allowlist/own-addresses.js';

await t.test('the addresses of all interfaces are read', async (t) => {
  const interfaces = {
    eth0: [{ address: '203.0.113.1' }, { address: 'fe80::1' }, { address: 'no address' }],
    gone: undefined,
  };
  t.strictSame(
    ownAddresses(() => interfaces),
    ['203.0.113.1', 'fe80::1'],
  );
});

await t.test('without interfaces of ours the system is asked', async (t) => {
  t.ok(ownAddresses().some((text) => text === '127.0.0.1' || text === '::1'));
});
