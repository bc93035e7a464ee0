import t from 'tap';
import { findingText } from '../../src/alerts/finding-text.js';
import { GraphiteEvent } from '../../src/alerts/graphite-event.js';
import { RULE_NAMES, SEVERITIES } from '../../src/domain/finding.js';
import { recordedLog } from '../metrics/fixtures.js';
import { AT, FINDING, receiver } from './fixtures.js';

const OPTIONS = { version: '1.2.3', log: recordedLog(), severity: 'warning', graceMs: 5000 } as const;

await t.test('a finding is an event with its title, its tags, its second and its text', async (t) => {
  await using server = await receiver(200);
  const alert = new GraphiteEvent({ ...OPTIONS, url: `${server.origin}/events/` });
  alert.push({ ...FINDING, at: AT + 999 });
  await alert.run(AbortSignal.abort());
  t.equal(alert.name, 'graphite');
  t.equal(server.requests[0]?.path, '/events/');
  t.same(JSON.parse(server.requests[0]?.body ?? ''), {
    what: '203.0.113.9 guesses passwords: 1,000 guesses',
    tags: ['asterisk', 'finding', 'brute_force', 'warning'],
    when: 1_772_337_600,
    data: findingText({ ...FINDING, at: AT + 999 }).text,
  });
});

await t.test('no tag has a blank, with which Graphite would make two of it', async (t) => {
  t.notMatch([...RULE_NAMES, ...SEVERITIES].join(), ' ');
});
