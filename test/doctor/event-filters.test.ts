import t from 'tap';
import { filteringOf } from '../../src/doctor/event-filters.js';
import { SAFE_EVENTFILTER } from '../../src/sources/ami/hearing.js';

await t.test('no filter hides nothing', async (t) => {
  t.strictSame(filteringOf([['read', 'security']]), { lines: [], hidden: [], evadable: [], unknown: [] });
});

await t.test('the safe lines of both syntaxes hide nothing', async (t) => {
  const safe = SAFE_EVENTFILTER.replace('eventfilter = ', '');
  t.strictSame(filteringOf([['eventfilter', safe]]).hidden, []);
  const advanced = 'eventfilter(action(include),header(privilege),method(exact))';
  t.match(filteringOf([[advanced, 'security,all']]), { hidden: [], unknown: [], evadable: [] });
});

await t.test('lines that name types hide the others that Asterisk raises', async (t) => {
  const { hidden } = filteringOf([
    ['eventfilter', 'Event: (SuccessfulAuth|InvalidPassword)'],
    ['eventfilter', 'Event: ChallengeSent'],
  ]);
  t.ok(hidden.includes('InvalidAccountID'));
  for (const name of ['SuccessfulAuth', 'ChallengeSent', 'MemoryLimit'] as const) t.notOk(hidden.includes(name), name);
  t.strictSame(filteringOf([['eventfilter(name(FailedACL),action(exclude))', '']]).hidden, ['FailedACL']);
});

await t.test('an exclusion by text can be evaded, one by name cannot', async (t) => {
  t.strictSame(filteringOf([['eventfilter', '!Event: RTCP']]).evadable, ['eventfilter = !Event: RTCP']);
  t.strictSame(filteringOf([['eventfilter(action(exclude),name(rtcp))', '']]).evadable, []);
});

await t.test('what cannot be told is said to be unknown, and no pattern takes long', async (t) => {
  for (const pattern of ['(a*)*b', 'Service: PJSIP', 'Event: (']) {
    t.match(filteringOf([['eventfilter', pattern]]), { hidden: [], unknown: [`eventfilter = ${pattern}`] });
  }
  t.equal(filteringOf([['eventfilter(header(Service),method(exact))', 'PJSIP']]).unknown.length, 1);
});
