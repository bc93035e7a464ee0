import t from 'tap';
import { attempt, FormatFault } from '../../src/config/formats.js';
import { portList } from '../../src/config/port-list.js';

await t.test('ports and ranges are read in order, and what touches is one', async (t) => {
  for (const [text, shown] of [
    ['5060', '5060'],
    ['5061, 5060', '5060-5061'],
    ['10000-20000 5060 15000-25000,5038', '5038,5060,10000-25000'],
    ['1-65535,7', '1-65535'],
  ] as const) {
    t.equal(String(portList(text)), shown, text);
  }
});

await t.test('anything else is a fault', async (t) => {
  const many = Array.from({ length: 65 }, (_, index) => 2 * index + 1).join();
  for (const text of ['0', '65536', '20000-10000', '5060-', '-5060', '5060,,5061', 'sip', '05060', '1-2-3', many]) {
    t.ok(attempt(portList, text) instanceof FormatFault, text);
  }
});
