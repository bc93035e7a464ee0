import type { Panel, PanelBody, RowPanel } from './schema.js';

const COLUMNS = 24;

/** A title with panels of one height below it, from the left to the right and then on the next line. */
export interface Row {
  readonly title: string;
  readonly height: number;
  readonly panels: readonly { readonly width: number; readonly panel: PanelBody }[];
}

export function row(title: string, height: number, panels: readonly (readonly [width: number, PanelBody])[]): Row {
  return { title, height, panels: panels.map(([width, panel]) => ({ width, panel })) };
}

/** Gives each panel its id and its place. Ids follow the order: they change when a panel is put before others. */
export function laidOut(rows: readonly Row[]): (Panel | RowPanel)[] {
  const placed: (Panel | RowPanel)[] = [];
  let y = 0;
  for (const { title, height, panels } of rows) {
    const gridPos = { x: 0, y, w: COLUMNS, h: 1 };
    placed.push({ id: placed.length + 1, type: 'row', title, collapsed: false, gridPos, panels: [] });
    y += 1;
    let x = 0;
    for (const { width, panel } of panels) {
      if (x + width > COLUMNS) {
        x = 0;
        y += height;
      }
      placed.push({ id: placed.length + 1, ...panel, gridPos: { x, y, w: width, h: height } });
      x += width;
    }
    y += height;
  }
  return placed;
}
