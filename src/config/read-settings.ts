import { quote } from './formats.js';
import { gatherSettings } from './given-settings.js';
import { type Schema, schema } from './schema.js';
import { Secret } from './secret.js';
import {
  type Checked,
  type Given,
  type GivenSettings,
  listSettings,
  mapSettings,
  partOf,
  type ReadBy,
  type Reader,
  type Setting,
} from './setting.js';
import { alertFaults } from './settings/alerts.js';
import { detectionFaults } from './settings/detection.js';
import { meterFaults } from './settings/meters.js';
import { sourceFaults } from './settings/source.js';
import type { ReadFile } from './text-file.js';
import { type Environment, unknownVariables } from './unknown-variables.js';
import { validated } from './validated.js';

/** The values of the settings that somebody reads, by the paths of their declarations. */
export type Settings<R extends Reader> = ReadBy<R, Schema>;

/** A setting as people are shown it. */
export interface EffectiveSetting {
  readonly name: string;
  /** Masked for a secret; null where nothing is set. */
  readonly value: string | null;
  readonly origin: Given['origin'];
}

export interface ReadSettings<R extends Reader> {
  /** Incomplete where there are faults. */
  readonly settings: Settings<R>;
  /** In the order of the tables. */
  readonly effective: readonly EffectiveSetting[];
  /** Every fault that there is, each a line with the variable and the remedy. No secret is in them. */
  readonly faults: string[];
}

/** What was loaded for one process, or all that is wrong with it. */
export type Loaded<Config> =
  | { readonly kind: 'config'; readonly config: Config; readonly settings: readonly EffectiveSetting[] }
  | { readonly kind: 'faults'; readonly faults: readonly string[] };

/** What is wrong with settings that can each be read: something is missing, or two do not go together. */
const CHECKS = [sourceFaults, meterFaults, detectionFaults, alertFaults];

/**
 * Reads the settings of one reader: the environment, the file that it names, and defaults. An empty variable is an unset one.
 * Never throws for what is in them. Only what this reader reads is looked at, but a name that nobody knows is always a fault.
 */
export function readSettings<R extends Reader>(
  reader: R,
  environment: Environment,
  readFile: ReadFile,
): ReadSettings<R> {
  const faults = unknownVariables(environment);
  const part = partOf(schema, reader);
  const declared = listSettings(part);
  const { given, isWhole } = gatherSettings([...declared.values()], environment, readFile, faults);
  const { refusals, value } = validated(part, given, reader);

  for (const [path, setting] of declared) {
    const [text, refusal] = [given.get(setting.env), refusals.get(path)];
    // A default is never refused.
    if (text !== undefined && refusal !== undefined) faults.push(refusedText(setting, text, refusal));
  }
  const settle = ({ sensitive }: Setting<unknown>, path: string) => {
    if (refusals.has(path) || !declared.has(path)) return undefined;
    const read = value(path);
    return sensitive === true && read !== null ? new Secret(String(read)) : read;
  };
  const checked = mapSettings(schema, settle) as Checked<Schema>;
  faults.push(...CHECKS.flatMap((check) => check(checked, given, isWhole)));
  return {
    settings: mapSettings(part, settle) as Settings<R>,
    effective: [...declared].map(([path, setting]) => effectiveOf(setting, given, settle(setting, path))),
    faults,
  };
}

function refusedText({ sensitive }: Setting<unknown>, { label, text }: Given, refusal: string): string {
  return sensitive === true ? `${label} ${refusal}` : `${label} is ${quote(text)}; it ${refusal}`;
}

function effectiveOf({ env, sensitive }: Setting<unknown>, given: GivenSettings, value: unknown): EffectiveSetting {
  const origin = given.get(env)?.origin ?? 'default';
  const isNone = value === null || String(value) === '';
  return { name: env, value: isNone ? null : sensitive === true ? '********' : String(value), origin };
}

/** The settings of a reader who takes them as they are. */
export function loadSettings<R extends Reader>(
  reader: R,
  environment: Environment,
  readFile: ReadFile,
): Loaded<Settings<R>> {
  const read = readSettings(reader, environment, readFile);
  return loaded(read, read.settings);
}

/** @param config what the process is handed: `settings`, made complete */
export function loaded<Config extends object>(
  { effective, faults }: Pick<ReadSettings<Reader>, 'effective' | 'faults'>,
  config: Config,
): Loaded<Config> {
  return faults.length > 0
    ? { kind: 'faults', faults }
    : { kind: 'config', config: freeze(config), settings: effective };
}

/** Freezes a tree without cycles, all the way down. */
function freeze<T extends object>(tree: T): T {
  for (const value of Object.values(tree)) if (typeof value === 'object' && value !== null) freeze(value);
  return Object.freeze(tree);
}
