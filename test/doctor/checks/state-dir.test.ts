import { chmodSync } from 'node:fs';
import t from 'tap';
import { stateResult } from '../../../src/doctor/checks/state-dir.js';
import { amiConfig } from '../pbx-fixture.js';

const look = (STATE_DIR?: string) => stateResult(amiConfig(5038, STATE_DIR === undefined ? {} : { STATE_DIR }));

await t.test('a directory that can be written to is good', async (t) => {
  const folder = t.testdir({ file: 'x' });
  t.match(look(folder), { verdict: 'good' });
  t.match(look(`${folder}/file`), { verdict: 'mend' });
  chmodSync(`${folder}/file`, 0o700);
  t.match(look(`${folder}/file`), { verdict: 'mend', seen: /is no directory$/, fix: { where: 'settings' } });
  t.match(look(`${folder}/it's not there`), {
    verdict: 'mend',
    seen: /ENOENT/,
    fix: { text: /'\\''s not there' # as/ },
  });
  t.match(look(), { verdict: 'note', fix: { text: 'STATE_DIR=/var/lib/asterisk-auth-stats' } });
});
