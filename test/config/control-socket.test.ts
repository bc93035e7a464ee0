import t from 'tap';
import { controlSocket } from '../../src/config/control-socket.js';

const DEFAULT = '/run/asterisk-auth-stats/control.sock';
const noFile = () => {
  throw new Error('no file is to be read');
};

await t.test('the variable is read strictly, and has a default', async (t) => {
  for (const environment of [{}, { CONTROL_SOCKET: '' }]) {
    t.strictSame(await controlSocket(environment, noFile), { kind: 'config', path: DEFAULT });
  }
  t.strictSame(await controlSocket({ CONTROL_SOCKET: '/run/c' }, noFile), { kind: 'config', path: '/run/c' });
  t.match(await controlSocket({ CONTROL_SOCKET: `/${'x'.repeat(200)}` }, noFile), {
    kind: 'faults',
    faults: [/^CONTROL_SOCKET is '\/x+'\.{3}; it must be the path of a Unix socket, at most 106 bytes$/],
  });
});

await t.test('what else may say something of it is read as the blocker reads it', async (t) => {
  const file = () => Buffer.from('control:\n  socket: /run/of-file\n');
  t.strictSame(await controlSocket({ CONFIG_FILE: '/etc/ours.yml' }, file), { kind: 'config', path: '/run/of-file' });
  t.strictSame(await controlSocket({ CONTROL_SOKET: '/run/c' }, noFile), {
    kind: 'faults',
    faults: ['CONTROL_SOKET is not known; did you mean CONTROL_SOCKET?'],
  });
});

await t.test('a fault of another setting keeps nobody from ending a ban', async (t) => {
  t.strictSame(await controlSocket({ BLOCKER_BANS_MAX: 'many' }, noFile), { kind: 'config', path: DEFAULT });
});
