import type { Sample, Series } from './dialect.js';
import { tagged, withoutColons } from './tagged-series.js';

/**
 * `security.failed_auth.address,service=PJSIP,family=ipv4,transport=udp,address=203.0.113.9:1|c`, the InfluxDB form of tags.
 * A colon ends the name wherever it stands and a second `=` spoils the tag (Telegraf's plugins/inputs/statsd/statsd.go,
 * parseStatsdLine and parseKeyValue), so that an IPv6 address is written without colons.
 */
export function telegraf(sample: Sample): Series {
  const { name, tags } = tagged(sample);
  return { name, tags: tags.map(([key, value]) => [key, withoutColons(value).replace(/[^\w./%-]/g, '_')]) };
}
