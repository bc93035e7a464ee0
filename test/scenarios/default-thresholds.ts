import { loadConfig } from '../../src/config/load-config.js';
import type { DetectorOptions } from '../../src/detection/detector.js';
import { HOSTS_MAX, thresholdsOf } from '../../src/detector.js';

/** What a configuration has that says only where Asterisk is. */
export function defaultThresholds(): Omit<DetectorOptions, 'friends' | 'random' | 'clock' | 'onDirty'> {
  const minimal = { AMI_HOST: '192.0.2.1', AMI_USERNAME: 'stats', AMI_SECRET: 'secret' };
  const loaded = loadConfig(minimal, () => Buffer.alloc(0));
  const detection = loaded.kind === 'config' ? loaded.config.detection : null;
  if (detection === null) throw new Error('the detection is off by default');
  return { ...thresholdsOf(detection), hostsMax: HOSTS_MAX };
}
