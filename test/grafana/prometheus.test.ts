import { readFileSync } from 'node:fs';
import t from 'tap';
import { parse } from 'yaml';
import { counted, select } from '../../grafana/src/prometheus.js';
import { PROMETHEUS } from '../../grafana/src/prometheus-language.js';

const selectors = (pattern: string) => select(pattern).map(({ selector }) => selector);

await t.test('a plain name becomes the metric and the labels of the dialects with tags', async (t) => {
  const named: readonly (readonly [plain: string, ...selectors: string[]])[] = [
    ['exporter.hearing', 'exporter_hearing{pbx=~"$pbx"}'],
    ['security.findings.*', 'security_findings{pbx=~"$pbx"}'],
    ['security.findings.{breach,storm}', 'security_findings{rule=~"breach|storm",pbx=~"$pbx"}'],
    ['security.events.$service.*', 'security_events{service=~"$service",pbx=~"$pbx"}'],
    [
      'security.failed_auth.$service.$address',
      'security_failed_auth_address{service=~"$service",address="$address",pbx=~"$pbx"}',
    ],
    ['security.failed_auth.$service.IPV{4,6}-*', 'security_failed_auth_address{service=~"$service",pbx=~"$pbx"}'],
    ['security.bans.{added,removed}', 'security_bans_added{pbx=~"$pbx"}', 'security_bans_removed{pbx=~"$pbx"}'],
  ];
  for (const [plain, ...expected] of named) t.strictSame(selectors(plain), expected, plain);
  t.strictSame(
    select('exporter.events', [], true).map(({ selector }) => selector),
    ['exporter_events'],
    'of every PBX, without a label',
  );
});

await t.test('a node is a label, or a word of the name', async (t) => {
  const nodes = (pattern: string, ...at: number[]) => select(pattern, at).map(({ nodes }) => nodes);
  t.strictSame(nodes('exporter.alerts.*.dropped.*', -4, -2), [
    [
      { label: 'alert', word: '*' },
      { label: 'reason', word: '*' },
    ],
  ]);
  t.strictSame(nodes('security.failed_auth.$service.$address', -3, -2), [
    [
      { label: 'service', word: '$service' },
      { label: 'address', word: '$address' },
    ],
  ]);
  t.strictSame(nodes('blocker.{firewall,store}.failures', -3), [
    [{ label: null, word: 'firewall' }],
    [{ label: null, word: 'store' }],
  ]);
  t.throws(() => nodes('exporter.events', -4), /exporter\.events has no node -4/);
});

await t.test('what was counted is looked for before the window', async (t) => {
  const expr = counted('a{b="c"}', '10m', ' @ end()');
  t.match(expr, 'max_over_time(a{b="c"}[10m] @ end()) - last_over_time(a{b="c"}[1h] @ end() offset 10m) >= 0 or');
});

await t.test('different metrics are not added up', async (t) => {
  t.throws(() => PROMETHEUS.total('exporter.{events,gaps}', 'both')('bars'), /is not one metric/);
});

await t.test('the data source for Prometheus is one that Grafana does not read unasked', async (t) => {
  const file = new URL('../../grafana/provisioning/datasources/prometheus.yml.example', import.meta.url);
  t.match(parse(readFileSync(file, 'utf8')), {
    apiVersion: 1,
    datasources: [{ type: 'prometheus', access: 'proxy', editable: false, jsonData: { timeInterval: '15s' } }],
  });
});
