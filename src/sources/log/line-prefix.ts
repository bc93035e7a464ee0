import { withoutColours } from './colours.js';

/** The longest prefix, in bytes, colours included. */
export const PREFIX_BYTES_MAX = 600;

/** `[Nov 21 01:44:33] `, in any `dateformat` of logger.conf, the empty one included. */
const DATE = String.raw`\[[^\]"]{0,64}\] `;
/** Thread, call, and who wrote it: `[123][C-00000001] res_security_log.c:114 security_event_cb: `; syslog's has `in`. */
const WRITER = String.raw`\[\d{1,10}\](?:\[C-[\da-f]{1,8}\])?:? [\w./-]{1,64}(?::\d{1,6})?(?: (?:in )?\w{1,64})?: `;
const PREFIX = new RegExp(`^(?:${DATE})?SECURITY${WRITER}$`);
const OTHER = new RegExp(`^(?:${DATE})?(?:NOTICE|WARNING|ERROR|VERBOSE|DEBUG|DTMF|FAX|TRACE)[[:]`);

/**
 * Whether a text is what precedes the words of a security event, from the beginning of the line on
 * (`format_log_default` in Asterisk's main/logger.c). All of it is written by Asterisk: nothing that a client says is in
 * it, and the text of another message does not match it.
 */
export function isSecurityPrefix(text: string): boolean {
  return PREFIX.test(withoutColours(text));
}

/** Whether a line begins as one of another level. */
export function isOtherLevel(line: string): boolean {
  return OTHER.test(withoutColours(line.slice(0, PREFIX_BYTES_MAX)));
}

/** What Asterisk prints on its console without a prefix (VERBOSE_PREFIX in include/asterisk/logger.h), docker's log among them. */
const CONSOLE = /^ {1,8}(?:--|==|>) /;

export function isConsoleLine(line: string): boolean {
  return CONSOLE.test(withoutColours(line.slice(0, PREFIX_BYTES_MAX)));
}

const STARTED =
  /^\[[^\]"]{0,64}\] Asterisk [^\s"]{1,128} built by [^"]{1,255} on a [^"]{1,255} running [^"]{1,255} on \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\r?$/;

/**
 * Whether a line is the one that Asterisk writes into each log when it opens it: `make_logchannel` in main/logger.c, at
 * the start and at `logger reload`. All of it is of Asterisk's making, so that it may be no end of another message.
 */
export function isStartLine(line: string): boolean {
  return STARTED.test(line);
}
