import { type Loaded, loadSettings, type Settings } from './read-settings.js';

/** When what is an attack, and what is done about it. */
export type DetectorSettings = Settings<'detector'>;

/**
 * The settings of the detection alone, for a program that imports the detector.
 * @param environment the variables, such as `{ BAN_THRESHOLD: '5' }`; `process.env` has this form too. Other settings are not
 * looked at, a name like ours that nobody knows is a fault, and no file is read.
 */
export function loadDetectorSettings(
  environment: Readonly<Record<string, string | undefined>>,
): Loaded<DetectorSettings> {
  return loadSettings('detector', environment, () => new Uint8Array());
}
