import { RULE_NAMES, SEVERITIES } from '../domain/finding.js';
import type { BanRecord } from './places.js';
import {
  type FormOf,
  isCount,
  isFlag,
  isListOf,
  isNullOr,
  isOneOf,
  isPoints,
  isText,
  isTime,
  isTupleOf,
} from './saved-form.js';
import type { Score } from './score.js';
import type { Told } from './told.js';

// What several kinds of records have, as JSON.

export type SavedScore = readonly [points: number, at: number];
export type SavedBan = readonly [until: number, count: number, isMild: boolean];
export type SavedTold = FormOf<typeof isSavedTold>;

export const isSavedScore = isTupleOf<SavedScore>(isPoints, isTime);
export const isSavedBan = isTupleOf<SavedBan>(isTime, isCount, isFlag);
export const isSavedTold = isNullOr(
  isListOf(isTupleOf(isOneOf(RULE_NAMES), isTime, isOneOf(SEVERITIES), isCount, isFlag), RULE_NAMES.length),
);
/** What was told of one rule, as JSON, at most. */
export const TOLD_LENGTH = 100;

export const isTexts = (lengthMax: number) => isListOf(isText, lengthMax);

export function savedScore({ points, at }: Score): SavedScore {
  return [points, at];
}

/** Of a score that is null until something is added to it; it begins when its record did. */
export function savedLazyScore(score: Score | null, firstAt: number): SavedScore {
  return score === null ? [0, firstAt] : savedScore(score);
}

export function lazyScore([points, at]: SavedScore, firstAt: number): Score | null {
  return points === 0 && at === firstAt ? null : { points, at };
}

export function loadScore(score: Score, [points, at]: SavedScore): void {
  score.points = points;
  score.at = at;
}

export function savedBan({ until, count, isMild }: BanRecord): SavedBan {
  return [until, count, isMild];
}

export function loadBan(ban: BanRecord, [until, count, isMild]: SavedBan): void {
  ban.until = until;
  ban.count = count;
  ban.isMild = isMild;
}

export function savedTold(told: Told | null): SavedTold {
  if (told === null) return null;
  return RULE_NAMES.flatMap((rule) => {
    const last = told[rule];
    return last === undefined ? [] : [[rule, last.at, last.severity, last.attempts, last.isBan] as const];
  });
}

export function toldOf(saved: SavedTold): Told | null {
  if (saved === null) return null;
  return Object.fromEntries(
    saved.map(([rule, at, severity, attempts, isBan]) => [rule, { at, severity, attempts, isBan }]),
  );
}

/** A letter as JSON has it, at most: `\u0000`. */
export const LETTER_LENGTH = 6;

export interface Room<Item> {
  /** Letters of JSON for all of them. */
  readonly lengthMax: number;
  /** What is lost with an item. */
  readonly worth: (item: Item) => number;
  /** Letters that the item needs at most; quick to say, since most lists are short. */
  readonly lengthMost: (item: Item) => number;
}

/**
 * What of a list fits into its room, in the list's own order: what is worth most by the letter. An attacker chooses how long a
 * name is; what is longest goes first, and they gain nothing by what is then forgotten at a restart.
 */
export function fitting<Item>(items: readonly Item[], { lengthMax, worth, lengthMost }: Room<Item>): readonly Item[] {
  let most = 0;
  for (const item of items) most += lengthMost(item);
  if (most <= lengthMax) return items;
  let left = lengthMax;
  const priced = items.map((item) => ({ item, length: JSON.stringify(item).length + 1 }));
  const kept = new Set<(typeof priced)[number]>();
  for (const each of [...priced].sort((a, b) => worth(b.item) / b.length - worth(a.item) / a.length)) {
    if (each.length > left) continue;
    left -= each.length;
    kept.add(each);
  }
  return priced.flatMap((each) => (kept.has(each) ? [each.item] : []));
}

/** The shortest names of many. */
export function fittingNames(names: Iterable<string>, lengthMax: number): readonly string[] {
  return fitting([...names], {
    lengthMax,
    worth: () => 1,
    lengthMost: ({ length }) => LETTER_LENGTH * length + '"",'.length,
  });
}
