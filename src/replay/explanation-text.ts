import { fieldsText } from '../domain/ban-target.js';
import type { Decision } from '../domain/decision.js';
import type { Evidence } from '../domain/finding.js';
import { fitted } from '../text/text-table.js';
import { visibleText } from '../text/visible-text.js';
import { durationWords, numberWords, timeWords } from '../text/words.js';
import type { ExplainedFinding, Explanation, Judged, Line, Made, Step } from './explanation.js';
import type { FinalState } from './final-state.js';
import { placeWords } from './place-numbers.js';

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
  const name = account === null || account === '' ? '' : `  ${visibleText(account)}`;
  return `  ${timeWords(at)}  ${event ?? 'no event'}  ${visibleText(service)}${name}`;
}

function madeWords(made: Made): string {
  const { judged, isKeptOut } = made;
  const parts = [whatWords(made)];
  if (isKeptOut) parts.push('kept out: banned already');
  if (judged !== null) parts.push(placeWords(judged.place));
  return parts.join('  ');
}

function whatWords({ kind, outcome, isProof, judged }: Made): string {
  switch (kind) {
    case 'attempt':
      return `${outcome}${natureWords(judged)}`;
    case 'probe':
      return 'unanswered challenge';
    case 'success':
      return isProof ? 'login' : 'login that proves no password';
    case 'silence':
      return 'nothing more came';
    /* c8 ignore next 2 */ // Never reached: the compiler asks for a case for each kind.
    default:
      return kind satisfies never;
  }
}

function natureWords(judged: Judged | null): string {
  if (judged === null || judged.nature === null) return '';
  return `, ${NATURES[judged.nature]}${judged.isRestless ? ' as no device makes it' : ''}`;
}

const NATURES = {
  guess: "a stranger's guess",
  ask: "a stranger's request without a password",
  own: 'where the account lives',
  missing: 'where the account lives',
  call: "a caller's number",
} as const satisfies Record<NonNullable<Judged['nature']>, string>;

function turnLines({ findings, decisions }: Made): string[] {
  return [...decisions.map(decisionLine), ...findings.map(findingLine)].map((line) => `      ${line}`);
}

function decisionLine(decision: Decision): string {
  if (decision.type === 'unban') return `unban of ${fieldsText(decision)}: ${decision.reason}`;
  const { attempts, accounts, since, isProven } = decision.evidence;
  const proof = isProven ? '' : ', on evidence that can be forged';
  const rests = `rests on ${numberWords(attempts)} attempts at ${numberWords(accounts)} accounts since ${timeWords(since)}`;
  return `ban of ${fieldsText(decision)} for ${durationWords(decision.seconds)}: ${decision.reason}${proof}; ${rests}`;
}

function findingLine({ rule, severity, action, title, evidence }: ExplainedFinding): string {
  return `finding ${rule} (${severity}, ${action}): ${title}; evidence: ${evidence.map(evidenceWords).join(', ')}`;
}

/** `guesses_here 12 (0.40)`: a weight of 1 decides alone, one of 0 only explains. */
function evidenceWords({ name, count, weight }: Evidence): string {
  return `${name} ${numberWords(count)} (${weight.toFixed(2)})`;
}

function stateLines(state: FinalState): string[] {
  const { place, limits } = state;
  const until = (at: number | null) => (at === null ? 'no' : `until ${timeWords(at)}`);
  const seen = state.residentAt === null ? '' : `, the last login of one ${timeWords(state.residentAt)}`;
  return [
    `At the end (${timeWords(state.at)} UTC):`,
    `  guesses ${place.guesses.toFixed(2)}, restless ${place.restless.toFixed(2)} of ${limits.guesses}, accounts ${place.accounts} of ${limits.sprayAccounts}, names ${place.names} of ${limits.names}, probes ${place.probes} of ${limits.probes}`,
    `  residents ${numberWords(place.residents)}${seen}; lived in lately ${state.isLivedIn ? 'yes' : 'no'}`,
    `  guesses ever ${numberWords(state.attempts)}, failures ever ${numberWords(state.failures)}`,
    `  banned ${until(state.bannedUntil)}, its network ${until(state.networkBannedUntil)}, bans so far ${numberWords(state.bans)}`,
    ...state.socketBans.map((ban) => `  ${ban.target} banned until ${timeWords(ban.until)}`),
    `  on the allowlist ${state.isAllowed ? 'yes' : 'no'}`,
  ];
}
