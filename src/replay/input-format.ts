import { isAsterisks, readCarried } from '../sources/log/carrier-form.js';
import { readJsonRecord } from '../sources/log/json-record.js';
import type { LogReader, LogReaderOutput } from '../sources/log/log-reader.js';
import { MessagesLog } from '../sources/log/messages-log.js';
import { SecurityLog } from '../sources/log/security-log.js';

/** What a recording can be: bytes of AMI, or one of Asterisk's two logs. */
export const INPUT_FORMATS = ['ami', 'security-log', 'messages-log'] as const;
export type InputFormat = (typeof INPUT_FORMATS)[number];

/** How much of a file is looked at to find out what it is. */
export const HEAD_BYTES = 65_536;

const AMI_GREETING = /^Asterisk Call Manager\/[\d.]{1,16}\r?\n/;
/** Also as tcpdump -A prints it: behind what is left of a packet's header. */
const AMI_MESSAGE = /(?:^|\n)[^\n]{0,200}?(?:Event: \w+\r?\nPrivilege: |Response: \w+\r?\n)/;
const CRLF = '\r\n';
const LF = 0x0a;

/**
 * Tells what a file is by its beginning: what a reader can read, it is. Clients can write lines of AMI into a log and lines
 * of a log into AMI, so that the first line counts. In a log of all levels the lines about security events win over what
 * the same failures say at other levels.
 * @param head up to HEAD_BYTES, from the beginning on; the last line may be cut.
 * @returns null where it is none of them.
 */
export function detectFormat(head: Buffer): InputFormat | null {
  const text = head.toString('latin1');
  if (AMI_GREETING.test(text)) return 'ami';
  const firstAt = text.split('\n').findIndex(isLogLine);
  const message = AMI_MESSAGE.exec(text);
  if (message !== null && (firstAt < 0 || linesIn(text.slice(0, message.index)) < firstAt)) return 'ami';
  return logFormat(head, firstAt >= 0);
}

/** Whether it is AMI whose line ends are not AMI's: copied, or printed by tcpdump. */
export function isCopiedAmi(head: Buffer): boolean {
  return head.includes(LF) && !head.includes(CRLF);
}

/** Reads the beginning as each of the two logs. */
function logFormat(head: Buffer, hasLogLine: boolean): InputFormat | null {
  const security = trial((output) => new SecurityLog({ pbx: '' }, output), head);
  const messages = trial((output) => new MessagesLog({ pbx: '', clock: () => 0 }, output), head);
  if (security.events > 0 && security.events >= messages.events) return 'security-log';
  if (messages.events > 0) return 'messages-log';
  if (security.malformed > 0) return 'security-log';
  return hasLogLine ? 'messages-log' : null;
}

interface Trial {
  events: number;
  malformed: number;
}

function trial(open: (output: LogReaderOutput) => LogReader, head: Buffer): Trial {
  const found = { events: 0, malformed: 0 };
  const reader = open({
    onEvent: () => found.events++,
    onMalformed: () => found.malformed++,
    onIgnored: () => undefined,
  });
  const end = head.lastIndexOf(LF) + 1;
  // A file of one line may have no line end.
  const lines = end === 0 ? Buffer.concat([head, Buffer.from('\n')]) : head.subarray(0, end);
  reader.read(lines, true);
  reader.settle();
  return found;
}

/** @param line one letter for each byte. */
function isLogLine(line: string): boolean {
  const text = line.slice(readCarried(line)?.length ?? 0);
  if (isAsterisks(text)) return true;
  const record = text.startsWith('{') ? readJsonRecord(text) : null;
  return record !== null && isAsterisks(record.line.slice(readCarried(record.line)?.length ?? 0));
}

function linesIn(text: string): number {
  return text.split('\n').length - 1;
}
