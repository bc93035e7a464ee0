import { attackOverview } from './dashboards/attack-overview.js';
import { attacker } from './dashboards/attacker.js';
import { blocking } from './dashboards/blocking.js';
import { detectorHealth } from './dashboards/detector-health.js';
import { GRAPHITE } from './graphite-language.js';
import type { Language } from './language.js';
import { PROMETHEUS } from './prometheus-language.js';
import type { Dashboard } from './schema.js';

/** All dashboards for Graphite, by the name of their file in grafana/dashboards. */
export const dashboards: ReadonlyMap<string, Dashboard> = inLanguage(GRAPHITE);

/** The same for Prometheus, in grafana/dashboards-prometheus. */
export const prometheusDashboards: ReadonlyMap<string, Dashboard> = inLanguage(PROMETHEUS);

/** The text of a file in grafana/dashboards. */
export function rendered(dashboard: Dashboard): string {
  return `${JSON.stringify(dashboard, null, 2)}\n`;
}

function inLanguage(language: Language): ReadonlyMap<string, Dashboard> {
  return new Map([
    ['attack-overview.json', attackOverview(language)],
    ['attacker.json', attacker(language)],
    ['blocking.json', blocking(language)],
    ['detector-health.json', detectorHealth(language)],
  ]);
}
