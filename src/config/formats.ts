import { isIP } from 'node:net';
import { inspect } from 'node:util';

/** Reads a setting's text strictly: the whole text is a value of this form, or it is a FormatFault. */
export interface Format<T> {
  /** @throws FormatFault */
  (text: string): T;
  /** What a valid text is, for tables and faults: `a whole number from 1 to 65535`. */
  readonly expects: string;
}

/** What is wrong with a text and how to mend it, as the rest of a sentence. */
export class FormatFault extends Error {}

/**
 * @param read gives undefined for a text that is not of this form
 * @param advice a better answer than `must be <expects>` to a mistake that is known; it may be undefined
 */
export function format<T>(
  expects: string,
  read: (text: string) => T | undefined,
  advice: (text: string) => string | undefined = () => undefined,
): Format<T> {
  const strict = (text: string): T => {
    const value = read(text);
    if (value === undefined) throw new FormatFault(advice(text) ?? `must be ${expects}`);
    return value;
  };
  return Object.assign(strict, { expects });
}

/** What the format makes of the text, or its fault; what is no FormatFault is thrown on. */
export function attempt<T>(read: Format<T>, text: string): T | FormatFault {
  try {
    return read(text);
  } catch (error) {
    if (error instanceof FormatFault) return error;
    throw error;
  }
}

const SHOWN_MAX = 200;

/** Text as it can be shown in a message: in quotes, control characters escaped, at most 200 characters of it. */
export function quote(text: string): string {
  return text.length > SHOWN_MAX ? `${inspect(text.slice(0, SHOWN_MAX))}...` : inspect(text);
}

/** Decimal digits only: no sign, blank, leading zero, fraction or exponent. */
export function wholeNumber(min: number, max: number, advice?: (text: string) => string | undefined): Format<number> {
  const read = (text: string) => {
    const value = /^(0|[1-9]\d{0,14})$/.test(text) ? Number(text) : Number.NaN;
    return value >= min && value <= max ? value : undefined;
  };
  return format(`a whole number from ${min} to ${max}`, read, advice);
}

/** A variable such as STATSD_PORT is also what a container's platform sets for a service that is called `statsd`. */
export const port = wholeNumber(1, 65535, (text) =>
  /^\w+:\/\//.test(text)
    ? 'must be a port alone; Kubernetes and Docker links set this for a service of that name: set the port yourself, ' +
      'or switch them off (enableServiceLinks: false in the pod)'
    : undefined,
);

const BOOLEANS = new Map([
  ...['true', '1', 'yes', 'on'].map((word) => [word, true] as const),
  ...['false', '0', 'no', 'off'].map((word) => [word, false] as const),
]);

/** Upper or lower case. */
export const boolean = format('true or false (also yes/no, on/off, 1/0)', (text) => BOOLEANS.get(text.toLowerCase()));

export function choice<const Word extends string>(...words: readonly Word[]): Format<Word> {
  // Intl.ListFormat says the same, and takes 13 ms of CPU to load.
  const expects = words.join(', ').replace(/, (?=[^,]*$)/, ' or ');
  return format(expects, (text) => words.find((word) => word === text));
}

/** RFC 1123 section 2.1, and the underscore, which names of Compose services have. A last label that is a number is refused, because resolvers take `10.1` or `0x7f.1` for an IPv4 address. */
export function isHostName(text: string): boolean {
  const labels = text.split('.');
  return (
    text.length <= 253 &&
    labels.every((label) => /^[a-z\d_]([a-z\d_-]{0,61}[a-z\d_])?$/i.test(label)) &&
    !/(^|\.)(\d+|0x[\da-f]*)$/i.test(text)
  );
}

function hostAdvice(text: string): string | undefined {
  const bracketed = /^\[(.+)\]$/.exec(text)?.[1] ?? '';
  if (isIP(bracketed) !== 0) return `must be written ${bracketed}, without the brackets`;
  return /[:/]/.test(text) ? 'must be the host alone, without a scheme, a port or a path' : undefined;
}

export const hostName = format('a host name', (text) => (isHostName(text) ? text : undefined), hostAdvice);

export const host = format(
  'an IP address or a host name',
  (text) => (isIP(text) !== 0 || isHostName(text) ? text : undefined),
  hostAdvice,
);

const CONTROL = /[\x00-\x1f\x7f-\x9f]/;

/**
 * Text without control characters: a line break in what is sent to the AMI would begin a header of its own.
 * Asterisk's manager.conf takes blanks off both ends of a value, so that one here can only be a mistake.
 */
export function line(charactersMax: number): Format<string> {
  const read = (text: string) =>
    text !== '' && text.length <= charactersMax && !CONTROL.test(text) && text.trim() === text ? text : undefined;
  return format(`text of at most ${charactersMax} characters`, read, (text) => {
    if (CONTROL.test(text)) return 'must not contain a line break or another control character';
    return text.trim() === text ? undefined : 'must not begin or end with a blank';
  });
}

export const path = format('the path of a file', line(4096));

/** `sockaddr_un` of Linux has room for 107, and who listens makes the socket under its name and a `~`. The kernel's own fault would not name it. */
const SOCKET_PATH_BYTES_MAX = 106;

export const socketPath = format(`the path of a Unix socket, at most ${SOCKET_PATH_BYTES_MAX} bytes`, (text) =>
  Buffer.byteLength(text) <= SOCKET_PATH_BYTES_MAX ? path(text) : undefined,
);

const URL_MAX = 2048;

function isWebUrl(text: string): boolean {
  if (text.length > URL_MAX || CONTROL.test(text) || /\s/.test(text) || !URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return (protocol === 'http:' || protocol === 'https:') && username === '' && password === '';
}

/** Of HTTP. A name and password in it are refused, because fetch does. */
export const webUrl = format(
  `an http:// or https:// URL without user and password, at most ${URL_MAX} characters`,
  (text) => (isWebUrl(text) ? text : undefined),
);

/** A prefix of meter names; the dot after it is not part of it. */
export const meterPrefix = format('words of A-Z a-z 0-9 _ - with a dot between two, at most 128 characters', (text) =>
  text.length <= 128 && /^[\w-]+(\.[\w-]+)*$/.test(text) ? text : undefined,
);

/** The classes in Asterisk's main/manager.c (`perms`). */
const EVENT_CLASSES = new Set(
  'system call log verbose command agent user config dtmf reporting cdr dialplan originate agi cc aoc test security message all'.split(
    ' ',
  ),
);

/** The `Events:` mask of an AMI login, returned without blanks, because Asterisk compares the words between the commas as they are. */
export const eventMask = format('event classes with commas between them, among them security or all; or on', (text) => {
  const words = text.split(',').map((word) => word.trim());
  const hears = words.includes('security') || words.includes('all');
  return text === 'on' || (hears && words.every((word) => EVENT_CLASSES.has(word))) ? words.join(',') : undefined;
});

const ACCOUNTS_MAX = 1000;
const account = line(128);

/** Each name once, as Asterisk writes it: upper and lower case are different. */
export const accountList = format(`names of accounts with commas between them, at most ${ACCOUNTS_MAX}`, (text) => {
  const names = text.split(',').map((name) => name.trim());
  const isWhole =
    names.length <= ACCOUNTS_MAX && names.every((name) => !(attempt(account, name) instanceof FormatFault));
  return isWhole ? [...new Set(names)] : undefined;
});
