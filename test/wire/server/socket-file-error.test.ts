import t from 'tap';
import { SocketFileError, socketFileError } from '../../../src/wire/server/socket-file-error.js';

const of = (code: string | undefined, message = 'bind failed') =>
  socketFileError(Object.assign(new Error(message), { code }), { path: '/run/x/s', setting: 'CONTROL_SOCKET' });

await t.test('what the system says is told with the variable and what to do', async (t) => {
  const cases: [code: string | undefined, message: RegExp][] = [
    ['EACCES', /^CONTROL_SOCKET: this user may not make a file in \/run\/x; make the user its owner/],
    ['EPERM', /may not make a file/],
    ['EROFS', /\/run\/x cannot be written to/],
    ['ENOENT', /there is no folder \/run\/x; create it/],
    ['ENOTDIR', /\/run\/x is no folder/],
    ['EMFILE', /^CONTROL_SOCKET: cannot listen at \/run\/x\/s: bind failed; choose another path/],
    [undefined, /cannot listen/],
  ];
  for (const [code, message] of cases) {
    const error = of(code);
    t.match(error.message, message);
    t.match(error.cause, { code });
  }
});

await t.test('what says so already stays as it is', async (t) => {
  const error = new SocketFileError('taken');
  t.equal(socketFileError(error, { path: '/s', setting: 'X' }), error);
});
