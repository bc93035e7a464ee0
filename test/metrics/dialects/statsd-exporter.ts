import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

export interface Mapping {
  readonly match: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** `24h` or `2m`; without it for ever. */
  readonly ttl?: string;
}

export interface MappedSeries {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly ttl: string | undefined;
}

const file = new URL('../../../docker/statsd-exporter/mapping.yml', import.meta.url);
export const { mappings } = parse(readFileSync(file, 'utf8')) as { readonly mappings: readonly Mapping[] };

/** As statsd_exporter does it (pkg/mapper/fsm): `*` is all between two dots, `$1` and `${10}` what it was. */
export function mapped(line: string): MappedSeries | null {
  const [name = ''] = line.split(':');
  const fields = name.split('.');
  const rule = mappings.find(({ match }) => {
    const wanted = match.split('.');
    return wanted.length === fields.length && wanted.every((field, at) => field === '*' || field === fields[at]);
  });
  if (rule === undefined) return null;
  const captured = fields.filter((_, at) => rule.match.split('.')[at] === '*');
  const fill = (template: string) =>
    template.replace(/\$(?:\{(\d+)\}|(\d))/g, (_, long, short) => captured[Number(long ?? short) - 1] ?? '');
  const labels = new Map(Object.entries(rule.labels).map(([key, value]) => [key, fill(value)]));
  return { name: rule.name, labels, ttl: rule.ttl };
}
