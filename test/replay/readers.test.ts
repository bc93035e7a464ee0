import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import t from 'tap';
import type { InputFormat } from '../../src/replay/input-format.js';
import { openReader } from '../../src/replay/readers.js';

const recording = (name: string) => readFileSync(new URL(`../fixtures/recordings/${name}`, import.meta.url));

/** All that a file gives, cut into chunks of these lengths again and again. */
function read(format: InputFormat, bytes: Buffer, lengths: readonly number[] = [bytes.length], blockBytesMax = 65_536) {
  const outputs: string[] = [];
  const clock = () => Date.UTC(2026, 11, 1);
  const reader = openReader(
    { format, head: bytes.subarray(0, 65_536), pbxName: null, host: 'this-host', clock, blockBytesMax, patterns: [] },
    {
      onEvent: ({ event, pbx, account }) => outputs.push(`${event} ${pbx} ${account}`),
      onMalformed: (reason) => outputs.push(reason),
      onIgnored: () => undefined,
    },
  );
  for (let at = 0, n = 0; at < bytes.length; n++) {
    const length = lengths[n % lengths.length] ?? 1;
    reader.push(bytes.subarray(at, at + length));
    at += length;
  }
  reader.end();
  return outputs;
}

const FILES = [
  ['ami', '22/pjsip-inject-event.ami'],
  ['security-log', '22/pjsip-inject-event.security'],
  ['messages-log', '22/pjsip-inject-event.messages'],
] as const;

for (const [format, name] of FILES) {
  await t.test(`any chunking of ${name} gives the same`, (t) => {
    const bytes = recording(name);
    const whole = read(format, bytes);
    t.ok(whole.length > 0);
    const lengths = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1 });
    fc.assert(
      fc.property(lengths, (lengths) => {
        t.strictSame(read(format, bytes, lengths), whole);
      }),
      { numRuns: 30 },
    );
    t.end();
  });
}

await t.test('a recording of AMI begins with a greeting, with a message or in mid-block', (t) => {
  const bytes = recording('22/pjsip-udp4-register-wrongpw.ami');
  const whole = read('ami', bytes);
  t.strictSame(whole, ['SuccessfulAuth lab22 secmon', 'ChallengeSent lab22 101', 'ChallengeResponseFailed lab22 101']);
  t.strictSame(read('ami', bytes.subarray(bytes.indexOf('Event: SuccessfulAuth'))), whole);
  t.strictSame(read('ami', bytes.subarray(bytes.indexOf('Event: SuccessfulAuth') + 4)), [
    'truncated',
    ...whole.slice(1),
  ]);
  t.strictSame(read('ami', bytes.subarray(0, 3)), ['truncated'], 'and ends there');
  t.end();
});

await t.test('what ends in mid-block, or has a block that is too long, is counted', (t) => {
  const bytes = recording('22/pjsip-udp4-register-wrongpw.ami');
  t.strictSame(read('ami', bytes.subarray(0, bytes.length - 3)).slice(-2), ['ChallengeSent lab22 101', 'truncated']);
  const long = Buffer.from(`Event: X\r\nPrivilege: system,all\r\nA: ${'x'.repeat(2_000)}\r\n\r\n`);
  t.strictSame(read('ami', long, [100], 1_024), ['oversize']);
  t.end();
});

await t.test('a log may end without a line feed', (t) => {
  const bytes = recording('22/pjsip-udp4-register-wrongpw.security');
  const whole = read('security-log', bytes);
  t.strictSame(whole.at(-1), 'ChallengeResponseFailed this-host 101');
  t.strictSame(read('security-log', bytes.subarray(0, -1)), whole);
  t.end();
});

await t.test('a line that is too long is counted, and what follows it may be the rest of a message', (t) => {
  const bytes = recording('22/pjsip-udp4-register-wrongpw.security');
  const long = Buffer.from(`${'x'.repeat(70_000)}\n`);
  t.strictSame(read('security-log', Buffer.concat([long, bytes])), ['oversize', 'injected', 'injected', 'injected']);
  t.end();
});
