import { loadDetectorSettings } from '../../src/config/detector-settings.js';
import type { DetectorOptions } from '../../src/detection/detector.js';
import { detectorOptions } from '../../src/detector.js';

/** What the detection has where nothing else is set. */
export function optionsOf(
  settings: Readonly<Record<string, string>>,
): Omit<DetectorOptions, 'friends' | 'random' | 'clock' | 'onDirty'> {
  const loaded = loadDetectorSettings(settings);
  if (loaded.kind === 'faults') throw new Error(loaded.faults.join());
  return detectorOptions(loaded.config);
}
