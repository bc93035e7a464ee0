import type { TargetFields } from './ban-target.js';

/** What became of a ban that was asked for. */
export const BAN_RESULTS = ['banned', 'already_banned', 'refused'] as const;
export type BanResult = (typeof BAN_RESULTS)[number];

/** What the blocker answers to a ban. The target is the decision's. */
export interface BanAnswer extends TargetFields {
  readonly result: BanResult;
  /** Why, in one word of the blocker's (`allowlisted`); null where there is nothing to say. */
  readonly reason: string | null;
}
