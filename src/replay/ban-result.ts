import type { BanAnswer } from '../domain/ban.js';

/** What the blocker said of a ban; `unanswered` where it said nothing in time. */
export interface BanResultView {
  readonly address: string;
  readonly seconds: number;
  readonly result: BanAnswer['result'] | 'unanswered';
  readonly reason: string | null;
}

/** A line for each ban that was handed to the blocker. */
export function banLines(results: readonly BanResultView[]): string[] {
  return results.map(({ address, result, reason }) => {
    const why = reason === null ? '' : `: ${reason}`;
    return `${address} ${WORDS[result]}${why}`;
  });
}

const WORDS: Readonly<Record<BanResultView['result'], string>> = {
  banned: 'banned',
  already_banned: 'already banned',
  refused: 'refused',
  unanswered: 'not answered',
};
