import { X509Certificate } from 'node:crypto';
import type { LinePattern } from '../text/line-pattern.js';
import { quote } from './formats.js';
import { readLinePatterns } from './line-patterns.js';
import { type Loaded, loaded, readSettings, type Settings } from './read-settings.js';
import { settings as allSettings } from './schema.js';
import type { Secret } from './secret.js';
import { type ReadFile, readText } from './text-file.js';
import { type Environment, unknownVariables } from './unknown-variables.js';

/** What the exporter runs with: checked, complete and frozen. Its stages are handed what they need of it. */
export type ExporterConfig = AmiConfig | LogConfig;

/** `tlsCaFile` is the PEM text in the file. */
export type AmiConfig = Settings<'exporter'> &
  WithPatterns & {
    readonly source: 'ami';
    readonly ami: { readonly host: string; readonly username: string; readonly secret: Secret };
  };

export type LogConfig = Settings<'exporter'> &
  WithPatterns & {
    readonly source: 'security-log' | 'messages-log';
    readonly log: { readonly file: string };
  };

/** The lines of one's own, from the file of LOG_PATTERNS_FILE. */
type WithPatterns = { readonly linePatterns: readonly LinePattern[] };

export type LoadResult =
  | Loaded<ExporterConfig>
  /** Nobody configured this program: none of its variables is set, but perhaps names that other programs use as well. */
  | { readonly kind: 'nothing' };

const CA_BYTES_MAX = 1_048_576;

/** Reads the exporter's configuration. Read once, at the start: what changes later is not seen. */
export function loadConfig(environment: Environment, readFile: ReadFile): LoadResult {
  if (!isConfigured(environment) && unknownVariables(environment).length === 0) return { kind: 'nothing' };
  const read = readSettings('exporter', environment, readFile);
  const { ami } = read.settings;
  const tlsCaFile = readAuthority(ami, readFile, read.faults);
  const linePatterns = readLinePatterns(read.settings.log?.patternsFile, readFile, read.faults);
  // The checks of the source have seen to what it requires.
  return loaded(read, { ...read.settings, ami: { ...ami, tlsCaFile }, linePatterns } as ExporterConfig);
}

function isConfigured(environment: Environment): boolean {
  return [...allSettings.values()].some(({ env, ambient }) => ambient !== true && (environment[env] ?? '') !== '');
}

/** The text of AMI_TLS_CA_FILE; null without one. */
function readAuthority(
  { tls, tlsCaFile: path }: ExporterConfig['ami'],
  readFile: ReadFile,
  faults: string[],
): string | null {
  if (tls !== true || path === null || path === undefined) return null;
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
