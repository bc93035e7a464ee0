import { alias, counter, summed } from './graphite.js';
import type { GraphiteAnnotation } from './schema.js';
import { DATA_SOURCE } from './variables.js';

/**
 * What the exporter sends to GRAPHITE_EVENTS_URL; each says in its text which PBX it is about, since events have no prefix.
 * Graphite leaves out of a question what tags it has never seen (`get_tag_list` of its django-tagging): `asterisk critical`
 * would be all findings until the first critical one. So we ask for tags that come together always, or for one alone.
 */
export const findings: readonly GraphiteAnnotation[] = [
  events('Findings', 'orange', ['asterisk', 'finding']),
  events('Break-ins suspected', 'dark-red', ['breach']),
];

/** Events may be missing from here on. */
export const gaps = points('Connection to Asterisk lost', 'purple', 'exporter.gaps');

/** Somebody else changed the firewall. */
export const repairs = points('Firewall repaired', 'purple', 'blocker.repairs');

function events(name: string, iconColor: string, tags: readonly string[]): GraphiteAnnotation {
  return annotation(name, iconColor, { refId: 'Anno', fromAnnotations: true, queryType: 'tags', tags });
}

function points(name: string, iconColor: string, meter: string): GraphiteAnnotation {
  const target = alias(summed(`removeBelowValue(${counter(meter)}, 1)`), name);
  return annotation(name, iconColor, {
    refId: 'Anno',
    fromAnnotations: true,
    queryType: 'metric',
    target,
    textEditor: true,
  });
}

function annotation(name: string, iconColor: string, target: GraphiteAnnotation['target']): GraphiteAnnotation {
  return { name, datasource: DATA_SOURCE, enable: true, iconColor, target };
}
