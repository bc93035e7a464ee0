import { stringify } from 'yaml';
import type { AlertRuleContent } from './alert-rule.js';
import { alertRules } from './alert-rules.js';
import { counted } from './prometheus.js';

interface Asked {
  readonly expr: string;
  /** Where that of Grafana's rule speaks of Graphite. */
  readonly runbook?: string;
}

/** What Prometheus is asked for each rule of Grafana's, by the uid of that. */
const ASKED: Readonly<Record<string, Asked>> = {
  'asterisk-breach': { expr: raised('security_findings{rule="breach"}') },
  'asterisk-trusted-at-risk': { expr: raised('security_findings{rule="trusted_at_risk"}') },
  'asterisk-storm': { expr: raised('security_findings{rule="storm"}') },
  'asterisk-detector-deaf': {
    expr: `exporter_hearing == 0 or ${ended('exporter_hearing')} or absent(exporter_hearing)`,
    runbook:
      'Attacks are neither counted nor blocked. Are the exporter and statsd_exporter running, and is the latter scraped? Does the log of the exporter say that it is connected? If it is connected but deaf, manager.conf needs read = security,system and no eventfilter that hides security events; then run asterisk -rx "manager reload". A PBX that is gone for good is forgotten after a day.',
  },
  'asterisk-bans-not-enforced': { expr: 'security_bans_desired - security_bans_enforced > 0' },
  'asterisk-bans-not-verified': {
    expr: `blocker_verified_seconds > 120 or ${ended('blocker_verified_seconds')}`,
    runbook:
      'Nobody knows whether the bans are in force. The firewall does not answer or takes too long, or the blocker is not running: look at its log, and list the rules by hand.',
  },
  'asterisk-addresses-capped': {
    expr: raised('exporter_addresses_capped'),
    runbook:
      'Totals, findings and bans are right; single attackers may be missing from the dashboards. Often the senders are forged, over UDP. Raise ADDRESSES_PER_FLUSH if Prometheus has room for the series: statsd_exporter keeps each for a day.',
  },
};

const HEAD = `# For rule_files of prometheus.yml. Generated from grafana/src/prometheus-alerts.ts.
# Where alerts go is up to your Alertmanager. The label pbx is set if the series have it; the instance is that of statsd_exporter.
`;

/** The text of deploy/prometheus/alerts.yml. @throws for a rule that Prometheus is not asked for */
export function renderedPrometheusAlerts(rules = alertRules): string {
  const groups = [{ name: 'asterisk-auth-stats', interval: '30s', rules: rules.map(asRule) }];
  return HEAD + stringify({ groups }, { lineWidth: 120 });
}

function asRule({ uid, forSeconds, severity, summary, runbook }: AlertRuleContent) {
  const asked = ASKED[uid];
  if (asked === undefined) throw new Error(`Prometheus is not asked for ${uid}`);
  return {
    alert: uid.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    expr: asked.expr,
    for: `${forSeconds}s`,
    labels: { severity, program: 'asterisk-auth-stats' },
    annotations: {
      summary: summary.replace('{{ .Labels.name }}', '{{ or $labels.pbx $labels.instance "any PBX" }}'),
      description: asked.runbook ?? runbook,
    },
  };
}

/** By PBX, in the last ten minutes. */
function raised(selector: string): string {
  return `sum by (job, instance, pbx) ${counted(selector, '10m')} > 0`;
}

/** Gauges that there were within a day: statsd_exporter drops one that nobody sends any more. */
function ended(gauge: string): string {
  return `(last_over_time(${gauge}[1d]) unless ${gauge})`;
}
