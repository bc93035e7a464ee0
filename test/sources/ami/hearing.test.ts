import t from 'tap';
import type { SourceState } from '../../../src/domain/source.js';
import { Hearing, SAFE_EVENTFILTER } from '../../../src/sources/ami/hearing.js';

function setUp() {
  const states: SourceState[] = [];
  const hearing = new Hearing(5_000, (state) => states.push(state));
  return { hearing, states, names: () => states.map(({ state }) => state) };
}

await t.test('nothing is told before the connection was, and then what came meanwhile', async (t) => {
  const { hearing, names } = setUp();
  hearing.hear('SuccessfulAuth');
  t.strictSame(names(), []);
  hearing.open();
  t.strictSame(names(), ['hearing']);
});

await t.test('each change is told once, whatever comes', async (t) => {
  const { hearing, names, states } = setUp();
  hearing.open();
  t.strictSame(names(), [], 'nothing has come and nothing was due');
  hearing.expect('SuccessfulAuth');
  t.equal(hearing.isWhole, false);
  hearing.hear('InvalidPassword');
  hearing.hear('InvalidPassword');
  hearing.expect('InvalidAccountID');
  hearing.hear('SuccessfulAuth');
  hearing.hear('InvalidAccountID');
  t.equal(hearing.isWhole, true);
  t.strictSame(names(), ['deaf', 'partly-deaf', 'partly-deaf', 'partly-deaf', 'hearing']);
  t.match(states.slice(1, 4), [
    { missing: ['SuccessfulAuth'] },
    { missing: ['SuccessfulAuth', 'InvalidAccountID'] },
    { missing: ['InvalidAccountID'] },
  ]);
});

await t.test('what is missing comes with its meaning and with the lines to add', async (t) => {
  const { hearing, states } = setUp();
  hearing.open();
  hearing.hear('SuccessfulAuth');
  hearing.expect('InvalidAccountID');
  const [, state] = states;
  t.match(state, { state: 'partly-deaf', reason: /not InvalidAccountID.*guesses at account names.*"manager reload"/ });
  t.ok(state !== undefined && 'reason' in state && state.reason.includes(SAFE_EVENTFILTER));
});
