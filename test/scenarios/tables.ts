import { RULE_NAMES, type RuleName } from '../../src/domain/finding.js';
import type { Judgement, Tally } from './judgement.js';

/** Precision and recall of each rule over all scenarios, as Markdown. */
export function ruleTable(judgements: readonly Judgement[]): string {
  const rows = RULE_NAMES.map((rule) => {
    const { expected, found, told, isTrue, forged } = sumOf(judgements, rule);
    return [`\`${rule}\``, told, isTrue, forged, share(isTrue, told - forged), expected, share(found, expected)];
  });
  return markdown(['Rule', 'Told', 'True', 'In a forged name', 'Precision', 'To be told', 'Recall'], rows);
}

/** What each attack came to, as Markdown. */
export function attackTable(judgements: readonly Judgement[]): string {
  const rows = judgements
    .filter(({ scenario }) => scenario.attackers.size > 0)
    .map(({ scenario, guesses, letThrough, rules }) => [
      scenario.name,
      scenario.attackers.size,
      guesses,
      letThrough,
      rules.map((rule) => `\`${rule}\``).join(', '),
    ]);
  return markdown(['Attack', 'Addresses', 'Guesses', 'Let through', 'Told'], rows);
}

/** The stories that the detection is known to judge wrongly, as Markdown. */
export function weaknessTable(judgements: readonly Judgement[]): string {
  const rows = judgements.flatMap(({ scenario: { name, weakness } }) =>
    weakness === undefined ? [] : [[name, weakness]],
  );
  return markdown(['Story', 'What is wrong'], rows);
}

function sumOf(judgements: readonly Judgement[], rule: RuleName): Tally {
  const sum: Tally = { expected: 0, found: 0, told: 0, isTrue: 0, forged: 0 };
  for (const { tallies } of judgements) {
    const tally = tallies.get(rule);
    if (tally === undefined) continue;
    sum.expected += tally.expected;
    sum.found += tally.found;
    sum.told += tally.told;
    sum.isTrue += tally.isTrue;
    sum.forged += tally.forged;
  }
  return sum;
}

function share(part: number, whole: number): string {
  return whole === 0 ? 'none' : `${((100 * part) / whole).toFixed(1)} %`;
}

type Cell = string | number;

function markdown(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const row = (cells: readonly Cell[]) => `| ${cells.map((cell) => numeral(cell)).join(' | ')} |`;
  return [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');
}

function numeral(cell: Cell): string {
  return typeof cell === 'number' ? cell.toLocaleString('en-US') : cell;
}
