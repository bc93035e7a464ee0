import type { Result, Verdict } from './result.js';

const MARKS: Readonly<Record<Verdict, string>> = { good: 'ok  ', note: 'note', unseen: '?   ', mend: 'MEND' };
const PLACES = { pbx: 'on the PBX, as root', here: 'on this host', settings: 'in the settings' } as const;

/** The results for people: what is to mend last, where a terminal shows it. */
export function reportText(results: readonly Result[]): string {
  const order: readonly Verdict[] = ['good', 'note', 'unseen', 'mend'];
  const lines = order.flatMap((verdict) => results.filter((result) => result.verdict === verdict).flatMap(linesOf));
  return [...lines, '', summary(results), ''].join('\n');
}

export function reportJson(results: readonly Result[]): string {
  return `${JSON.stringify({ mend: countOf(results, 'mend'), unseen: countOf(results, 'unseen'), results }, null, 2)}\n`;
}

export function countOf(results: readonly Result[], verdict: Verdict): number {
  return results.filter((result) => result.verdict === verdict).length;
}

function linesOf({ check, verdict, seen, why, fix }: Result): string[] {
  const lines = [`${MARKS[verdict]}  ${check}: ${verdict === 'unseen' ? 'could not see: ' : ''}${seen}`];
  if (why !== null) lines.push(`      ${why}`);
  // At the margin, so that it can be pasted: a heredoc ends at the beginning of a line.
  if (fix !== null) lines.push(`      ${PLACES[fix.where]}:`, ...fix.text.split('\n'), '');
  return lines;
}

function summary(results: readonly Result[]): string {
  const [mend, unseen] = [countOf(results, 'mend'), countOf(results, 'unseen')];
  const rest = unseen === 0 ? '' : `; ${unseen} could not be seen`;
  return `${mend === 0 ? 'nothing to mend' : `${mend} to mend`}${rest}`;
}
