import type { Annotation, Dashboard, GraphiteQuestion, Panel, Target, Variable } from '../../../grafana/src/schema.js';

/** What the variables of a dashboard say: one value, or several. */
export type Choice = Readonly<Record<string, string | readonly string[]>>;

export interface Rendered {
  readonly target: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly datapoints: readonly (readonly [number | null, number])[];
}

export interface View {
  /** Graphite's words: `-1h`. */
  readonly from: string;
  /** How many points Grafana asks for: as many as the panel is pixels wide. */
  readonly maxDataPoints?: number;
}

export interface Option {
  readonly text: string;
  readonly value: string;
}

/** Asks graphite-web what Grafana would ask (its public/app/plugins/datasource/graphite/datasource.ts). */
export class GrafanaClient {
  readonly #web: string;

  constructor(web: string) {
    this.#web = web;
  }

  /**
   * The series of one target of a panel, by the names that are shown. As Grafana it adds the refId to each name, and takes it
   * off again. @throws where Graphite refuses
   */
  async panel(target: Target, choice: Choice, view: View): Promise<readonly Rendered[]> {
    const wrapped = `aliasSub(${substituted(targetOf(target), choice)}, "(^.*$)", "\\1 ${target.refId}")`;
    const series = await this.render(wrapped, view);
    return series.map((one) => ({ ...one, target: one.target.replace(/ [^ ]*$/, '') }));
  }

  /** As an alert rule asks: without the wrapping. */
  async render(target: string, { from, maxDataPoints }: View): Promise<readonly Rendered[]> {
    const body = new URLSearchParams({ target, from, until: 'now', format: 'json' });
    if (maxDataPoints !== undefined) body.set('maxDataPoints', String(maxDataPoints));
    return this.#json('/render', body);
  }

  /** The choices of a variable, after its regular expression. */
  async options(variable: Variable & { readonly type: 'query' }, choice: Choice): Promise<readonly Option[]> {
    const names = await this.#names(variable, choice);
    const pattern = /^\/(.*)\/$/.exec(variable.regex)?.[1];
    return names.flatMap((name) => {
      const groups = pattern === undefined ? { text: name, value: name } : new RegExp(pattern).exec(name)?.groups;
      return groups === undefined ? [] : [{ text: groups['text'] ?? '', value: groups['value'] ?? '' }];
    });
  }

  /** How many marks an annotation makes; 0 where one of its tags is on no event, since Graphite overlooks such a tag. */
  async marks(annotation: Annotation, choice: Choice, view: View): Promise<number> {
    if (!('target' in annotation)) throw new Error(`${annotation.name} is not for Graphite`);
    const { target } = annotation;
    const { from } = view;
    if (target.queryType === 'tags') {
      const questions = [target.tags, ...target.tags.map((tag) => [tag])];
      return Math.min(...(await Promise.all(questions.map((tags) => this.#events(tags, view)))));
    }
    const series = await this.panel({ ...target, datasource: { type: 'graphite', uid: '' } }, choice, {
      from,
      maxDataPoints: 100,
    });
    return series.flatMap(({ datapoints }) => datapoints.filter(([value]) => (value ?? 0) !== 0)).length;
  }

  async #events(tags: readonly string[], { from }: View): Promise<number> {
    const query = new URLSearchParams({ from, until: 'now', tags: tags.join(' ') });
    const response = await fetch(`${this.#web}/events/get_data?${query}`);
    return ((await response.json()) as unknown[]).length;
  }

  async #names({ query }: Variable & { readonly type: 'query' }, choice: Choice): Promise<readonly string[]> {
    if (!('queryType' in query)) throw new Error(`${query.query} is not for Graphite`);
    if (query.queryType === 'Metric Name') {
      const target = { ...query, textEditor: true, datasource: { type: 'graphite', uid: '' } } as const;
      return (await this.panel(target, choice, { from: '-1h' })).map((series) => series.target);
    }
    const body = new URLSearchParams({ query: substituted(query.target, choice) });
    return (await this.#json<{ text: string }[]>('/metrics/find', body)).map(({ text }) => text);
  }

  async #json<Answer>(path: string, body: URLSearchParams): Promise<Answer> {
    const response = await fetch(`${this.#web}${path}`, { method: 'POST', body });
    if (!response.ok) throw new Error(`Graphite answers ${response.status} to ${path} ${body}`);
    return (await response.json()) as Answer;
  }
}

/** @throws for a question in another language */
export function targetOf(question: Target | GraphiteQuestion): string {
  if (!('target' in question)) throw new Error(`${question.expr} is not for Graphite`);
  return question.target;
}

/** The panels that ask something. */
export function askingPanels({ panels }: Dashboard): Panel[] {
  return panels.flatMap((panel) => (panel.type === 'row' || panel.type === 'text' ? [] : [panel]));
}

/** What was seen in the range, as Grafana's reducer `sum` has it. */
export function sumOf({ datapoints }: Rendered): number {
  return datapoints.reduce((sum, [value]) => sum + (value ?? 0), 0);
}

export function pointsOf(series: readonly Rendered[]): number {
  return series.reduce((sum, { datapoints }) => sum + datapoints.filter(([value]) => value !== null).length, 0);
}

/** Several values become a glob of Graphite: `{PJSIP,SIP}`. @throws for a variable that has no value */
export function substituted(text: string, choice: Choice): string {
  return text.replace(/\$\{?(\w+)\}?/g, (_, name: string) => {
    const value = choice[name];
    if (value === undefined) throw new Error(`no value for $${name}`);
    if (typeof value === 'string') return value;
    return value.length === 1 ? (value[0] ?? '') : `{${value.join(',')}}`;
  });
}
