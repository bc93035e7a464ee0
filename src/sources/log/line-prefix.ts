/** The longest prefix, in bytes: a host's name has 255 at most, and no date is longer than that again. */
export const PREFIX_BYTES_MAX = 600;

/** `[Nov 21 01:44:33] `, in any `dateformat` of logger.conf, the empty one included. */
const DATE = String.raw`\[[^\]"]{0,64}\] `;
/** Of rsyslog, syslog-ng and journalctl: traditional, ISO 8601 of any precision, seconds since the epoch. */
const SYSLOG_TIME = String.raw`(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d{1,9})?|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z| ?[+-]\d\d:?\d\d)?|\d{1,11}(?:\.\d{1,9})?)`;
const PRIORITY = String.raw`<\d{1,3}>`;
/** Asterisk's own ident, or a container's name with it: another program's record must not pass for Asterisk's. */
const IDENT = String.raw`[\w./-]{0,64}asterisk[\w./-]{0,64}`;
const SYSLOG = String.raw`(?:${PRIORITY})?(?:${SYSLOG_TIME} (?:\S{1,255} )?)?${IDENT}(?:\[\d{1,10}\])?: `;
/** RFC 5424: version, time, host, program, process, message's name, structured data. */
const RFC_5424 = String.raw`${PRIORITY}1 ${SYSLOG_TIME} \S{1,255} ${IDENT} \S{1,128} \S{1,32} -? ?`;
/** Level, thread, call, and who wrote it: `SECURITY[123][C-00000001] res_security_log.c:114 security_event_cb: `; syslog's has `in`. */
const LEVEL = String.raw`SECURITY\[\d{1,10}\](?:\[C-[\da-f]{1,8}\])?:? [\w./-]{1,64}(?::\d{1,6})?(?: (?:in )?\w{1,64})?: `;

const PREFIX = new RegExp(`^(?:${SYSLOG}|${RFC_5424})?(?:${DATE})?${LEVEL}$`);
/** rsyslog writes the escape character as `#033`. */
const COLOUR = new RegExp(String.raw`(?:${String.fromCharCode(0x1b)}|#033)\[[\d;]{0,16}m`, 'g');

/**
 * Whether a text is what precedes the words of a security event, from the beginning of the line on
 * (`format_log_default` in Asterisk's main/logger.c; before that, what a syslog daemon may add). All of it is
 * written by programs: nothing that a client says is in it, and the text of another message does not match it.
 */
export function isSecurityPrefix(text: string): boolean {
  return PREFIX.test(text.replace(COLOUR, ''));
}

const STARTED = /^\[[^\]"]{0,64}\] Asterisk \S{1,128} built by /;

/** Whether a line is the one that Asterisk writes into each log when it starts. */
export function isStartLine(line: string): boolean {
  return STARTED.test(line);
}
