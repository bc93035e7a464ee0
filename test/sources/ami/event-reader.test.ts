import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { SECURITY_EVENT_NAMES, type SecurityEvent } from '../../../src/domain/security-event.js';
import type { MalformedReason } from '../../../src/domain/source.js';
import { EventReader, type EventReaderOptions } from '../../../src/sources/ami/event-reader.js';
import type { HashKey } from '../../../src/text/keyed-hash.js';
import { CANARY, COMMON_LINES, FRAMES, GUESS_KEY, goodFrame, goodLines, guessOf, textOf } from './event-frames.js';

/** What a reader hands out, in order: an event, the reason of a malformed block, or a message. */
type Output = SecurityEvent | MalformedReason | { message: string };

function newReader(options: Partial<EventReaderOptions> = {}) {
  const outputs: Output[] = [];
  const reader = new EventReader(
    { pbx: null, pbxDefault: 'test-pbx', blockBytesMax: 65_536, guessKey: GUESS_KEY, ...options },
    {
      onEvent: (event) => outputs.push(event),
      onMalformed: (reason) => outputs.push(reason),
      onMessage: (message) => outputs.push({ message }),
    },
  );
  return { outputs, read: (text: string) => reader.read(Buffer.from(text)) };
}

function read(text: string, options: Partial<EventReaderOptions> = {}): Output[] {
  const { outputs, read } = newReader(options);
  read(text);
  return outputs;
}

/** What an altered block gives to a reader that knows nothing, and to one that read `good` just before; both read on after it. */
function assertRead(t: Test, block: string, expected: readonly Output[], message: string, good = block): void {
  const [sentinel] = read(goodFrame({ SessionID: 'sentinel' }));
  t.strictSame(read(block + goodFrame({ SessionID: 'sentinel' })), [...expected, sentinel], `${message}, first`);
  const later = newReader();
  later.read(good);
  later.outputs.length = 0;
  later.read(block + goodFrame({ SessionID: 'sentinel' }));
  t.strictSame(later.outputs, [...expected, sentinel], `${message}, after a good one`);
}

await t.test('the frames are of all 15 types', async (t) => {
  t.strictSame(FRAMES.map(({ event }) => event.event).sort(), SECURITY_EVENT_NAMES.toSorted());
});

await t.test('each type gives its event, with every key that Asterisk can add', async (t) => {
  for (const { lines, event } of FRAMES) assertRead(t, textOf(lines), [event], event.event);
  t.strictSame(
    read(FRAMES.map(({ lines }) => textOf(lines)).join('')),
    FRAMES.map(({ event }) => event),
    'in one text',
  );
});

await t.test('every combination of lines that Asterisk puts in front is read', async (t) => {
  const timestamp = ['Timestamp: 1795227208.827860'];
  const debug = ['SequenceNumber: 12', 'File: manager.c', 'Line: 1822', 'Func: manager_default_msg_cb'];
  const systemName = ['SystemName: pbx-1'];
  for (const { lines, event } of FRAMES) {
    for (let set = 0; set < 8; set++) {
      const extra = [...(set & 1 ? timestamp : []), ...(set & 2 ? debug : []), ...(set & 4 ? systemName : [])];
      const block = textOf(lines.toSpliced(2, 0, ...extra));
      const expected = { ...event, pbx: set & 4 ? 'pbx-1' : 'test-pbx' };
      assertRead(t, block, [expected], `${event.event} with ${extra.length} lines`);
    }
  }
});

await t.test('the debug lines come all four and in order, or the block is malformed', async (t) => {
  const debug = ['SequenceNumber: 12', 'File: manager.c', 'Line: 1822', 'Func: f'];
  for (let i = 0; i < debug.length; i++) {
    const block = textOf(goodLines().toSpliced(2, 0, ...debug.toSpliced(i, 1)));
    assertRead(t, block, ['key_order'], `without ${debug[i]}`, goodFrame());
  }
  assertRead(t, textOf(goodLines().toSpliced(2, 0, ...debug.toReversed())), ['key_order'], 'reversed', goodFrame());
});

await t.test('a key that a type adds may be absent, each by itself and all of them', async (t) => {
  const details = ['aclName', 'requestType', 'authMethod', 'expectedAddress', 'attemptedTransport'];
  for (const { lines, event } of FRAMES) {
    const common = event.event === 'RequestBadFormat' ? COMMON_LINES - 1 : COMMON_LINES;
    for (let i = common; i < lines.length; i++) {
      const line = lines[i] ?? '';
      const absent: Record<string, unknown> = { ...event };
      const detail = details.find((name) => name.toLowerCase() === line.slice(0, line.indexOf(':')).toLowerCase());
      if (detail !== undefined) absent[detail] = null;
      if (line.startsWith('UsingPassword')) absent['usingPassword'] = false;
      if (line.startsWith('AccountID')) absent['account'] = null;
      if (/^(Response|ReceivedHash)/.test(line)) absent['guess'] = null;
      assertRead(
        t,
        textOf(lines.toSpliced(i, 1)),
        [absent as unknown as SecurityEvent],
        `${event.event} without ${line}`,
      );
    }
    const outputs = read(textOf(lines.slice(0, common)));
    t.match(outputs, [{ event: event.event, remote: event.remote }], `${event.event} without all`);
  }
});

await t.test(
  'a line that is removed, repeated, swapped or put in makes its block malformed, in every type',
  async (t) => {
    const reasonAt = (i: number): MalformedReason => (i === 0 ? 'no_event' : i === 1 ? 'privilege' : 'key_order');
    for (const { lines, event } of FRAMES) {
      const common = event.event === 'RequestBadFormat' ? COMMON_LINES - 1 : COMMON_LINES;
      const check = (altered: readonly string[], reason: MalformedReason, what: string) =>
        assertRead(t, textOf(altered), [reason], `${event.event} ${what}`, textOf(lines));
      for (const [i, line] of lines.entries()) {
        if (i < common) check(lines.toSpliced(i, 1), reasonAt(i), `without ${line}`);
        check(lines.toSpliced(i, 0, line), reasonAt(i + 1), `with twice ${line}`);
        const next = lines[i + 1];
        if (next !== undefined) check(lines.toSpliced(i, 2, next, line), reasonAt(i), `with ${next} before ${line}`);
        check(lines.toSpliced(i, 0, 'Forged: 1'), reasonAt(i), `with a forged line before ${line}`);
      }
      check([...lines, 'Forged: 1'], 'key_order', 'with a forged line at the end');
      check([...lines, ...lines.slice(-1)], 'key_order', 'with its last line twice');
    }
  },
);

await t.test('a forged address makes its block malformed, before and after the true one', async (t) => {
  for (const key of ['LocalAddress', 'RemoteAddress', 'AccountID']) {
    const at = goodLines().findIndex((line) => line.startsWith(key));
    for (const place of [at, at + 1]) {
      const block = textOf(goodLines().toSpliced(place, 0, `${key}: IPV4/UDP/198.51.100.66/9`));
      assertRead(t, block, ['key_order'], `${key} at ${place}`, goodFrame());
    }
  }
});

await t.test('EventTV is ISO 8601 with milliseconds and an offset, in Asterisk\u2019s form', async (t) => {
  const bad = [
    ...[
      '',
      '2026-11-21T01:45:33+0000',
      '2026-11-21T01:45:33.20+0000',
      '2026-11-21T01:45:33.2011+0000',
      '1368439853-500975',
    ],
    ...['2026-13-21T01:45:33.201+0000', '2026-11-32T01:45:33.201+0000', '2026-11-21T25:45:33.201+0000'],
    ...[
      '2026-11-21T01:60:33.201+0000',
      '2026-11-21 01:45:33.201+0000',
      '2026-11-21T01:45:33.201Z',
      '2026-11-21T01:45:33.201',
    ],
    ...[
      '2026-11-21T01:45:33.201+00:00',
      '2026-11-21T01:45:33.201+000',
      ' 2026-11-21T01:45:33.201+0000',
      '2026-11-21T01:45:33.201+0000 ',
    ],
    ...['2026-11-21T01:45:33.2x1+0000', '2026-11-21T01:45:33.-01+0000', '2026-11-21T01:45:33,201+0000'],
  ];
  for (const EventTV of bad) assertRead(t, goodFrame({ EventTV }), ['event_tv'], JSON.stringify(EventTV), goodFrame());
  const at = (EventTV: string) => (read(goodFrame({ EventTV })) as SecurityEvent[])[0]?.at;
  t.equal(at('2026-11-21T07:15:33.007+0530'), Date.UTC(2026, 10, 21, 1, 45, 33, 7));
  t.equal(at('1970-01-01T00:00:00.000+0000'), 0);
});

await t.test('the time of an event is its own, also when only its milliseconds differ from the last one', async (t) => {
  const times = [
    '33.201+0000',
    '33.999+0000',
    '33.000+0000',
    '34.000+0000',
    '33.201+0100',
    '33.201+0000',
    '32.999-0330',
  ];
  const texts = times.map((time) => `2026-11-21T01:45:${time}`);
  const events = read(texts.map((EventTV) => goodFrame({ EventTV })).join('')) as SecurityEvent[];
  t.strictSame(
    events.map(({ at }) => at),
    texts.map((text) => Date.parse(text)),
  );
});

await t.test('Severity, Service and EventVersion are words of Asterisk\u2019s form', async (t) => {
  const bad = {
    Severity: ['', 'Warning', 'error', 'Error ', 'Informational\n'],
    Service: ['', 'SIP TRUNK', 'S\u00cdP', 'SIP\r', 'a.b', 's'.repeat(33)],
    EventVersion: ['', 'x', '-1', '1.0', '12345', '1\n'],
  };
  for (const [key, values] of Object.entries(bad)) {
    for (const value of values) {
      assertRead(t, goodFrame({ [key]: value }), ['value'], `${key} ${JSON.stringify(value)}`, goodFrame());
    }
  }
  t.match(read(goodFrame({ Service: 'chan_IAX-2', EventVersion: '9999' })), [{ service: 'chan_IAX-2' }]);
});

await t.test('both addresses are read strictly, with their ports', async (t) => {
  const bad = [
    ...[
      '',
      '(true)',
      '/',
      '/5060',
      'IPV4',
      'IPV4/UDP/203.0.113.9',
      'IPV4/UDP/203.0.113.9/',
      'IPV4/UDP/203.0.113.9/65536',
    ],
    ...['IPV4/UDP/203.0.113.9/x', 'IPV4/UDP/203.0.113.9/-1', 'IPV4/UDP/203.0.113.9/ 1', 'IPV4/UDP/203.0.113.9/1 '],
    ...[
      'IPV4/UDP/203.0.113.9/1e3',
      `IPV4/UDP/203.0.113.9/${'9'.repeat(400)}`,
      'IPV4/UDP/010.0.0.1/1',
      'IPV4/UDP/::1/1',
    ],
    ...[
      'IPV4/UDP/203.0.113.9/1/1',
      'IPV4/SCTP/203.0.113.9/1',
      'IPV4/UDP/203.0.113.9\n/1',
      'IPV4/UDP/203.0.113.9/\u0661',
    ],
  ];
  for (const key of ['LocalAddress', 'RemoteAddress']) {
    for (const value of bad) {
      assertRead(t, goodFrame({ [key]: value }), ['address'], `${key} ${JSON.stringify(value)}`, goodFrame());
    }
  }
});

await t.test('an address is handed out in canonical text, with the port of this very event', async (t) => {
  const remoteOf = (RemoteAddress: string) => (read(goodFrame({ RemoteAddress })) as SecurityEvent[])[0]?.remote;
  t.strictSame(remoteOf('IPV6/WSS/2001:DB8::1/65535'), {
    family: 'IPV6',
    transport: 'WSS',
    address: '2001:db8::1',
    port: 65_535,
    endpoint: 'IPV6/WSS/2001:db8::1',
  });
  t.match(remoteOf('IPV6/TLS/::ffff:203.0.113.9/0'), { family: 'IPV4', address: '203.0.113.9', port: 0 });
  t.match(remoteOf('IPV4/203.0.113.9/5060'), { transport: null, endpoint: 'IPV4/203.0.113.9' });
  const ports = ['1', '2', '1'].map((port) => goodFrame({ RemoteAddress: `IPV4/UDP/203.0.113.9/${port}` }));
  t.match(read(ports.join('')), [{ remote: { port: 1 } }, { remote: { port: 2 } }, { remote: { port: 1 } }]);
});

await t.test('an event is accepted on whichever local address it came in, and never on a bad one', async (t) => {
  const from = (LocalAddress: string) => goodFrame({ LocalAddress });
  const outputs = read(
    from('IPV4/UDP/192.0.2.1/5060') + from('IPV6/TLS/::1/5061') + from('x') + from('IPV6/TLS/::1/5061'),
  );
  t.match(outputs, [
    { event: 'InvalidPassword' },
    { event: 'InvalidPassword' },
    'address',
    { event: 'InvalidPassword' },
  ]);
});

await t.test(
  'a line that begins with a line feed is not taken for the lines of addresses, in the first event either',
  async (t) => {
    // It fits into the 36 bytes that Asterisk keeps of a user name.
    const name = '\r\nSessionID: \r\n\nIPV4/9.9.9.9/9\r\n\r\n';
    t.ok(name.length <= 36);
    const block = goodFrame({ AccountID: name });
    assertRead(t, block, ['key_order', 'no_event'], 'forged', goodFrame());
  },
);

await t.test(
  'a forged event in a user name is refused: Asterisk keeps too few bytes of a name for the lines of a whole one',
  async (t) => {
    const forged = textOf(FRAMES.find(({ event }) => event.event === 'SuccessfulAuth')?.lines ?? []);
    const block = (name: string) => goodFrame({ AccountID: name });
    const cutName = `a\r\n\r\n${forged}`.slice(0, 36);
    assertRead(t, block(cutName), ['key_order', 'privilege'], 'cut as Asterisk cuts it', goodFrame());
    assertRead(t, block('a\r\n\r\nEvent: SuccessfulAuth'), ['key_order', 'privilege'], 'as recorded', goodFrame());
    assertRead(t, block('a\r\nRemoteAddress: IPV4/UDP/9.9.9.9/9'), ['key_order'], 'an address', goodFrame());
  },
);

await t.test(
  'a forged event with every line would count: nothing but that limit is between, and what stands around it is malformed',
  async (t) => {
    const success = FRAMES.find(({ event }) => event.event === 'SuccessfulAuth');
    const outputs = read(goodFrame({ AccountID: `a\r\n\r\n${textOf(success?.lines ?? [])}rest` }));
    t.strictSame(outputs, ['key_order', success?.event, 'no_event']);
  },
);

await t.test('hostile and empty values stay as they are in the event', async (t) => {
  const accounts = [
    '',
    '<unknown>',
    'Zo\u00eb \u{1f600}',
    '__proto__',
    'a: b',
    'a\rb\nc',
    '\r\r',
    '%s|"\t\u007f\u001b[0m',
    'x'.repeat(2_000),
  ];
  for (const AccountID of accounts) {
    const [event] = read(goodFrame({ AccountID, SessionID: AccountID }));
    t.match(event, { account: AccountID, sessionId: AccountID }, JSON.stringify(AccountID.slice(0, 20)));
  }
});

await t.test('a value that holds a line end makes its block malformed', async (t) => {
  for (const value of ['a\r\nb', 'a\r\r\nb', '\r\na', 'a\r\nSessionID: b']) {
    assertRead(t, goodFrame({ AccountID: value }), ['key_order'], JSON.stringify(value), goodFrame());
  }
  for (const value of ['\r\n', 'a\r\n']) {
    assertRead(t, goodFrame({ AccountID: value }), ['key_order', 'no_event'], JSON.stringify(value), goodFrame());
  }
});

await t.test('no challenge, response or hash is part of an event', async (t) => {
  const text = FRAMES.map(({ lines }) => textOf(lines)).join('');
  t.ok(text.split(CANARY).length > 7);
  t.notMatch(JSON.stringify(read(text)), CANARY);
});

await t.test('guesses are told apart by 32 bits that need the key, and an empty one is none', async (t) => {
  const guess = (ReceivedHash: string, guessKey?: HashKey) =>
    (
      read(textOf([...goodLines(), `ReceivedHash: ${ReceivedHash}`]), guessKey === undefined ? {} : { guessKey }) as {
        guess?: number | null;
      }[]
    )[0]?.guess;
  t.equal(guess('b7b45b49c25f20ca44249decdb78bdb6'), guessOf('b7b45b49c25f20ca44249decdb78bdb6'));
  t.not(guess('b7b45b49c25f20ca44249decdb78bdb7'), guess('b7b45b49c25f20ca44249decdb78bdb6'));
  t.not(
    guess('b7b45b49c25f20ca44249decdb78bdb6', { k0: 1, k1: 1 }),
    guess('b7b45b49c25f20ca44249decdb78bdb6', { k0: 1, k1: 2 }),
  );
  t.equal(guess(''), null);
  t.equal(guess('\u00e4'), guessOf('\u00e4'), 'bytes, not letters');
  const reader = (outputs: SecurityEvent[]) =>
    new EventReader(
      { pbx: null, pbxDefault: 'test-pbx', blockBytesMax: 65_536 },
      { onEvent: (event) => outputs.push(event), onMalformed: () => undefined, onMessage: () => undefined },
    );
  const outputs: SecurityEvent[] = [];
  for (let i = 0; i < 2; i++) reader(outputs).read(Buffer.from(textOf([...goodLines(), 'ReceivedHash: x'])));
  t.strictSame(outputs[0], outputs[1], 'all readers of a process agree, as after a reconnect');
});

await t.test('a password counts as used only where Asterisk says 1', async (t) => {
  const lines = FRAMES.find(({ event }) => event.event === 'SuccessfulAuth')?.lines ?? [];
  for (const [value, usingPassword] of [
    ['1', true],
    ['0', false],
    ['', false],
    ['true', false],
  ] as const) {
    const block = textOf(lines.map((line) => line.replace('UsingPassword: 1', `UsingPassword: ${value}`)));
    t.match(read(block), [{ event: 'SuccessfulAuth', usingPassword }]);
  }
});

await t.test('a given name of the PBX stands over Asterisk\u2019s, and that over the default', async (t) => {
  const named = textOf(goodLines().toSpliced(2, 0, 'SystemName: own'));
  t.match(read(named, { pbx: 'given' }), [{ pbx: 'given' }]);
  t.match(read(named), [{ pbx: 'own' }]);
  t.match(read(goodFrame()), [{ pbx: 'test-pbx' }]);
  t.match(read(named + goodFrame() + named), [{ pbx: 'own' }, { pbx: 'test-pbx' }, { pbx: 'own' }]);
});

await t.test('an event that Asterisk does not have is unknown, whatever its name', async (t) => {
  for (const name of ['error', 'disconnect', '__proto__', 'constructor', 'toString', 'failedacl', 'FailedACL ', '']) {
    const block = textOf(goodLines().with(0, `Event: ${name}`));
    assertRead(t, block, ['unknown_event'], JSON.stringify(name), goodFrame());
    const system = textOf([`Event: ${name}`, 'Privilege: system,all', 'Status: x']);
    assertRead(t, system, [{ message: system.slice(0, -4) }], `${name} of the system`, goodFrame());
    assertRead(t, textOf([`Event: ${name}`, 'Privilege: call,all']), [], `${name} of a call is ignored`, goodFrame());
    assertRead(t, textOf([`Event: ${name}`]), ['privilege'], `${name} without a privilege`, goodFrame());
  }
});

await t.test('a security event has the security privilege, exactly and in the second line', async (t) => {
  for (const privilege of ['system,all', 'security', 'security,all ', 'call,security,all', 'Security,all', '']) {
    const block = textOf(goodLines().with(1, `Privilege: ${privilege}`));
    assertRead(t, block, ['privilege'], JSON.stringify(privilege), goodFrame());
  }
});

await t.test('a block that is neither an event nor a response is counted', async (t) => {
  for (const text of [
    'x',
    'SessionID: x',
    'event: InvalidPassword',
    ' Event: InvalidPassword',
    'Event:InvalidPassword',
    '\nEvent: x',
  ]) {
    assertRead(t, textOf([text]), ['no_event'], JSON.stringify(text), goodFrame());
  }
});

await t.test('empty lines between blocks say nothing', async (t) => {
  const [event] = read(goodFrame());
  t.strictSame(read(`\r\n${goodFrame()}\r\n\r\n\r\n${goodFrame()}\r\n`), [event, event]);
});

await t.test('responses and events of the system are handed on as they are', async (t) => {
  const blocks = [
    'Response: Success\r\nActionID: 1\r\nPing: Pong',
    'Event: Shutdown\r\nPrivilege: system,all\r\nRestart: True',
  ];
  t.strictSame(
    read(blocks.map((block) => `${block}\r\n\r\n`).join('')),
    blocks.map((message) => ({ message })),
  );
});

await t.test('a block of exactly the greatest length is read, and a longer one is oversize', async (t) => {
  const message = 'Response: Success\r\nMessage: Authentication accepted';
  for (const block of [goodLines().join('\r\n'), message]) {
    const text = `${block}\r\n\r\n`;
    const fits = read(text, { blockBytesMax: block.length });
    t.equal(fits.length, 1);
    t.not(fits[0], 'oversize');
    t.strictSame(read(text, { blockBytesMax: block.length - 1 }), ['oversize']);
    const later = newReader({ blockBytesMax: block.length });
    later.read(text + text.replace('\r\n\r\n', 'x\r\n\r\n') + text);
    t.strictSame(later.outputs, [fits[0], 'oversize', fits[0]], 'also when it is known how it begins');
  }
});

const eventBlock = fc
  .record({
    frame: fc.constantFrom(...FRAMES),
    service: fc.constantFrom('PJSIP', 'SIP'),
    second: fc.constantFrom('33', '34'),
    ms: fc.nat(999).map((ms) => String(ms).padStart(3, '0')),
    offset: fc.constantFrom('+0000', '+0530'),
    remote: fc.constantFrom('IPV4/UDP/203.0.113.9/40000', 'IPV4/UDP/203.0.113.9/40001', 'IPV6/TLS/2001:db8::1/5061'),
    local: fc.constantFrom('IPV4/UDP/192.0.2.1/5060', 'IPV6/TLS/::1/5061'),
    account: fc.oneof(
      fc.constantFrom('101', '', 'a\r\n\nIPV4/198.51.100.66/9', '\r\n\r\n'),
      fc.string({ unit: 'binary' }),
    ),
    systemName: fc.constantFrom<string[]>([], ['SystemName: pbx-1']),
  })
  .map(({ frame, service, second, ms, offset, remote, local, account, systemName }) =>
    textOf(frame.lines.toSpliced(2, 0, ...systemName))
      .replace('Service: PJSIP', `Service: ${service}`)
      .replace('EventTV: 2026-11-21T01:45:33.201+0000', `EventTV: 2026-11-21T01:45:${second}.${ms}${offset}`)
      .replace('IPV4/UDP/203.0.113.9/40000', remote)
      .replace('IPV4/UDP/192.0.2.1/5060', local)
      .replace('AccountID: 101', () => `AccountID: ${account}`),
  );
/** Replaces letters anywhere but in the end of the block. */
const alteration = fc.record({
  at: fc.nat(),
  by: fc.oneof(fc.constantFrom('\r', '\n', ' ', '0', '/', ':'), fc.string()),
});
const maybeAltered = fc
  .tuple(eventBlock, fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, fc.array(alteration, { maxLength: 2 })))
  .map(([block, alterations]) =>
    alterations.reduce((text, { at, by }) => {
      const place = at % (text.length - 4);
      return text.slice(0, place) + by.slice(0, 1) + text.slice(place + 1);
    }, block),
  );

await t.test('a whole event that a client wrote into an AMI user name over HTTP is not believed', async (t) => {
  const forged = goodLines({ RemoteAddress: 'IPV4/TCP/9.9.9.9/9' });
  const account = ['x', 'X: y', '', ...forged, '', 'Z: '].join('\r\n');
  const hostile = goodFrame({ Service: 'AMI', AccountID: account });
  t.same(read(hostile), ['key_order', 'injected', 'no_event']);
});

await t.test('behind such a name events are believed again after 8 KB, and behind one of SIP at once', async (t) => {
  const good = goodFrame();
  const count = Math.ceil(8192 / good.length);
  const name = { AccountID: 'x\r\nX: y' };
  const frames = [goodFrame({ ...name, Service: 'AMI' }), ...new Array<string>(2 * count).fill(good)];
  for (const chunks of [[frames.join('')], frames]) {
    const { outputs, read: readOn } = newReader();
    for (const chunk of chunks) readOn(chunk);
    t.equal(outputs.length, 2 * count + 1);
    t.equal(outputs.filter((output) => output === 'injected').length, count - 1);
    t.type(outputs.at(-1), 'object');
  }
  t.match(read(goodFrame(name) + good), ['key_order', { event: 'InvalidPassword' }]);
});

/** A login of account 121 with chan_sip, from where the frames come from, and the registration that proves it. */
const LOGIN = textOf(
  (FRAMES.find(({ event }) => event.event === 'SuccessfulAuth')?.lines ?? []).map((line) =>
    line.replace('Service: PJSIP', 'Service: SIP').replace('AccountID: 101', 'AccountID: 121'),
  ),
);
const REGISTERED = textOf([
  'Event: PeerStatus',
  'Privilege: system,all',
  'ChannelType: SIP',
  'Peer: SIP/121',
  'PeerStatus: Registered',
  'Address: 203.0.113.9:5060',
]);

/** Of each login in a text, whether it is a registration. */
function registrations(...chunks: string[]): boolean[] {
  const { outputs, read: readOn } = newReader();
  for (const chunk of chunks) readOn(chunk);
  return outputs.flatMap((output) =>
    typeof output === 'object' && 'event' in output && output.event === 'SuccessfulAuth' ? [output.isRegistration] : [],
  );
}

await t.test(
  'a login with chan_sip is a registration where Asterisk says just before that the peer is registered',
  async (t) => {
    t.strictSame(registrations(LOGIN), [false]);
    t.strictSame(registrations(REGISTERED + LOGIN + LOGIN), [true, false]);
    t.strictSame(registrations(REGISTERED, LOGIN), [true], 'in two reads');
    t.strictSame(registrations(REGISTERED + goodFrame() + LOGIN), [true], 'with an event between');
    t.strictSame(registrations(REGISTERED + LOGIN.replace('203.0.113.9', '203.0.113.8')), [false], 'from elsewhere');
    t.strictSame(registrations(REGISTERED + LOGIN.replace('121', '122')), [false], 'of somebody else');
    t.strictSame(registrations(REGISTERED + LOGIN.replace('Service: SIP', 'Service: PJSIP')), [false], 'of PJSIP');
    t.strictSame(registrations(REGISTERED, ...new Array(20).fill(goodFrame()), LOGIN), [false], 'long before');
  },
);

await t.test('a registration that a client wrote into a name proves nothing', async (t) => {
  const host = (name: string) => goodFrame({ Service: 'SIP', AccountID: name });
  t.strictSame(registrations(host(`x\r\n\r\n${REGISTERED}`) + LOGIN), [false], 'the rest of its event follows');
  for (const head of [
    '',
    'Event: x\r\nPrivilege: system,all\r\n',
    'Event: x\r\nPrivilege: call,all\r\n',
    'Response: x\r\n',
  ]) {
    const rest = `${head}SessionID: 0x1\r\nRemoteAddress: IPV4/UDP/203.0.113.9/5\r\n\r\n`;
    t.strictSame(registrations(REGISTERED + rest + LOGIN), [false], JSON.stringify(head));
  }
  const cut = textOf(['Event: x', 'Privilege: security,all', 'AccountID: x']);
  t.strictSame(registrations(cut + REGISTERED + LOGIN), [false], 'right behind a block that broke off');
  const empty = textOf(['Event: x', 'Privilege: call,all', `Exten: ${'x'.repeat(220)}`]);
  t.strictSame(registrations(cut + empty + REGISTERED + LOGIN), [true], 'but 255 bytes behind it');
  t.strictSame(registrations(cut, empty, REGISTERED, LOGIN), [true], 'in four reads');
  const overHttp = goodFrame({ Service: 'AMI', AccountID: 'x\r\nX: y' });
  t.strictSame(
    registrations(overHttp, empty, empty, REGISTERED, LOGIN).at(-1),
    undefined,
    'nor a login behind a name of AMI',
  );
});

await t.test('an event says at which address of the PBX it came in', async (t) => {
  const localOf = (...addresses: string[]) =>
    (read(addresses.map((LocalAddress) => goodFrame({ LocalAddress })).join('')) as SecurityEvent[]).map(
      ({ local }) => local,
    );
  const own = ['IPV4/UDP/192.0.2.1/5060', 'IPV6/TLS/2001:DB8::1/5061', 'IPV6/TCP/::ffff:192.0.2.2/5060'];
  t.strictSame(localOf(...own, ...own.slice(0, 1)), ['192.0.2.1', '2001:db8::1', '192.0.2.2', '192.0.2.1']);
  const all = ['IPV4/TCP/0.0.0.0/5060', 'IPV6/UDP/::/5060', 'IPV6/UDP/::ffff:0.0.0.0/5060'];
  t.strictSame(
    localOf(...own.slice(0, 1), ...all),
    ['192.0.2.1', null, null, null],
    'a socket that listens at every address',
  );
});

await t.test('a reader that remembers what it read reads every block as a new one does', async (t) => {
  const check = fc.check(
    fc.property(fc.array(maybeAltered, { minLength: 2, maxLength: 12 }), (blocks) =>
      isDeepStrictEqual(
        read(blocks.join('')),
        blocks.flatMap((block) => read(block)),
      ),
    ),
    { numRuns: 500 },
  );
  t.notOk(check.failed, fc.defaultReportMessage(check) ?? 'holds');
});

await t.test(
  'a letter that is altered in the lines of Asterisk\u2019s own words never gives another event unnoticed',
  async (t) => {
    const good = goodFrame();
    const [event] = read(good);
    // Where the event says the same: nothing that a client reads is in these lines.
    const meaning =
      /^(EventTV|Severity|Service|EventVersion|AccountID|SessionID|LocalAddress|RemoteAddress|Challenge): /;
    let at = 0;
    for (const line of goodLines()) {
      const fixed = meaning.exec(line)?.[0].length ?? line.length + 2;
      for (let i = at; i < at + fixed; i++) {
        const later = newReader();
        later.read(good + good.slice(0, i) + (good[i] === 'x' ? 'y' : 'x') + good.slice(i + 1) + good);
        t.equal(typeof later.outputs[1], 'string', `${line} altered at ${i - at} is malformed`);
        t.strictSame([later.outputs[0], later.outputs.at(-1)], [event, event]);
      }
      at += line.length + 2;
    }
  },
);
