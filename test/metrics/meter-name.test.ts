import fc from 'fast-check';
import t from 'tap';
import { parseEndpoint } from '../../src/domain/remote-address.js';
import { addressId, segment } from '../../src/metrics/meter-name.js';
import { rounds } from '../rounds.js';
import { endpoint } from './endpoints.js';

const id = (text: string) => {
  const endpoint = parseEndpoint(text);
  return endpoint === null ? null : addressId(endpoint);
};

await t.test('addressId: an endpoint keeps its form, with underscores', async (t) => {
  t.equal(id('IPV4/TCP/127.0.0.1'), 'IPV4/TCP/127_0_0_1');
  t.equal(id('IPV4/203.0.113.9'), 'IPV4/203_0_113_9');
  t.equal(id('IPV6/UDP/2001:db8::1'), 'IPV6/UDP/2001_db8__1');
  t.equal(id('IPV6/WSS/::'), 'IPV6/WSS/__');
});

await t.test('addressId: a zone is told from a group of the address', async (t) => {
  t.equal(id('IPV6/UDP/fe80::1%eth0'), 'IPV6/UDP/fe80__1_eth0');
  t.equal(id('IPV6/UDP/fe80::1%2'), 'IPV6/UDP/fe80__1_z_32');
  t.equal(id('IPV6/UDP/fe80::1:2'), 'IPV6/UDP/fe80__1_2');
  t.equal(id('IPV6/UDP/fe80::1%bad'), 'IPV6/UDP/fe80__1_z_626164');
  t.equal(id('IPV6/UDP/fe80::1%z_32'), 'IPV6/UDP/fe80__1_z_7a5f3332');
  t.equal(id('IPV6/UDP/fe80::1%br.1:c'), 'IPV6/UDP/fe80__1_z_62722e313a63');
});

/** Reads an id back, which is possible only if no two endpoints share one. */
function endpointOf(addressIdText: string): string {
  const [, head = '', host = ''] = /^(.*\/)([^/]*)$/.exec(addressIdText) ?? [];
  if (head.startsWith('IPV4')) return head + host.replaceAll('_', '.');
  const encoded = /^(.*)_z_([0-9a-f]+)$/.exec(host);
  const plain = /^(.*)_([^_]*)$/.exec(host);
  const isGroup = /^[0-9a-f]{0,4}$/.test(plain?.[2] ?? '');
  const [, groups = '', zoneText = ''] = encoded ?? (isGroup ? ['', host] : (plain ?? []));
  const decoded = encoded ? Buffer.from(zoneText, 'hex').toString() : zoneText;
  return head + groups.replaceAll('_', ':') + (decoded === '' ? '' : `%${decoded}`);
}

await t.test('addressId: an id can be read back, so no two endpoints share one', async () => {
  fc.assert(
    fc.property(endpoint, (one) => endpointOf(addressId(one)) === one.endpoint),
    { numRuns: rounds(2000) },
  );
});

await t.test('addressId: every id is a safe part of a name', async () => {
  fc.assert(fc.property(endpoint, (one) => /^IPV[46]\/[A-Za-z0-9_/-]+$/.test(addressId(one))));
});

await t.test('segment: whatever the text, it is 1 to 64 safe characters', async (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200, size: 'max' }), (text) =>
      /^[A-Za-z0-9_-]{1,64}$/.test(segment(text)),
    ),
  );
  t.equal(segment('PJSIP'), 'PJSIP');
  t.equal(segment('a.b c/d|e:f\n'), 'a_b_c_d_e_f_');
  t.equal(segment(''), '_');
  t.equal(segment('x'.repeat(65)), 'x'.repeat(64));
});
