import t from 'tap';
import { parseHostPort } from '../../src/sources/host-port.js';

function read(text: string, transport: string | null = null, hasPort = false): string | null {
  const found = parseHostPort(text, transport, hasPort);
  return found === null ? null : `${found.endpoint.endpoint} ${found.port}`;
}

await t.test('an address is read with and without a port', async (t) => {
  t.equal(read('203.0.113.9'), 'IPV4/203.0.113.9 0');
  t.equal(read('203.0.113.9:5060'), 'IPV4/203.0.113.9 5060');
  t.equal(read('2001:DB8::9'), 'IPV6/2001:db8::9 0');
  t.equal(read('[2001:db8::9]'), 'IPV6/2001:db8::9 0');
  t.equal(read('[2001:db8::9]:5060'), 'IPV6/2001:db8::9 5060');
  t.equal(read('[203.0.113.9]:5060'), 'IPV4/203.0.113.9 5060');
  t.equal(read('[fe80::9%eth0]:5060'), 'IPV6/fe80::9%eth0 5060');
  t.equal(read('fe80::9%eth0'), 'IPV6/fe80::9%eth0 0');
  t.equal(read('1:2:3:4:5:6:7:8:5060'), 'IPV6/1:2:3:4:5:6:7:8 5060');
  t.equal(read('::ffff:203.0.113.9:5060'), 'IPV4/203.0.113.9 5060');
  t.equal(read('203.0.113.9:1', 'TLS'), 'IPV4/TLS/203.0.113.9 1');
});

await t.test('the last part of an IPv6 address is a port only where there always is one', async (t) => {
  t.equal(read('2001:db8::9:5060'), 'IPV6/2001:db8::9:5060 0');
  t.equal(read('2001:db8::9:5060', null, true), 'IPV6/2001:db8::9 5060');
  t.equal(read('2001:db8::9', null, true), 'IPV6/2001:db8::9 0', 'as nothing else can be meant');
  t.equal(read('2001:db8:1:2:3:4:5:6', null, true), 'IPV6/2001:db8:1:2:3:4:5:6 0');
});

await t.test('anything else is no address', async (t) => {
  const texts = [
    '',
    'pbx.example',
    '203.0.113',
    '203.0.113.999',
    '203.0.113.9:',
    '203.0.113.9:70000',
    '[203.0.113.999]:1',
    '[::1',
    'a:b',
    '[::1]x',
    '203.0.113.09',
  ];
  for (const text of texts) t.equal(read(text), null, text);
  t.equal(read('203.0.113.9:1', 'FLOW'), null);
});
