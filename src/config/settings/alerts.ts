import { choice, line, path, webUrl } from '../formats.js';
import type { Checked, GivenSettings, SettingTree } from '../setting.js';

const EXPORTER = ['exporter'] as const;

/** Who is told of findings. */
export const alertSettings = {
  alert: {
    severity: {
      env: 'ALERT_SEVERITY',
      format: choice('info', 'warning', 'critical'),
      default: 'warning',
      readBy: EXPORTER,
      doc: 'Least severe finding that is sent to the webhook and to Graphite; the log gets all',
    },
    webhookUrl: {
      env: 'ALERT_WEBHOOK_URL',
      format: webUrl,
      default: null,
      // The path of a chat's URL is what allows somebody to post there.
      sensitive: true,
      readBy: EXPORTER,
      doc: 'Where findings are sent as JSON; none: nowhere',
    },
    webhookUrlFile: {
      env: 'ALERT_WEBHOOK_URL_FILE',
      format: path,
      default: null,
      fileOf: 'ALERT_WEBHOOK_URL',
      readBy: EXPORTER,
      doc: 'File (at most 4 KB) with that URL',
    },
    webhookSecret: {
      env: 'ALERT_WEBHOOK_SECRET',
      format: line(4096),
      default: null,
      sensitive: true,
      readBy: EXPORTER,
      doc: 'Signs what is sent to the webhook; none: it is not signed',
    },
    webhookSecretFile: {
      env: 'ALERT_WEBHOOK_SECRET_FILE',
      format: path,
      default: null,
      fileOf: 'ALERT_WEBHOOK_SECRET',
      readBy: EXPORTER,
      doc: 'File (at most 4 KB) with that secret',
    },
  },
  graphite: {
    eventsUrl: {
      env: 'GRAPHITE_EVENTS_URL',
      format: webUrl,
      default: null,
      readBy: EXPORTER,
      doc: "Graphite's events, as http://graphite/events/: findings as annotations; none: off",
    },
  },
} as const satisfies SettingTree;

/** Nobody should believe that something is signed where nothing is sent. */
export function alertFaults(_values: Checked<typeof alertSettings>, given: GivenSettings, isWhole: boolean): string[] {
  if (!isWhole || given.has('ALERT_WEBHOOK_URL') || given.has('ALERT_WEBHOOK_URL_FILE')) return [];
  return ['ALERT_WEBHOOK_SECRET', 'ALERT_WEBHOOK_SECRET_FILE']
    .filter((name) => given.has(name) && given.get(name)?.origin !== 'ALERT_WEBHOOK_SECRET_FILE')
    .map((name) => `${name} is set without a webhook: set ALERT_WEBHOOK_URL or remove ${name}`);
}
