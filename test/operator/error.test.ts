import t from 'tap';
import { connectionError } from '../../src/operator/error.js';

await t.test('each way not to be connected has its kind and says what to do', async (t) => {
  const cases: [code: string, failure: string, hint: RegExp][] = [
    ['ENOENT', 'no-blocker', /is the blocker running, and is CONTROL_SOCKET right/],
    ['ECONNREFUSED', 'no-blocker', /nothing listens there/],
    ['EAGAIN', 'no-blocker', /too busy/],
    ['EACCES', 'not-permitted', /as root/],
    ['EPERM', 'not-permitted', /as root/],
    ['ENOTSOCK', 'wrong-path', /is CONTROL_SOCKET right/],
    ['ENOTDIR', 'wrong-path', /is CONTROL_SOCKET right/],
    ['EPROTOTYPE', 'wrong-path', /is CONTROL_SOCKET right/],
    ['ENAMETOOLONG', 'wrong-path', /107 bytes/],
    ['EMFILE', 'no-blocker', /: connect failed$/],
  ];
  for (const [code, failure, hint] of cases) {
    const error = connectionError(Object.assign(new Error('connect failed'), { code }), '/run/\x1b[2J');
    t.match(error, { name: 'ControlError', failure, message: hint, cause: { code } });
    t.ok(error.message.startsWith('no connection to the blocker at /run/\\x1b[2J: '), error.message);
  }
  t.match(connectionError(new Error('odd'), '/s'), { failure: 'no-blocker', message: /odd/ });
});
