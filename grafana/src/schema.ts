// The parts of Grafana's classic dashboard JSON (schemaVersion 42) that our dashboards use.

export interface DataSourceRef {
  readonly type: 'graphite' | 'prometheus';
  readonly uid: string;
}

/** What a panel asks, whatever letter it has there. */
export interface GraphiteQuestion {
  readonly datasource: DataSourceRef;
  readonly target: string;
  /** Always: the query editor shows our expressions as text. */
  readonly textEditor: true;
}

export interface PrometheusQuestion {
  readonly datasource: DataSourceRef;
  readonly expr: string;
  readonly legendFormat: string;
  /** Once, at the end of the range, or at each step of it. */
  readonly instant: boolean;
  readonly range: boolean;
  readonly editorMode: 'code';
}

export type Target = { readonly refId: string } & (GraphiteQuestion | PrometheusQuestion);

export type PanelType = 'stat' | 'timeseries' | 'bargauge' | 'state-timeline' | 'text';

/** In a grid of 24 columns. */
export interface GridPos {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export interface Threshold {
  readonly color: string;
  /** From which value on; null for the first, which begins anywhere. */
  readonly value: number | null;
}

export interface ValueMapping {
  readonly type: 'value';
  readonly options: Readonly<Record<string, { readonly text: string; readonly color: string; readonly index: number }>>;
}

export interface DataLink {
  readonly title: string;
  readonly url: string;
}

export interface FieldDefaults {
  readonly unit?: string;
  readonly decimals?: number;
  readonly min?: number;
  /** Shown where there is no value at all. */
  readonly noValue?: string;
  readonly color?: { readonly mode: string };
  readonly thresholds?: { readonly mode: 'absolute'; readonly steps: readonly Threshold[] };
  readonly mappings?: readonly ValueMapping[];
  readonly links?: readonly DataLink[];
  readonly custom?: Readonly<Record<string, unknown>>;
}

/** A panel before it has its place. */
export interface PanelBody {
  readonly type: PanelType;
  readonly title: string;
  /** How to read it, and what to do. */
  readonly description: string;
  readonly datasource?: DataSourceRef;
  readonly targets?: readonly Target[];
  /** How many points are asked for; without it, as many as the panel is pixels wide. */
  readonly maxDataPoints?: number;
  readonly fieldConfig?: { readonly defaults: FieldDefaults; readonly overrides: readonly [] };
  readonly options: Readonly<Record<string, unknown>>;
}

export interface Panel extends PanelBody {
  readonly id: number;
  readonly gridPos: GridPos;
}

export interface RowPanel {
  readonly id: number;
  readonly type: 'row';
  readonly title: string;
  readonly collapsed: false;
  readonly gridPos: GridPos;
  readonly panels: readonly [];
}

/** What Grafana asks Graphite for the choices of a variable. */
export interface GraphiteVariableQuery {
  readonly refId: string;
  readonly target: string;
  /** `Default` searches for names, `Metric Name` takes the names of what the target renders. */
  readonly queryType: 'Default' | 'Metric Name';
}

/** `label_values(...)` is of type 1, `query_result(...)` of type 3. */
export interface PrometheusVariableQuery {
  readonly refId: string;
  readonly query: string;
  readonly qryType: 1 | 3;
}

export type Variable =
  | {
      readonly name: string;
      readonly label: string;
      readonly type: 'datasource';
      readonly query: DataSourceRef['type'];
    }
  | {
      readonly name: string;
      readonly label: string;
      readonly description: string;
      readonly type: 'query';
      readonly datasource: DataSourceRef;
      readonly query: GraphiteVariableQuery | PrometheusVariableQuery;
      readonly definition: string;
      readonly regex: string;
      /** 2: whenever the range of time changes, and at the start. */
      readonly refresh: 2;
      /** 0: as they come; 1: by the alphabet. */
      readonly sort: 0 | 1;
      readonly multi: boolean;
      readonly includeAll: boolean;
      readonly allValue?: string;
      readonly current: { readonly text: string; readonly value: string };
    };

interface AnnotationAbout {
  readonly name: string;
  readonly datasource: DataSourceRef;
  readonly enable: true;
  readonly iconColor: string;
}

/** Events of Graphite by their tags, or the points of a target that are not zero. */
export interface GraphiteAnnotation extends AnnotationAbout {
  readonly target: { readonly refId: string; readonly fromAnnotations: true } & (
    | { readonly queryType: 'tags'; readonly tags: readonly string[] }
    | { readonly queryType: 'metric'; readonly target: string; readonly textEditor: true }
  );
}

/** The points of an expression. */
export interface PrometheusAnnotation extends AnnotationAbout {
  readonly expr: string;
  /** The least step: `60s`. */
  readonly step: string;
  readonly titleFormat: string;
}

export type Annotation = GraphiteAnnotation | PrometheusAnnotation;

export interface DashboardLink {
  readonly type: 'dashboards';
  readonly title: string;
  readonly tags: readonly string[];
  readonly asDropdown: false;
  readonly includeVars: true;
  readonly keepTime: true;
  readonly targetBlank: false;
}

export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly schemaVersion: 42;
  readonly version: 1;
  readonly editable: false;
  /** 1: the cross-hair is shown in all panels. */
  readonly graphTooltip: 1;
  readonly refresh: string;
  readonly time: { readonly from: string; readonly to: 'now' };
  readonly timezone: 'browser';
  readonly templating: { readonly list: readonly Variable[] };
  readonly annotations: { readonly list: readonly Annotation[] };
  readonly links: readonly DashboardLink[];
  readonly panels: readonly (Panel | RowPanel)[];
}
