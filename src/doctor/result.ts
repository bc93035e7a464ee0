/** Something to paste: commands for root's shell on the PBX or on this host, or lines for the settings of a process of ours. */
export interface Fix {
  readonly where: 'pbx' | 'here' | 'settings';
  readonly text: string;
}

/**
 * - `good`: nothing to do.
 * - `note`: worth knowing, a matter of taste, or of no harm.
 * - `unseen`: nobody knows; `why` says which permission would show it, and `fix` how to look by hand.
 * - `mend`: something is wrong.
 */
export type Verdict = 'good' | 'note' | 'unseen' | 'mend';

/** What came of one check. No secret is in it, and every text is fit for a terminal. */
export interface Result {
  readonly check: string;
  readonly verdict: Verdict;
  /** What was seen, as a sentence. */
  readonly seen: string;
  /** Why it matters; null where all is good. */
  readonly why: string | null;
  readonly fix: Fix | null;
}

/** The results of one check, by its name. */
export function resultsOf(check: string) {
  return {
    good: (seen: string): Result => ({ check, verdict: 'good', seen, why: null, fix: null }),
    note: (seen: string, why: string, fix: Fix | null = null): Result => ({ check, verdict: 'note', seen, why, fix }),
    unseen: (seen: string, why: string, fix: Fix | null = null): Result => ({
      check,
      verdict: 'unseen',
      seen,
      why,
      fix,
    }),
    mend: (seen: string, why: string, fix: Fix): Result => ({ check, verdict: 'mend', seen, why, fix }),
  };
}
