import t from 'tap';
import { type Interfaces, OwnAddresses } from '../../src/allowlist/own-addresses.js';
import { recordedLog } from './fixtures.js';

const interfaces = (...addresses: string[]): ReturnType<Interfaces> => ({
  eth0: addresses.map((address) => ({ address })),
  gone: undefined,
});

await t.test('the addresses of all interfaces are read, and a change is told', async (t) => {
  let current = interfaces('203.0.113.1', 'fe80::1');
  const own = new OwnAddresses(recordedLog(), () => current);
  t.strictSame(own.addresses, [], 'not before the first refresh');
  t.equal(own.refresh(), true);
  t.strictSame(own.addresses, ['203.0.113.1', 'fe80::1']);
  current = interfaces('fe80::1', '203.0.113.1');
  t.equal(own.refresh(), false, 'the order does not count');
  current = interfaces('203.0.113.2', 'no address');
  t.equal(own.refresh(), true);
  t.strictSame(own.addresses, ['203.0.113.2']);
});

await t.test('where the system does not tell, the last addresses stay, and it is said once', async (t) => {
  const log = recordedLog();
  let fault: Error | null = null;
  const own = new OwnAddresses(log, () => {
    if (fault !== null) throw fault;
    return interfaces('203.0.113.1');
  });
  own.refresh();
  fault = new Error('EAFNOSUPPORT');
  t.equal(own.refresh(), false);
  own.refresh();
  t.strictSame(own.addresses, ['203.0.113.1']);
  t.strictSame(log.lines, [['warn', { error: 'Error: EAFNOSUPPORT' }, "this host's own addresses cannot be read"]]);
  fault = null;
  own.refresh();
  fault = new Error('again');
  own.refresh();
  t.equal(log.lines.length, 2, 'again after it was well in between');
});

await t.test('without interfaces of ours the system is asked', async (t) => {
  const own = new OwnAddresses(recordedLog());
  own.refresh();
  t.ok(own.addresses.some((text) => text === '127.0.0.1' || text === '::1'));
});
