import t, { type Test } from 'tap';
import { pbxResults } from '../../../src/doctor/checks/pbx-settings.js';
import { Pbx } from '../../../src/doctor/pbx.js';
import { amiConfig, type Made, startPbx } from '../pbx-fixture.js';

async function results(t: Test, made: Made, { isFreePbx = false, now = Date.now } = {}) {
  const pbx = await Pbx.open(amiConfig(await startPbx(t, made)));
  t.teardown(() => pbx.close());
  const all = await pbxResults(pbx, isFreePbx, now);
  return Object.fromEntries(all.map((result) => [result.check, result]));
}

await t.test('a good PBX is good throughout', async (t) => {
  const files = { 'logger.conf/logfiles': ['security=security'] };
  const all = Object.values(await results(t, { files, settings: { CoreHTTPenabled: 'No' }, commands: ['SIPpeers'] }));
  t.equal(all.length, 7);
  for (const { check, verdict } of all) t.equal(verdict, 'good', check);
});

await t.test('what nobody may see is said to be unseen, with the permission that would show it', async (t) => {
  const all = await results(t, { files: null, settings: null, timestamp: 'soon' });
  for (const check of ['webenabled', 'endpoint-identifiers', 'anonymous-endpoint', 'alwaysauthreject', 'logger']) {
    t.match(
      all[check],
      { verdict: 'unseen', why: /^write = (reporting|config) /, fix: { text: /^asterisk -rx/ } },
      check,
    );
  }
  t.match(all['clock'], { verdict: 'unseen' });
});

await t.test('a clock that is off is named, on whichever side', async (t) => {
  for (const [timestamp, seen] of [
    ['1700000060.0', /60\.0 s ahead of ours/],
    ['1699999940.0', /60\.0 s behind ours/],
  ] as const)
    t.match((await results(t, { timestamp }, { now: () => 1_700_000_000_000 }))['clock'], { verdict: 'mend', seen });
});

await t.test('AMI over HTTP is a way in, as CoreSettings says or manager.conf', async (t) => {
  const web = { verdict: 'mend', fix: { text: /webenabled = no/ } };
  t.match((await results(t, { settings: { CoreHTTPenabled: 'Yes' } }))['webenabled'], web);
  for (const word of ['yes', 'TRUE', '1', 'on'])
    t.match(
      (await results(t, { settings: null, files: { 'manager.conf/general': [`webenabled=${word}`] } }))['webenabled'],
      web,
      word,
    );
  t.match((await results(t, { settings: null }))['webenabled'], { verdict: 'good' });
});

await t.test('what makes guessing hard to see or easy is named', async (t) => {
  const files = {
    'pjsip.conf/global': ['endpoint_identifier_order=ip,auth_username,username'],
    'pjsip.conf/anonymous': ['type=endpoint'],
    'sip.conf/general': ['alwaysauthreject=no'],
  };
  const all = await results(t, { files, commands: ['SIPpeers'] });
  t.match(all['endpoint-identifiers'], { verdict: 'mend', fix: { text: /endpoint_identifier_order = ip,username\n/ } });
  t.match(all['anonymous-endpoint'], { verdict: 'mend', fix: { text: /^awk / } });
  t.match(all['alwaysauthreject'], { verdict: 'mend' });
  const freePbx = await results(t, { files }, { isFreePbx: true });
  t.match(freePbx['anonymous-endpoint'], { fix: { text: /FreePBX/ } });
  t.match(freePbx['alwaysauthreject'], { verdict: 'good', seen: 'chan_sip is not loaded' });
});

await t.test('a user who may do much, and a PBX that keeps no security log, are worth a word', async (t) => {
  const all = await results(t, {
    commands: ['Originate', 'Command'],
    files: { 'logger.conf/logfiles': ['full=notice'] },
  });
  t.match(all['permissions'], { verdict: 'note', seen: 'this AMI user may do Originate, Command' });
  t.match(all['logger'], { verdict: 'note', seen: 'logger.conf: full => notice' });
});
