import type { Sample, Series } from './dialect.js';
import { tagged, withoutColons } from './tagged-series.js';

/**
 * `security.failed_auth.address;service=PJSIP;family=ipv4;transport=udp;address=203.0.113.9:1|c`, carbon's own form of tags,
 * which etsy's statsd passes on. Of a name it keeps `A-Za-z0-9_.;=-` alone, makes `/` a `-` and ends it at the first colon
 * (sanitizeKeyName and handlePacket in its stats.js), so that these are the characters of a value.
 */
export function graphiteTags(sample: Sample): Series {
  const { name, tags } = tagged(sample);
  const list = tags.map(([key, value]) => `;${key}=${withoutColons(value).replace(/[^\w.-]/g, '_')}`).join('');
  // hot-shots has no flavour for it: the tags are in the name.
  return { name: `${name}${list}`, tags: [] };
}
