/** The Content-Type of Prometheus' text exposition format. */
export const PROMETHEUS_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Labels as they stand behind the name, with their braces; empty for none. */
export type Samples = readonly (readonly [labels: string, value: number])[];

export function gauge(name: string, help: string, samples: Samples): string {
  return family('gauge', `asterisk_auth_stats_${name}`, help, samples);
}

export function counter(name: string, help: string, samples: Samples): string {
  return family('counter', `asterisk_auth_stats_${name}`, help, samples);
}

/** A family under its full name; the others get the program's. */
export function family(type: 'counter' | 'gauge', name: string, help: string, samples: Samples): string {
  const lines = samples.map(([labels, value]) => `${name}${labels} ${value}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

export function one(value: number): Samples {
  return [['', value]];
}

export function by(label: string, counts: Readonly<Record<string, number>>): Samples {
  return Object.entries(counts).map(([key, count]) => [labelled({ [label]: key }), count]);
}

export function labelled(labels: Readonly<Record<string, string>>): string {
  return `{${Object.entries(labels).map(([label, value]) => `${label}="${escaped(value)}"`)}}`;
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
