import { readdirSync, readFileSync } from 'node:fs';
import t from 'tap';
import type { SecurityEvent } from '../../../src/domain/security-event.js';
import { readStream } from '../ami/read-stream.js';
import { eventsOf, numbered, ReadLog, readLog } from './read-log.js';

const folder = new URL('../../fixtures/recordings/', import.meta.url);
const cases = ['16', '22'].flatMap((release) =>
  readdirSync(new URL(`${release}/`, folder))
    .filter((file) => file.endsWith('.security'))
    .map((file) => `${release}/${file.replace('.security', '')}`),
);

/** In the log, what stands from an escape character to the next `m` is left out. */
const STRIPPED = [
  '16/ami-name-ctl',
  '16/chansip-inject-esc',
  '16/chansip-name-esc-seq',
  '16/pjsip-callid-ctl',
  '16/pjsip-inject-esc',
  '22/ami-name-ctl',
  '22/pjsip-callid-ctl',
  '22/pjsip-inject-esc',
];

/** A bare line feed in an account breaks a line of the log off, but not a line of AMI's. How many events that takes away. */
const BROKEN: Readonly<Record<string, number>> = {
  '16/chansip-inject-lf': 2,
  '16/chansip-inject-logline': 2,
  '16/chansip-name-inject-line': 2,
  '16/chansip-name-lf-esc': 2,
  '16/pjsip-inject-lf': 2,
  '16/pjsip-inject-logline': 2,
  '22/pjsip-inject-lf': 2,
  '22/pjsip-inject-logline': 2,
};

await t.test(
  'the log gives the events that AMI gives, in the same order, but for the cases that are listed',
  async (t) => {
    t.ok(cases.length > 390);
    let events = 0;
    for (const name of cases.filter((name) => !STRIPPED.includes(name) && BROKEN[name] === undefined)) {
      const outputs = readLog(logOf(name));
      t.strictSame(numbered(eventsOf(outputs)), amiEvents(name), name);
      events += eventsOf(outputs).length;
    }
    t.ok(events > 1_200, `${events} events`);
  },
);

await t.test('the log leaves escape sequences out of the texts of clients, and nothing else', async (t) => {
  const sequence = new RegExp(`${String.fromCharCode(0x1b)}[^m]*m`, 'g');
  const strip = (text: string | null) => text?.replace(sequence, '') ?? null;
  for (const name of STRIPPED) {
    const expected = amiEvents(name).map((event) => ({
      ...event,
      account: strip(event.account),
      sessionId: strip(event.sessionId) ?? '',
    }));
    t.strictSame(numbered(eventsOf(readLog(logOf(name)))), expected, name);
    t.notSame(expected, amiEvents(name), name);
  }
});

await t.test('a line that a line feed breaks off is malformed, and costs no event but its own', async (t) => {
  for (const [name, count] of Object.entries(BROKEN)) {
    const outputs = readLog(logOf(name));
    const expected = amiEvents(name).filter(({ account }) => account?.includes('\n') !== true);
    t.strictSame(numbered(eventsOf(outputs)), expected, name);
    t.equal(amiEvents(name).length - expected.length, count, name);
    t.equal(outputs.filter((output) => output === 'truncated').length, count, name);
  }
});

await t.test('what AMI counts as malformed, the log does not hand out either', async (t) => {
  const malformed = cases.filter((name) => Object.keys(amiOutcome(name).malformed).length > 0);
  t.ok(malformed.length > 8);
  for (const name of malformed) t.ok(readLog(logOf(name)).includes('truncated'), name);
});

await t.test('a log that comes line by line gives what it gives in one piece', async (t) => {
  for (const name of cases) {
    const reader = new ReadLog();
    const lines = logOf(name)
      .toString('latin1')
      .split(/(?<=\n)/);
    for (const [index, line] of lines.entries()) reader.read(Buffer.from(line, 'latin1'), index === 0);
    reader.settle();
    t.strictSame(reader.outputs, readLog(logOf(name)), name);
  }
});

await t.test('all logs one after the other give no event that they do not give alone', async (t) => {
  const alone = cases.flatMap((name) => eventsOf(readLog(logOf(name))));
  const together = eventsOf(readLog(Buffer.concat(cases.map(logOf))));
  const known = new Set(alone.map((event) => JSON.stringify(event)));
  t.strictSame(
    together.filter((event) => !known.has(JSON.stringify(event))),
    [],
  );
  t.ok(together.length > alone.length * 0.98, `${together.length} of ${alone.length}`);
});

function logOf(name: string): Buffer {
  return readFileSync(new URL(`${name}.security`, folder));
}

/** The log says neither the systemname nor whether a login with chan_sip is a registration. */
function amiEvents(name: string): SecurityEvent[] {
  const events = amiOutcome(name).events.map((event) => ({ ...event, pbx: 'test-pbx' }));
  return numbered(
    events.map((event) => (event.event === 'SuccessfulAuth' ? { ...event, isRegistration: false } : event)),
  );
}

function amiOutcome(name: string): ReturnType<typeof readStream> {
  const stream = readFileSync(new URL(`${name}.ami`, folder));
  // The banner ends with a single CRLF.
  return readStream(
    stream.subarray(stream.toString('latin1').startsWith('Asterisk Call') ? stream.indexOf('\n') + 1 : 0),
  );
}
