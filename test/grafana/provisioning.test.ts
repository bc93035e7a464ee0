import { readFileSync, writeFileSync } from 'node:fs';
import t from 'tap';
import { parse } from 'yaml';
import { alertRule } from '../../grafana/src/alert-rule.js';
import { alertRules, renderedAlertRules } from '../../grafana/src/alert-rules.js';
import { blocking } from '../../grafana/src/dashboards/blocking.js';
import { dashboards } from '../../grafana/src/dashboards.js';
import { GRAPHITE } from '../../grafana/src/graphite-language.js';
import { renderedPrometheusAlerts } from '../../grafana/src/prometheus-alerts.js';
import { RULE_NAMES } from '../../src/domain/finding.js';

const prometheusAlerts = new URL('../../deploy/prometheus/alerts.yml', import.meta.url);
const file = (name: string) => new URL(`../../grafana/provisioning/${name}`, import.meta.url);
const read = (name: string): unknown => parse(readFileSync(file(name), 'utf8'));

interface Query {
  readonly refId: string;
  readonly datasourceUid: string;
  readonly relativeTimeRange: { readonly from: number; readonly to: number };
  readonly model: { readonly refId: string; readonly target?: string; readonly expression?: string };
}

await t.test('the alert rules are what the source makes; UPDATE_DASHBOARDS=1 writes them', async (t) => {
  if (process.env['UPDATE_DASHBOARDS'] === '1') writeFileSync(file('alerting/asterisk.yml'), renderedAlertRules());
  t.equal(readFileSync(file('alerting/asterisk.yml'), 'utf8'), renderedAlertRules());
});

await t.test('so are those of Prometheus, each with its runbook', async (t) => {
  if (process.env['UPDATE_DASHBOARDS'] === '1') writeFileSync(prometheusAlerts, renderedPrometheusAlerts());
  const text = readFileSync(prometheusAlerts, 'utf8');
  const [strange] = alertRules.map((rule) => ({ ...rule, uid: 'asterisk-full-moon' }));
  t.throws(() => renderedPrometheusAlerts(strange && [strange]), /not asked for asterisk-full-moon/);
  t.equal(text, renderedPrometheusAlerts());
  const { groups } = parse(text) as { groups: { rules: Record<string, unknown>[] }[] };
  const rules = groups.flatMap((group) => group.rules);
  t.equal(rules.length, alertRules.length);
  for (const rule of rules) {
    t.match(rule, {
      alert: /^Asterisk[A-Za-z]+$/,
      expr: /^[^$]+$/,
      for: /^\d+s$/,
      labels: { severity: /^(warning|critical)$/ },
      annotations: { summary: /\{\{ or \$labels\.pbx/, description: /^(?!.*Graphite).{100,}\.$/s },
    });
  }
});

await t.test('the data source is the one that the alert rules name', async (t) => {
  const { datasources } = read('datasources/graphite.yml') as { datasources: { uid: string; type: string }[] };
  const ours = new Set(alertRules.flatMap((rule) => alertRule(rule).data.map(({ datasourceUid }) => datasourceUid)));
  t.strictSame(ours, new Set(['__expr__', ...datasources.map(({ uid }) => uid)]));
  t.match(datasources, [{ type: 'graphite', access: 'proxy', editable: false, jsonData: { graphiteVersion: '1.1' } }]);
});

await t.test('dashboards are provided from a folder, unchangeable', async (t) => {
  t.match(read('dashboards/asterisk.yml'), {
    apiVersion: 1,
    providers: [{ type: 'file', allowUiUpdates: false, options: { path: '/etc/grafana/dashboards' } }],
  });
});

await t.test('each rule has what Grafana asks for, and a runbook', async (t) => {
  const { groups } = read('alerting/asterisk.yml') as {
    groups: { interval: string; folder: string; rules: Record<string, unknown>[] }[];
  };
  t.match(groups, [{ interval: '30s', folder: 'Asterisk', name: 'asterisk-auth-stats' }]);
  const rules = groups.flatMap((group) => group.rules);
  t.equal(rules.length, 7);
  t.equal(new Set(rules.map(({ uid }) => uid)).size, rules.length);
  t.equal(new Set(rules.map(({ title }) => title)).size, rules.length);
  for (const rule of rules) {
    t.match(rule, {
      uid: /^[a-z-]{8,40}$/,
      condition: 'C',
      for: /^\d+s$/,
      noDataState: /^(OK|Alerting)$/,
      execErrState: 'Error',
      labels: { severity: /^(warning|critical)$/ },
      annotations: { summary: /\{\{ \.Labels\.name \}\}/, description: /^.{100,}\.$/s },
    });
  }
});

await t.test('each expression is about queries before it, and the condition about the last', async (t) => {
  for (const rule of alertRules) {
    const { data } = alertRule(rule) as unknown as { data: Query[] };
    const known = new Set<string>();
    for (const { refId, model, datasourceUid, relativeTimeRange } of data) {
      t.equal(model.refId, refId);
      for (const [name] of (model.expression ?? '').matchAll(/[A-Z]/g)) t.ok(known.has(name), `${rule.uid}: ${name}`);
      t.equal(relativeTimeRange.from > 0, datasourceUid === 'graphite');
      known.add(refId);
    }
    t.equal(data.at(-1)?.refId, 'C');
  }
});

await t.test('a rule points to a panel of a dashboard, whatever its id is now', async (t) => {
  for (const rule of alertRules) {
    const { dashboardUid, panelId, annotations } = alertRule(rule);
    const dashboard = [...dashboards.values()].find(({ uid }) => uid === dashboardUid);
    t.equal(dashboard?.panels.find(({ id }) => id === panelId)?.title, rule.panel);
    t.match(annotations, { __dashboardUid__: dashboardUid, __panelId__: String(panelId) });
  }
  const [rule] = alertRules;
  if (rule === undefined) throw new Error('there are no rules');
  t.throws(
    () => alertRule({ ...rule, dashboard: blocking(GRAPHITE), panel: 'Countries' }),
    /asterisk-blocking has no panel "Countries"/,
  );
});

await t.test('no target has what Grafana takes for a variable of its environment', async (t) => {
  for (const { questions } of alertRules) for (const { target } of questions) t.notMatch(target, /\$/);
});

await t.test('what is said of findings is about rules that there are', async (t) => {
  const named = JSON.stringify(alertRules).matchAll(/security\.findings\.(\w+)/g);
  const names = new Set(Array.from(named, ([, name = '']) => name));
  t.ok(names.size > 2);
  t.strictSame(
    [...names].filter((name) => !(RULE_NAMES as readonly string[]).includes(name)),
    [],
  );
});
