import t, { type Test } from 'tap';
import { hearingResults } from '../../../src/doctor/checks/hearing.js';
import { Pbx } from '../../../src/doctor/pbx.js';
import { amiConfig, type Made, startPbx } from '../pbx-fixture.js';

const OURS = 'manager.conf/stats';
const GOOD = ['read=security,system', 'write=config'];

async function results(t: Test, made: Made, environment: Readonly<Record<string, string>> = {}) {
  const config = amiConfig(await startPbx(t, made), environment);
  const pbx = await Pbx.open(config);
  t.teardown(() => pbx.close());
  return hearingResults(config, pbx, 'manager.conf', new AbortController().signal);
}

await t.test('a PBX that hides nothing is good', async (t) => {
  const all = await results(t, { files: { [OURS]: GOOD } });
  t.strictSame(
    all.map(({ check, verdict }) => [check, verdict]),
    [
      ['security-events', 'good'],
      ['system-events', 'good'],
      ['event-types', 'good'],
    ],
  );
});

await t.test('why its own login is not heard stands in manager.conf, if that may be read', async (t) => {
  const deaf = { logins: false, system: false };
  const cases: [lines: readonly string[] | null, general: readonly string[], seen: RegExp, fix: RegExp][] = [
    [['read=call'], [], /manager\.conf says read = call/, /read = security,system/],
    [[...GOOD, 'eventfilter=Event: Hangup'], [], /says eventfilter = Event: Hangup/, /^sed -i .*eventfilter/],
    [GOOD, ['disabledevents=Newexten, SuccessfulAuth'], /says disabledevents = /, /^disabledevents =$/m],
    [GOOD, [], /changed and not reloaded/, /manager reload/],
    [null, [], /the class security is missing/, /sed -i.*read = security,system.*disabledevents =/s],
  ];
  // All at once, since each waits for what does not come.
  const check = async ([lines, general, seen, fix]: (typeof cases)[number]) => {
    const files = lines === null ? null : { [OURS]: lines, 'manager.conf/general': general };
    const [security, system] = await results(t, { files, reports: deaf });
    t.match(security, { verdict: 'mend', seen, fix: { where: 'pbx', text: fix } });
    t.match(system, { verdict: 'note', check: 'system-events' });
  };
  await Promise.all(cases.map(check));
});

await t.test('types that a filter hides are named, and those that a client can hide itself', async (t) => {
  const typesOf = async (lines: readonly string[], general: readonly string[] = []) =>
    (await results(t, { files: { [OURS]: [...GOOD, ...lines], 'manager.conf/general': general } }))[2];
  t.match(await typesOf(['eventfilter=Event: SuccessfulAuth']), { verdict: 'mend', seen: /hidden .*InvalidPassword/ });
  t.match(await typesOf([], ['disabledevents=InvalidPassword']), {
    verdict: 'mend',
    seen: 'hidden by manager.conf: InvalidPassword (disabledevents = InvalidPassword)',
  });
  t.match(await typesOf(['eventfilter=!Event: RTCP']), { verdict: 'mend', seen: /a client can hide its own events/ });
  t.match(await typesOf(['eventfilter=Service: PJSIP']), { verdict: 'unseen', why: /AMI_PROBE=true/ });
});

await t.test('where nobody may look, a login that is meant to fail tells', async (t) => {
  const probe = { AMI_PROBE: 'true' };
  const typesOf = async (made: Made, environment = probe) =>
    (await results(t, { files: null, ...made }, environment))[2];
  t.match(await typesOf({}), { verdict: 'good', seen: /made on purpose was reported/ });
  t.match(await typesOf({ reports: { failures: false } }), { verdict: 'mend', seen: /InvalidAccountID is hidden/ });
  t.match(await typesOf({ strangers: 'welcome' }), { verdict: 'unseen', seen: /did not answer a second login/ });
  t.match(await typesOf({}, { AMI_PROBE: 'false' }), { verdict: 'unseen', fix: { text: 'AMI_PROBE=true' } });
});
