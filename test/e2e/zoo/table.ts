import { readFileSync, writeFileSync } from 'node:fs';
import type { Played } from './play.js';

/** Puts the tables of a set-up between its marks in a page. */
export function writeTables(page: string, played: Played): void {
  const { name } = played.setUp;
  const [begin, end] = [`<!-- begin ${name} -->`, `<!-- end ${name} -->`];
  const text = readFileSync(page, 'utf8');
  const [before = '', rest] = text.split(begin);
  const after = rest?.split(end)[1];
  if (after === undefined) throw new Error(`${page} has no marks for ${name}`);
  writeFileSync(page, `${before}${begin}\n\n${tablesOf(played)}\n${end}${after}`);
}

export function tablesOf({ attackers, friends }: Played): string {
  const attackerRows = attackers.map(({ name, sent, through, findings, bans }) => [
    name,
    String(sent),
    String(through),
    bansText(bans),
    findings.join(', ') || 'nothing',
  ]);
  const friendRows = friends.map(({ name, sent, lost, through, isRegistered, severity, bans, findings }) => [
    name,
    String(sent),
    String(lost),
    String(sent - through),
    isRegistered === null ? '' : isRegistered ? 'yes' : 'no',
    bansText(bans),
    severity === null ? 'nothing' : findings.join(', '),
  ]);
  return [
    ...table(['Attacker', 'Packets sent', 'Let through', 'Banned', 'Told'], attackerRows),
    '',
    ...table(['Friend', 'Packets sent', 'Good ones lost', 'Dropped', 'Registered', 'Banned', 'Told'], friendRows),
    '',
  ].join('\n');
}

/** A row has room for two. */
function bansText(bans: readonly string[]): string {
  if (bans.length === 0) return 'no';
  return bans.length > 2 ? `${bans.length}, at last ${bans.at(-1)}` : bans.join(', ');
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}
