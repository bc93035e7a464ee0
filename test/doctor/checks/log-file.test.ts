import { utimesSync } from 'node:fs';
import t, { type Test } from 'tap';
import { logResult } from '../../../src/doctor/checks/log-file.js';
import { logLine, message } from '../../sources/log/log-lines.js';
import { configOf } from '../pbx-fixture.js';

const NOTICE =
  "[Nov 21 01:44:33] NOTICE[1] chan_sip.c: Registration from '<sip:1@x>' failed for '203.0.113.9:5060' - Wrong password\n";

function look(t: Test, text: string, source: 'security-log' | 'messages-log' = 'security-log', agoSeconds = 0) {
  const path = `${t.testdir({ security: text })}/security`;
  const config = configOf({ LOG_FILE: path, SOURCE: source, LOG_SILENCE_SECONDS: 600 });
  if (config.source === 'ami') throw new Error('not a log');
  const at = Date.now() / 1000 - agoSeconds;
  utimesSync(path, at, at);
  return logResult(config, Date.now());
}

await t.test('a log is good that its reader understands', async (t) => {
  t.match(look(t, logLine(message())), { verdict: 'good', seen: /: 1 security events, 0 malformed, 0 other lines/ });
  t.match(look(t, NOTICE, 'messages-log'), { verdict: 'good', seen: /: 1 security events/ });
});

await t.test('one of another form is not, one that is empty tells nothing yet', async (t) => {
  t.match(look(t, NOTICE), {
    verdict: 'mend',
    seen: /: 0 security events, 0 malformed, 1 other/,
    fix: { text: /security => security/ },
  });
  t.match(look(t, 'x\n', 'messages-log'), { verdict: 'mend', fix: { text: /messages => notice/ } });
  const half = logLine(message()).replace(/,RemoteAddress.*/, '');
  t.match(look(t, half), { verdict: 'mend', seen: /: 0 security events, 1 malformed/ });
  t.match(look(t, ''), { verdict: 'note', why: /empty/ });
});

await t.test('of a long one only the end is read, from the beginning of a line on', async (t) => {
  const text = `${NOTICE.repeat(3_000)}${logLine(message())}`;
  t.match(look(t, text), { verdict: 'good', seen: /: 1 security events, 0 malformed, \d{4} other lines/ });
  t.ok(text.length > 262_144);
});

await t.test('one that nobody writes to, or that cannot be read, is to mend', async (t) => {
  t.match(look(t, logLine(message()), 'security-log', 3_600), {
    verdict: 'mend',
    seen: /nothing was written to .* for 1 h$/,
  });
  const config = configOf({ SOURCE: 'security-log', LOG_FILE: `${t.testdir({})}/none` });
  if (config.source === 'ami') throw new Error('not a log');
  t.match(logResult(config, Date.now()), { verdict: 'mend', seen: /cannot be read: ENOENT/, fix: { where: 'here' } });
});
