import t from 'tap';
import { SystemAddresses } from '../../src/allowlist/system-addresses.js';
import { address, recordedLog } from './fixtures.js';

await t.test('a change is told, and the order is none', async (t) => {
  let current = ['203.0.113.1', '198.51.100.1'];
  const told = new SystemAddresses({ log: recordedLog(), read: () => current.map(address), warning: 'none' });
  t.strictSame(told.addresses, [], 'not before the first refresh');
  t.equal(told.refresh(), true);
  t.strictSame(told.addresses, ['198.51.100.1', '203.0.113.1']);
  current = ['198.51.100.1', '203.0.113.1', '203.0.113.1'];
  t.equal(told.refresh(), false);
  current = ['203.0.113.2'];
  t.equal(told.refresh(), true);
  t.strictSame(told.addresses, ['203.0.113.2']);
});

await t.test('where the system does not tell, the last addresses stay, and it is said once', async (t) => {
  const log = recordedLog();
  let fault: Error | null = null;
  const read = () => {
    if (fault !== null) throw fault;
    return [address('203.0.113.1')];
  };
  const told = new SystemAddresses({ log, read, warning: 'they cannot be read' });
  told.refresh();
  fault = new Error('EAFNOSUPPORT');
  t.equal(told.refresh(), false);
  told.refresh();
  t.strictSame(told.addresses, ['203.0.113.1']);
  t.strictSame(log.lines, [['warn', { error: 'Error: EAFNOSUPPORT' }, 'they cannot be read']]);
  fault = null;
  told.refresh();
  fault = new Error('again');
  told.refresh();
  t.equal(log.lines.length, 2, 'again after it was well in between');
});
