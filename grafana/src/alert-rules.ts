import { stringify } from 'yaml';
import { type AlertRuleContent, alertRule, type Question } from './alert-rule.js';
import { attackOverview } from './dashboards/attack-overview.js';
import { blocking } from './dashboards/blocking.js';
import { detectorHealth } from './dashboards/detector-health.js';
import { GRAPHITE } from './graphite-language.js';

/** What is seen at a rule of the detection, with the same place to look. */
const FINDING = {
  severity: 'warning',
  fires: { when: 'gt', limit: 0 },
  rangeSeconds: 600,
  forSeconds: 0,
  noDataState: 'OK',
  dashboard: attackOverview(GRAPHITE),
  panel: 'Findings by rule',
} as const;

export const alertRules: readonly AlertRuleContent[] = [
  {
    ...FINDING,
    uid: 'asterisk-breach',
    title: 'Break-in suspected',
    severity: 'critical',
    questions: [counted('security.findings.breach')],
    panel: 'Break-ins suspected',
    summary: 'Somebody logged in to {{ .Labels.name }} after failed guesses',
    runbook:
      'The log of the exporter (finding, rule breach), the webhook and the annotations on the dashboard say which account, from where, and after how many guesses. Ask its owner. If it was not them, change the password of the account now, block the address, and look at its calls and commands since then. After two to four failures it was probably a mistyped password.',
  },
  {
    ...FINDING,
    uid: 'asterisk-trusted-at-risk',
    title: 'A trusted address is at risk',
    questions: [counted('security.findings.trusted_at_risk')],
    summary: 'An address from which accounts log in fails again and again at {{ .Labels.name }}',
    runbook:
      'It was not banned, because accounts log in from there too. Find the device that fails (the annotation names its last account) and mend it, or stop whoever guesses there. Add the address to ALLOWLIST if it must never be banned.',
  },
  {
    ...FINDING,
    uid: 'asterisk-storm',
    title: 'Storm of guesses',
    questions: [counted('security.findings.storm')],
    panel: 'Failed authentications by service',
    summary: 'Far more guesses than usual at {{ .Labels.name }}',
    runbook:
      'Either very many attack, or all phones return at once after an outage. If phones cannot log in, drop the traffic in front of Asterisk, or allow only the networks that you know. asterisk -rx "pjsip show contacts" lists who is logged in.',
  },
  {
    uid: 'asterisk-detector-deaf',
    title: 'Detector deaf',
    severity: 'critical',
    questions: [{ target: named('gauges', 'transformNull(stats.gauges.**.exporter.hearing, 0)'), reducer: 'max' }],
    fires: { when: 'lt', limit: 1 },
    rangeSeconds: 120,
    forSeconds: 60,
    noDataState: 'Alerting',
    dashboard: detectorHealth(GRAPHITE),
    panel: 'Connected and hearing',
    summary: 'No security events reach the exporter of {{ .Labels.name }}',
    runbook:
      'Attacks are neither counted nor blocked. Is the exporter running? Does its log say that it is connected? If it is connected but deaf, manager.conf needs read = security,system and no eventfilter that hides security events; then run asterisk -rx "manager reload". If the PBX is gone for good, delete the directory of its gauges in Graphite.',
  },
  {
    uid: 'asterisk-bans-not-enforced',
    title: 'Bans not in force',
    severity: 'critical',
    questions: [last('security.bans.desired'), last('security.bans.enforced')],
    fires: { when: 'gt', limit: 0 },
    rangeSeconds: 300,
    forSeconds: 120,
    noDataState: 'OK',
    dashboard: blocking(GRAPHITE),
    panel: 'Wanted and in force',
    summary: 'Not every ban of {{ .Labels.name }} is in force',
    runbook:
      'The kernel does not drop every address that the blocker wants banned. The log of the blocker says why, and what to do: it may not change the firewall (CAP_NET_ADMIN), the program is missing, or it does not answer. The blocker keeps trying. Meanwhile, drop the worst attackers in front of Asterisk.',
  },
  {
    uid: 'asterisk-bans-not-verified',
    title: 'Bans not read back',
    severity: 'warning',
    questions: [last('blocker.verified_seconds')],
    fires: { when: 'gt', limit: 120 },
    rangeSeconds: 300,
    forSeconds: 60,
    noDataState: 'OK',
    dashboard: blocking(GRAPHITE),
    panel: 'Since the bans were last read back',
    summary: 'The blocker of {{ .Labels.name }} has not verified the firewall for two minutes',
    runbook:
      'Nobody knows whether the bans are in force. The firewall does not answer, or takes too long: look at the log of the blocker, and list the rules by hand.',
  },
  {
    ...FINDING,
    uid: 'asterisk-addresses-capped',
    title: 'More attackers than series',
    questions: [counted('exporter.addresses.capped')],
    dashboard: detectorHealth(GRAPHITE),
    panel: 'Beyond the cap of addresses',
    summary: 'More addresses attack {{ .Labels.name }} at once than have series of their own',
    runbook:
      'Totals, findings and bans are right; single attackers may be missing from the dashboards. Often the senders are forged, over UDP. Raise ADDRESSES_PER_FLUSH if Graphite has room for the series: each takes two files of 39 KB for two days.',
  },
];

const HEAD = `# Mounted into /etc/grafana/provisioning/alerting. Generated from grafana/src/alert-rules.ts.
# Where alerts go (contact points, policies) is up to you: without any, Grafana shows them and mails nobody.
#
# Each rule covers every PBX that writes into this Graphite: STATSD_PREFIX may have no word, one or two (branch, pbx.office).
# Graphite names each series after its PBX, and that is the label "name" of the alert. A counter that was never raised has no
# series, so no data is fine there.
`;

/** The text of grafana/provisioning/alerting/asterisk.yml. */
export function renderedAlertRules(): string {
  const group = { orgId: 1, name: 'asterisk-auth-stats', folder: 'Asterisk', interval: '30s' };
  const groups = [{ ...group, rules: alertRules.map(alertRule) }];
  return HEAD + stringify({ apiVersion: 1, groups }, { lineWidth: 120, aliasDuplicateObjects: false });
}

/** What the counter was raised by in the range. Not `**`: the tree of the counters has every attacker in it. */
function counted(name: string): Question {
  const depths = ['', '*.', '*.*.'].map((prefix) => `stats.counters.${prefix}${name}.count`);
  return { target: named('counters', `consolidateBy(group(${depths.join(', ')}), 'sum')`), reducer: 'sum' };
}

function last(name: string): Question {
  return { target: named('gauges', `consolidateBy(stats.gauges.**.${name}, 'last')`), reducer: 'last' };
}

/** Each series under the name of its PBX. Without `$`, which Grafana would take for a variable of its environment. */
function named(tree: 'counters' | 'gauges', series: string): string {
  const prefixed = `aliasSub(${series}, '^.*stats\\.${tree}\\.(.+)\\.(?:security|exporter|blocker)\\..*', '\\1')`;
  return `aliasSub(${prefixed}, '^.*stats\\.${tree}\\..*', '(no_prefix)')`;
}
