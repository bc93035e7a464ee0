import t from 'tap';
import { findingRecord } from '../../src/alerts/finding-record.js';
import type { Address } from '../../src/domain/remote-address.js';
import { FINDING } from './fixtures.js';

await t.test('a finding keeps its fields, and its times are ISO 8601', async (t) => {
  t.same(findingRecord(FINDING), {
    rule: 'brute_force',
    severity: 'warning',
    subject: { kind: 'address', text: '203.0.113.9' },
    pbx: 'office',
    service: 'PJSIP',
    at: '2026-03-01T04:00:00.000Z',
    since: '2026-03-01T02:00:00.000Z',
    attempts: 1000,
    accounts: 3,
    addresses: 1,
    address: '203.0.113.9',
    account: '101',
    proof: 'handshake',
    action: 'ban',
    banTarget: '203.0.113.9',
    banSeconds: 3600,
    evidence: FINDING.evidence,
  });
});

await t.test('every text that somebody else wrote is as it can be shown', async (t) => {
  const hostile = '<!here>';
  const shown = '\\x3c\\x21here\\x3e';
  const record = findingRecord({
    ...FINDING,
    subject: { kind: 'account', text: hostile },
    pbx: hostile,
    service: hostile,
    address: hostile as Address,
    account: hostile,
  });
  t.match(record, { subject: { kind: 'account', text: shown }, pbx: shown, service: shown, account: shown });
  t.notMatch(JSON.stringify(record), '<');
  t.match(findingRecord({ ...FINDING, subject: { kind: 'pbx', text: 'a.b' } }), { subject: { text: 'a[.]b' } });
  t.match(findingRecord({ ...FINDING, subject: { kind: 'prefix', text: '2001:db8::/32' } }), {
    subject: { text: '2001:db8::/32' },
  });
});

await t.test('a ban has its port, or the length of its prefix', async (t) => {
  for (const banTarget of ['203.0.113.9:5062', '[2001:db8::1]:5062', '2001:db8::/56', '203.0.113.0/24']) {
    t.match(findingRecord({ ...FINDING, banTarget }), { banTarget });
  }
  t.match(findingRecord({ ...FINDING, banTarget: '2001:db8::1/128' }), { banTarget: '2001:db8::1' });
});

await t.test('what is unknown stays null', async (t) => {
  t.match(findingRecord({ ...FINDING, address: null, account: null, proof: null, banTarget: null, banSeconds: null }), {
    address: null,
    account: null,
    proof: null,
    banTarget: null,
    banSeconds: null,
  });
});
