import { PassThrough, Readable } from 'node:stream';
import t from 'tap';
import { main } from '../../src/commands/main.js';
import { amiConfig, startPbx } from '../doctor/pbx-fixture.js';

async function doctor(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const code = await main(['doctor', ...args], environment, { stdin: Readable.from([]), stdout, stderr });
  const told = (stream: PassThrough) => String(stream.read() ?? '');
  return { code, out: told(stdout), err: told(stderr) };
}

await t.test('help tells what it is for, and a wrong word how it is used', async (t) => {
  t.match(await doctor(['--help']), { code: 0, out: /--json/, err: '' });
  t.match(await doctor(['--josn']), { code: 64, out: '', err: /Unknown option '--josn'.*Usage: / });
});

await t.test('settings that are wrong are told as at a start', async (t) => {
  t.match(await doctor([], { AMI_PORT: 'x' }), { code: 78, err: /AMI_PORT/ });
  const { ami } = amiConfig(5038);
  const environment = {
    AMI_HOST: ami.host,
    AMI_USERNAME: ami.username,
    AMI_SECRET: 'x',
    CONTROL_SOCKET: `/${'x'.repeat(200)}`,
  };
  t.match(await doctor([], environment), { code: 78, err: /CONTROL_SOCKET/ });
});

await t.test('it exits with 1 where something is to mend, and writes for people or for programs', async (t) => {
  const environment = {
    AMI_HOST: '127.0.0.1',
    AMI_PORT: String(await startPbx(t)),
    AMI_USERNAME: 'stats',
    AMI_SECRET: 'not-theirs',
    AMI_LOGIN: 'plain',
    STATSD_HOST: '127.0.0.1',
    SSH_CONNECTION: '203.0.113.9 50000 192.0.2.1 22',
  };
  const people = await doctor(['--logs', t.testdir({})], environment);
  t.match(people, { code: 1, out: /MEND {2}ami-login: login refused.*to mend/s });
  const programs = await doctor(['--json', '--logs', t.testdir({})], environment);
  t.equal(programs.code, 1);
  t.match(JSON.parse(programs.out), { results: [{ check: 'ami-login' }] });
  t.notMatch(people.out + programs.out, 'not-theirs');
});
