import t from 'tap';
import type { Address } from '../../src/domain/remote-address.js';
import { Explanation } from '../../src/replay/explanation.js';
import { jsonReport } from '../../src/replay/json-report.js';
import { VIEW } from './views.js';

await t.test('it is one document with all of the report, and nothing of what nobody asked for', (t) => {
  const document = JSON.parse(jsonReport({ report: VIEW, explanation: null, bans: null }));
  t.strictSame(document, JSON.parse(JSON.stringify({ v: 2, ...VIEW })));
  t.end();
});

await t.test('an explanation and the answers of the blocker are part of it', (t) => {
  const told = new Explanation('203.0.113.9' as Address);
  const bans = [{ address: '203.0.113.9/32', seconds: 5, result: 'refused', reason: 'allowlisted' }] as const;
  t.match(JSON.parse(jsonReport({ report: VIEW, explanation: { told, state: null }, bans })), {
    explanation: { address: '203.0.113.9', steps: 0, lines: [], state: null },
    banned: bans,
  });
  t.end();
});

await t.test('hostile text cannot do anything to a terminal', (t) => {
  t.match(jsonReport({ report: VIEW, explanation: null, bans: null }), /^[\n\x20-\x7e]*$/);
  t.end();
});
