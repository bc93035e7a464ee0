// A stand-in for Prometheus' statsd_exporter, of which Debian has no package. As its README, pkg/line/line.go and
// pkg/exporter/exporter.go say: our mapping, tags of DogStatsD as labels, no suffix for counters, whose series begin with
// their first event, and an end after `ttl`.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { mapped } from '../../metrics/dialects/statsd-exporter.js';

export interface StatsdExporter {
  /** Lines that it did not understand, and series whose type changed. */
  readonly refused: readonly string[];
  stop(): void;
}

interface Series {
  readonly type: 'counter' | 'gauge';
  value: number;
  endsAt: number;
}

const TTL_MS: Readonly<Record<string, number>> = { '24h': 86_400_000, '2m': 120_000 };

/** Takes StatsD on the UDP port `port` of 127.0.0.1, and is scraped at `httpPort`. */
export async function startStatsdExporter(port: number, httpPort: number): Promise<StatsdExporter> {
  const metrics = new Map<string, Map<string, Series>>();
  const refused: string[] = [];
  const socket = createSocket('udp4', (packet) => {
    for (const line of packet.toString().split('\n')) if (line !== '' && !take(metrics, line)) refused.push(line);
  });
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(exposition(metrics));
  });
  socket.bind(port, '127.0.0.1');
  server.listen(httpPort, '127.0.0.1');
  await Promise.all([once(socket, 'listening'), once(server, 'listening')]);
  const stop = () => {
    socket.close();
    server.close();
    server.closeAllConnections();
  };
  return { refused, stop };
}

/** False where it cannot. */
function take(metrics: Map<string, Map<string, Series>>, line: string): boolean {
  const [, plain = '', value = '', kind, tags = ''] = /^([^:]+):(-?[\d.]+)\|([cg])(?:\|#(.*))?$/.exec(line) ?? [];
  if (kind === undefined) return false;
  const series = mapped(plain);
  const name = series?.name ?? plain.replace(/[^a-zA-Z0-9_]/g, '_');
  const labels = new Map(tags.split(',').flatMap((tag) => (tag === '' ? [] : [tagOf(tag)])));
  for (const [key, text] of series?.labels ?? []) labels.set(key, text);
  const text = Array.from(labels, ([key, word]) => `${key}=${JSON.stringify(word)}`).join(',');
  const type = kind === 'c' ? 'counter' : 'gauge';
  const metric = metrics.get(name) ?? new Map<string, Series>();
  metrics.set(name, metric);
  const one = metric.get(text) ?? { type, value: 0, endsAt: 0 };
  if (one.type !== type) return false;
  one.value = type === 'counter' ? one.value + Number(value) : Number(value);
  one.endsAt = series?.ttl === undefined ? Number.POSITIVE_INFINITY : Date.now() + (TTL_MS[series.ttl] ?? 0);
  metric.set(text, one);
  return true;
}

/** The first colon ends the key. */
function tagOf(tag: string): [string, string] {
  const at = tag.indexOf(':');
  return [tag.slice(0, at), tag.slice(at + 1)];
}

function exposition(metrics: Map<string, Map<string, Series>>): string {
  const lines: string[] = [];
  for (const [name, metric] of metrics) {
    for (const [labels, { endsAt }] of metric) if (endsAt < Date.now()) metric.delete(labels);
    const [first] = metric.values();
    if (first === undefined) continue;
    lines.push(`# TYPE ${name} ${first.type}`);
    for (const [labels, { value }] of metric) lines.push(`${name}{${labels}} ${value}`);
  }
  return `${lines.join('\n')}\n`;
}
