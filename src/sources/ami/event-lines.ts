import { EVENT_TYPES, type EventType, LATE_ACCOUNT } from '../event-types.js';
import { Pattern } from '../pattern.js';

/** A line that may follow RemoteAddress. */
interface TailLine {
  /** The key with its separator. */
  readonly pattern: Pattern;
  /** Whether its value is the type's detail. */
  readonly isDetail: boolean;
  /** Whether its value is what somebody guessed. */
  readonly isGuess: boolean;
  /** Whether its value is the account. */
  readonly isAccount: boolean;
}

/** A type of event as AMI writes it: one line for each key. */
export interface EventLines extends EventType {
  readonly tail: readonly TailLine[];
}

export const EVENT_LINES: ReadonlyMap<string, EventLines> = new Map(
  [...EVENT_TYPES].map(([name, type]) => [
    name,
    {
      ...type,
      tail: type.tailKeys.map((key) => ({
        pattern: new Pattern(`${key}: `),
        isDetail: key === type.detailKey,
        isGuess: key === type.guessKey,
        isAccount: key === LATE_ACCOUNT,
      })),
    },
  ]),
);

export const NAME_SLOTS = 64;

/**
 * A place for an event's name, from its tenth and eleventh letters: the first two neighbours whose sum, modulo 64, differs for
 * all 15 names (after `FailedACL` they are the line's end). A place proves nothing: any other text has one too.
 * @param at where the name begins.
 */
export function slotOf(text: string, at: number): number {
  return (text.charCodeAt(at + 9) + text.charCodeAt(at + 10)) % NAME_SLOTS;
}
