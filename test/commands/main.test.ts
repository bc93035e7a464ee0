import { readFileSync } from 'node:fs';
import { PassThrough, Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { main } from '../../src/commands/main.js';
import { settings } from '../../src/config/schema.js';

const SECRET = 'correct horse battery';
const CONFIGURED = { AMI_HOST: '127.0.0.1', AMI_USERNAME: 'secmon', AMI_SECRET: SECRET };

/** Runs a command that ends by itself. Its texts are returned without the last line break. */
async function command(args: readonly string[], environment: Record<string, string> = {}) {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const code = await main(args, environment, { stdin: Readable.from([]), stdout, stderr });
  const told = (stream: PassThrough) => String(stream.read() ?? '').replace(/\n$/, '');
  return { code, out: told(stdout), err: told(stderr) };
}

for (const word of ['help', '--help', '-h']) {
  await t.test(`${word} tells every command and every variable`, async (t) => {
    const { code, out, err } = await command([word], { AMI_PORT: 'wrong' });
    t.match({ code, err }, { code: 0, err: '' });
    for (const name of [
      'run',
      'demo',
      'simulate',
      'replay',
      'blocker',
      'bans',
      'trust',
      'check-config',
      'help',
      'version',
    ])
      t.match(out, new RegExp(`^ {2}${name} `, 'm'));
    for (const { env } of settings.values()) t.match(out, new RegExp(`^${env} `, 'm'));
  });
}

for (const word of ['version', '--version', '-v']) {
  await t.test(`${word} is that of the package`, async (t) => {
    const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    t.same(await command([word]), { code: 0, out: manifest.version, err: '' });
  });
}

await t.test('a command line that is not understood is told why, and exits with 64', async (t) => {
  const cases: [args: string[], fault: string][] = [
    [['start'], 'unknown command "start"'],
    [['default'], 'unknown command "default"'],
    [['run', 'demo'], 'one command at a time, not "run demo"'],
    [['--verbose'], "Unknown option '--verbose'"],
    [['--help=yes'], "Option '-h, --help' does not take an argument"],
  ];
  for (const [args, fault] of cases) {
    await t.test(args.join(' '), async (t) => {
      const { code, out, err } = await command(args, CONFIGURED);
      t.match({ code, out }, { code: 64, out: '' });
      t.match(err, `asterisk-auth-stats: ${fault}`);
      t.match(err, /Try: asterisk-auth-stats help$/);
    });
  }
});

await t.test('replay tells what it cannot do, and exits as sysexits.h has it', async (t) => {
  const file = fileURLToPath(new URL('../fixtures/recordings/22/pjsip-enumeration.ami', import.meta.url));
  const cases: [args: string[], environment: Record<string, string>, code: number, fault: RegExp][] = [
    [['replay'], {}, 64, /^asterisk-auth-stats: replay needs a file.* Usage: asterisk-auth-stats replay FILE/],
    [['replay', '--verbose', file], {}, 64, /Unknown option '--verbose'/],
    [['replay', file], { BAN_THRESHOLD: 'x' }, 78, /the configuration is wrong:\n {2}BAN_THRESHOLD is 'x'/],
  ];
  for (const [args, environment, code, fault] of cases) {
    t.match(await command(args, environment), { code, out: '', err: fault });
  }
  const ends: [args: string[], code: number, fault: string][] = [
    [['replay', `${file}.missing`], 66, 'no such file or directory'],
    [['replay', fileURLToPath(import.meta.url)], 65, 'neither AMI nor'],
    [['replay', '--ban', file], 78, 'DECISION_SOCKET is missing'],
  ];
  for (const [args, code, fault] of ends) t.match(await command(args), { code, err: fault });
});

await t.test('replay reports what a recording has', async (t) => {
  const file = fileURLToPath(new URL('../fixtures/recordings/22/pjsip-enumeration.ami', import.meta.url));
  const { code, out } = await command(['replay', file, '--json']);
  t.equal(code, 0);
  t.match(JSON.parse(out), { v: 2, totals: { events: 17, failed: 6 } });
});

await t.test('bans tells what it cannot do, and exits as sysexits.h has it', async (t) => {
  const cases: [args: string[], environment: Record<string, string>, code: number, fault: RegExp][] = [
    [['bans'], {}, 64, /^asterisk-auth-stats: bans needs a command.* Usage: asterisk-auth-stats bans list/],
    [['bans', 'flush'], {}, 64, /say --yes/],
    [['bans', 'list'], { CONTROL_SOCKET: `/${'x'.repeat(200)}` }, 78, /CONTROL_SOCKET .* at most 106 bytes/],
  ];
  for (const [args, environment, code, fault] of cases) {
    t.match(await command(args, environment), { code, out: '', err: fault });
  }
  t.match(await command(['bans', 'list'], { CONTROL_SOCKET: '/nowhere/at/all' }), {
    code: 69,
    err: 'is the blocker running',
  });
  t.match(await command(['bans', 'add', '--help']), { code: 0, out: /^ {2}bans add ADDRESS/m, err: '' });
});

await t.test('trust leaves a word in STATE_DIR, or tells why it cannot', async (t) => {
  const STATE_DIR = t.testdir();
  const cases: [args: string[], environment: Record<string, string>, code: number, fault: RegExp][] = [
    [
      ['trust'],
      {},
      64,
      /^asterisk-auth-stats: trust needs an ACCOUNT@ADDRESS. Usage: asterisk-auth-stats trust ACCOUNT/,
    ],
    [['trust', '100@203.0.113.9'], {}, 78, /STATE_DIR is missing: set it to that of the exporter/],
    [['trust', '100@203.0.113.9'], { STATE_DIR: '/nowhere/at/all' }, 78, /there is no such directory/],
    [['trust', '--list'], { AMI_HOTS: 'x' }, 78, /the configuration is wrong:\n {2}AMI_HOTS/],
  ];
  for (const [args, environment, code, fault] of cases) {
    t.match(await command(args, environment), { code, out: '', err: fault });
  }
  const told = { code: 0, out: /^100@203\.0\.113\.9 is at home there from now on/, err: '' };
  t.match(await command(['trust', '100@203.0.113.9'], { STATE_DIR }), told);
  t.match(await command(['trust', '--list'], { STATE_DIR }), { code: 0, out: /^100@203\.0\.113\.9 since / });
  t.match(await command(['trust', '--help']), { code: 0, out: /^ {2}trust ACCOUNT@ADDRESS/m, err: '' });
});

await t.test('the blocker tells what is wrong, and check-config blocker what it would run with', async (t) => {
  t.match(await command(['blocker'], { FIREWALL: 'pf', BLOCKER_BANS_MAX: 'many' }), {
    code: 78,
    out: '',
    err: /FIREWALL is 'pf'.*\n.*BLOCKER_BANS_MAX/,
  });
  const shown = await command(['check-config', 'blocker'], { FIREWALL: 'nftables' });
  t.match(shown, { code: 0, out: /^FIREWALL +nftables +\(environment\)$/m, err: '' });
});

await t.test('replay --help is the help', async (t) => {
  t.match(await command(['replay', '--help']), { code: 0, out: /^Usage: asterisk-auth-stats/m });
});

for (const args of [['run'], ['check-config'], []]) {
  await t.test(`"${args.join()}" with faults tells all of them without the secrets, and exits with 78`, async (t) => {
    const { code, out, err } = await command(args, {
      AMI_HOST: '127.0.0.1',
      AMI_SECRET: `${SECRET}\nand more`,
      AMI_PASWORD: SECRET,
      STATSD_PORT: '80a',
      FLUSH_MS: '1',
    });
    t.match({ code, out }, { code: 78, out: '' });
    t.same(err.split('\n'), [
      'asterisk-auth-stats: the configuration is wrong:',
      '  AMI_PASWORD is not known; did you mean AMI_SECRET?',
      '  AMI_SECRET must not contain a line break or another control character',
      "  STATSD_PORT is '80a'; it must be a whole number from 1 to 65535",
      "  FLUSH_MS is '1'; it must be a whole number from 100 to 60000",
      '  AMI_USERNAME is missing: set it to a section of manager.conf',
    ]);
    t.notMatch(err, SECRET);
  });
}

await t.test('check-config shows what is in force and where it is from, without the secret', async (t) => {
  const { code, out, err } = await command(['check-config'], { ...CONFIGURED, STATSD_PORT: '9125' });
  t.match({ code, err }, { code: 0, err: '' });
  t.match(out, /^STATSD_PORT +9125 +\(environment\)$/m);
  t.match(out, /^FLUSH_MS +1000 +\(default\)$/m);
  t.match(out, /^AMI_SECRET +\*{8} +\(environment\)$/m);
  t.notMatch(out, SECRET);
});

for (const word of ['run', 'check-config', 'simulate']) {
  await t.test(`${word} with nothing configured says what is needed, and exits with 78`, async (t) => {
    t.match(await command([word]), {
      code: 78,
      out: '',
      err: /nothing is configured.*AMI_HOST, AMI_USERNAME and AMI_SECRET/,
    });
  });
}
