import { SECURITY_EVENT_NAMES, type SecurityEventName } from '../domain/security-event.js';
import type { Section } from './pbx.js';

/** What the eventfilter lines of a user do, as far as it can be told without Asterisk. */
export interface Filtering {
  /** The lines, as they stand in the file. */
  readonly lines: readonly string[];
  /** Types that Asterisk raises and that are surely hidden. */
  readonly hidden: readonly SecurityEventName[];
  /** Lines that exclude by what stands anywhere in an event: a client can write that into its name, and hides itself. */
  readonly evadable: readonly string[];
  /** Lines of which nobody knows here what they let through. */
  readonly unknown: readonly string[];
}

/** Defined, but raised by nothing in Asterisk. */
const NEVER_RAISED: ReadonlySet<string> = new Set([
  'MemoryLimit',
  'LoadAverageLimit',
  'AuthMethodNotAllowed',
  'UnexpectedAddress',
]);

interface Filter {
  readonly line: string;
  readonly isExclude: boolean;
  /** Whether it searches the whole event. */
  readonly isLegacy: boolean;
  /** Null: cannot be told. */
  readonly matches: (name: SecurityEventName) => boolean | null;
}

/** @param section of the user in manager.conf. */
export function filteringOf(section: Section): Filtering {
  const filters = section.flatMap(([key, value]) => filterOf(key, value) ?? []);
  const hidden = SECURITY_EVENT_NAMES.filter((name) => !NEVER_RAISED.has(name) && isHidden(filters, name));
  return {
    lines: filters.map(({ line }) => line),
    hidden,
    evadable: filters.filter(({ isExclude, isLegacy }) => isExclude && isLegacy).map(({ line }) => line),
    unknown: filters.filter(({ matches }) => matches('FailedACL') === null).map(({ line }) => line),
  };
}

function isHidden(filters: readonly Filter[], name: SecurityEventName): boolean {
  const includes = filters.filter(({ isExclude }) => !isExclude);
  const isLeftOut = includes.length > 0 && includes.every(({ matches }) => matches(name) === false);
  return isLeftOut || filters.some(({ isExclude, matches }) => isExclude && matches(name) === true);
}

function filterOf(key: string, value: string): Filter | null {
  if (key === 'eventfilter') return legacyFilter(value);
  const criteria = /^eventfilter\s*\((.*)\)$/s.exec(key)?.[1];
  return criteria === undefined ? null : advancedFilter(criteria, value);
}

/** A regular expression on the whole event (Asterisk's main/manager.c, `match_filter`). */
function legacyFilter(value: string): Filter {
  const isExclude = value.startsWith('!');
  const pattern = simplePattern(isExclude ? value.slice(1) : value);
  const matches = (name: SecurityEventName) => pattern?.test(beginningOf(name)) ?? null;
  return { line: `eventfilter = ${value}`, isExclude, isLegacy: true, matches };
}

/** What every event of a type begins with. What comes after it varies, and no pattern here can mean it. */
function beginningOf(name: SecurityEventName): string {
  return `Event: ${name}\r\nPrivilege: security,all\r\n`;
}

/** One that means the event's name or class, and is too plain to take long; null for others. */
function simplePattern(text: string): RegExp | null {
  const isPlain = text.length <= 1_024 && /^\^?(?:Event|Privilege): [\w,|()$-]+$/.test(text);
  try {
    return isPlain ? new RegExp(text) : null;
  } catch {
    // An open bracket, which Asterisk refuses too.
    return null;
  }
}

/** `name(X),action(exclude)` and the like: each criterion at most once, all must fit. */
function advancedFilter(criteria: string, value: string): Filter {
  const given = new Map(Array.from(criteria.matchAll(/(\w+)\(([^()]*)\)/g), ([, key = '', text = '']) => [key, text]));
  const name = given.get('name');
  const isByName = name !== undefined && !given.has('header') && value === '';
  const isByClass =
    name === undefined && given.get('header')?.toLowerCase() === 'privilege' && given.get('method') === 'exact';
  const matches = (type: SecurityEventName) => {
    if (isByName || (name !== undefined && name !== type)) return name === type;
    return isByClass ? value === 'security,all' : null;
  };
  const line = `eventfilter(${criteria}) = ${value}`;
  return { line, isExclude: given.get('action') === 'exclude', isLegacy: false, matches };
}
