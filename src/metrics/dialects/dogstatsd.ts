import type { Sample, Series } from './dialect.js';
import { tagged } from './tagged-series.js';

/**
 * `security.failed_auth.address:1|c|#service:PJSIP,family:ipv4,transport:udp,address:203.0.113.9`, DogStatsD's datagram.
 * A value may hold colons: the first one ends the key (statsd_exporter's pkg/line/line.go, Vector's statsd/parser.rs, and the
 * Datadog agent keeps the tag whole). What Datadog itself would write as `_` is `_` already, but for the `%` of a zone.
 */
export function dogstatsd(sample: Sample): Series {
  const { name, tags } = tagged(sample);
  return { name, tags: tags.map(([key, value]) => [key, value.replace(/[^\w./:%-]/g, '_')]) };
}
