import type { Ask, Span } from './language.js';
import type { DataLink, FieldDefaults, PanelBody, Threshold, ValueMapping } from './schema.js';

/** What every panel has. `description` says how to read it and what to do. */
interface About {
  readonly title: string;
  readonly description: string;
}

interface Shown extends About {
  /** One line, bar or number for each series of the answers. */
  readonly targets: readonly Ask[];
  readonly unit?: string;
}

interface Valued extends Shown {
  readonly thresholds?: readonly Threshold[];
  readonly mappings?: readonly ValueMapping[];
  readonly links?: readonly DataLink[];
}

const REF_IDS = 'ABCDEFGH';

/** What was counted in the whole range, as one number: Graphite is asked for one point, which is the sum. */
export function count({ thresholds = neutral(), links = [], unit = 'short', ...shown }: Valued): PanelBody {
  const defaults: FieldDefaults = { unit, decimals: 0, noValue: '0', thresholds: steps(thresholds), links };
  return { ...numbers('range', shown, defaults, 'sum'), maxDataPoints: 1 };
}

/** What a gauge says now. */
export function now({ thresholds = neutral(), mappings = [], unit = 'short', ...shown }: Valued): PanelBody {
  return numbers('now', shown, { unit, noValue: 'no data', thresholds: steps(thresholds), mappings }, 'lastNotNull');
}

/** What was counted, as bars that stand on each other. A bar is a sum, so that the bars of any zoom add up to the same. */
export function bars({ unit = 'short', ...shown }: Shown): PanelBody {
  const custom = { drawStyle: 'bars', fillOpacity: 70, lineWidth: 0, stacking: { mode: 'normal', group: 'A' } };
  return series('bars', shown, { unit, decimals: 0, min: 0, noValue: '0', custom }, ['sum']);
}

/** Gauges, as lines. */
export function lines({ unit = 'short', ...shown }: Shown): PanelBody {
  const custom = { drawStyle: 'line', lineWidth: 2, fillOpacity: 10, spanNulls: 60_000 };
  return series('now', shown, { unit, min: 0, custom }, ['lastNotNull', 'max']);
}

/** The greatest first, with their sums over the range. */
export function ranking({ links = [], unit = 'short', ...shown }: Valued): PanelBody {
  const defaults: FieldDefaults = {
    unit,
    decimals: 0,
    min: 0,
    noValue: 'nobody',
    color: { mode: 'continuous-YlRd' },
    links,
  };
  return {
    ...queried('bargauge', 'range', shown, defaults, {
      orientation: 'horizontal',
      displayMode: 'basic',
      valueMode: 'color',
      reduceOptions: reduced('sum'),
    }),
    maxDataPoints: 1,
  };
}

/** Which state there was when. */
export function states({ mappings = [], ...shown }: Valued): PanelBody {
  const defaults: FieldDefaults = { noValue: 'no data', mappings, custom: { fillOpacity: 80, spanNulls: 60_000 } };
  return queried('state-timeline', 'now', shown, defaults, { mergeValues: true, showValue: 'auto', rowHeight: 0.8 });
}

/** Markdown. */
export function text({ title, description, content }: About & { readonly content: string }): PanelBody {
  return { type: 'text', title, description, options: { mode: 'markdown', content } };
}

/** Green below the first limit. */
export function alarm(...limits: readonly (readonly [from: number, color: string])[]): readonly Threshold[] {
  return [{ color: 'green', value: null }, ...limits.map(([value, color]) => ({ color, value }))];
}

/** What the values of a gauge mean. */
export function meaning(values: Readonly<Record<string, readonly [text: string, color: string]>>): ValueMapping[] {
  const options = Object.entries(values).map(([value, [shown, color]], index) => [
    value,
    { text: shown, color, index },
  ]);
  return [{ type: 'value', options: Object.fromEntries(options) }];
}

function neutral(): readonly Threshold[] {
  return [{ color: 'blue', value: null }];
}

function steps(thresholds: readonly Threshold[]) {
  return { mode: 'absolute', steps: thresholds } as const;
}

function reduced(calc: string) {
  return { calcs: [calc], fields: '', values: false };
}

function numbers(span: Span, shown: Shown, defaults: FieldDefaults, calc: string): PanelBody {
  return queried('stat', span, shown, defaults, {
    colorMode: 'background',
    graphMode: 'none',
    justifyMode: 'center',
    textMode: 'auto',
    reduceOptions: reduced(calc),
  });
}

function series(span: Span, shown: Shown, defaults: FieldDefaults, calcs: readonly string[]): PanelBody {
  return queried('timeseries', span, shown, defaults, {
    legend: { showLegend: true, displayMode: 'table', placement: 'right', calcs, sortBy: 'Total', sortDesc: true },
    tooltip: { mode: 'multi', sort: 'desc' },
  });
}

function queried(
  type: PanelBody['type'],
  span: Span,
  { title, description, targets }: Shown,
  defaults: FieldDefaults,
  options: PanelBody['options'],
): PanelBody {
  const asked = targets.map((ask, index) => ({ refId: REF_IDS.charAt(index), ...ask(span) }));
  const [first] = asked;
  if (first === undefined) throw new Error(`"${title}" asks nothing`);
  return {
    type,
    title,
    description,
    datasource: first.datasource,
    targets: asked,
    fieldConfig: { defaults, overrides: [] },
    options,
  };
}
