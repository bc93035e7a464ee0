import { readConfigFile } from './config-file.js';
import { quote } from './quote.js';
import { settings } from './schema.js';
import { type ReadFile, readText } from './text-file.js';
import type { Environment } from './unknown-variables.js';

/** Secrets that can be in a file of their own, with the variable that names it. */
const SECRET_FILES = [
  ['AMI_SECRET', 'AMI_SECRET_FILE'],
  ['ALERT_WEBHOOK_URL', 'ALERT_WEBHOOK_URL_FILE'],
  ['ALERT_WEBHOOK_SECRET', 'ALERT_WEBHOOK_SECRET_FILE'],
] as const;

/** `file`: CONFIG_FILE. `AMI_SECRET_FILE` and its like: the file that this variable names. */
export type Origin = 'default' | 'environment' | 'file' | (typeof SECRET_FILES)[number][1];

/** A text that somebody set. `label` names the place of it in faults. */
export interface Given {
  readonly text: string;
  readonly origin: Origin;
  readonly label: string;
}

/** By the variable's name. */
export type GivenSettings = ReadonlyMap<string, Given>;

const SECRET_BYTES_MAX = 4096;

/**
 * Everything that is set, wherever it is: the environment, over the file that it names, and secrets out of their own files.
 * @param faults is added to
 * @param readsSecrets false for who needs none and may not be allowed to read their files
 * @returns isWhole: false if there is a configuration file that could not be read, so that settings may be missing
 */
export function gatherSettings(
  environment: Environment,
  readFile: ReadFile,
  faults: string[],
  readsSecrets = true,
): { readonly given: GivenSettings; readonly isWhole: boolean } {
  const given = new Map<string, Given>();
  for (const { env } of settings.values()) {
    const text = environment[env] ?? '';
    if (text !== '') given.set(env, { text, origin: 'environment', label: env });
  }
  const isWhole = addConfigFile(given, readFile, faults);
  for (const names of readsSecrets ? SECRET_FILES : []) addSecretFile(given, names, readFile, faults);
  return { given, isWhole };
}

function addConfigFile(given: Map<string, Given>, readFile: ReadFile, faults: string[]): boolean {
  const path = given.get('CONFIG_FILE')?.text;
  if (path === undefined) return true;
  const file = readConfigFile(path, readFile);
  faults.push(...file.faults);
  // The two ways to give a secret are one setting when it comes to who wins.
  const taken = new Set<string>(SECRET_FILES.filter((names) => names.some((name) => given.has(name))).flat());
  for (const [name, text] of file.texts ?? []) {
    const isTaken = given.has(name) || taken.has(name);
    if (!isTaken) given.set(name, { text, origin: 'file', label: `${name} in ${quote(path)}` });
  }
  return file.texts !== null;
}

function addSecretFile(
  given: Map<string, Given>,
  [name, fileName]: (typeof SECRET_FILES)[number],
  readFile: ReadFile,
  faults: string[],
): void {
  const file = given.get(fileName);
  if (file === undefined) return;
  if (given.has(name)) {
    faults.push(`${name} and ${fileName} are both set: remove one of them`);
    return;
  }
  const read = readText(readFile, file.text, SECRET_BYTES_MAX);
  if ('fault' in read) {
    faults.push(`${file.label} ${read.fault}`);
    return;
  }
  const label = `${file.label} names ${quote(file.text)}, whose text`;
  given.set(name, { text: read.text.replace(/\r?\n$/, ''), origin: fileName, label });
}
