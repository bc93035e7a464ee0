import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { dashboards } from '../../../grafana/src/dashboards.js';
import type { Panel } from '../../../grafana/src/schema.js';
import { askingPanels, type Choice, substituted, targetOf } from './grafana.js';
import { labFile } from './place.js';

const IMAGES = fileURLToPath(new URL('../../../docs/images/', import.meta.url));

/**
 * Draws the graphs of each dashboard by graphite-web, on one sheet for docs/dashboards.md. `other` says what is chosen instead
 * for a panel; null for nothing else. Needs cairocffi, which graphite-web draws with.
 */
export async function drawSheets(web: string, choice: Choice, other: (panel: Panel) => Choice | null): Promise<void> {
  mkdirSync(IMAGES, { recursive: true });
  const folder = mkdtempSync(`${tmpdir()}/sheets-`);
  for (const [file, dashboard] of dashboards) {
    const pictures: string[] = [];
    for (const panel of askingPanels(dashboard)) {
      if (panel.type !== 'timeseries') continue;
      const picture = `${folder}/${pictures.length}.png`;
      writeFileSync(picture, await drawn(web, panel, other(panel) ?? choice));
      pictures.push(picture);
    }
    const sheet = `${IMAGES}${file.replace('.json', '.png')}`;
    execFileSync('/usr/bin/python3', [labFile('contact-sheet.py'), sheet, ...pictures]);
  }
  rmSync(folder, { recursive: true });
}

async function drawn(web: string, { title, targets = [], options }: Panel, choice: Choice): Promise<Uint8Array> {
  // Bars have a sum in their legend.
  const isBars = JSON.stringify(options).includes('"sum"');
  const query = new URLSearchParams({ title, from: '-60s', width: '300', height: '120', fontSize: '8', yMin: '0' });
  for (const [name, value] of Object.entries({ bgcolor: 'white', fgcolor: 'black', lineMode: 'staircase' })) {
    query.set(name, value);
  }
  if (isBars) {
    query.set('areaMode', 'stacked');
    query.set('drawNullAsZero', 'true');
  }
  for (const target of targets) query.append('target', substituted(targetOf(target), choice));
  const response = await fetch(`${web}/render`, { method: 'POST', body: query });
  return new Uint8Array(await response.arrayBuffer());
}
