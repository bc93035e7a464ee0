import { BlockList, isIP } from 'node:net';
import fc from 'fast-check';
import t from 'tap';
import { parseAddress, parseEndpoint } from '../../src/domain/remote-address.js';

/** The address alone, as read from IPV4 or IPV6 text. */
function addressOf(text: string): string | null {
  return parseEndpoint(`${text.includes(':') ? 'IPV6' : 'IPV4'}/UDP/${text}`)?.address ?? null;
}

await t.test('every transport of Asterisk is read, in both families', async (t) => {
  for (const transport of ['UDP', 'TCP', 'TLS', 'WS', 'WSS']) {
    t.strictSame(parseEndpoint(`IPV4/${transport}/203.0.113.9`), {
      family: 'IPV4',
      transport,
      address: '203.0.113.9',
      endpoint: `IPV4/${transport}/203.0.113.9`,
    });
    t.strictSame(parseEndpoint(`IPV6/${transport}/2001:db8::1`), {
      family: 'IPV6',
      transport,
      address: '2001:db8::1',
      endpoint: `IPV6/${transport}/2001:db8::1`,
    });
  }
});

await t.test('a transport that Asterisk leaves out is null and not part of the endpoint', async (t) => {
  t.strictSame(parseEndpoint('IPV4/203.0.113.9'), {
    family: 'IPV4',
    transport: null,
    address: '203.0.113.9',
    endpoint: 'IPV4/203.0.113.9',
  });
  t.equal(parseEndpoint('IPV6/::1')?.endpoint, 'IPV6/::1');
});

await t.test('an IPv6 address has one text, however it was written', async (t) => {
  const texts: Record<string, string[]> = {
    '2001:db8::1': ['2001:DB8::1', '2001:0db8:0:0:0:0:0:1', '2001:db8:0:0::0:1'],
    '::': ['0:0:0:0:0:0:0:0', '0::0'],
    '::1': ['0:0:0:0:0:0:0:1', '::0.0.0.1'],
    '::102:304': ['::1.2.3.4', '0:0:0:0:0:0:102:304', '::102:0304'],
    '::1:0': ['::0.1.0.0', '0:0:0:0:0:0:1:0'],
    '64:ff9b::c000:221': ['64:ff9b::192.0.2.33'],
    'fe80::1%eth0': ['FE80:0::1%eth0'],
    '::102:304%eth0': ['::1.2.3.4%eth0'],
  };
  for (const [canonical, variants] of Object.entries(texts)) {
    for (const text of [canonical, ...variants]) t.equal(addressOf(text), canonical, text);
  }
});

await t.test('an IPv4-mapped address is the IPv4 host, with the family of that', async (t) => {
  for (const text of [
    '::ffff:203.0.113.9',
    '::FFFF:cb00:7109',
    '0:0:0:0:0:ffff:203.0.113.9',
    '::ffff:203.0.113.9%eth0',
  ]) {
    t.strictSame(parseEndpoint(`IPV6/TLS/${text}`), {
      family: 'IPV4',
      transport: 'TLS',
      address: '203.0.113.9',
      endpoint: 'IPV4/TLS/203.0.113.9',
    });
  }
});

await t.test('the same address in two zones is two addresses, and the case of a zone stays', async (t) => {
  t.equal(addressOf('fe80::1%eth0'), 'fe80::1%eth0');
  t.equal(addressOf('fe80::1%ETH0'), 'fe80::1%ETH0');
  t.equal(addressOf(`fe80::1%${'z'.repeat(32)}`), `fe80::1%${'z'.repeat(32)}`);
});

await t.test('anything that Asterisk does not write is refused', async (t) => {
  const junk = [
    ...[
      '',
      '/',
      '//',
      'IPV4',
      'IPV4/',
      'IPV4/UDP',
      'IPV4/UDP/',
      'IPV6/UDP/',
      '(true)',
      '203.0.113.9',
      '/UDP/203.0.113.9',
    ],
    ...[
      'ipv4/UDP/203.0.113.9',
      'IPV5/UDP/203.0.113.9',
      'IPV4/udp/203.0.113.9',
      'IPV4/SCTP/203.0.113.9',
      'IPV4//203.0.113.9',
    ],
    ...['IPV4/UDP/203.0.113.9/5060', 'IPV4/UDP/UDP/203.0.113.9', ' IPV4/UDP/203.0.113.9', 'IPV4/UDP/203.0.113.9 '],
    ...[
      'IPV4/UDP/203.0.113.256',
      'IPV4/UDP/203.0.113',
      'IPV4/UDP/0x7f.0.0.1',
      'IPV4/UDP/2130706433',
      'IPV4/UDP/host.example',
    ],
    ...['IPV4/UDP/010.0.0.1', 'IPV4/UDP/203.0.113.09', 'IPV4/UDP/203.0.113.9\n', 'IPV4/UDP/203.0.113.9%eth0'],
    ...[
      'IPV4/UDP/::1',
      'IPV4/UDP/::ffff:203.0.113.9',
      'IPV6/UDP/203.0.113.9',
      'IPV6/UDP/[::1]',
      'IPV6/UDP/::1::',
      'IPV6/UDP/::g',
    ],
    ...['IPV6/UDP/fe80::1%', 'IPV6/UDP/fe80::1%a b', 'IPV6/UDP/fe80::1%a%b', `IPV6/UDP/fe80::1%${'z'.repeat(33)}`],
    ...['IPV6/UDP/fe80::1%\u00e9', 'IPV6/UDP/fe80::1%a\r\nb', 'IPV6/UDP/%eth0', 'IPV6/UDP/::1.2.3.04'],
    ...['__proto__/UDP/203.0.113.9', 'IPV4/constructor/203.0.113.9'],
  ];
  for (const text of junk) t.equal(parseEndpoint(text), null, JSON.stringify(text));
});

const words = fc.array(fc.oneof(fc.constant(0), fc.constant(0xffff), fc.nat(0xffff)), { minLength: 8, maxLength: 8 });
const ipv6 = fc.oneof(
  words.map((numbers) => numbers.map((word) => word.toString(16)).join(':')),
  fc.ipV6(),
  fc.ipV4().map((text) => `::ffff:${text}`),
  fc.ipV4().map((text) => `::${text}`),
);
const zone = fc.constantFrom('', '%eth0', '%2');
const anyAddress = fc.oneof(
  fc.ipV4(),
  fc.tuple(ipv6, zone).map((parts) => parts.join('')),
);

await t.test('any text is read or refused, and never throws', async (t) => {
  const piece = fc.oneof(fc.constantFrom('IPV4', 'IPV6', 'UDP', 'WSS', '/', '%', ':', '.'), anyAddress, fc.string());
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(piece).map((pieces) => pieces.join('')),
  );
  const check = fc.check(
    fc.property(text, (text) => {
      const endpoint = parseEndpoint(text);
      return endpoint === null || isIP(endpoint.address) !== 0;
    }),
    { numRuns: 300 },
  );
  t.notOk(check.failed, fc.defaultReportMessage(check) ?? 'holds');
});

await t.test('a canonical endpoint is its own canonical text', async (t) => {
  const check = fc.check(
    fc.property(anyAddress, (text) => {
      const found = parseEndpoint(`${text.includes(':') ? 'IPV6' : 'IPV4'}/TCP/${text}`);
      if (found === null) return false;
      const again = parseEndpoint(found.endpoint);
      return again?.endpoint === found.endpoint && again.address === found.address && again.family === found.family;
    }),
    { numRuns: 300 },
  );
  t.notOk(check.failed, fc.defaultReportMessage(check) ?? 'holds');
});

await t.test('two texts have the same canonical text exactly when they are the same address', async (t) => {
  // Node's BlockList compares addresses as numbers, an IPv4-mapped one as the IPv4 address.
  const isSame = (a: string, b: string) => {
    const list = new BlockList();
    const [hostA = '', zoneA = ''] = a.split('%');
    const [hostB = '', zoneB = ''] = b.split('%');
    list.addAddress(hostA, hostA.includes(':') ? 'ipv6' : 'ipv4');
    return (
      list.check(hostB, hostB.includes(':') ? 'ipv6' : 'ipv4') && (zoneA === zoneB || isIP(addressOf(a) ?? '') === 4)
    );
  };
  const near = fc.tuple(words, fc.nat(7), fc.nat(0xffff)).map(([numbers, at, word]) => {
    const text = (all: number[]) => all.map((number) => number.toString(16)).join(':');
    return [text(numbers), text(numbers.with(at, word))] as const;
  });
  const check = fc.check(
    fc.property(fc.oneof(near, fc.tuple(anyAddress, anyAddress)), ([a, b]) => {
      return (addressOf(a) === addressOf(b)) === isSame(a, b);
    }),
    { numRuns: 300 },
  );
  t.notOk(check.failed, fc.defaultReportMessage(check) ?? 'holds');
});

await t.test('an address alone is read in either family', async (t) => {
  t.equal(parseAddress('203.0.113.9'), '203.0.113.9');
  t.equal(parseAddress('2001:DB8:0::1'), '2001:db8::1');
  t.equal(parseAddress('::ffff:203.0.113.9'), '203.0.113.9');
  for (const text of ['', 'pbx', '203.0.113', '[::1]', '203.0.113.9:5060', '010.0.0.1'])
    t.equal(parseAddress(text), null);
});
