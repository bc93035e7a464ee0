import { readdirSync, readFileSync } from 'node:fs';
import t from 'tap';
import { parse } from 'yaml';

const folder = new URL('../.github/workflows/', import.meta.url);
const workflows = readdirSync(folder).map((name) => ({ name, text: readFileSync(new URL(name, folder), 'utf8') }));

for (const { name, text } of workflows) {
  await t.test(`${name} pins each action by commit, with its version beside it`, async (t) => {
    const actions = [...text.matchAll(/uses: (.*)/g)].map(([, action = '']) => action);
    t.ok(actions.length > 0);
    for (const action of actions) t.match(action, /^[\w-]+\/[\w./-]+@[\da-f]{40} # v\d+\.\d+\.\d+$/);
  });

  await t.test(`${name} may only read unless a job says more, and each job has a deadline`, async (t) => {
    const { permissions, jobs } = parse(text);
    t.strictSame(permissions, { contents: 'read' });
    for (const [job, { 'timeout-minutes': minutes }] of Object.entries<{ 'timeout-minutes'?: number }>(jobs)) {
      t.type(minutes, 'number', job);
    }
  });
}
