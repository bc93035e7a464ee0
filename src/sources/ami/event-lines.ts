import { EVENT_TYPES, type EventType, LATE_ACCOUNT } from '../event-types.js';
import { Pattern } from '../pattern.js';

/** A line that may follow RemoteAddress. */
export interface TailLine {
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
