/** Length of EventTV as AMI has it. */
export const EVENT_TIME_LENGTH = '2026-11-21T01:45:33.201+0000'.length;

const EVENT_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d{4}$/;

/**
 * Reads Asterisk's EventTV: ISO 8601 with milliseconds and an offset without a colon (`AST_ISO8601_FORMAT`).
 * @returns milliseconds since the Unix epoch, or null for a text of another form.
 */
export function parseEventTime(text: string): number | null {
  const ms = EVENT_TIME.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(ms) ? null : ms;
}

const OLD_EVENT_TIME = /^(\d{1,10})-(\d{1,6})$/;

/**
 * Reads EventTV as Asterisk wrote it before version 12: seconds and microseconds, neither padded
 * (`encode_timestamp` in main/security_events.c).
 * @returns milliseconds since the Unix epoch, or null for a text of another form.
 */
export function parseOldEventTime(text: string): number | null {
  const [, seconds, microseconds] = OLD_EVENT_TIME.exec(text) ?? [];
  return seconds === undefined ? null : Number(seconds) * 1000 + Math.floor(Number(microseconds) / 1000);
}
