import { loadDetectorSettings } from '../../src/config/detector-settings.js';
import type { DetectorOptions } from '../../src/detection/detector.js';
import { HOSTS_MAX, thresholdsOf } from '../../src/detector.js';

/** What the detection has where nothing is set. */
export function defaultThresholds(): Omit<DetectorOptions, 'friends' | 'random' | 'clock' | 'onDirty'> {
  const loaded = loadDetectorSettings({});
  if (loaded.kind === 'faults') throw new Error(loaded.faults.join());
  return { ...thresholdsOf(loaded.config), hostsMax: HOSTS_MAX };
}
