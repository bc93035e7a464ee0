import type { Endpoint } from '../domain/remote-address.js';

const SEGMENT_CHARACTERS = 64;

/**
 * One segment of a meter's name, out of a text that we did not choose: what is not `A-Za-z0-9_-` becomes `_`,
 * at most 64 characters are kept, and an empty text is `_`. Different texts can give the same segment.
 */
export function segment(text: string): string {
  return text === '' ? '_' : text.slice(0, SEGMENT_CHARACTERS).replace(/[^A-Za-z0-9_-]/g, '_');
}

/**
 * The segment that names a host: `IPV4/UDP/203_0_113_9`, `IPV6/TCP/2001_db8__1`, `IPV6/UDP/fe80__1_eth0`.
 * Two different endpoints never share one: read from its end, it shows where the address stops (see `zoneId`).
 */
export function addressId({ endpoint }: Pick<Endpoint, 'endpoint'>): string {
  const percent = endpoint.indexOf('%');
  if (percent === -1) return underscored(endpoint);
  return `${underscored(endpoint.slice(0, percent))}_${zoneId(endpoint.slice(percent + 1))}`;
}

function underscored(text: string): string {
  return text.replace(/[.:]/g, '_');
}

/**
 * An interface's name stays as it is. A zone that could be taken for a group of the address (`%2`, `%bad`) or that holds
 * other characters is written `z_` and its bytes in hex: neither `z` nor an `_` within a zone occurs otherwise.
 */
function zoneId(zone: string): string {
  const plain = /^[A-Za-z0-9-]+$/.test(zone) && !/^[0-9A-Fa-f]{1,4}$/.test(zone);
  return plain ? zone : `z_${Buffer.from(zone).toString('hex')}`;
}
