import type { Ask, Language, Span } from './language.js';
import { counted, countedSinceStart, type Selected, select } from './prometheus.js';
import type { DataSourceRef, PrometheusAnnotation, Variable } from './schema.js';

const DATA_SOURCE: DataSourceRef = { type: 'prometheus', uid: '${ds}' };
/** `$__interval` is the step: each bar ends where the next one begins. `$__rate_interval` is longer, and would count twice. */
const WINDOW: Readonly<Record<Span, string>> = { range: '$__range', bars: '$__interval', now: '$__interval' };
const ALL = { multi: true, includeAll: true, allValue: '.*', current: { text: 'All', value: '$__all' } } as const;

/** Prometheus behind statsd_exporter, with docker/statsd-exporter. */
export const PROMETHEUS: Language = {
  name: 'prometheus',
  gauge: (meter, label) => ask(() => one(meter).selector, `${label} {{pbx}}`),
  gauges: (meter) =>
    select(meter, [-2]).map((selected) => ask(() => selected.selector, `${grouped(selected)[1]} {{pbx}}`)),
  lacking: (gauge, other, label) => ask(() => `${one(gauge).selector} - ${one(other).selector}`, `${label} {{pbx}}`),
  total: (meter, label) => ask((span) => sumBy('', meter, span), label),
  totals: (meter, ...nodes) => select(meter, nodes).map(totalOf),
  greatest: (meter, node, most) => {
    const [label, legend] = grouped(one(meter, [node]));
    return ask((span) => worst(label, meter, most, span), legend);
  },
  distinct: (meter, node, label) =>
    ask((span) => `count(${sumBy(grouped(one(meter, [node]))[0], meter, span)} > 0)`, label),
  running: (meter, label) => ask(() => `sum(${countedSinceStart(one(meter).selector)})`, label),
  remainder: (meter, other, label) =>
    ask((span) => `${sumBy('', meter, span)} - (${sumBy('', other, span)} or vector(0))`, label),
  transports: (addresses) => [ask((span) => sumBy('transport', addresses, span), '{{transport}}')],
  everyPbx: () => {
    const all = select('security.failed_auth.*.count', [], true).map(({ selector }) => selector);
    return all.map((selector) => ask((span) => `sum by (pbx) (${counted(selector, WINDOW[span])})`, 'PBX {{pbx}}'));
  },
  variables: {
    dataSource: { name: 'ds', label: 'Prometheus', type: 'datasource', query: 'prometheus' },
    pbx: {
      ...variable('label_values(exporter_uptime_seconds, pbx)', 1),
      name: 'pbx',
      label: 'PBX',
      description: 'By the label pbx: PBX_NAME with STATSD_DIALECT=dogstatsd, or set by the scrape configuration',
      regex: '',
      sort: 1,
      ...ALL,
    },
    service: {
      ...variable('label_values(security_events{pbx=~"$pbx"}, service)', 1),
      name: 'service',
      label: 'Service',
      description: "Asterisk's own word: PJSIP, SIP (chan_sip), AMI, IAX2",
      regex: '',
      sort: 1,
      ...ALL,
    },
    address: {
      ...variable(`query_result(${worst('address', 'security.failed_auth.$service.IPV*', 500, 'range')})`, 3),
      name: 'address',
      label: 'Address',
      description: 'The 500 with the most failures in the range; type any other',
      regex: '/address="([^"]+)"/',
      sort: 0,
      multi: false,
      includeAll: false,
      current: { text: '', value: '' },
    },
  },
  annotations: {
    findings: [
      annotation('Findings', 'orange', 'rule', 'security.findings.*'),
      annotation('Break-ins suspected', 'dark-red', 'rule', 'security.findings.breach'),
    ],
    gaps: annotation('Connection to Asterisk lost', 'purple', 'pbx', 'exporter.gaps'),
    repairs: annotation('Firewall repaired', 'purple', 'pbx', 'blocker.repairs'),
  },
  toAddress: (uid) => ({
    title: 'What ${__field.labels.address} did',
    url: `/d/${uid}?\${pbx:queryparam}&\${ds:queryparam}&\${__url_time_range}&var-address=\${__field.labels.address}`,
  }),
  words: {
    name: 'Prometheus',
    forgets: 'as far back as Prometheus keeps them',
    keeps: 'The range may be as long as Prometheus keeps',
    namesOfAddresses: '',
    transportNotSaid: 'none',
    everyPbx: 'Every PBX that this Prometheus scrapes, by its label pbx',
    exactness: 'The total matches the scrapes at every zoom; the height of a bar depends on how much time it covers.',
    accounts: ["- the exporter's **alerts**, where `ALERT_WEBHOOK_URL` is set;"],
  },
};

function ask(expr: (span: Span) => string, legendFormat: string): Ask {
  return (span) => {
    const instant = span === 'range';
    return { datasource: DATA_SOURCE, expr: expr(span), legendFormat, instant, range: !instant, editorMode: 'code' };
  };
}

/** @throws for a name that is several metrics: nothing adds up different ones */
function one(meter: string, nodes: readonly number[] = []): Selected {
  const [selected, ...more] = select(meter, nodes);
  if (selected === undefined || more.length > 0) throw new Error(`${meter} is not one metric`);
  return selected;
}

function sumBy(labels: string, meter: string, span: Span, at = ''): string {
  return `sum${labels === '' ? '' : ` by (${labels}) `}(${counted(one(meter).selector, WINDOW[span], at)})`;
}

function totalOf(selected: Selected): Ask {
  const [labels, legend] = grouped(selected);
  const by = labels === '' ? 'sum' : `sum by (${labels}) `;
  return ask((span) => `${by}(${counted(selected.selector, WINDOW[span])})`, legend);
}

/** The labels by which the nodes are told apart, and the legend of them and of the words of the name. */
function grouped({ nodes }: Selected): [labels: string, legend: string] {
  const labels = nodes.flatMap(({ label }) => label ?? []);
  return [labels.join(', '), nodes.map(({ label, word }) => (label === null ? word : `{{${label}}}`)).join('.')];
}

/** Of a range, the greatest at its end; of bars, those of the same that are the greatest in the whole range. */
function worst(label: string, meter: string, most: number, span: Span): string {
  if (span === 'range') return `topk(${most}, ${sumBy(label, meter, span)} > 0)`;
  const top = `topk(${most}, ${sumBy(label, meter, 'range', ' @ end()')} > 0)`;
  return `${sumBy(label, meter, span)} and on (${label}) ${top}`;
}

function variable(query: string, qryType: 1 | 3) {
  return {
    type: 'query',
    datasource: DATA_SOURCE,
    query: { refId: 'A', query, qryType },
    definition: query,
    refresh: 2,
  } as const satisfies Partial<Variable>;
}

/** A mark for each bar in which something was counted. */
function annotation(name: string, iconColor: string, label: string, meter: string): PrometheusAnnotation {
  const expr = `${sumBy(label, meter, 'bars')} > 0`;
  return { name, datasource: DATA_SOURCE, enable: true, iconColor, expr, step: '15s', titleFormat: `{{${label}}}` };
}
