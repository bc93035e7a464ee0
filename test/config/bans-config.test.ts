import t from 'tap';
import { loadBansConfig } from '../../src/config/bans-config.js';

const file = (text: string) => () => Buffer.from(text);

await t.test('an operator needs the way to the blocker and nothing else', async (t) => {
  t.same(loadBansConfig({}, file('')), {
    kind: 'config',
    config: { control: { socket: '/run/asterisk-auth-stats/control.sock' }, configFile: null },
    settings: [
      { name: 'CONTROL_SOCKET', value: '/run/asterisk-auth-stats/control.sock', origin: 'default' },
      { name: 'CONFIG_FILE', value: null, origin: 'default' },
    ],
  });
  t.match(loadBansConfig({ CONFIG_FILE: '/c' }, file('control: {socket: /run/c}\nami: {port: x}')), {
    config: { control: { socket: '/run/c' } },
  });
});

await t.test('a slip of the pen does not lead them to another socket', async (t) => {
  t.same(loadBansConfig({ CONTROL_SOKET: '/run/c', AMI_PORT: 'x' }, file('')), {
    kind: 'faults',
    faults: ['CONTROL_SOKET is not known; did you mean CONTROL_SOCKET?'],
  });
});
