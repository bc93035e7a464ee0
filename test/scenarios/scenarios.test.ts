import { readFileSync, writeFileSync } from 'node:fs';
import t from 'tap';
import { type Judgement, judge } from './judgement.js';
import { scenarios } from './scenarios.js';
import { attackTable, ruleTable, weaknessTable } from './tables.js';

const DOCUMENT = new URL('../../docs/detection-stories.md', import.meta.url);
const judgements: Judgement[] = [];

await t.test('scenarios have names of their own', async (t) => {
  t.equal(new Set(scenarios.map(({ name }) => name)).size, scenarios.length);
});

for (const scenario of scenarios) {
  await t.test(scenario.name, async (t) => {
    const judgement = judge(scenario);
    judgements.push(judgement);
    const { weakness } = scenario;
    if (weakness === undefined) t.same(judgement.faults, []);
    else t.not(judgement.faults.length, 0, `weak still, or else say so in the story: ${weakness}`);
    t.ok(judgement.letThrough <= judgement.guesses, 'a ban lets nothing through that was not there without it');
  });
}

for (const [name, table] of [
  ['precision', ruleTable],
  ['attacks', attackTable],
  ['weaknesses', weaknessTable],
] as const) {
  await t.test(`docs/detection-stories.md has the table of ${name}; UPDATE_DOCS=1 npm test writes it`, async (t) => {
    const between = new RegExp(`(?<=<!-- ${name} -->\n).*?(?=<!-- /${name} -->)`, 's');
    const expected = `\n${table(judgements)}\n\n`;
    const text = readFileSync(DOCUMENT, 'utf8');
    if (process.env['UPDATE_DOCS'] === '1') {
      writeFileSync(
        DOCUMENT,
        text.replace(between, () => expected),
      );
    }
    t.equal(between.exec(readFileSync(DOCUMENT, 'utf8'))?.[0], expected);
  });
}
