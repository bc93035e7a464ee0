import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { openBanRecords } from '../../src/blocker/records.js';
import { recordedLog } from '../metrics/fixtures.js';

await t.test('bans are there after a restart, beside the state of the exporter', async (t) => {
  const directory = t.testdir();
  const log = recordedLog();
  const first = await openBanRecords({ directory, isDryRun: false, log });
  await first.save([['203.0.113.9/32', { until: 5 }]]);
  await t.rejects(openBanRecords({ directory, isDryRun: false, log }), { message: /another process has it open/ });
  // JSON has no text for it.
  await first.save([['203.0.113.10/32', 1n]]);
  await first.close();
  const second = await openBanRecords({ directory, isDryRun: false, log });
  const found: unknown[] = [];
  for await (const record of second.load()) found.push(record);
  await second.close();
  t.strictSame(found, [['203.0.113.9/32', { until: 5 }]]);
  t.strictSame(log.lines, [['error', { reason: 'value_not_json' }, 'a ban was not saved']]);
});

await t.test('what had to be mended is told', async (t) => {
  const directory = t.testdir();
  const log = recordedLog();
  const first = await openBanRecords({ directory, isDryRun: false, log });
  await first.save([['203.0.113.9/32', { until: 5 }]]);
  await first.close();
  writeFileSync(join(directory, 'blocker', 'state', 'CURRENT'), 'nonsense');
  await (await openBanRecords({ directory, isDryRun: false, log })).close();
  t.match(log.lines, [['warn', { kind: String }, String]]);
});

await t.test('without a directory nothing is kept, and that is told', async (t) => {
  const log = recordedLog();
  const records = await openBanRecords({ directory: null, isDryRun: false, log });
  await records.save([['203.0.113.9/32', { until: 5 }]]);
  for await (const record of records.load()) t.fail(String(record));
  await records.close();
  t.match(log.lines, [['warn', {}, /no ban outlives a reboot/]]);
});

await t.test('a dry run has bans of its own, which never come into force', async (t) => {
  const directory = t.testdir();
  const log = recordedLog();
  for (const [isDryRun, expected] of [
    [true, []],
    [false, []],
    [true, ['203.0.113.9/32']],
  ] as const) {
    const records = await openBanRecords({ directory, isDryRun, log });
    const found: string[] = [];
    for await (const [key] of records.load()) found.push(key);
    t.strictSame(found, expected);
    if (isDryRun) await records.save([['203.0.113.9/32', { until: 5 }]]);
    await records.close();
  }
});
