/** A line of Asterisk's that came inside JSON, which escapes whatever a client writes: one record, one message. */
export interface JsonRecord {
  /** As the file would have it, without a line end. */
  readonly line: string;
  /** The time that a carrier wrote beside it; empty for none. */
  readonly time: string;
  /** The program that a journal names; null for none. */
  readonly ident: string | null;
}

/** Asterisk's own `[json]`, docker's json-file, fluentd, vector and the like. */
const TEXT_KEYS = ['MESSAGE', 'log', 'message', 'msg', 'line'];
const TIME_KEYS = ['__REALTIME_TIMESTAMP', 'time', 'timestamp', '@timestamp', 'ts'];
const IDENT_KEYS = ['SYSLOG_IDENTIFIER', '_COMM'];
/** A message has its own, inside the JSON. */
const LINE_END = /\r?\n$/;
const MICROSECONDS = /^(\d{10})(\d{6})$/;

/** Reads one line of JSON. @returns null for what is none, or has no text of a log in it. */
export function readJsonRecord(text: string): JsonRecord | null {
  const record = objectOf(parsed(text));
  if (record === null) return null;
  return asterisksOwn(record) ?? wrapped(record);
}

/** `logger_json_format_log` in Asterisk's main/logger.c, 20 and later. */
function asterisksOwn(record: Fields): JsonRecord | null {
  const said = objectOf(record['logmsg']);
  const message = said?.['message'];
  if (said === null || typeof message !== 'string') return null;
  const { lwp, callid } = objectOf(record['identifiers']) ?? {};
  const { filename, function: name, line } = objectOf(said['location']) ?? {};
  const call = textOf(callid).replace(/^(?!\[)(.+)$/, '[$1]');
  const place = typeof filename === 'string' ? ` ${filename}:${String(line)} ${String(name)}:` : '';
  const time = textOf(record['timestamp']);
  // Asterisk's own time may be of any form: without brackets it could not be told from the rest.
  return {
    line: oneLine(
      `[${time.replace(/^\[|\]$/g, '')}] ${textOf(said['level'])}[${textOf(lwp)}]${call}${place} ${message.replace(LINE_END, '')}`,
    ),
    time: '',
    ident: null,
  };
}

function wrapped(record: Fields): JsonRecord | null {
  const text = TEXT_KEYS.map((key) => messageOf(record[key])).find((text) => text !== null);
  if (text === undefined || text === null) return null;
  const time = firstText(record, TIME_KEYS) ?? '';
  return {
    line: oneLine(text.replace(LINE_END, '')),
    time: time.replace(MICROSECONDS, '$1.$2'),
    ident: firstText(record, IDENT_KEYS),
  };
}

type Fields = Readonly<Record<string, unknown>>;

/** A journal gives a message with control characters as the numbers of its bytes. */
function messageOf(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return null;
  const bytes = value.filter((byte): byte is number => typeof byte === 'number');
  return bytes.length === 0 ? null : Buffer.from(bytes).toString();
}

function firstText(record: Fields, keys: readonly string[]): string | null {
  const value = keys.map((key) => record[key]).find((value) => typeof value === 'string' || typeof value === 'number');
  return value === undefined ? null : String(value);
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** A line feed was a letter of the message, and must not begin a line that nobody but its writer stands for. */
function oneLine(text: string): string {
  return text.replaceAll('\n', '\ufffd');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // No JSON, or a line that was cut.
    return null;
  }
}

function objectOf(value: unknown): Fields | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null;
}
