import type { ListedBan } from '../domain/ban.js';
import { type Column, textTable } from '../text/text-table.js';
import { visibleText } from '../text/visible-text.js';
import { durationWords, numberWords } from '../text/words.js';
import { shownTarget } from './target.js';

const REASON_COLUMNS_MAX = 40;

const COLUMNS: readonly Column[] = [
  { title: 'address', align: 'left' },
  { title: 'reason', align: 'left' },
  { title: 'origin', align: 'left' },
  { title: 'since', align: 'right' },
  { title: 'left', align: 'right' },
  { title: 'packets dropped', align: 'right' },
];

/** @param now milliseconds since the Unix epoch. */
export function banListText(bans: readonly ListedBan[], now: number, width: number): string {
  if (bans.length === 0) return 'nobody is banned';
  const rows = bans.map((ban) => rowOf(ban, now));
  const missing = bans.filter(({ isEnforced }) => !isEnforced).length;
  const count = bans.length === 1 ? '1 ban' : `${numberWords(bans.length)} bans`;
  const notice = missing === 0 ? '' : `; ${numberWords(missing)} not in the firewall (marked with *): see bans status`;
  return [...textTable(COLUMNS, rows, width), '', `  ${count}${notice}`].join('\n');
}

function rowOf(ban: ListedBan, now: number): string[] {
  const { reason, origin, since, until, packets, isEnforced } = ban;
  return [
    `${shownTarget(ban)}${isEnforced ? '' : ' *'}`,
    visibleText(reason, REASON_COLUMNS_MAX),
    origin,
    `${durationWords((now - since) / 1000)} ago`,
    durationWords((until - now) / 1000),
    packets === null ? '-' : numberWords(packets),
  ];
}
