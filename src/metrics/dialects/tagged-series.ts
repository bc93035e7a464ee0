import { addressId } from '../meter-name.js';
import type { Sample, Series, Tag } from './dialect.js';

/**
 * Which part of a plain name becomes which tag, and what the series is called without them. The first row that fits is taken;
 * a name that is in no row has no variable part and stays as it is. A total and its parts have different names, so that no
 * query adds them up: `.count` is the sum of `.address` and `.other`.
 */
export const SERIES: readonly (readonly [plain: string, tagged: string])[] = [
  ['security.failed_auth.<service>.count', 'security.failed_auth.count'],
  ['security.failed_auth.<service>.other', 'security.failed_auth.other'],
  ['security.failed_auth.<service>.attempts', 'security.failed_auth.attempts'],
  ['security.kept_out.<service>.attempts', 'security.kept_out.attempts'],
  ['security.kept_out.<service>.logins', 'security.kept_out.logins'],
  ['security.failed_auth.<service>.<endpoint>', 'security.failed_auth.address'],
  ['security.events.<service>.<event>', 'security.events'],
  ['security.findings.<rule>', 'security.findings'],
  ['security.decisions.<type>', 'security.decisions'],
  ['security.bans.refused.<reason>', 'security.bans.refused'],
  ['blocker.decisions.malformed.<reason>', 'blocker.decisions.malformed'],
  ['blocker.control.malformed.<reason>', 'blocker.control.malformed'],
  ['blocker.differences.<reason>', 'blocker.differences'],
  ['blocker.connections.<reason>', 'blocker.connections'],
  ['blocker.statsd.dropped.<reason>', 'blocker.statsd.dropped'],
  ['exporter.malformed.<reason>', 'exporter.malformed'],
  ['exporter.statsd.dropped.<reason>', 'exporter.statsd.dropped'],
  ['exporter.alerts.<alert>.dropped.<reason>', 'exporter.alerts.dropped'],
  ['exporter.alerts.<alert>.sent', 'exporter.alerts.sent'],
  ['exporter.alerts.<alert>.failed', 'exporter.alerts.failed'],
  ['exporter.alerts.<alert>.suppressed', 'exporter.alerts.suppressed'],
];

const MATCHERS = SERIES.map(([plain, name]) => ({ pattern: patternOf(plain), name }));

/** The series of a sample, its name without a variable part, tagged with what its name, its endpoint and the PBX say. No value is empty; they are not escaped. */
export function tagged({ name, endpoint, pbx }: Sample): Series {
  const pbxTags: readonly Tag[] = pbx === null ? [] : [['pbx', pbx]];
  for (const matcher of MATCHERS) {
    const parts = matcher.pattern.exec(name)?.groups;
    if (parts === undefined) continue;
    const tags = Object.entries(parts).filter(([key]) => key !== 'endpoint');
    return { name: matcher.name, tags: [...tags, ...endpointTags(endpoint), ...pbxTags] };
  }
  return { name, tags: pbxTags };
}

/** What RemoteAddress.endpoint is made of, its words in lower case. */
export function endpointParts(endpoint: string): { family: string; transport: string | null; address: string } {
  const [family = '', ...rest] = endpoint.split('/');
  const [address = '', transport] = rest.reverse();
  return { family: family.toLowerCase(), transport: transport?.toLowerCase() ?? null, address };
}

/** An IPv6 address as the plain names have it, for a grammar in which a colon ends the name; other text stays as it is. */
export function withoutColons(text: string): string {
  return text.includes(':') ? addressId({ endpoint: text }) : text;
}

function endpointTags(endpoint: string | undefined): Tag[] {
  if (endpoint === undefined) return [];
  const { family, transport, address } = endpointParts(endpoint);
  const transportTags: Tag[] = transport === null ? [] : [['transport', transport]];
  return [['family', family], ...transportTags, ['address', address]];
}

/** `a.<b>` as a pattern with a group for each word in brackets, each of them all between two dots. */
function patternOf(plain: string): RegExp {
  return new RegExp(`^${plain.replaceAll('.', '\\.').replace(/<(\w+)>/g, '(?<$1>[^.]+)')}$`);
}
