// AMI, the security log, the messages log, a file of all levels and one in JSON, of one real Asterisk and side by side: the
// same failures, through reloads of the logger and of the core, and a rotation.
import { readdirSync, readFileSync } from 'node:fs';
import t, { type Test } from 'tap';
import { MessagesLog } from '../../src/sources/log/messages-log.js';
import { SecurityLog } from '../../src/sources/log/security-log.js';
import { register } from './driver/register.js';
import { type Asterisk, type AsteriskVersion, startAsterisk } from './lab/asterisk.js';
import { startExporter } from './lab/exporter.js';
import { startStatsd } from './lab/statsd.js';
import { settled } from './lab/until.js';

const GUESSES = 120;
const SERVICE = 'PJSIP';

/** Beside `security` and `messages`: all levels in one file, and from 22 on JSON. */
const LOGGER: Readonly<Record<AsteriskVersion, string>> = {
  16: 'mixed => security,notice,warning,error,verbose,debug\n',
  22: 'mixed => security,notice,warning,error,verbose,debug\njson => [json]security,notice\n',
};

async function attack(asterisk: Asterisk, from: number, to: number): Promise<void> {
  const target = asterisk.sip('udp', { from: '127.0.0.40' });
  for (let n = from; n < to; n++) await register(target, { user: n % 3 === 0 ? 'nobody' : '101', password: 'guess' });
}

/** All the files that a log became, the oldest first. */
function logText(asterisk: Asterisk, name: string): Buffer {
  const files = readdirSync(asterisk.logFolder).filter((file) => file === name || file.startsWith(`${name}.`));
  const rotated = files
    .filter((file) => file !== name)
    .sort((a, b) => Number(b.split('.')[1]) - Number(a.split('.')[1]));
  return Buffer.concat([...rotated.reverse(), name].map((file) => readFileSync(`${asterisk.logFolder}/${file}`)));
}

type Counts = Record<string, number>;

function counted(
  asterisk: Asterisk,
  name: string,
  kind: 'security' | 'messages',
): { events: Counts; malformed: Counts } {
  const events: Counts = {};
  const malformed: Counts = {};
  const add = (sums: Counts, key: string) => {
    sums[key] = (sums[key] ?? 0) + 1;
  };
  const output = {
    onEvent: ({ event, service }: { readonly event: string; readonly service: string }) => {
      if (service === SERVICE) add(events, event);
    },
    onMalformed: (reason: string) => add(malformed, reason),
    onIgnored: () => undefined,
  };
  const reader =
    kind === 'security'
      ? new SecurityLog({ pbx: 'p' }, output)
      : new MessagesLog({ pbx: 'p', clock: Date.now }, output);
  reader.read(logText(asterisk, name), true);
  reader.settle();
  return { events, malformed };
}

async function overAmi(asterisk: Asterisk, t: Test) {
  const statsd = await startStatsd();
  t.teardown(statsd.stop);
  const exporter = startExporter(asterisk, statsd);
  t.teardown(exporter.stop);
  await exporter.hearing();
  return async (expected: Counts) => {
    const sums = async () =>
      Object.fromEntries(
        [...(await statsd.counters())]
          .filter(([name]) => name.startsWith(`security.events.${SERVICE}.`))
          .map(([name, sum]) => [String(name.split('.').at(-1)), sum])
          .sort(),
      );
    return settled(expected, sums);
  };
}

for (const version of [22, 16] as const) {
  await t.test(`Asterisk ${version}: every source counts the same`, async (t) => {
    const asterisk = await startAsterisk(version, { additions: { 'logger.conf': LOGGER[version] } });
    t.teardown(asterisk.stop);
    const ami = await overAmi(asterisk, t);
    await asterisk.cli('core set verbose 3');
    const commands = ['logger reload', 'core reload', 'logger rotate'];
    const parts = commands.length + 1;
    for (let part = 0; part < parts; part++) {
      const flood = attack(asterisk, (part * GUESSES) / parts, ((part + 1) * GUESSES) / parts);
      const command = commands[part];
      if (command !== undefined) await asterisk.cli(command);
      await flood;
    }
    // As counts.test.ts has it: an unknown account raises InvalidAccountID twice.
    const expected = { ChallengeResponseFailed: GUESSES, ChallengeSent: GUESSES, InvalidAccountID: (GUESSES / 3) * 2 };
    const logged = { events: expected, malformed: {} };
    const failures = { ChallengeResponseFailed: GUESSES, InvalidAccountID: (GUESSES / 3) * 2 };
    const read = (name: string, kind: 'security' | 'messages') => async () => counted(asterisk, name, kind);
    t.same(await ami(expected), expected, 'AMI');
    t.same(await settled(logged, read('security', 'security')), logged, 'the security log');
    t.same(await settled(logged, read('mixed', 'security')), logged, 'a file of all levels');
    const told = { events: failures, malformed: {} };
    t.same(await settled(told, read('messages', 'messages')), told, 'the log of messages, without challenges');
    t.same(await settled(told, read('mixed', 'messages')), told, 'messages among all levels');
    if (version !== 22) return;
    t.same(await settled(logged, read('json', 'security')), logged, 'JSON');
    t.same(await settled(told, read('json', 'messages')), told, 'messages in JSON');
  });
}

await t.test('Asterisk 16: a log of messages with the level VERBOSE has the login after two failures', async (t) => {
  const asterisk = await startAsterisk(16, {
    additions: { 'logger.conf': 'full => notice,warning,error,verbose(3)\n' },
  });
  t.teardown(asterisk.stop);
  await asterisk.cli('core set verbose 3');
  const target = { ...asterisk.sip('udp', { from: '127.0.0.41' }), port: asterisk.ports.chanSip };
  for (const password of ['guess', 'guess', 'pw-201']) await register(target, { user: '201', password });
  const expected = [
    'InvalidPassword 201 127.0.0.41',
    'InvalidPassword 201 127.0.0.41',
    'SuccessfulAuth 201 127.0.0.41',
  ];
  const read = async () => {
    const events: string[] = [];
    const reader = new MessagesLog(
      { pbx: 'p', clock: Date.now },
      {
        onEvent: ({ event, account, remote }) => events.push(`${event} ${account} ${remote.address}`),
        onMalformed: (reason) => events.push(reason),
        onIgnored: () => undefined,
      },
    );
    reader.read(logText(asterisk, 'full'), true);
    return events;
  };
  t.strictSame(await settled(expected, read), expected);
});
