import { visiblePath, visibleText } from '../text/visible-text.js';
import { asciiJson } from '../wire/json-line.js';
import { TRUST_FILE, TRUSTED_LENGTH_MAX, type TrustWord } from '../wire/trust-word.js';
import type { TrustArguments } from './trust-arguments.js';
import { addTrustWords, trustWordsOf } from './trust-file.js';

export interface TrustOptions {
  readonly arguments: Exclude<TrustArguments, { command: 'help' }>;
  /** STATE_DIR. */
  readonly directory: string;
  readonly console: Pick<Console, 'log' | 'error'>;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
}

const EXIT_DONE = 0;
/** sysexits.h. */
const EXIT_CANNOT_CREATE = 73;
const EXIT_NOT_PERMITTED = 77;
const EXIT_CONFIG = 78;

/** Leaves an operator's word where the exporter finds it, or lists what was left there. @returns the exit code. */
export function runTrust(options: TrustOptions): number {
  const { arguments: wanted } = options;
  try {
    return wanted.command === 'list' ? list(options, wanted.isJson) : leave(options, wanted);
  } catch (error) {
    // Of node:fs.
    const { code = '', message } = error as NodeJS.ErrnoException;
    const [exit, hint] = FAULTS[code] ?? [EXIT_CANNOT_CREATE, message];
    options.console.error(`asterisk-auth-stats: STATE_DIR ${visiblePath(options.directory)}: ${hint}`);
    return exit;
  }
}

const notAllowed = [EXIT_NOT_PERMITTED, "not permitted (run this as the exporter's user, or as root)"] as const;
const missing = [
  EXIT_CONFIG,
  'there is no such directory (it has to be that of the exporter, which makes it)',
] as const;

const FAULTS: Readonly<Record<string, readonly [exit: number, hint: string]>> = {
  EACCES: notAllowed,
  EPERM: notAllowed,
  ENOENT: missing,
  ENOTDIR: missing,
  EINVAL: [EXIT_CANNOT_CREATE, `${TRUST_FILE} is no plain file, and is left alone`],
  ELOOP: [EXIT_CANNOT_CREATE, `${TRUST_FILE} is a link, and is left alone`],
};

type Words = Extract<TrustArguments, { command: 'trust' | 'remove' }>;

function leave({ directory, console, now }: TrustOptions, { command, trusted }: Words): number {
  const isTrusted = command === 'trust';
  if (
    !addTrustWords(
      directory,
      trusted.map((each) => ({ ...each, isTrusted, at: now() })),
    )
  ) {
    const hint = `${TRUST_FILE} is full. Move it away: the exporter has taken in what it says`;
    console.error(`asterisk-auth-stats: STATE_DIR ${visiblePath(directory)}: ${hint}`);
    return EXIT_CANNOT_CREATE;
  }
  const told = isTrusted
    ? 'is at home there from now on; the exporter takes it in within a second'
    : 'is at home there no more';
  for (const word of trusted) console.log(`${shown(word)} ${told}`);
  return EXIT_DONE;
}

function list({ directory, console }: TrustOptions, isJson: boolean): number {
  const words = trustWordsOf(directory).filter(({ isTrusted }) => isTrusted);
  for (const word of words) {
    const { account, address, at } = word;
    console.log(isJson ? asciiJson({ account, address, at }) : `${shown(word)} since ${new Date(at).toISOString()}`);
  }
  if (words.length === 0 && !isJson) console.log('nobody is trusted by word');
  return EXIT_DONE;
}

function shown({ account, address }: Pick<TrustWord, 'account' | 'address'>): string {
  return `${visibleText(account, 2 * TRUSTED_LENGTH_MAX)}@${address}`;
}
