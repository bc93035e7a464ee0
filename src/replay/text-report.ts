import { type Column, fitted, textTable } from '../text/text-table.js';
import { visiblePath, visibleText } from '../text/visible-text.js';
import { durationWords, numberWords, timeWords } from '../text/words.js';
import type {
  AccountView,
  AttackerView,
  InputView,
  Ranked,
  RefusedKindView,
  RefusedView,
  ReportView,
} from './report-view.js';
import { distinctWords } from './words.js';

/**
 * The report for people, in sections with an empty line between them.
 * @param width columns of the terminal; Infinity where there is none, so that nothing is cut.
 */
export function textReport(view: ReportView, width: number): string {
  const sections = [
    refusedSection(view.refused),
    summary(view),
    attackerSection(view.attackers, width),
    accountSection(view.accounts, width),
    findingSection(view.findings),
    decisionSection(view),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map((line) => fitted(line, width)).join('\n'))
    .join('\n\n');
}

const ATTACKER_COLUMNS: readonly Column[] = [
  { title: 'address', align: 'left' },
  { title: 'attempts', align: 'right' },
  { title: 'accounts', align: 'right' },
  { title: 'first', align: 'left' },
  { title: 'last', align: 'left' },
  { title: 'services', align: 'left' },
  { title: 'first ban', align: 'left' },
  { title: 'kept out', align: 'right' },
];

const ACCOUNT_COLUMNS: readonly Column[] = [
  { title: 'account', align: 'left' },
  { title: 'service', align: 'left' },
  { title: 'attempts', align: 'right' },
  { title: 'addresses', align: 'right' },
  { title: 'first', align: 'left' },
  { title: 'last', align: 'left' },
];

/** What the bans would have cost stands first: whoever reads no further knows whether to deploy. */
function refusedSection({ good, guessed, unproven }: RefusedView): string[] {
  return [
    refusedLine(good, 'good login', 'good logins') ?? 'No good login would have been refused.',
    refusedLine(guessed, "guesser's login", "guessers' logins"),
    refusedLine(unproven, 'login that proves no password', 'logins that prove no password'),
  ].filter((line) => line !== null);
}

/** @returns null where there was none. */
function refusedLine({ logins, addresses }: RefusedKindView, one: string, many: string): string | null {
  if (logins === 0) return null;
  const listed = addresses.top.slice(0, REFUSED_LISTED);
  const more = addresses.total + addresses.dropped - listed.length;
  const list = listed.map((row) => `${row.address} (${numberWords(row.logins)})`).join(', ');
  const rest = more === 0 ? '' : ` and ${numberWords(more)} more`;
  return `${numberWords(logins)} ${logins === 1 ? one : many} would have been refused: ${list}${rest}`;
}

/** More do not fit into a line. */
const REFUSED_LISTED = 5;

function summary({ inputs, isInterrupted, totals }: ReportView): string[] {
  const { outcomes, firstAt, lastAt } = totals;
  const byOutcome = Object.entries(outcomes).map(([outcome, count]) => `${outcome} ${numberWords(count)}`);
  return [
    ...inputs.map(inputLine),
    ...(isInterrupted ? ['Interrupted: this is what was read up to then.'] : []),
    firstAt === null || lastAt === null
      ? 'No security event was found.'
      : `${timeWords(firstAt)} to ${timeWords(lastAt)} UTC (${durationWords((lastAt - firstAt) / 1000)})`,
    `events ${numberWords(totals.events)}, failed ${numberWords(totals.failed)}, logins ${numberWords(totals.logins)}`,
    `attempts ${numberWords(totals.attempts)}: ${byOutcome.join(', ')}; unanswered challenges ${numberWords(totals.probes)}`,
    `other lines ${numberWords(totals.ignored)}, malformed ${malformedWords(totals.malformed)}`,
    ...backwardsLine(totals.backwards),
  ];
}

function inputLine({ name, format, bytes, fault }: InputView): string {
  const what = `${visiblePath(name)}: ${format ?? 'empty'}, ${numberWords(bytes)} bytes`;
  return fault === null ? what : `${what}; not read to its end: ${fault}`;
}

function malformedWords(malformed: ReportView['totals']['malformed']): string {
  const reasons = Object.entries(malformed);
  if (reasons.length === 0) return '0';
  const sum = reasons.reduce((total, [, count]) => total + count, 0);
  return `${numberWords(sum)} (${reasons.map(([reason, count]) => `${reason} ${numberWords(count)}`).join(', ')})`;
}

function backwardsLine(backwards: number): string[] {
  if (backwards === 0) return [];
  return [`${numberWords(backwards)} events are older than one before them: give rotated logs oldest first`];
}

function attackerSection(attackers: Ranked<AttackerView>, width: number): string[] {
  if (attackers.top.length === 0) return [];
  return [heading('Attackers', attackers), ...textTable(ATTACKER_COLUMNS, attackers.top.map(attackerCells), width)];
}

function attackerCells(row: AttackerView): string[] {
  return [
    row.address,
    numberWords(row.attempts),
    distinctWords(row.accounts),
    timeWords(row.firstAt),
    timeWords(row.lastAt),
    row.services.map((service) => visibleText(service)).join(' '),
    firstBanWords(row),
    numberWords(row.keptOut),
  ];
}

function firstBanWords({ firstBan, spared }: AttackerView): string {
  if (firstBan === null) return spared === null ? 'none' : `none (${spared})`;
  const { at, attempts, reason, seconds, target } = firstBan;
  const what = isSocket(target) ? `, ${target}` : '';
  return `${timeWords(at)} after ${numberWords(attempts)} (${reason}, ${durationWords(seconds)}${what})`;
}

/** A prefix has its length, a socket its port. */
function isSocket(target: string): boolean {
  return !target.includes('/');
}

function accountSection(accounts: Ranked<AccountView>, width: number): string[] {
  if (accounts.top.length === 0) return [];
  const rows = accounts.top.map((row) => [
    visibleText(row.account),
    visibleText(row.service),
    numberWords(row.attempts),
    distinctWords(row.addresses),
    timeWords(row.firstAt),
    timeWords(row.lastAt),
  ]);
  return [heading('Accounts', accounts), ...textTable(ACCOUNT_COLUMNS, rows, width)];
}

function heading(title: string, { top, total, dropped }: Ranked<unknown>): string {
  const forgotten = dropped === 0 ? '' : `; ${numberWords(dropped)} with few attempts were forgotten`;
  return `${title} (${numberWords(top.length)} of ${numberWords(total)}${forgotten})`;
}

function findingSection({ worst, total, byRule }: ReportView['findings']): string[] {
  if (total === 0) return [];
  const rules = Object.entries(byRule).map(([rule, count]) => `${rule} ${numberWords(count)}`);
  return [
    `Findings (${numberWords(worst.length)} of ${numberWords(total)}: ${rules.join(', ')})`,
    ...worst.map(({ at, severity, title }) => `  ${timeWords(at)}  ${severity.padEnd(8)}  ${title}`),
  ];
}

function decisionSection({ decisions, totals }: ReportView): string[] {
  const { bans, targets, byReason, inForceAtEnd, inForceNow, keptOut, forgotten } = decisions;
  const reasons = Object.entries(byReason).map(([reason, count]) => `${reason} ${numberWords(count)}`);
  return [
    `Decisions: bans ${numberWords(bans)}${reasons.length === 0 ? '' : ` (${reasons.join(', ')})`}`,
    `  addresses, prefixes and sockets ${numberWords(targets)}, in force at the end ${numberWords(inForceAtEnd)}, now ${numberWords(inForceNow)}`,
    `  ${numberWords(keptOut)} of ${numberWords(totals.attempts)} attempts would not have reached the PBX`,
    ...(forgotten === 0 ? [] : [`  bans forgotten for want of a place: ${numberWords(forgotten)}`]),
  ];
}
