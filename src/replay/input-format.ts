/** What a recording can be: bytes of AMI, or one of Asterisk's two logs. */
export const INPUT_FORMATS = ['ami', 'security-log', 'messages-log'] as const;
export type InputFormat = (typeof INPUT_FORMATS)[number];

/** How much of a file is looked at to find out what it is. */
export const HEAD_BYTES = 65_536;

const AMI_GREETING = /^Asterisk Call Manager\/[\d.]{1,16}\r\n/;
const AMI_MESSAGE = /(?:^|\r\n)(?:Event: \w+\r\nPrivilege: |Response: \w+\r\n)/;

/**
 * The level of a line and what stands behind it, up to the message. A quote in front of the level is no prefix of
 * Asterisk's, but text that somebody sent.
 */
const LEVEL = /^[^"'\n]{0,320}?\b(SECURITY|NOTICE|WARNING|ERROR|VERBOSE|DEBUG)(?:\[\d{1,10}\]|[ :])/;
/** Asterisk 1.8 and later write these words in front of all others. */
const SECURITY_MESSAGE = 'SecurityEvent="';
/** What the failures of a messages log are written with. */
const FAILURE_LEVELS: ReadonlySet<string> = new Set(['NOTICE', 'WARNING', 'ERROR']);

/**
 * Tells what a file is by its beginning. Clients can write lines of AMI into a log and lines of a log into AMI, so that the
 * first line counts. A log of all levels is read as a security log if it has more lines of that level than of those that
 * failures are written with.
 * @param head up to HEAD_BYTES, from the beginning on; the last line may be cut.
 * @returns null where it is none of them.
 */
export function detectFormat(head: Buffer): InputFormat | null {
  const text = head.toString('latin1');
  if (AMI_GREETING.test(text)) return 'ami';
  const levels = text.split('\n').map(levelOf);
  const firstAt = levels.findIndex((level) => level !== null);
  const message = AMI_MESSAGE.exec(text);
  if (message !== null && (firstAt < 0 || linesIn(text.slice(0, message.index)) < firstAt)) return 'ami';
  if (firstAt < 0) return null;
  const security = levels.filter((level) => level === 'SECURITY').length;
  const failures = levels.filter((level) => level !== null && FAILURE_LEVELS.has(level)).length;
  return security > failures ? 'security-log' : 'messages-log';
}

function linesIn(text: string): number {
  return text.split('\n').length - 1;
}

/** Null for a line without a level, and for one that says SECURITY and is no security event. */
function levelOf(line: string): string | null {
  const level = LEVEL.exec(line)?.[1] ?? null;
  return level === 'SECURITY' && !line.includes(SECURITY_MESSAGE) ? null : level;
}
