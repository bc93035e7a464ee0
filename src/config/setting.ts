import type { Format } from './formats.js';
import type { Secret } from './secret.js';

/** Who reads settings: the two daemons, two commands, and the detector as a program of somebody else imports it. */
export type Reader = 'exporter' | 'blocker' | 'replay' | 'bans' | 'trust' | 'detector';

/** A text that somebody set. `label` names the place of it in faults. */
export interface Given {
  readonly text: string;
  /** `file`: CONFIG_FILE. `AMI_SECRET_FILE` and its like: the file that this variable names. */
  readonly origin: 'default' | 'environment' | 'file' | `${string}_FILE`;
  readonly label: string;
}

/** By the variable's name. */
export type GivenSettings = ReadonlyMap<string, Given>;

/** All that there is to know of one variable. Everything else about it (types, faults, help, documentation) comes from here. */
export interface Setting<T> {
  readonly env: string;
  readonly doc: string;
  readonly format: Format<T>;
  /** Null: none. An empty list stands for none too. */
  readonly default: T | null;
  /** Takes the place of `default` where it depends on what else is set, or on who reads it. */
  readonly defaultWith?: (given: GivenSettings, reader: Reader) => T | undefined;
  /** Of a number; the name ends with it. */
  readonly unit?: 'milliseconds' | 'seconds' | 'hours' | 'days' | 'bytes';
  readonly readBy: readonly Reader[];
  /** Shown nowhere; its value is a Secret. */
  readonly sensitive?: true;
  /** The sensitive variable whose text is in the file that this one names. */
  readonly fileOf?: string;
  /** The name is one that other programs use too: alone it does not say that somebody meant this program. */
  readonly ambient?: true;
}

/** The form of a configuration file. A path in capitals is its variable: ami.tlsCaFile, AMI_TLS_CA_FILE. */
export interface SettingTree {
  readonly [key: string]: Setting<unknown> | SettingTree;
}

type Declared = { readonly format: Format<unknown>; readonly default: unknown };

type Value<S> = S extends { format: Format<infer T>; default: infer Default }
  ? (S extends { sensitive: true } ? Secret : T) | Extract<Default, null>
  : never;

type ReadersOf<Node> = Node extends { readBy: readonly (infer R)[] }
  ? R
  : { [Key in keyof Node]: ReadersOf<Node[Key]> }[keyof Node];

/** A tree of settings as the tree of the values that somebody reads. */
export type ReadBy<R extends Reader, Node> = Node extends Declared
  ? Value<Node>
  : { readonly [Key in keyof Node as R extends ReadersOf<Node[Key]> ? Key : never]: ReadBy<R, Node[Key]> };

/** A tree of settings as the tree of their values; undefined stands for a text that is faulty, or that nobody asked for. */
export type Checked<Node> = Node extends Declared
  ? Value<Node> | undefined
  : { readonly [Key in keyof Node]: Checked<Node[Key]> };

/** The same tree with what `visit` makes of each setting. */
export function mapSettings(
  tree: SettingTree,
  visit: (setting: Setting<unknown>, path: string) => unknown,
  section = '',
): { [key: string]: unknown } {
  const entries = Object.entries(tree).map(([key, node]) => {
    const path = `${section}${key}`;
    return [key, isSetting(node) ? visit(node, path) : mapSettings(node, visit, `${path}.`)] as const;
  });
  return Object.fromEntries(entries);
}

/** Every setting of a tree by its path, in the order of the tree. */
export function listSettings(tree: SettingTree): Map<string, Setting<unknown>> {
  const list = new Map<string, Setting<unknown>>();
  mapSettings(tree, (setting, path) => list.set(path, setting));
  return list;
}

/** The part of a tree that somebody reads, without the sections of which they read nothing. */
export function partOf(tree: SettingTree, reader: Reader): SettingTree {
  const entries = Object.entries(tree).flatMap(([key, node]): [string, Setting<unknown> | SettingTree][] => {
    if (isSetting(node)) return node.readBy.includes(reader) ? [[key, node]] : [];
    const part = partOf(node, reader);
    return Object.keys(part).length === 0 ? [] : [[key, part]];
  });
  return Object.fromEntries(entries);
}

function isSetting(node: Setting<unknown> | SettingTree): node is Setting<unknown> {
  return typeof node['env'] === 'string';
}
