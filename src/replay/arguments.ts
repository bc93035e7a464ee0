import { parseArgs } from 'node:util';
import { type Address, parseAddress } from '../domain/remote-address.js';
import { INPUT_FORMATS, type InputFormat } from './input-format.js';

/** Which bans are handed to the blocker: those that have not ended now, or all, as if they were decided now. */
export type BanChoice = 'none' | 'in-force' | 'all';

export interface ReplayArguments {
  /** `-` is standard input. */
  readonly files: readonly string[];
  /** Null: found out for each file. */
  readonly format: InputFormat | null;
  readonly top: number;
  readonly isJson: boolean;
  readonly explain: Address | null;
  readonly ban: BanChoice;
}

const TOP_DEFAULT = 20;
const TOP_MAX = 10_000;

/** Reads what stands behind `replay`. @returns the first fault, in words. */
export function replayArguments(args: readonly string[]): ReplayArguments | Error {
  try {
    const { values, positionals: files } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
    const format = oneOf(values.source);
    const top = values.top === undefined ? TOP_DEFAULT : topOf(values.top);
    const explain = values.explain === undefined ? null : addressOf(values.explain);
    if (files.length === 0) return new Error('replay needs a file, or - for standard input');
    if (files.filter((file) => file === '-').length > 1) return new Error('standard input can be read once only');
    if (values.ban && values['ban-all']) return new Error('--ban and --ban-all exclude each other');
    const ban = values['ban-all'] ? 'all' : values.ban ? 'in-force' : 'none';
    return { files, format, top, isJson: values.json, explain, ban };
  } catch (error) {
    // parseArgs throws for an option that it does not know, and the readers below for what is none of theirs.
    return error as Error;
  }
}

const OPTIONS = {
  json: { type: 'boolean', default: false },
  top: { type: 'string' },
  explain: { type: 'string' },
  ban: { type: 'boolean', default: false },
  'ban-all': { type: 'boolean', default: false },
  source: { type: 'string' },
} as const;

function oneOf(word: string | undefined): InputFormat | null {
  if (word === undefined) return null;
  const format = INPUT_FORMATS.find((known) => known === word);
  if (format === undefined) throw new Error(`--source is one of ${INPUT_FORMATS.join(', ')}, not "${word}"`);
  return format;
}

function topOf(text: string): number {
  const top = /^[1-9]\d{0,4}$/.test(text) ? Number(text) : Number.NaN;
  if (!(top <= TOP_MAX)) throw new Error(`--top is a whole number from 1 to ${TOP_MAX}, not "${text}"`);
  return top;
}

function addressOf(text: string): Address {
  const address = parseAddress(text);
  if (address === null) throw new Error(`--explain needs an IP address, not "${text}"`);
  return address;
}
