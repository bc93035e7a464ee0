import { type ParseArgsConfig, parseArgs } from 'node:util';
import { BAN_SECONDS_MAX, BAN_TEXT_LENGTH_MAX } from '../domain/ban.js';
import type { BanTarget } from '../domain/ban-target.js';
import { isPlainText } from '../text/plain-text.js';
import { visibleText } from '../text/visible-text.js';
import { parseDuration } from './duration.js';
import { readTyped } from './target.js';

/** Whom it is about; `-` is one address a line of standard input. */
export type Targets = readonly (BanTarget | '-')[];

export type BansArguments =
  | { readonly command: 'help' }
  | { readonly command: 'list' | 'status'; readonly isJson: boolean }
  | { readonly command: 'flush'; readonly isJson: boolean }
  | { readonly command: 'remove' | 'test'; readonly targets: Targets; readonly isJson: boolean }
  | {
      readonly command: 'add';
      readonly targets: Targets;
      readonly seconds: number;
      readonly reason: string;
      readonly isJson: boolean;
    };

/** BAN_SECONDS where it is not set. */
const SECONDS_DEFAULT = 3600;
const REASON_DEFAULT = 'manual';
const COMMANDS = ['list', 'add', 'remove', 'flush', 'test', 'status'] as const;

/** Reads what stands behind `bans`. @returns what is wrong, in words. */
export function bansArguments(args: readonly string[]): BansArguments | Error {
  if (args.some((word) => word === '--help' || word === '-h')) return { command: 'help' };
  const [word, ...rest] = args;
  const command = COMMANDS.find((known) => known === word);
  if (word === undefined) return new Error(`bans needs a command: ${COMMANDS.join(', ')}`);
  if (command === undefined) return new Error(`unknown command "bans ${visibleText(word)}"`);
  try {
    return READERS[command](rest);
  } catch (error) {
    // parseArgs throws for an option that it does not know, and the readers below for what is none of theirs.
    return error as Error;
  }
}

const READERS: Readonly<Record<(typeof COMMANDS)[number], (args: readonly string[]) => BansArguments>> = {
  list: (args) => ({ command: 'list', isJson: alone('list', args) }),
  status: (args) => ({ command: 'status', isJson: alone('status', args) }),
  flush: (args) => {
    const { values, positionals } = parse(args, { yes: { type: 'boolean' } });
    if (positionals.length > 0) throw new Error('bans flush ends all bans and takes no address; bans remove does');
    if (values['yes'] !== true) throw new Error('bans flush ends all bans: say --yes if you mean it');
    return { command: 'flush', isJson: values['json'] === true };
  },
  remove: (args) => ({ command: 'remove', ...about('remove', parse(args, {})) }),
  test: (args) => ({ command: 'test', ...about('test', parse(args, {})) }),
  add: (args) => {
    const parsed = parse(args, { for: { type: 'string' }, reason: { type: 'string' } });
    const seconds = secondsOf(parsed.values['for']);
    const reason = reasonOf(parsed.values['reason']);
    return { command: 'add', ...about('add', parsed), seconds, reason };
  },
};

type Value = string | boolean | undefined;

interface Parsed {
  readonly values: Readonly<Record<string, Value>>;
  readonly positionals: readonly string[];
}

function parse(args: readonly string[], options: NonNullable<ParseArgsConfig['options']>): Parsed {
  const json = { type: 'boolean' } as const;
  const { values, positionals } = parseArgs({ args: [...args], options: { ...options, json }, allowPositionals: true });
  return { values: { ...values }, positionals };
}

/** @returns whether --json is given. */
function alone(command: string, args: readonly string[]): boolean {
  const { values, positionals } = parse(args, {});
  if (positionals.length > 0) throw new Error(`bans ${command} takes no address; bans test tells about one`);
  return values['json'] === true;
}

/** All faults of the addresses at once: nothing is done while one is not understood. */
function about(
  command: string,
  { values, positionals }: Parsed,
): { readonly targets: Targets; readonly isJson: boolean } {
  if (positionals.length === 0) throw new Error(`bans ${command} needs an address, or - for standard input`);
  if (positionals.filter((text) => text === '-').length > 1) throw new Error('standard input can be read once only');
  const targets: (BanTarget | '-')[] = [];
  const faults: string[] = [];
  for (const text of positionals) {
    const target = text === '-' ? text : readTyped(text);
    if (target instanceof Error) faults.push(target.message);
    else targets.push(target);
  }
  if (faults.length > 0) throw new Error(faults.join('; '));
  return { targets, isJson: values['json'] === true };
}

function secondsOf(value: Value): number {
  if (value === undefined) return SECONDS_DEFAULT;
  const seconds = parseDuration(String(value));
  if (seconds !== null && seconds >= 1 && seconds <= BAN_SECONDS_MAX) return seconds;
  throw new Error(`--for is a time of 1s to 365d, such as 90, 30m, 1h, 7d or 2w, not "${visibleText(String(value))}"`);
}

function reasonOf(value: Value = REASON_DEFAULT): string {
  if (isPlainText(value, BAN_TEXT_LENGTH_MAX) && value !== '') return value;
  throw new Error(`--reason is a text of 1 to ${BAN_TEXT_LENGTH_MAX} characters in one line`);
}
