import type { PrometheusAnnotation, Target, Variable } from '../../../grafana/src/schema.js';
import type { Choice, Rendered } from './grafana.js';
import { SCRAPE_SECONDS } from './prometheus.js';

export interface PrometheusView {
  /** In seconds since 1970. */
  readonly from: number;
  readonly to: number;
  /** In seconds, as Grafana reckons it from the width of the panel. */
  readonly step: number;
}

interface Vector {
  readonly metric: Readonly<Record<string, string>>;
  /** Of a range. */
  readonly values?: readonly (readonly [number, string])[];
  /** Of an instant. */
  readonly value?: readonly [number, string];
}

/** Asks Prometheus what Grafana would ask (its pkg/promlib/models/query.go and the front end of its data source). */
export class PrometheusClient {
  readonly #api: string;

  constructor(api: string) {
    this.#api = api;
  }

  /** The series of one target of a panel, by their legends. @throws where Prometheus refuses */
  async panel(target: Target, choice: Choice, view: PrometheusView): Promise<readonly Rendered[]> {
    if (!('expr' in target)) throw new Error(`${target.target} is not for Prometheus`);
    const vectors = await this.#vectors(target.expr, target.instant, choice, view);
    return vectors.map(({ metric, values, value }) => ({
      target: target.legendFormat.replace(/\{\{(\w+)\}\}/g, (_, label: string) => metric[label] ?? '').trim(),
      tags: metric,
      datapoints: (values ?? (value === undefined ? [] : [value])).map(([at, text]) => [Number(text), at]),
    }));
  }

  /** How many points an annotation has. */
  async marks({ expr }: PrometheusAnnotation, choice: Choice, view: PrometheusView): Promise<number> {
    const vectors = await this.#vectors(expr, false, choice, view);
    return vectors.reduce((sum, { values = [] }) => sum + values.length, 0);
  }

  /** The choices of a variable, after its regular expression. */
  async options(variable: Variable & { readonly type: 'query' }, choice: Choice, view: PrometheusView) {
    if (!('qryType' in variable.query)) throw new Error(`${variable.name} is not for Prometheus`);
    const names = await this.#names(variable.query.query, choice, view);
    const pattern = /^\/(.*)\/$/.exec(variable.regex)?.[1];
    return pattern === undefined ? names : names.map((name) => new RegExp(pattern).exec(name)?.[1] ?? '');
  }

  async get<Answer>(path: string, query: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const response = await fetch(`${this.#api}/api/v1/${path}?${new URLSearchParams(query)}`);
    const answer = (await response.json()) as { readonly status: string; readonly data: Answer };
    if (answer.status !== 'success') throw new Error(`Prometheus answers ${JSON.stringify(answer)} to ${path}`);
    return answer.data;
  }

  async #vectors(expr: string, isInstant: boolean, choice: Choice, view: PrometheusView): Promise<readonly Vector[]> {
    const { from, to, step } = view;
    const query = interpolated(expr, choice, view);
    // Grafana rounds the range down to whole steps, but not an instant.
    const aligned = (at: number) => String(Math.floor(at / step) * step);
    const { result } = await (isInstant
      ? this.get<{ readonly result: readonly Vector[] }>('query', { query, time: String(to) })
      : this.get<{ readonly result: readonly Vector[] }>('query_range', {
          query,
          start: aligned(from),
          end: aligned(to),
          step: String(step),
        }));
    return result;
  }

  async #names(query: string, choice: Choice, view: PrometheusView): Promise<readonly string[]> {
    const [, selector = '', label] = /^label_values\((.+),\s*(\w+)\)$/.exec(query) ?? [];
    if (label !== undefined) {
      const match = interpolated(selector, choice, view);
      const range = { start: String(view.from), end: String(view.to) };
      return this.get(`label/${label}/values`, { 'match[]': match, ...range });
    }
    const [, expr = ''] = /^query_result\((.+)\)$/.exec(query) ?? [];
    const vectors = await this.#vectors(expr, true, choice, view);
    return vectors.map(({ metric, value: [at, value] = [0, ''] }) => {
      const labels = Object.entries(metric).map(([key, text]) => `${key}="${text}"`);
      return `{${labels.join(',')}} ${value} ${at * 1000}`;
    });
  }
}

/** Several values of a variable become `(a|b)`, each with its signs escaped; All is its own expression. */
function interpolated(expr: string, choice: Choice, { from, to, step }: PrometheusView): string {
  const own: Readonly<Record<string, number>> = {
    __range: Math.round(to - from),
    __interval: step,
    __rate_interval: Math.max(step + SCRAPE_SECONDS, 4 * SCRAPE_SECONDS),
  };
  return expr.replace(/\$(\w+)/g, (_, name: string) => {
    const value = own[name] === undefined ? choice[name] : `${own[name]}s`;
    if (value === undefined) throw new Error(`no value for $${name}`);
    if (typeof value === 'string') return value;
    const escaped = value.map((word) => word.replace(/[$^*{}[\]'+?.()|]/g, '\\\\$&'));
    return escaped.length === 1 ? (escaped[0] ?? '') : `(${escaped.join('|')})`;
  });
}
