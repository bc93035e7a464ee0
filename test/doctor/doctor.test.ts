import t, { type Test } from 'tap';
import type { ExporterConfig } from '../../src/config/load-config.js';
import { runDoctor } from '../../src/doctor/doctor.js';
import { logLine, message } from '../sources/log/log-lines.js';
import { amiConfig, configOf, type Made, startPbx } from './pbx-fixture.js';

const WELL = { 'manager.conf/stats': ['read=security,system'], 'logger.conf/logfiles': ['security=security'] };

/** What the doctor finds, by check. */
async function examine(config: ExporterConfig, logs = '/nonexistent') {
  const written: string[] = [];
  const isWell = await runDoctor(
    {
      config,
      controlSocket: '/nonexistent',
      terminal: null,
      logs,
      json: true,
      now: Date.now,
      write: (text) => written.push(text),
    },
    new AbortController().signal,
  );
  const { results } = JSON.parse(written.join('')) as { results: { check: string; verdict: string; seen: string }[] };
  return {
    isWell,
    text: written.join(''),
    results,
    of: (check: string) => results.filter((one) => one.check === check),
  };
}

const pbxOf = async (t: Test, made: Made) => amiConfig(await startPbx(t, made), { STATSD_HOST: '127.0.0.1' });

await t.test('with a good PBX there is nothing of it to mend', async (t) => {
  const { of, text } = await examine(await pbxOf(t, { files: WELL, settings: { CoreHTTPenabled: 'No' } }));
  t.match(of('ami-login'), [{ verdict: 'good', seen: 'logged in as "stats"' }]);
  for (const check of ['security-events', 'event-types', 'clock', 'webenabled', 'logger'])
    t.match(of(check), [{ verdict: 'good' }], check);
  t.strictSame(of('freepbx'), []);
  t.notMatch(text, 'hunter2');
});

await t.test('FreePBX writes manager.conf anew: the user has to be in a file of its own', async (t) => {
  const gui = { ...WELL, 'pjsip.conf/global': ['user_agent=FPBX-17.0.1'] };
  const look = async (files: Readonly<Record<string, readonly string[]>>) =>
    (await examine(await pbxOf(t, { files }))).of('freepbx');
  const [missing, custom, additional] = await Promise.all([
    look(gui),
    look({ ...gui, 'manager_custom.conf/stats': ['read=security'] }),
    look({ ...gui, 'manager_additional.conf/stats': ['read=security'] }),
  ]);
  const unseen = await examine(await pbxOf(t, { files: gui, dropsAt: 'CoreSettings' }));
  t.strictSame(unseen.of('freepbx'), []);
  t.match(missing, [{ verdict: 'mend', fix: { text: /manager_custom\.conf.*\n\n\[stats\]\n/ } }]);
  t.match(custom, [{ verdict: 'good' }]);
  t.match(additional, [{ verdict: 'good' }]);
});

await t.test('who cannot log in is told of that, and of all that is not the PBX', async (t) => {
  const config = amiConfig(await startPbx(t), { AMI_SECRET: 'wrong', STATSD_HOST: '127.0.0.1' });
  const { isWell, of, results } = await examine(config);
  t.notOk(isWell);
  t.match(of('ami-login'), [{ verdict: 'mend', seen: /^login refused/ }]);
  t.ok(results.length >= 7);
});

await t.test('a connection that does not last leaves the rest unseen', async (t) => {
  const { of } = await examine(await pbxOf(t, { files: WELL, dropsAt: 'GetConfig' }));
  t.match(of('ami-login'), [{ verdict: 'good' }, { verdict: 'unseen', seen: /^the rest of the PBX: / }]);
});

await t.test('of a log source the file is looked at', async (t) => {
  const file = `${t.testdir({ security: logLine(message()) })}/security`;
  const { of } = await examine(configOf({ SOURCE: 'security-log', LOG_FILE: file, STATSD_HOST: '127.0.0.1' }));
  t.match(of('log-file'), [{ verdict: 'good' }]);
  t.strictSame(of('ami-login'), []);
});
