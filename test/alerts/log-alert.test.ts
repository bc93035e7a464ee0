import t from 'tap';
import { LogAlert } from '../../src/alerts/log-alert.js';
import { recordedLog } from '../metrics/fixtures.js';
import { FINDING } from './fixtures.js';

await t.test('the severity is the level, the title the message, and the rest are fields', async (t) => {
  const log = recordedLog();
  const alert = new LogAlert(log);
  for (const severity of ['info', 'warning', 'critical'] as const) alert.push({ ...FINDING, severity });
  t.same(
    log.lines.map(([level]) => level),
    ['info', 'warn', 'error'],
  );
  t.match(log.lines[1], [
    'warn',
    { finding: { rule: 'brute_force', subject: { text: '203.0.113.9' } }, text: /^203\.0\.113\.9 made 1,000 guesses/ },
    '203.0.113.9 guesses passwords: 1,000 guesses',
  ]);
});

await t.test('each finding is written and counted, and a stop has nothing to wait for', async (t) => {
  const alert = new LogAlert(recordedLog());
  for (let time = 0; time < 3; time += 1) alert.push(FINDING);
  await alert.run();
  t.same(alert.counts(), {
    sent: 3,
    failed: 0,
    suppressed: 0,
    dropped: { queue: 0, refused: 0, gave_up: 0, stopped: 0 },
  });
});
