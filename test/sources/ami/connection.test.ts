import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import t, { type Test } from 'tap';
import { AmiError } from '../../../src/sources/ami/ami-error.js';
import { AmiConnection } from '../../../src/sources/ami/connection.js';
import type { AmiMessage } from '../../../src/sources/ami/message.js';
import { goodFrame, textOf } from './event-frames.js';
import { Witness } from './running-source.js';
import { BANNER, type Script, serve } from './scripted-server.js';

/** A connection to a server that does what the script says, and what came of it. */
async function connected(t: Test, script: Script) {
  const server = await serve(t, script);
  const socket = connect(server.port, '127.0.0.1');
  await once(socket, 'connect');
  const witness = new Witness();
  const connection = new AmiConnection(socket, {
    pbx: null,
    pbxDefault: 'test-pbx',
    blockBytesMax: 65_536,
    ...witness,
  });
  const messages: [string, AmiMessage][] = [];
  connection.on('event', (message) => messages.push(['event', { ...message }]));
  connection.on('response', (message) => messages.push(['response', { ...message }]));
  t.teardown(() => connection.close());
  return { connection, witness, messages, server, closed: once(connection, 'close') };
}

const system = (name: string, ...lines: string[]) => textOf([`Event: ${name}`, 'Privilege: system,all', ...lines]);

await t.test('events are read behind the greeting, also when each byte comes alone', async (t) => {
  const { witness } = await connected(t, async (peer) => {
    peer.socket.setNoDelay(true);
    for (const byte of BANNER + goodFrame()) {
      peer.send(byte);
      await new Promise(setImmediate);
    }
  });
  await witness.until(() => witness.events.length === 1);
  t.match(witness.events, [{ event: 'InvalidPassword', account: '101' }]);
});

await t.test('the greeting may come in two pieces, cut anywhere', async (t) => {
  for (let cut = 1; cut < BANNER.length; cut++) {
    const { witness, connection } = await connected(t, (peer) => {
      peer.send(BANNER.slice(0, cut));
      setImmediate(() => peer.send(BANNER.slice(cut) + goodFrame()));
    });
    await witness.until(() => witness.events.length === 1);
    connection.close();
  }
});

await t.test('a peer that is not AMI is left with a reason that says so', async (t) => {
  const answers = [
    'HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n',
    'SSH-2.0-OpenSSH_9.2\r\n',
    'A HTTP server',
    '\u0015\u0003\u0001',
    `Asterisk Call Manager/${'1'.repeat(300)}`,
    goodFrame(),
  ];
  for (const answer of answers) {
    const { connection, closed, witness } = await connected(t, (peer) => peer.send(answer));
    await closed;
    t.equal(connection.closeReason, 'what answers there is not the Asterisk Manager Interface');
    t.strictSame([witness.events, witness.malformed], [[], []]);
  }
});

await t.test('the reason of an end says who ended it, and how', async (t) => {
  const ends: [string, Script][] = [
    [
      'closed by Asterisk before its greeting (authlimit in manager.conf, or too many connections)',
      (peer) => peer.socket.end(),
    ],
    [
      'closed by Asterisk before its greeting (authlimit in manager.conf, or too many connections)',
      (peer) => peer.socket.end('Aster'),
    ],
    ['closed by Asterisk', (peer) => peer.socket.end(BANNER)],
    ['closed by Asterisk', (peer) => peer.socket.end(BANNER + system('Reload', 'Restart: True'))],
    ['closed by Asterisk', (peer) => peer.socket.end(BANNER + system('Shutdown'))],
    ['Asterisk restarts', (peer) => peer.socket.end(BANNER + system('Shutdown', 'Restart: True'))],
    ['Asterisk shuts down', (peer) => peer.socket.end(BANNER + system('Shutdown', 'Restart: False'))],
    ['read ECONNRESET', (peer) => peer.socket.once('data', () => peer.socket.resetAndDestroy())],
  ];
  for (const [reason, script] of ends) {
    const { connection, closed } = await connected(t, script);
    connection.write({ Action: 'Ping' });
    await closed;
    t.equal(connection.closeReason, reason);
    t.equal(connection.isConnected, false);
  }
});

await t.test('an end in the middle of a block is counted, and one between blocks is not', async (t) => {
  for (const [rest, malformed] of [
    [goodFrame().slice(0, -1), ['truncated']],
    ['Event', ['truncated']],
    ['', []],
  ] as const) {
    const { witness, closed } = await connected(t, (peer) => peer.socket.end(BANNER + goodFrame() + rest));
    await closed;
    t.equal(witness.events.length, 1);
    t.strictSame(witness.malformed, malformed);
  }
});

await t.test('a response goes to the request whose ActionID it has, in any order', async (t) => {
  const { connection, messages } = await connected(t, async (peer) => {
    peer.send(BANNER);
    const [first, second] = [await peer.next(), await peer.next()];
    t.not(first['ActionID'], second['ActionID']);
    peer.respond(second, ['Response: Success', 'Message: second']);
    peer.respond(first, ['Response: Success', 'Message: first']);
  });
  const [first, second] = await Promise.all([connection.request({ Action: 'A' }), connection.request({ Action: 'B' })]);
  t.match([first['Message'], second['Message']], ['first', 'second']);
  t.strictSame(messages, []);
});

await t.test('a response with the ActionID of nobody, or with none, answers no request', async (t) => {
  const { connection, messages } = await connected(t, async (peer) => {
    peer.send(BANNER);
    const action = await peer.next();
    peer.send(textOf(['Response: Success', 'ActionID: 1', 'Message: forged']));
    peer.send(textOf(['Response: Success', 'Message: forged']));
    peer.send(textOf(['Response: Success', 'ActionID: __proto__', 'Message: forged']));
    peer.respond(action, ['Response: Success', 'Message: true']);
  });
  connection.release();
  t.match(await connection.request({ Action: 'A' }), { Message: 'true' });
  t.match(
    messages,
    [1, 2, 3].map(() => ['response', { Message: 'forged' }]),
  );
  t.match(connection.lastResponse, { ActionID: '__proto__' });
});

await t.test('a request fails with the reason when the connection is closed, before or meanwhile', async (t) => {
  const { connection } = await connected(t, (peer) => peer.send(BANNER));
  const pending = connection.request({ Action: 'A' });
  connection.close('enough');
  await t.rejects(pending, new AmiError('enough'));
  await t.rejects(connection.request({ Action: 'B' }), new AmiError('enough'));
});

await t.test('messages wait until they are released, and come in their order', async (t) => {
  const { connection, messages } = await connected(t, async (peer) => {
    peer.send(BANNER + system('FullyBooted') + textOf(['Response: Goodbye']));
    peer.respond(await peer.next(), ['Response: Success']);
    await peer.next();
    peer.send(system('Reload'));
  });
  await connection.request({ Action: 'A' });
  t.strictSame(messages, []);
  connection.release();
  t.match(messages, [
    ['event', { Event: 'FullyBooted' }],
    ['response', { Response: 'Goodbye' }],
  ]);
  connection.release();
  t.equal(messages.length, 2, 'each once');
  connection.write({ Action: 'B' });
  await once(connection, 'event');
  t.match(messages.at(-1), ['event', { Event: 'Reload' }]);
  t.match(connection.lastEvent, { Event: 'Reload' });
});

await t.test('no more than a hundred messages wait', async (t) => {
  const { connection, messages } = await connected(t, async (peer) => {
    peer.send(BANNER + Array.from({ length: 150 }, (_, i) => system('Wait', `Number: ${i}`)).join(''));
    peer.respond(await peer.next(), ['Response: Success']);
  });
  await connection.request({ Action: 'A' });
  connection.release();
  t.equal(messages.length, 100);
  t.match(messages.at(-1), ['event', { Number: '99' }]);
  t.match(connection.lastEvent, { Number: '149' });
});

await t.test('a block that is too long is one fault, and the events after it are read', async (t) => {
  const { witness } = await connected(t, (peer) =>
    peer.send(`${BANNER}Event: ${'x'.repeat(200_000)}\r\n\r\n${goodFrame()}`),
  );
  await witness.until(() => witness.events.length === 1);
  t.strictSame(witness.malformed, ['oversize']);
});

await t.test('a closed connection is closed once, sends nothing, and reads nothing', async (t) => {
  const { connection, server } = await connected(t, (peer) => peer.send(BANNER));
  let closes = 0;
  connection.on('close', () => closes++);
  connection.write({ Action: 'A' });
  await new Promise<void>((resolve) => {
    const look = () => (server.peers[0]?.received === '' || server.peers.length === 0 ? setImmediate(look) : resolve());
    look();
  });
  connection.close();
  connection.close('again');
  connection.write({ Action: 'B' });
  t.equal(closes, 1);
  t.equal(connection.closeReason, 'closed');
  t.notMatch(server.peers[0]?.received, 'Action: B');
});

await t.test('what had already arrived is not read any more once the connection is closed', async (t) => {
  const socket = new Duplex({ read: () => undefined });
  const witness = new Witness();
  const options = { pbx: null, pbxDefault: 'test-pbx', blockBytesMax: 65_536, ...witness };
  for (const chunk of [BANNER, goodFrame(), goodFrame()]) socket.push(chunk);
  const connection = new AmiConnection(socket as Socket, {
    ...options,
    onEvent: (event) => {
      witness.onEvent(event);
      connection.close();
    },
  });
  await once(socket, 'close');
  t.equal(witness.events.length, 1);
});

await t.test('the time of the last byte is that of any byte', async (t) => {
  const { connection, witness } = await connected(t, async (peer) => {
    peer.send(BANNER);
    await peer.next();
    peer.send(goodFrame());
  });
  const before = connection.lastByteAt;
  connection.write({ Action: 'A' });
  await witness.until(() => witness.events.length === 1);
  t.ok(connection.lastByteAt > before);
  t.ok(connection.lastByteAt <= performance.now());
});
