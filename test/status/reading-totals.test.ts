import t from 'tap';
import { ReadingTotals } from '../../src/status/reading-totals.js';

await t.test('counters are added up, gauges are as they were last, in the order of their names', async (t) => {
  const totals = new ReadingTotals();
  const first = [
    { kind: 'gauge', name: 'security.bans.desired', value: 3 },
    { kind: 'counter', name: 'security.bans.added', value: 3 },
  ] as const;
  t.equal(totals.note(first), first, 'they go on unchanged');
  totals.note([
    { kind: 'counter', name: 'security.bans.added', value: 2 },
    { kind: 'gauge', name: 'security.bans.desired', value: 1 },
  ]);
  t.equal(
    totals.text(),
    `# HELP asterisk_auth_stats_security_bans_added_total The meter security.bans.added.
# TYPE asterisk_auth_stats_security_bans_added_total counter
asterisk_auth_stats_security_bans_added_total 5
# HELP asterisk_auth_stats_security_bans_desired The meter security.bans.desired.
# TYPE asterisk_auth_stats_security_bans_desired gauge
asterisk_auth_stats_security_bans_desired 1
`,
  );
});
