import type { BanResultView } from './ban-result.js';
import type { Explanation } from './explanation.js';
import type { FinalState } from './final-state.js';
import type { ReportView } from './report-view.js';

export interface JsonParts {
  readonly report: ReportView;
  /** Null where no address was asked about. */
  readonly explanation: { readonly told: Explanation; readonly state: FinalState | null } | null;
  /** Null where no ban was to be handed on. */
  readonly bans: readonly BanResultView[] | null;
}

/** The shape's version: it changes when a name goes or means something else, and not when one is added. */
const VERSION = 2;

/** All of it as one document, in ASCII: no hostile text in it can do anything to a terminal. Times are milliseconds since the Unix epoch. */
export function jsonReport({ report, explanation, bans }: JsonParts): string {
  const document = {
    v: VERSION,
    ...report,
    ...(explanation !== null && {
      explanation: {
        address: explanation.told.address,
        steps: explanation.told.steps,
        lines: explanation.told.lines,
        state: explanation.state,
      },
    }),
    ...(bans !== null && { banned: bans }),
  };
  return JSON.stringify(document, null, 2).replace(/[^\n\x20-\x7e]/g, escaped);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
