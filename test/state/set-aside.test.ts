import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { setAside } from '../../src/state/set-aside.js';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 10, 21, 6, 45, 1, 23);

await t.test('a directory is renamed, with the time in its name', async (t) => {
  const directory = t.testdir({ state: { CURRENT: 'text' } });
  const path = join(directory, 'state');
  t.equal(await setAside(path, path, NOW), join(directory, 'state.damaged-2026-11-21T06-45-01-023Z'));
  t.strictSame(readdirSync(directory), ['state.damaged-2026-11-21T06-45-01-023Z']);
  t.strictSame(readdirSync(join(directory, 'state.damaged-2026-11-21T06-45-01-023Z')), ['CURRENT']);
});

await t.test('of many the last three are kept, and nothing else is touched', async (t) => {
  const others = ['state.damaged-by-me', 'other.damaged-2026-11-21T06-45-01-023Z', 'states'];
  const directory = t.testdir(Object.fromEntries(others.map((name) => [name, {}])));
  const path = join(directory, 'state');
  for (let day = 0; day < 5; day += 1) {
    mkdirSync(path);
    writeFileSync(join(path, 'CURRENT'), String(day));
    await setAside(path, path, NOW + day * DAY);
  }
  const kept = ['23', '24', '25'].map((day) => `state.damaged-2026-11-${day}T06-45-01-023Z`);
  t.strictSame(readdirSync(directory).sort(), [...others, ...kept].sort());
});

await t.test('what a repair left over is set aside under the name of the whole', async (t) => {
  const directory = t.testdir({ state: { lost: { '000003.log': 'text' } } });
  const path = join(directory, 'state');
  await setAside(join(path, 'lost'), path, NOW);
  t.strictSame(readdirSync(directory), ['state', 'state.damaged-2026-11-21T06-45-01-023Z']);
});
