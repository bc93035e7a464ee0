import { withoutColours } from './colours.js';
import { parseLogTime } from './log-time.js';

/** What Asterisk's logger, and perhaps a syslog, puts before a message. */
export interface LogPrefix {
  /** Milliseconds since the Unix epoch; now, where the prefix has no time that can be read. */
  readonly at: number;
  /** `NOTICE`, `WARNING` and so on. */
  readonly level: string;
  /** The thread that logged it, as the number in `NOTICE[1234]`; empty if there is none. */
  readonly thread: string;
  /** Asterisk's own call id, as in `[C-0000002a]`; empty if there is none. */
  readonly callId: string;
  /** Asterisk's file without its folder: `chan_sip.c`. `Ext.` for a line that the dialplan wrote. Empty if there is none. */
  readonly file: string;
  readonly message: string;
}

/** No prefix is longer: a host name has 255 bytes at most, but before a log line it is short. */
const PREFIX_LENGTH_MAX = 320;

const LEVEL =
  /(?:^|[\s\]>:|.])(?<level>NOTICE|WARNING|ERROR|SECURITY|VERBOSE|DEBUG|DTMF|FAX|TRACE|EVENT)(?=[\s[(:])\s?(?:[[(](?<thread>\d{1,10})[\])])?:?(?:\s?\[(?<callId>C-[\da-f]{1,16})\])?:?\s*/;
/** A quote before the level is in no date, host name or tag, but in text that somebody wrote. */
const BEFORE_LEVEL = /^[\w\p{L}\s.:,+<>[\]|()@/=#*%~\ufffd-]*$/u;
/** The function's name follows a line number or `in`; alone it could be the beginning of an IPv6 address. */
const FILE =
  /(?:[\w.-]{1,64}\/){0,6}(?<file>[\w-]{1,64}\.[cy])(?:[:([ ]\d{1,6}[)\]]?(?: (?:in )?\w{1,64}(?:\(\))?)?| in \w{1,64}(?:\(\))?)?:\s*/y;
const DIALPLAN = 'Ext. ';

/**
 * Reads the prefix of a line of Asterisk's log, in any of the forms that logger.conf, syslogs and journald give it. It is
 * liberal on purpose: what a line says is decided by its message.
 * @param clock gives milliseconds since the Unix epoch, for the year that most logs leave out.
 * @param carried what a carrier wrote in front of the line: its time counts where Asterisk wrote none, and says the year.
 * @returns null for a line without a level.
 */
export function readLogPrefix(line: string, clock: () => number, carried = ''): LogPrefix | null {
  const text = withoutColours(line);
  const level = LEVEL.exec(text.slice(0, PREFIX_LENGTH_MAX));
  if (level === null) return null;
  const before = text.slice(0, level.index + 1);
  if (!BEFORE_LEVEL.test(before)) return null;
  const { level: word, thread = '', callId = '' } = { ...level.groups };
  const { file, messageAt } = readFile(text, level.index + level[0].length);
  const now = clock();
  const carriedAt = carried === '' ? now : (parseLogTime(carried, now) ?? now);
  const at = parseLogTime(before, carriedAt) ?? carriedAt;
  return { at, level: String(word), thread, callId, file, message: text.slice(messageAt).trim() };
}

/** Whether a line begins as one of Asterisk's log does, as far as a level shows it. */
export function hasLogPrefix(line: string): boolean {
  return LEVEL.test(withoutColours(line.slice(0, PREFIX_LENGTH_MAX)));
}

function readFile(text: string, from: number): { readonly file: string; readonly messageAt: number } {
  if (text.startsWith(DIALPLAN, from)) return { file: 'Ext.', messageAt: from + DIALPLAN.length };
  FILE.lastIndex = from;
  const match = FILE.exec(text);
  if (match === null) return { file: '', messageAt: from };
  return { file: String({ ...match.groups }['file']), messageAt: FILE.lastIndex };
}
