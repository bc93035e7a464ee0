import { endianness } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { neighbours, readStart } from '../../src/allowlist/neighbours.js';

/** What a file of that name would hold; the others are missing. */
const files = (texts: Readonly<Record<string, string>>) => (path: string) => texts[path] ?? '';

/** As this machine writes it in /proc/net/route. */
const hex = (...bytes: readonly number[]) =>
  Buffer.from(endianness() === 'LE' ? [...bytes].reverse() : bytes)
    .toString('hex')
    .toUpperCase();

await t.test('gateways of IPv4 are those of the routes that go through a host', async (t) => {
  const route = [
    'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT',
    `eth0\t00000000\t${hex(192, 0, 2, 1)}\t0003\t0\t0\t0\t00000000\t0\t0\t0`,
    `eth0\t${hex(192, 0, 2, 0)}\t00000000\t0001\t0\t0\t0\t${hex(255, 255, 255, 0)}\t0\t0\t0`,
    `tun0\t${hex(10, 0, 0, 0)}\t${hex(192, 0, 2, 254)}\t0007\t0\t0\t0\t${hex(255, 0, 0, 0)}\t0\t0\t0`,
    'eth0\t00000000\tnonsense\t0003',
    '',
  ].join('\n');
  t.strictSame(neighbours(files({ '/proc/net/route': route })), ['192.0.2.1', '192.0.2.254']);
});

await t.test('gateways of IPv6 are those that are not zero', async (t) => {
  const zero = '0'.repeat(32);
  const line = (destination: string, length: string, gateway: string) =>
    `${destination} ${length} ${zero} 00 ${gateway} 00000400 00000001 00000000 00000003     eth0`;
  const route = [
    line('20010db8000000000000000000000000', '40', zero),
    line(zero, '00', '20010db8000000000000000000000001'),
    'nonsense',
  ].join('\n');
  t.strictSame(neighbours(files({ '/proc/net/ipv6_route': route })), ['2001:db8::1']);
});

await t.test('name servers are read as resolv.conf has them, and those behind the local one', async (t) => {
  const texts = {
    '/etc/resolv.conf': '# nameserver 198.51.100.9\nnameserver 127.0.0.53\n nameserver\tfe80::1%eth0\nsearch example\n',
    '/run/systemd/resolve/resolv.conf': 'nameserver 198.51.100.53\nnameserver no.address\n',
  };
  t.strictSame(neighbours(files(texts)), ['127.0.0.53', 'fe80::1', '198.51.100.53']);
});

await t.test('without files of ours the system is asked, and may have none of them', async (t) => {
  t.ok(Array.isArray(neighbours()));
});

await t.test('a file that is missing is empty, and one that cannot be read is a fault', async (t) => {
  const directory = t.testdir({ file: 'nameserver 198.51.100.53\n' });
  t.equal(readStart(join(directory, 'file')), 'nameserver 198.51.100.53\n');
  t.equal(readStart(join(directory, 'missing')), '');
  t.throws(() => readStart(join(directory, 'file', 'below')), { code: 'ENOTDIR' });
  t.throws(() => readStart(directory), { code: 'EISDIR' });
});
