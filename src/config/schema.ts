import { listSettings, type Setting } from './setting.js';
import { alertSettings } from './settings/alerts.js';
import { blockingSettings } from './settings/blocking.js';
import { detectionSettings } from './settings/detection.js';
import { meterSettings } from './settings/meters.js';
import { processSettings } from './settings/process.js';
import { sourceSettings } from './settings/source.js';

/** Everything that can be set, by theme, in the order of the tables. */
export const THEMES = {
  Source: sourceSettings,
  Meters: meterSettings,
  Detection: detectionSettings,
  Blocking: blockingSettings,
  Alerts: alertSettings,
  Process: processSettings,
} as const;

export const schema = {
  ...sourceSettings,
  ...meterSettings,
  ...detectionSettings,
  ...blockingSettings,
  ...alertSettings,
  ...processSettings,
} as const;

export type Schema = typeof schema;

/** Every setting by its path, in the order of the tables. */
export const settings: ReadonlyMap<string, Setting<unknown>> = listSettings(schema);
