import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, Socket } from 'node:net';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { type RaisedEvent, remoteAddress } from '../../src/simulator/frames.js';
import { SimulatedPbx } from '../../src/simulator/pbx.js';
import { PBX_DEFAULTS, type PbxOptions, type PbxUser } from '../../src/simulator/pbx-options.js';

const BANNER = 'Asterisk Call Manager/11.0.0\r\n';
const ACCEPTED = 'Response: Success\r\nMessage: Authentication accepted\r\n\r\n';
const GUESS: RaisedEvent = {
  event: 'InvalidAccountID',
  service: 'PJSIP',
  account: '9999',
  sessionId: 'call',
  remote: remoteAddress('IPV4/UDP/203.0.113.9', 5060),
};

const users = new Map<string, PbxUser>([
  ['secmon', { secret: 'secret', read: ['security', 'system'] }],
  ['narrow', { secret: 'secret', read: ['security'] }],
  ['deaf', { secret: 'secret', read: [] }],
  ['filtered', { secret: 'secret', read: ['security'], hides: (name) => name === 'SuccessfulAuth' }],
]);

const md5 = (text: string) => createHash('md5').update(text).digest('hex');

/** An AMI client that keeps all that it is sent. */
class Client {
  readonly socket: Socket;
  text = '';
  /** What the last error was, as a lost connection is one. */
  error = '';
  #wake = () => {};

  constructor(port: number, host = '127.0.0.1') {
    this.socket = connect({ port, host, noDelay: true });
    this.socket.setEncoding('utf8').on('data', (chunk: string) => {
      this.text += chunk;
      this.#wake();
    });
    this.socket.on('close', () => this.#wake());
    this.socket.on('error', ({ message }) => {
      this.error = message;
    });
  }

  send(...lines: string[]): void {
    this.socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  }

  login(username: string, secret: string, ...more: string[]): void {
    this.send('Action: Login', `Username: ${username}`, `Secret: ${secret}`, ...more);
  }

  /** Waits for the end of the connection. */
  async closed(): Promise<void> {
    while (!this.socket.closed) await this.#change();
  }

  /** Waits until the text that was not taken yet matches, and takes it. */
  async until(pattern: RegExp): Promise<string> {
    while (!pattern.test(this.text)) {
      if (this.socket.closed) throw new Error(`closed after ${JSON.stringify(this.text)}`);
      await this.#change();
    }
    const text = this.text;
    this.text = '';
    return text;
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}

async function start(t: Test, options: Partial<PbxOptions> = {}) {
  const stop = new AbortController();
  const pbx = await SimulatedPbx.listen({ users, rejectMs: 5, systemName: 'demo', ...options }, stop.signal);
  const clients: Client[] = [];
  t.teardown(() => {
    stop.abort();
    for (const client of clients) client.socket.destroy();
  });
  const client = () => {
    const one = new Client(pbx.port, pbx.options.host);
    clients.push(one);
    return one;
  };
  const loggedIn = async (name = 'secmon', ...more: string[]) => {
    const one = client();
    one.login(name, 'secret', ...more);
    await one.until(name === 'deaf' || name === 'filtered' ? /accepted\r\n\r\n/ : /SessionTV.*\r\n\r\n/);
    return one;
  };
  return { pbx, client, loggedIn, stop };
}

/** Session ids and ports differ from one run to the other. */
function same(text: string): string {
  return text.replace(/0x[0-9a-f]{12}/g, '0xID').replace(/(Address: .*\/)\d+/g, '$1PORT');
}

await t.test('a login is answered byte for byte as Asterisk 22 answered one', async (t) => {
  const recorded = readFileSync(new URL('../fixtures/simulator/login.ami', import.meta.url), 'latin1');
  const at = Date.parse('2026-11-21T01:44:44.623Z');
  const times = [at - 303_000];
  const { client } = await start(t, { clock: () => times.pop() ?? at, systemName: 'lab22' });
  const one = client();
  one.login('secmon', 'secret');
  t.equal(same(await one.until(/SessionTV.*\r\n\r\n/)), same(recorded));
});

await t.test('an MD5 login with the right key is accepted, and the ActionID comes back', async (t) => {
  const { client, pbx } = await start(t);
  const one = client();
  one.send('action: challenge', 'authtype: md5', 'ActionID: 1');
  const [, challenge] = /^Challenge: (\d+)\r\n\r\n$/m.exec(await one.until(/Challenge: \d+\r\n\r\n/)) ?? [];
  const key = md5(`${challenge}secret`).toUpperCase();
  one.send('Action: Login', 'AuthType: MD5', 'Username: narrow', `Key: ${key}`, 'ActionID: 2');
  const answer = await one.until(/SessionTV.*\r\n\r\n/);
  t.ok(answer.startsWith('Response: Success\r\nActionID: 2\r\nMessage: Authentication accepted\r\n\r\nEvent: Succ'));
  t.same(pbx.loggedIn, ['narrow']);
  one.login('narrow', 'secret');
  t.equal(await one.until(/\r\n\r\n/), 'Response: Success\r\nMessage: Already authenticated\r\n\r\n');
});

await t.test('a wrong login is reported to the others at once, answered late and ends the connection', async (t) => {
  const { client, loggedIn } = await start(t);
  const monitor = await loggedIn();
  const attempt = async (...lines: string[]) => {
    const one = client();
    one.send(...lines);
    await one.closed();
    t.equal(one.text, `${BANNER}Response: Error\r\nActionID: 7\r\nMessage: Authentication failed\r\n\r\n`);
  };
  await attempt('Action: Login', 'ActionID: 7', 'Username: secmon', 'Secret: wrong\r\n\r\nAction: Ping');
  t.match(
    await monitor.until(/\r\n\r\n/),
    /^Event: InvalidPassword\r\n[\s\S]*AccountID: secmon\r\n[\s\S]*SessionTV: 1970/,
  );
  await attempt('Action: Login', 'ActionID: 7', 'Username: nobody', 'Secret: secret');
  t.match(await monitor.until(/\r\n\r\n/), /^Event: InvalidAccountID\r\n[\s\S]*AccountID: nobody\r\n/);
  await attempt('Action: Login', 'ActionID: 7');
  await attempt('Action: Login', 'ActionID: 7', 'AuthType: MD5', 'Username: secmon', `Key: ${md5('nullsecret')}`);
  t.equal(monitor.text, '', 'Asterisk raises nothing without a name, nor for MD5 without a challenge');
});

await t.test('a wrong MD5 key is a ChallengeResponseFailed without an account', async (t) => {
  const { client, loggedIn } = await start(t);
  const monitor = await loggedIn();
  for (const key of ['Key: 00ff', 'Nothing: at all']) {
    const one = client();
    one.send('Action: Challenge', 'AuthType: MD5');
    const [, challenge] = /Challenge: (\d+)/.exec(await one.until(/Challenge: \d+\r\n/)) ?? [];
    one.send('Action: Login', 'AuthType: MD5', 'Username: secmon', key);
    const expected = md5(`${challenge}secret`);
    const event = await monitor.until(/SessionTV.*\r\n\r\n/);
    t.match(event, /^Event: ChallengeResponseFailed\r\n[\s\S]*\r\nAccountID: \r\n/);
    const response = key === 'Key: 00ff' ? '00ff' : '';
    t.ok(event.includes(`Challenge: ${challenge}\r\nResponse: ${response}\r\nExpectedResponse: ${expected}\r\n`));
  }
});

await t.test('a rejected login waits for a second by default, and closing does not wait for it', async (t) => {
  t.equal(PBX_DEFAULTS.rejectMs, 1000);
  const { client, pbx, loggedIn } = await start(t, { rejectMs: 60_000 });
  const monitor = await loggedIn();
  const one = client();
  one.login('secmon', 'wrong');
  await monitor.until(/InvalidPassword/);
  pbx.closeAll();
  await one.closed();
  t.equal(one.text, BANNER);
});

await t.test('actions before the login are refused and reported', async (t) => {
  const { client, loggedIn } = await start(t);
  const monitor = await loggedIn();
  const one = client();
  one.send('Action: Ping');
  t.equal(await one.until(/\r\n\r\n/), `${BANNER}Response: Error\r\nMessage: Permission denied\r\n\r\n`);
  t.match(
    await monitor.until(/SessionTV.*\r\n\r\n/),
    /RequestNotAllowed[\s\S]*AccountID: \r\n[\s\S]*RequestType: Action: Ping/,
  );
  one.send('no colon here');
  t.equal(await one.until(/\r\n\r\n/), 'Response: Error\r\nMessage: Missing action in request\r\n\r\n');
  t.match(await monitor.until(/AccountID: \r\n\r\n/), /RequestBadFormat[\s\S]*RequestType: Action: NONE/);
  one.send('Action: Challenge', 'AuthType: SHA1');
  t.equal(await one.until(/\r\n\r\n/), 'Response: Error\r\nMessage: Must specify AuthType\r\n\r\n');
  one.send('Action: Logoff');
  await one.closed();
  t.equal(one.text, 'Response: Goodbye\r\nMessage: Thanks for all the fish.\r\n\r\n');
});

await t.test('after the login a ping is answered, and an unknown action is an error and reported', async (t) => {
  const { loggedIn } = await start(t, { clock: () => 1_795_225_347_354 });
  const one = await loggedIn();
  one.send('Action: Ping', 'ActionID: 9', 'ActionID: 10');
  const pong = 'Response: Success\r\nActionID: 9\r\nPing: Pong\r\nTimestamp: 1795225347.354000\r\n\r\n';
  t.equal(await one.until(/Timestamp.*\r\n\r\n/), pong);
  one.send('Action: Nonsense');
  const error = 'Invalid/unknown command: Nonsense. Use Action: ListCommands to show available commands.';
  const text = await one.until(/AccountID.*\r\n\r\n/);
  t.ok(text.startsWith(`Response: Error\r\nMessage: ${error}\r\n\r\nEvent: RequestBadFormat\r\n`));
  t.match(text, /SessionTV: 2026-11-21T01:42:27.354\+0000\r\nAccountID: secmon\r\n\r\n$/);
});

await t.test('a PBX without the action Challenge says that it is unknown', async (t) => {
  const { client } = await start(t, { challenge: false });
  const one = client();
  one.send('Action: Challenge', 'AuthType: MD5');
  t.match(await one.until(/\r\n\r\n/), /Response: Error\r\nMessage: Invalid\/unknown command: Challenge/);
});

await t.test('a client gets the classes that it may read and asked for', async (t) => {
  const { pbx, loggedIn, client } = await start(t);
  const frame = /Event: InvalidAccountID[\s\S]*\r\n\r\n/;
  const narrow = await loggedIn('narrow', 'Events: on');
  const list = await loggedIn('secmon', 'Events: call,security');
  const deaf = await loggedIn('deaf');
  const filtered = await loggedIn('filtered');
  const off = client();
  off.login('secmon', 'secret', 'Events: off');
  t.equal(await off.until(/accepted\r\n\r\n/), BANNER + ACCEPTED);
  pbx.raise(GUESS);
  await Promise.all([narrow.until(frame), list.until(frame), filtered.until(frame)]);
  off.send('Action: Events', 'EventMask: security');
  t.equal(await off.until(/\r\n\r\n/), 'Response: Success\r\nEvents: On\r\n\r\n');
  pbx.raise(GUESS);
  await off.until(frame);
  off.send('Action: Events', 'EventMask: off');
  t.equal(await off.until(/\r\n\r\n/), 'Response: Success\r\nEvents: Off\r\n\r\n');
  off.send('Action: Events');
  t.equal(await off.until(/\r\n\r\n/), 'Response: Success\r\nEvents: On\r\n\r\n');
  deaf.send('Action: Ping');
  t.match(await deaf.until(/\r\n\r\n/), /^Response: Success\r\nPing: Pong/, 'the deaf one got nothing before');
});

await t.test('events can ride in the same segment as the answer to the login', async (t) => {
  const { client } = await start(t, { withLogin: [GUESS, GUESS], timestamps: true });
  const one = client();
  await one.until(/\r\n/);
  // Over loopback small segments are read together, so the system calls are counted: `_writev` is one for all that it gets.
  const sockets = Socket.prototype as Socket & { _writev(chunks: unknown[], done: unknown): void };
  const writes = t.capture(sockets, '_writev', sockets._writev);
  one.login('secmon', 'secret');
  const text = await one.until(/(Event: InvalidAccountID[\s\S]*){2}\r\n\r\n/);
  t.match(writes(), [{ args: [{ length: 5 }] }]);
  t.ok(text.startsWith(ACCEPTED));
  t.match(text, /Privilege: security,all\r\nTimestamp: \d+\.\d{6}\r\nSystemName: demo\r\n/);
});

await t.test('a mute PBX accepts and never says a word', async (t) => {
  const { pbx, client } = await start(t);
  pbx.voice = 'nothing';
  const one = client();
  one.login('secmon', 'secret');
  while (pbx.loggedIn.length === 0) await new Promise(setImmediate);
  pbx.closeAll();
  await one.closed();
  t.equal(one.text, '');
});

await t.test('a PBX that hangs after the login writes nothing more', async (t) => {
  const { pbx, loggedIn } = await start(t);
  pbx.voice = 'login-only';
  const one = await loggedIn();
  pbx.raise(GUESS);
  one.send('Action: Ping');
  one.send('Action: Logoff');
  await one.closed();
  t.equal(one.text, '');
});

await t.test('raw bytes go to all who are logged in and to nobody else', async (t) => {
  const { pbx, client, loggedIn } = await start(t);
  const stranger = client();
  await stranger.until(/\r\n/);
  const one = await loggedIn('deaf');
  pbx.send('Event: Nonsense\r\n\r\n');
  pbx.send(Buffer.from('raw'));
  t.equal(await one.until(/raw/), 'Event: Nonsense\r\n\r\nraw');
  stranger.send('Action: Logoff');
  await stranger.closed();
  t.match(stranger.text, /^Response: Goodbye/);
});

await t.test(
  'all connections can be closed as by a kill, a lost host or a restart, and new ones are taken',
  async (t) => {
    const { pbx, loggedIn } = await start(t);
    const last = async (how: 'eof' | 'reset' | 'restart', name: string) => {
      const one = await loggedIn(name);
      pbx.closeAll(how);
      await one.closed();
      return one.text + one.error;
    };
    t.equal(await last('eof', 'secmon'), '');
    t.equal(await last('reset', 'secmon'), 'read ECONNRESET');
    const shutdown =
      'Event: Shutdown\r\nPrivilege: system,all\r\nSystemName: demo\r\nShutdown: Cleanly\r\nRestart: True\r\n\r\n';
    t.equal(await last('restart', 'secmon'), shutdown);
    t.equal(await last('restart', 'narrow'), '', 'Shutdown is an event of the class system');
    t.same(pbx.loggedIn, []);
  },
);

await t.test('a PBX that stopped reading answers nobody, old or new', async (t) => {
  const { pbx, client, loggedIn } = await start(t);
  const one = await loggedIn();
  pbx.stopReading();
  one.send('Action: Ping');
  const two = client();
  two.login('secmon', 'secret');
  t.equal(await two.until(/\r\n/), BANNER);
  pbx.raise(GUESS);
  t.match(await one.until(/\r\n\r\n/), /^Event: InvalidAccountID/, 'events still come');
  t.equal(two.text, '');
});

await t.test(
  'a client that does not read is disconnected, counted, and what it got ends within an event',
  async (t) => {
    const { pbx, loggedIn } = await start(t);
    const slow = await loggedIn();
    const other = await loggedIn('deaf');
    slow.socket.pause();
    while (pbx.refused.slowReaders === 0) {
      for (let i = 0; i < 1000; i += 1) pbx.raise(GUESS);
      await new Promise(setImmediate);
    }
    while (pbx.loggedIn.includes('secmon')) await new Promise(setImmediate);
    slow.socket.resume();
    await slow.closed();
    t.ok(slow.text.length > 100_000);
    t.equal(pbx.refused.slowReaders, 1);
    other.send('Action: Ping');
    t.match(await other.until(/\r\n\r\n/), /Pong/);
  },
);

await t.test('connections beyond the limit are closed without a byte and counted', async (t) => {
  const { pbx, client } = await start(t, { connectionsMax: 1 });
  const one = client();
  await one.until(/\r\n/);
  const two = client();
  await two.closed();
  t.equal(two.text, '');
  t.equal(pbx.refused.connections, 1);
});

await t.test('a line or an action that is too long is dropped and counted, and the next one is heard', async (t) => {
  const { pbx, loggedIn } = await start(t);
  const one = await loggedIn();
  const dropped = async (bytes: string, count: number) => {
    one.socket.write(bytes);
    while (pbx.refused.longRequests < count) await new Promise(setImmediate);
  };
  await dropped('Action: '.padEnd(1025, 'x'), 1);
  await dropped('Key: value\r\n'.repeat(129), 2);
  one.send('Action: Ping');
  t.match(await one.until(/\r\n\r\n/), /Ping: Pong/);
});

await t.test('an action means the same however its bytes are cut', async (t) => {
  const { loggedIn } = await start(t);
  const one = await loggedIn();
  const bytes = 'Action: Ping\r\nActionID: grüße\r\n\r\n'.repeat(3);
  const cuts = fc.array(fc.nat(Buffer.byteLength(bytes)), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(cuts, async (cuts) => {
      const edges = [0, ...cuts.sort((a, b) => a - b), Buffer.byteLength(bytes)];
      for (const [index, from] of edges.slice(0, -1).entries()) {
        one.socket.write(Buffer.from(bytes).subarray(from, edges[index + 1]));
        await new Promise(setImmediate);
      }
      const answers = await one.until(/(ActionID: grüße[\s\S]*){3}\r\n\r\n/);
      return answers.split('Ping: Pong').length === 4;
    }),
    { numRuns: 30 },
  );
});

await t.test('it listens on IPv6 too, says so in its events, and ends with the signal', async (t) => {
  const { pbx, client, stop } = await start(t, { host: '::1' });
  const one = client();
  one.login('secmon', 'secret');
  t.match(
    await one.until(/SessionTV/),
    new RegExp(`LocalAddress: IPV6/TCP/::1/${pbx.port}\r\nRemoteAddress: IPV6/TCP/::1/`),
  );
  const { port } = pbx;
  stop.abort();
  await one.closed();
  const late = connect({ port, host: '::1' });
  const [cause] = await once(late, 'error');
  t.equal(cause.code, 'ECONNREFUSED');
});

await t.test('a port that is taken is an error at the start', async (t) => {
  const { pbx } = await start(t);
  await t.rejects(SimulatedPbx.listen({ port: pbx.port }, new AbortController().signal), { code: 'EADDRINUSE' });
});
