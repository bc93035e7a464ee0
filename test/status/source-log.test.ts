import t from 'tap';
import { sourceLog } from '../../src/status/source-log.js';
import { recordedLog } from '../metrics/fixtures.js';

/** A log of states at times that the test sets, in seconds. */
function setUp(file: string | null = null) {
  const time = { seconds: 0 };
  const { lines, ...log } = recordedLog();
  const tell = sourceLog(log, () => time.seconds * 1000, file);
  const lost = (reason: string) => tell({ state: 'disconnected', reason, retryMs: 500 });
  return { time, tell, lost, taken: () => lines.splice(0) };
}

const LOST = 'lost the connection to Asterisk: what it reports until it is back is missed';
const NO_CONNECTION = 'no connection to Asterisk; trying again for ever';
const STILL_NONE = 'still no connection to Asterisk';

await t.test('a start without trouble is two lines of info', async (t) => {
  const { tell, taken } = setUp();
  tell({ state: 'connected' });
  tell({ state: 'hearing' });
  t.strictSame(taken(), [
    ['info', {}, 'connected to Asterisk'],
    ['info', {}, 'security events arrive'],
  ]);
});

await t.test('a gap is a warning once, and the tries to end it are for those who debug', async (t) => {
  const { tell, lost, taken, time } = setUp();
  tell({ state: 'connected' });
  taken();
  lost('closed by Asterisk');
  time.seconds = 1;
  lost('closed by Asterisk');
  lost('closed by Asterisk');
  const fields = { reason: 'closed by Asterisk', retryMs: 500 };
  t.strictSame(taken(), [
    ['warn', fields, LOST],
    ['debug', fields, STILL_NONE],
    ['debug', fields, STILL_NONE],
  ]);
});

await t.test('another reason is a warning again, with the length of the gap so far', async (t) => {
  const { tell, lost, taken, time } = setUp();
  tell({ state: 'connected' });
  time.seconds = 100;
  lost('closed by Asterisk');
  taken();
  time.seconds = 102.345;
  lost('connect ECONNREFUSED');
  lost('connect ECONNREFUSED');
  t.strictSame(taken(), [
    ['warn', { reason: 'connect ECONNREFUSED', retryMs: 500, downSeconds: 2.3 }, NO_CONNECTION],
    ['debug', { reason: 'connect ECONNREFUSED', retryMs: 500 }, STILL_NONE],
  ]);
});

await t.test('the same reason is a warning again after ten minutes, counted from the last warning', async (t) => {
  const { lost, taken, time } = setUp();
  const levelsAt = (seconds: number) => {
    time.seconds = seconds;
    lost('login refused');
    return taken().map(([level]) => level);
  };
  t.strictSame(levelsAt(0), ['warn']);
  t.strictSame(levelsAt(599.9), ['debug']);
  t.strictSame(levelsAt(600), ['warn']);
  t.strictSame(levelsAt(1199.9), ['debug']);
  t.strictSame(levelsAt(1200), ['warn']);
});

await t.test('a program that never had a connection has lost none: its wait counts from its start', async (t) => {
  const { tell, lost, taken, time } = setUp();
  time.seconds = 3;
  lost('login refused');
  t.strictSame(taken(), [['warn', { reason: 'login refused', retryMs: 500, downSeconds: 3 }, NO_CONNECTION]]);
  tell({ state: 'connected' });
  t.strictSame(taken(), [['info', {}, 'connected to Asterisk']], 'and it is not connected again');
});

await t.test('the end of a gap says how long it was, and the next gap is a new one', async (t) => {
  const { tell, lost, taken, time } = setUp();
  tell({ state: 'connected' });
  time.seconds = 10;
  lost('closed by Asterisk');
  time.seconds = 11.5;
  lost('connect ECONNREFUSED');
  time.seconds = 14.26;
  taken();
  tell({ state: 'connected' });
  t.strictSame(taken(), [['info', { gapSeconds: 4.3 }, 'connected to Asterisk again']]);
  time.seconds = 15;
  lost('connect ECONNREFUSED');
  time.seconds = 15.5;
  tell({ state: 'connected' });
  t.strictSame(taken(), [
    ['warn', { reason: 'connect ECONNREFUSED', retryMs: 500 }, LOST],
    ['info', { gapSeconds: 0.5 }, 'connected to Asterisk again'],
  ]);
});

await t.test('a connection after a connection, with no loss between, has a gap of nothing', async (t) => {
  const { tell, taken, time } = setUp();
  tell({ state: 'connected' });
  time.seconds = 60;
  tell({ state: 'connected' });
  t.strictSame(taken().at(-1), ['info', { gapSeconds: 0 }, 'connected to Asterisk again']);
});

await t.test('a deaf connection is a warning with what to do, each time', async (t) => {
  const { tell, taken } = setUp();
  tell({ state: 'connected' });
  taken();
  const deaf = () => tell({ state: 'deaf', reason: 'add security to read=' });
  deaf();
  deaf();
  const warning = [
    'warn',
    { reason: 'add security to read=' },
    'deaf: connected to Asterisk, but security events do not arrive',
  ];
  t.strictSame(taken(), [warning, warning]);
});

await t.test('partial deafness is a warning that names the types', async (t) => {
  const { tell, taken } = setUp();
  tell({ state: 'connected' });
  taken();
  tell({ state: 'partly-deaf', missing: ['InvalidAccountID'], reason: 'mend the eventfilter' });
  t.match(taken(), [['warn', { missing: ['InvalidAccountID'], reason: 'mend the eventfilter' }, /^partly deaf: /]]);
});

await t.test('of a log it says which file is read, and never that Asterisk is connected', async (t) => {
  const { tell, lost, taken } = setUp('/log/full');
  tell({ state: 'connected' });
  lost('gone');
  lost('gone');
  tell({ state: 'connected' });
  tell({ state: 'deaf', reason: 'why' });
  const said = taken().map(([, , text]) => text);
  t.strictSame(said, [
    'reading /log/full',
    'cannot read /log/full on: what is not there when it is back is missed',
    'still cannot read /log/full',
    'reading /log/full again',
    'deaf: reading /log/full, but security events do not arrive',
  ]);
  const never = setUp('/log/full');
  never.lost('gone');
  t.match(never.taken(), [['warn', { reason: 'gone' }, 'cannot read /log/full; trying again for ever']]);
});
