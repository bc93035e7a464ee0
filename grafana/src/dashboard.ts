import type { Language } from './language.js';
import { laidOut, type Row } from './layout.js';
import type { Annotation, Dashboard, DashboardLink, Variable } from './schema.js';

/** All our dashboards of a receiver have its tag, and each links to all that have it. */
const TAGS = { graphite: 'asterisk-auth-stats', prometheus: 'asterisk-auth-stats-prometheus' } as const;
const BEGINNINGS = { graphite: 'Asterisk', prometheus: 'Asterisk (Prometheus)' } as const;

export interface DashboardContent {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  /** The range that is shown at first: `now-6h`. */
  readonly from: string;
  readonly variables: readonly Variable[];
  readonly annotations: readonly Annotation[];
  readonly rows: readonly Row[];
}

/** Both sets may be in one Grafana. */
export function uidOf(uid: string, name: Language['name']): string {
  return name === 'graphite' ? uid : `${uid}-${name}`;
}

export function dashboard(
  { name }: Language,
  { uid, title, description, from, variables, annotations, rows }: DashboardContent,
): Dashboard {
  return {
    uid: uidOf(uid, name),
    title: `${BEGINNINGS[name]}: ${title}`,
    description,
    tags: [TAGS[name]],
    schemaVersion: 42,
    version: 1,
    editable: false,
    graphTooltip: 1,
    refresh: '30s',
    time: { from, to: 'now' },
    timezone: 'browser',
    templating: { list: variables },
    annotations: { list: annotations },
    links: [linkTo(TAGS[name])],
    panels: laidOut(rows),
  };
}

function linkTo(tag: string): DashboardLink {
  return {
    type: 'dashboards',
    title: 'Asterisk',
    tags: [tag],
    asDropdown: false,
    includeVars: true,
    keepTime: true,
    targetBlank: false,
  };
}
