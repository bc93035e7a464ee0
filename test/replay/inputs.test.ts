import { join } from 'node:path';
import t from 'tap';
import { faultOf, findInputs } from '../../src/replay/inputs.js';

const never = new AbortController().signal;

await t.test('what is no regular file is not looked at: it gives its bytes once', async (t) => {
  t.strictSame(await findInputs(['/dev/null', '-'], 'ami', never), [
    { name: '/dev/null', format: 'ami', sizeBytes: null },
    { name: '-', format: 'ami', sizeBytes: null },
  ]);
});

await t.test('a format that is given is believed, and else found out', async (t) => {
  const file = join(t.testdir({ log: '[Nov 21 01:43:40] NOTICE[1] x.c: hello\n' }), 'log');
  t.match(await findInputs([file], 'ami', never), [{ format: 'ami', sizeBytes: 39 }]);
  t.match(await findInputs([file], null, never), [{ format: 'messages-log' }]);
});

await t.test('a fault of ours is not one of the file', async (t) => {
  t.throws(() => faultOf(new TypeError('ours')), /ours/);
  t.throws(() => faultOf('text'));
  t.end();
});
