import { readConfigFile } from './config-file.js';
import { quote } from './formats.js';
import type { Given, GivenSettings, Setting } from './setting.js';
import { type ReadFile, readText } from './text-file.js';
import type { Environment } from './unknown-variables.js';

const SECRET_BYTES_MAX = 4096;

/**
 * The texts of the settings wherever they are: the environment, over the file that it names, and secrets out of their own files.
 * @param settings of which a text is looked for; the files of other secrets are not touched
 * @param faults is added to
 * @returns isWhole: false if there is a configuration file that could not be read, so that settings may be missing
 */
export function gatherSettings(
  settings: readonly Setting<unknown>[],
  environment: Environment,
  readFile: ReadFile,
  faults: string[],
): { readonly given: GivenSettings; readonly isWhole: boolean } {
  const given = new Map<string, Given>();
  for (const { env } of settings) {
    const text = environment[env] ?? '';
    if (text !== '') given.set(env, { text, origin: 'environment', label: env });
  }
  const isWhole = addConfigFile(given, settings, readFile, faults);
  for (const setting of settings) addSecretFile(given, setting, readFile, faults);
  return { given, isWhole };
}

function addConfigFile(
  given: Map<string, Given>,
  settings: readonly Setting<unknown>[],
  readFile: ReadFile,
  faults: string[],
): boolean {
  const path = given.get('CONFIG_FILE')?.text;
  if (path === undefined) return true;
  const file = readConfigFile(path, readFile);
  faults.push(...file.faults);
  // The two ways to give a secret are one setting when it comes to who wins.
  const isTaken = ({ env, fileOf }: Setting<unknown>) =>
    given.has(env) || settings.some((other) => (other.fileOf === env || other.env === fileOf) && given.has(other.env));
  const open = settings.filter((setting) => !isTaken(setting));
  for (const { env } of open) {
    const text = file.texts?.get(env);
    if (text !== undefined) given.set(env, { text, origin: 'file', label: `${env} in ${quote(path)}` });
  }
  return file.texts !== null;
}

function addSecretFile(
  given: Map<string, Given>,
  { env, fileOf }: Setting<unknown>,
  readFile: ReadFile,
  faults: string[],
): void {
  const file = given.get(env);
  if (file === undefined || fileOf === undefined) return;
  if (given.has(fileOf)) {
    faults.push(`${fileOf} and ${env} are both set: remove one of them`);
    return;
  }
  const read = readText(readFile, file.text, SECRET_BYTES_MAX);
  if ('fault' in read) {
    faults.push(`${file.label} ${read.fault}`);
    return;
  }
  const label = `${file.label} names ${quote(file.text)}, whose text`;
  given.set(fileOf, { text: read.text.replace(/\r?\n$/, ''), origin: `${fileOf}_FILE`, label });
}
