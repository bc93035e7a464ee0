import { fieldsText } from '../domain/ban-target.js';
import type { Decision } from '../domain/decision.js';
import { fitted } from '../text/text-table.js';
import { visibleText } from '../text/visible-text.js';
import { durationWords, numberWords, timeWords } from '../text/words.js';
import type { ExplainedFinding, Explanation, Line, Made, Scored, Step } from './explanation.js';

/** What is remembered of an address at the end. */
export interface FinalState {
  /** Milliseconds since the Unix epoch, as all times here. */
  readonly at: number;
  readonly score: number;
  readonly banThreshold: number;
  readonly slowScore: number;
  readonly slowThreshold: number;
  readonly attempts: number;
  readonly unknownAccounts: number;
  readonly knownAccounts: number;
  readonly bans: number;
  /** Null where it is not banned then. */
  readonly bannedUntil: number | null;
  /** Of the prefix that it is in. */
  readonly prefixBannedUntil: number | null;
  readonly isAllowed: boolean;
  /** How many accounts it is trusted for. */
  readonly trust: number;
}

/**
 * Why an address was banned or not, for people: what it did, what was made of it, and what is known of it at the end.
 * @param state null where nothing is remembered of it.
 */
export function explanationText(explanation: Explanation, state: FinalState | null, width: number): string {
  const lines = [
    `${explanation.address}: ${numberWords(explanation.steps)} events and unanswered challenges`,
    ...explanation.lines.flatMap(linesOf),
    ...(state === null ? ['Nothing is remembered of it.'] : stateLines(state)),
  ];
  return lines.map((line) => fitted(line, width)).join('\n');
}

function linesOf(line: Line): string[] {
  if ('leftOut' in line) return [`  ... ${numberWords(line.leftOut)} more, without a finding or a decision`];
  const { made } = line;
  if (made.length === 0) return [`${stepWords(line)}  nothing new`];
  return made.flatMap((one) => [`${stepWords(line)}  ${madeWords(one)}`, ...turnLines(one)]);
}

function stepWords({ at, event, service, account }: Step): string {
  const name = account === null ? '' : `  ${visibleText(account)}`;
  return `  ${timeWords(at)}  ${event ?? 'no event'}  ${visibleText(service)}${name}`;
}

function madeWords({ kind, outcome, scored }: Made): string {
  const what = { attempt: String(outcome), probe: 'unanswered challenge', success: 'login' }[kind];
  return scored === null ? what : `${what}${scoredWords(scored)}`;
}

function scoredWords({ points, score, isKeptOut, isStale }: Scored): string {
  return [
    points === null ? '' : `  +${pointWords(points)}`,
    `  score ${pointWords(score)}`,
    isStale ? '  a device with an old password' : '',
    isKeptOut ? '  banned already' : '',
  ].join('');
}

function pointWords(points: number): string {
  return points.toFixed(2);
}

function turnLines({ findings, decisions }: Made): string[] {
  return [...decisions.map(decisionLine), ...findings.map(findingLine)].map((line) => `      ${line}`);
}

function decisionLine(decision: Decision): string {
  if (decision.type === 'unban') return `unban of ${fieldsText(decision)}: ${decision.reason}`;
  const proof = decision.evidence.isProven ? '' : ', on evidence that can be forged';
  return `ban of ${fieldsText(decision)} for ${durationWords(decision.seconds)}: ${decision.reason}${proof}`;
}

function findingLine({ rule, severity, action, title }: ExplainedFinding): string {
  return `finding ${rule} (${severity}, ${action}): ${title}`;
}

function stateLines(state: FinalState): string[] {
  const until = (at: number | null) => (at === null ? 'no' : `until ${timeWords(at)}`);
  return [
    `At the end (${timeWords(state.at)} UTC):`,
    `  score ${pointWords(state.score)} of ${numberWords(state.banThreshold)}, slow ${pointWords(state.slowScore)} of ${numberWords(state.slowThreshold)}${trustWords(state)}`,
    `  attempts ${numberWords(state.attempts)}, accounts that do not exist ${pointWords(state.unknownAccounts)}, that do ${pointWords(state.knownAccounts)}`,
    `  banned ${until(state.bannedUntil)}, its prefix ${until(state.prefixBannedUntil)}, bans so far ${numberWords(state.bans)}`,
    `  on the allowlist ${state.isAllowed ? 'yes' : 'no'}, trusted for ${pointWords(state.trust)} accounts`,
  ];
}

/** A login raises the thresholds of its address. */
function trustWords({ trust }: FinalState): string {
  return trust === 0 ? '' : `, both ${pointWords(1 + trust)} times as high as it is trusted`;
}
