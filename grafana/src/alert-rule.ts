import type { Dashboard } from './schema.js';

/** uid of the data source in grafana/provisioning/datasources/graphite.yml. */
const GRAPHITE_UID = 'graphite';
const EXPRESSION = { type: '__expr__', uid: '__expr__' } as const;

export type Reducer = 'sum' | 'max' | 'last';

/** What Graphite is asked, and how its points become one number. Points that are null are left out. */
export interface Question {
  readonly target: string;
  readonly reducer: Reducer;
}

export interface AlertRuleContent {
  readonly uid: string;
  readonly title: string;
  readonly severity: 'warning' | 'critical';
  /** With two, the condition is about the first minus the second. */
  readonly questions: readonly [Question] | readonly [Question, Question];
  /** The alert fires above it, or below it. */
  readonly fires: { readonly when: 'gt' | 'lt'; readonly limit: number };
  /** Seconds before now that are looked at, and how long the condition must hold. */
  readonly rangeSeconds: number;
  readonly forSeconds: number;
  readonly noDataState: 'OK' | 'Alerting';
  readonly summary: string;
  /** What it means and what to do. `{{ .Labels.name }}` is the PBX. */
  readonly runbook: string;
  readonly dashboard: Dashboard;
  /** The title of a panel of it. */
  readonly panel: string;
}

/** A rule as Grafana's alerting provisioning reads it. @throws where the dashboard has no such panel */
export function alertRule(rule: AlertRuleContent) {
  const { dashboard, rangeSeconds } = rule;
  const panel = dashboard.panels.find(({ type, title }) => type !== 'row' && title === rule.panel);
  if (panel === undefined) throw new Error(`${dashboard.uid} has no panel "${rule.panel}"`);
  const { queries, refId } = asked(rule.questions, rangeSeconds);
  return {
    uid: rule.uid,
    title: rule.title,
    condition: 'C',
    data: [...queries, threshold(refId, rule.fires)],
    dashboardUid: dashboard.uid,
    panelId: panel.id,
    noDataState: rule.noDataState,
    execErrState: 'Error',
    for: `${rule.forSeconds}s`,
    annotations: {
      summary: rule.summary,
      description: rule.runbook,
      __dashboardUid__: dashboard.uid,
      __panelId__: String(panel.id),
    },
    labels: { severity: rule.severity, program: 'asterisk-auth-stats' },
    isPaused: false,
  };
}

/** The queries, and under which refId the one number of all of them stands. */
function asked(questions: AlertRuleContent['questions'], rangeSeconds: number) {
  const [first, second] = questions;
  const one = [graphite('A', first.target, rangeSeconds), reduced('B', 'A', first.reducer)];
  if (second === undefined) return { queries: one, refId: 'B' };
  const other = [graphite('D', second.target, rangeSeconds), reduced('E', 'D', second.reducer)];
  // Grafana subtracts those whose labels are the same: the same PBX.
  return { queries: [...one, ...other, expression('F', { type: 'math', expression: '$B - $E' })], refId: 'F' };
}

function graphite(refId: string, target: string, rangeSeconds: number) {
  return {
    refId,
    relativeTimeRange: { from: rangeSeconds, to: 0 },
    datasourceUid: GRAPHITE_UID,
    model: { refId, target, textEditor: true, intervalMs: 1000, maxDataPoints: 43_200 },
  };
}

function reduced(refId: string, of: string, reducer: Reducer) {
  return expression(refId, { type: 'reduce', expression: of, reducer, settings: { mode: 'dropNN' } });
}

function threshold(of: string, { when, limit }: AlertRuleContent['fires']) {
  return expression('C', {
    type: 'threshold',
    expression: of,
    conditions: [{ evaluator: { type: when, params: [limit] } }],
  });
}

function expression(refId: string, model: object) {
  return {
    refId,
    relativeTimeRange: { from: 0, to: 0 },
    datasourceUid: EXPRESSION.uid,
    model: { refId, datasource: EXPRESSION, ...model },
  };
}
