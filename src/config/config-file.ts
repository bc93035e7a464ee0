import { createRequire } from 'node:module';
import { quote } from './formats.js';
import { settings } from './schema.js';
import { suggest } from './suggest.js';
import { type ReadFile, readText } from './text-file.js';
import { unknownFault } from './unknown-variables.js';

const BYTES_MAX = 65_536;

/** Loaded where there is a file: it takes longer than all else that reads the settings. */
const loadYaml = (): typeof import('yaml') => createRequire(import.meta.url)('yaml');

/** A file does not name another one. */
const fileSettings = new Map([...settings].filter(([path]) => path !== 'configFile'));

export interface ConfigFile {
  /** The text of each setting in the file by its variable's name. Null where the file could not be read. */
  readonly texts: ReadonlyMap<string, string> | null;
  readonly faults: readonly string[];
}

/** Reads CONFIG_FILE: YAML, and so JSON too. Null and the empty text mean unset, as an empty variable does. */
export function readConfigFile(path: string, readFile: ReadFile): ConfigFile {
  const read = readText(readFile, path, BYTES_MAX);
  if ('fault' in read) return { texts: null, faults: [`CONFIG_FILE ${read.fault}`] };
  const parsed = parse(read.text);
  if ('fault' in parsed) return { texts: null, faults: [`CONFIG_FILE names ${quote(path)}, which ${parsed.fault}`] };
  return readTree(parsed.tree, `CONFIG_FILE ${quote(path)}:`);
}

/**
 * Every scalar stays the text that was written: `secret: 0123` is not the number 123.
 * The library's messages quote the file, and with it perhaps a secret: only its code and the line are told.
 */
function parse(text: string): { readonly tree: unknown } | { readonly fault: string } {
  const { LineCounter, parseDocument } = loadYaml();
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { schema: 'failsafe', customTags: ['null'], logLevel: 'error', lineCounter });
  const [error] = document.errors;
  if (error !== undefined) {
    return { fault: `is neither YAML nor JSON: line ${lineCounter.linePos(error.pos[0]).line}, ${error.code}` };
  }
  try {
    const tree: unknown = document.toJS();
    return isMap(tree) ? { tree } : { fault: 'must hold names and values, such as ami: {host: pbx.example.com}' };
  } catch {
    // An alias without its anchor, or more aliases than the library allows.
    return { fault: 'has aliases that cannot be resolved: write the values out' };
  }
}

function readTree(tree: unknown, where: string): ConfigFile {
  const texts = new Map<string, string>();
  const faults: string[] = [];
  for (const [path, value] of leaves(tree)) {
    const setting = fileSettings.get(path);
    if (setting === undefined) faults.push(`${where} ${pathFault(path)}`);
    else if (typeof value === 'string') texts.set(setting.env, value);
    else faults.push(`${where} ${path} must be a single value`);
  }
  return { texts, faults };
}

/** What is set in the tree, by its path. Only sections are descended into, so that the depth is bounded. */
function leaves(tree: unknown, section = ''): [path: string, value: unknown][] {
  if (!isMap(tree)) return [[section, tree]];
  return Object.entries(tree)
    .filter(([, value]) => value !== null && value !== '')
    .flatMap(([key, value]) => {
      const path = section === '' ? key : `${section}.${key}`;
      return isSection(path) ? leaves(value, path) : [[path, value] as [string, unknown]];
    });
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

const isSection = (path: string): boolean => [...fileSettings.keys()].some((known) => known.startsWith(`${path}.`));

function pathFault(path: string): string {
  if (isSection(path)) return `${path} must hold names and values`;
  const meant = suggest(
    variableOf(path),
    [...fileSettings.values()].map(({ env }) => env),
  );
  const meantPath = [...fileSettings].find(([, { env }]) => env === meant)?.[0];
  return unknownFault(quote(path), meantPath ?? null);
}

/** `ami.tlsCaFile` as AMI_TLS_CA_FILE: the words that people confuse are known in that spelling. */
function variableOf(path: string): string {
  return path.replace(/(?<=[a-z\d])(?=[A-Z])|[.-]/g, '_').toUpperCase();
}
