import { X509Certificate } from 'node:crypto';
import convict from 'convict';
import type { Checked, Complete } from './checked-settings.js';
import type { ExporterConfig } from './exporter-config.js';
import { attempt, boolean, FormatFault } from './formats.js';
import { type GivenSettings, gatherSettings, type Origin } from './given-settings.js';
import { quote } from './quote.js';
import { mapSettings, schema, settings } from './schema.js';
import { settingFaults } from './setting-faults.js';
import { type ReadFile, readText } from './text-file.js';
import { toExporterConfig } from './to-exporter-config.js';
import { type Environment, unknownVariables } from './unknown-variables.js';

export type LoadResult =
  /** `settings` holds every setting in the order of the tables, for people to read. */
  | { readonly kind: 'config'; readonly config: ExporterConfig; readonly settings: readonly EffectiveSetting[] }
  /** Nobody configured this program: none of its variables is set, but perhaps names that other programs use as well. */
  | { readonly kind: 'nothing' }
  /** Every fault that there is, each a line with the variable and the remedy. No secret is in them. */
  | { readonly kind: 'faults'; readonly faults: readonly string[] };

export interface EffectiveSetting {
  readonly name: string;
  /** Masked for a secret; null where nothing is set. */
  readonly value: string | null;
  readonly origin: Origin;
}

const CA_BYTES_MAX = 1_048_576;

/**
 * Reads the exporter's configuration: the environment, the file that it names, and defaults. An empty variable is an unset one.
 * Never throws for what is in them. Read once, at the start: what changes later is not seen.
 */
export function loadConfig(environment: Environment, readFile: ReadFile): LoadResult {
  const faults = unknownVariables(environment);
  if (faults.length === 0 && !isConfigured(environment)) return { kind: 'nothing' };

  const { given, isWhole } = gatherSettings(environment, readFile, faults);
  const [values, effective] = readSettings(given, faults);
  faults.push(...settingFaults(given, values, isWhole));
  const ca = readAuthority(values, readFile, faults);
  if (faults.length > 0) return { kind: 'faults', faults };
  return { kind: 'config', config: freeze(toExporterConfig(values as Complete, ca)), settings: effective };
}

function isConfigured(environment: Environment): boolean {
  return [...settings.values()].some(({ env, ambient }) => ambient !== true && (environment[env] ?? '') !== '');
}

/** Convict puts the defaults in. It would read texts too, but leniently (`5038abc` as 5038), so that the reading is ours. */
export function readSettings(given: GivenSettings, faults: string[]): [values: Checked, effective: EffectiveSetting[]] {
  const env = Object.fromEntries([...given].map(([name, { text }]) => [name, text]));
  const texts = convict<Record<string, unknown>>(schema, { env: { ...defaultsBy(given), ...env }, args: [] });
  const effective: EffectiveSetting[] = [];
  const values = mapSettings(schema, (setting, path) => {
    const { label, origin } = given.get(setting.env) ?? { label: setting.env, origin: 'default' };
    const text = texts.get(path) as string | null;
    const isSecret = setting.sensitive === true;
    const value = text === null ? null : attempt(setting.format, text);
    if (value instanceof FormatFault) {
      faults.push(isSecret ? `${label} ${value.message}` : `${label} is ${quote(String(text))}; it ${value.message}`);
      return undefined;
    }
    const shown = isSecret ? '********' : String(value);
    effective.push({ name: setting.env, value: value === null ? null : shown, origin });
    return value;
  });
  return [values as Checked, effective];
}

/** Defaults that depend on what is set: the AMI has a port of its own for TLS, and the messages log is a quiet one. */
function defaultsBy(given: GivenSettings): Record<string, string> {
  const isTls = attempt(boolean, given.get('AMI_TLS')?.text ?? 'false') === true;
  const isMessagesLog = given.get('SOURCE')?.text === 'messages-log';
  return { ...(isTls && { AMI_PORT: '5039' }), ...(isMessagesLog && { LOG_SILENCE_SECONDS: '86400' }) };
}

/** The text of AMI_TLS_CA_FILE; null without one. */
function readAuthority({ ami }: Checked, readFile: ReadFile, faults: string[]): string | null {
  const path = ami.tlsCaFile ?? null;
  if (ami.tls !== true || path === null) return null;
  const read = readText(readFile, path, CA_BYTES_MAX);
  if ('text' in read && isCertificate(read.text)) return read.text;
  const fault = 'fault' in read ? read.fault : `names ${quote(path)}, which is no certificate in PEM form`;
  faults.push(`AMI_TLS_CA_FILE ${fault}`);
  return null;
}

/** Node takes a text without any certificate for an authority in silence. */
function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    // X509Certificate throws for what it cannot parse.
    return false;
  }
}

/** Freezes a tree without cycles, all the way down. */
export function freeze<T extends object>(tree: T): T {
  for (const value of Object.values(tree)) if (typeof value === 'object' && value !== null) freeze(value);
  return Object.freeze(tree);
}
