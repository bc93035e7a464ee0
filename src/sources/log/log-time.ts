import { monthOf } from './month-names.js';

/** A clock that is ahead of ours, or of another zone, is no clock of last year. */
const AHEAD_MS_MAX = 86_400_000;
/** 29 February comes again after 8 years at the latest. */
const YEARS_BACK_MAX = 8;

const CLOCK = String.raw`(?<h>\d{1,2}):(?<mi>\d\d):(?<s>\d\d)(?:[.,](?<f>\d{1,9}))?`;
const ZONE = String.raw`(?: ?(?<zone>Z\b|UTC\b|GMT\b|[+-]\d\d:?\d\d\b))?`;
/** A month in any language: its name, or its number with a word for month. */
const NAME = String.raw`(?<mon>(?<![\p{L}\ufffd\d])(?:[\p{L}\ufffd]{2,12}\.?|\d{1,2}(?:\u6708|\uc6d4)))`;

/** The forms of a time that has a date, in the order in which they are tried. */
const DATED = [
  // %F %T, with or without %q or %z; ISO 8601; RFC 3339.
  String.raw`(?<y>\d{4})[-/](?<mo>\d\d)[-/](?<d>\d\d)[T ]${CLOCK}${ZONE}`,
  // %b %e %T, the default and the syslog's; also with a year after the day or after the time (%c).
  String.raw`${NAME} {1,2}(?<d>\d{1,2}),?(?: (?<y>\d{4}))? ${CLOCK}${ZONE}(?: [A-Z]{3,4})?(?: (?<y2>\d{4})\b)?`,
  // 21 Nov 2026, 21/Nov/2026:.
  String.raw`\b(?<d>\d{1,2})[ /-]${NAME}[ /-](?<y>\d{2,4})[ :]${CLOCK}${ZONE}`,
  // As French and other languages put it, without a year.
  String.raw`\b(?<d>\d{1,2})\.? ${NAME} ${CLOCK}${ZONE}`,
  // Digits only, with the year at the end or of two digits: which is the month shows in what can be.
  String.raw`\b(?<n1>\d{1,2})[-/.](?<n2>\d{1,2})[-/.](?<n3>\d{4}|\d\d) ${CLOCK}${ZONE}`,
].map((form) => new RegExp(form, 'giu'));
const TIME_ONLY = new RegExp(`(?<![\\d:-])${CLOCK}`, 'g');
const EPOCH = /(?<=(?:^|\s)\[?)(?<s>\d{9,10})(?:\.(?<f>\d{1,9}))?(?![\w:-])|(?<=(?:^|\s)\[?)(?<ms>\d{13})(?![\w:-])/;

interface Day {
  readonly year: number;
  /** From 0 to 11. */
  readonly month: number;
  readonly day: number;
}

/**
 * Reads the last time in what precedes a log's message: Asterisk's own follows the syslog's.
 * A time without a zone is local time of this process. Where the year is missing, or which number is which, it is the
 * latest time that can be meant and is not more than a day after `now`.
 * @param now and the result in milliseconds since the Unix epoch.
 * @returns null if no time is in it.
 */
export function parseLogTime(text: string, now: number): number | null {
  let last: RegExpExecArray | null = null;
  for (const form of DATED) {
    const match = lastMatch(form, text);
    if (match !== null && (last === null || match.index + match[0].length > last.index + last[0].length)) last = match;
  }
  const dated = last === null ? null : datedMs({ ...last.groups }, now);
  return dated ?? epochMs(text) ?? timeToday(text, now);
}

type Groups = Readonly<Record<string, string | undefined>>;

function lastMatch(form: RegExp, text: string): RegExpExecArray | null {
  form.lastIndex = 0;
  let last: RegExpExecArray | null = null;
  for (let match = form.exec(text); match !== null; match = form.exec(text)) last = match;
  return last;
}

function datedMs(groups: Groups, now: number): number | null {
  const { y, y2, mo, mon, d, n1 } = groups;
  if (n1 !== undefined) return latest(numericDays(groups), groups, now);
  const month = mon === undefined ? Number(mo) - 1 : monthOf(mon);
  if (month === null) return null;
  const year = y ?? y2;
  if (year !== undefined) return momentOf({ year: fullYear(year), month, day: Number(d) }, groups);
  return inLatestYear(month, Number(d), groups, now);
}

function inLatestYear(month: number, day: number, groups: Groups, now: number): number | null {
  const newest = new Date(now + AHEAD_MS_MAX).getFullYear();
  for (let back = 0; back <= YEARS_BACK_MAX; back++) {
    const at = momentOf({ year: newest - back, month, day }, groups);
    if (at !== null && at <= now + AHEAD_MS_MAX) return at;
  }
  return null;
}

/** Month first, day first, and of two digits also the year first. */
function numericDays({ n1 = '', n2 = '', n3 = '' }: Groups): Day[] {
  const [first, second, third] = [Number(n1), Number(n2), Number(n3)];
  const ended = [
    { year: fullYear(n3), month: first - 1, day: second },
    { year: fullYear(n3), month: second - 1, day: first },
  ];
  return n3.length === 2 ? [...ended, { year: fullYear(n1), month: second - 1, day: third }] : ended;
}

function fullYear(text: string): number {
  return Number(text) + (text.length <= 2 ? 2000 : 0);
}

function latest(days: readonly Day[], groups: Groups, now: number): number | null {
  const found = days
    .map((day) => momentOf(day, groups))
    .filter((at): at is number => at !== null && at <= now + AHEAD_MS_MAX);
  return found.length === 0 ? null : Math.max(...found);
}

/** @returns null for a day or a time that does not exist. */
function momentOf({ year, month, day }: Day, { h, mi, s, f, zone }: Groups): number | null {
  const [hours, minutes, seconds] = [Number(h), Number(mi), Number(s)];
  if (hours > 23 || minutes > 59 || seconds > 60) return null;
  const date = new Date(Date.UTC(year, month, day));
  if (date.getUTCMonth() !== month || date.getUTCDate() !== day) return null;
  const ms = fractionMs(f);
  if (zone === undefined) return new Date(year, month, day, hours, minutes, seconds, ms).getTime();
  return Date.UTC(year, month, day, hours, minutes, seconds, ms) - offsetMs(zone);
}

function fractionMs(fraction = ''): number {
  return Number(fraction.slice(0, 3).padEnd(3, '0'));
}

function offsetMs(zone: string): number {
  const [, sign, hours, minutes] = /^([+-])(\d\d):?(\d\d)$/.exec(zone) ?? [];
  if (sign === undefined) return 0;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}

function epochMs(text: string): number | null {
  const { s, f, ms } = EPOCH.exec(text)?.groups ?? {};
  if (ms !== undefined) return Number(ms);
  return s === undefined ? null : Number(s) * 1000 + fractionMs(f);
}

/** A time without a date: today's, or yesterday's where today's is still to come. */
function timeToday(text: string, now: number): number | null {
  const groups = lastMatch(TIME_ONLY, text)?.groups;
  if (groups === undefined) return null;
  const dayOf = (ms: number) => {
    const date = new Date(ms);
    return { year: date.getFullYear(), month: date.getMonth(), day: date.getDate() };
  };
  const today = momentOf(dayOf(now), groups);
  return today !== null && today > now + 3_600_000 ? momentOf(dayOf(now - AHEAD_MS_MAX), groups) : today;
}
