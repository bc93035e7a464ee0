import type { Sample, Series } from './dialect.js';
import { graphite } from './graphite.js';
import { endpointParts } from './tagged-series.js';

/**
 * The names of `graphite`, but an address is spread over the name, so that the globs of a statsd_exporter mapping
 * (docker/statsd-exporter/mapping.yml) catch its parts and put the address together again as a label. A `*` there is all
 * between two dots (statsd_exporter's pkg/mapper/fsm/fsm.go splits names at dots and compares nothing else):
 *
 * - `security.failed_auth.PJSIP.address.ipv4.udp.203.0.113.9`
 * - `security.failed_auth.PJSIP.address.ipv6.none.2001.db8.0.0.0.0.0.1`, all eight groups; `none`: no transport said
 * - `security.failed_auth.PJSIP.address.ipv6.tcp.fe80.0.0.0.0.0.0.1.eth0`, with a zone
 */
export function prometheus(sample: Sample): Series {
  const { name, endpoint } = sample;
  if (endpoint === undefined) return graphite(sample);
  const { family, transport, address } = endpointParts(endpoint);
  const [host = '', zone] = address.split('%');
  const parts = [
    name.slice(0, name.lastIndexOf('.')),
    'address',
    family,
    transport ?? 'none',
    ...(family === 'ipv4' ? [host] : eightGroups(host)),
    ...(zone === undefined ? [] : [zone.replace(/[^\w-]/g, '_')]),
  ];
  return graphite({ name: parts.join('.') });
}

/** Of a canonical IPv6 address, where `::` stands for one or more groups of zeros. */
function eightGroups(host: string): string[] {
  const [head = '', tail = ''] = host.split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':'));
  const [before, after] = [groups(head), groups(tail)];
  return [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after];
}
