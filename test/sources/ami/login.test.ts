import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import t, { type Test } from 'tap';
import { AmiConnection } from '../../../src/sources/ami/connection.js';
import { type LoginMethod, login } from '../../../src/sources/ami/login.js';
import { OPTIONS, SECRET, Witness } from './running-source.js';
import { BANNER, type Peer, serve } from './scripted-server.js';

const CREDENTIALS = { username: 'secmon', secret: SECRET };

/** Logs in to a server that does what the script says behind its greeting. */
async function loggingIn(t: Test, method: LoginMethod, script: (peer: Peer) => unknown, events = 'security') {
  const server = await serve(t, (peer) => {
    peer.send(BANNER);
    return script(peer);
  });
  const connection = new AmiConnection(connect(server.port, '127.0.0.1'), { ...OPTIONS, ...new Witness() });
  t.teardown(() => connection.close());
  const done = login(connection, CREDENTIALS, { method, events });
  return { done, connection, sent: () => server.peers.map(({ received }) => received).join('') };
}

const success = ['Response: Success', 'Message: Authentication accepted'];

await t.test('by MD5 the key is sent, and the secret is not', async (t) => {
  for (const method of ['auto', 'challenge'] as const) {
    const { done, sent } = await loggingIn(t, method, async (peer) => {
      const challenge = await peer.next();
      t.match(challenge, { Action: 'Challenge', AuthType: 'MD5' });
      peer.respond(challenge, ['Response: Success', 'Challenge: 157067672']);
      const action = await peer.next();
      const key = createHash('md5').update(`157067672${SECRET}`).digest('hex');
      t.match(action, { Action: 'Login', Username: 'secmon', AuthType: 'MD5', Key: key });
      t.notOk('Secret' in action);
      peer.respond(action, success);
    });
    await t.resolves(done);
    t.notMatch(sent(), SECRET);
  }
});

await t.test('without a challenge the secret itself is sent', async (t) => {
  for (const answer of [
    ['Response: Error', 'Message: no'],
    ['Response: Success'],
    ['Response: Success', 'Challenge: '],
  ]) {
    const { done } = await loggingIn(t, 'auto', async (peer) => {
      peer.respond(await peer.next(), answer);
      const action = await peer.next();
      t.match(action, { Action: 'Login', Username: 'secmon', Secret: SECRET });
      t.notOk('Key' in action);
      peer.respond(action, success);
    });
    await t.resolves(done);
  }
});

await t.test('a login that insists on a challenge never sends the secret', async (t) => {
  const { done, sent } = await loggingIn(t, 'challenge', async (peer) =>
    peer.respond(await peer.next(), ['Response: Error']),
  );
  await t.rejects(done, { name: 'AmiError', message: /offers no MD5 challenge.*AMI_LOGIN=challenge/ });
  t.notMatch(sent(), SECRET);
  t.notMatch(sent(), 'Action: Login');
});

await t.test('a plain login asks for no challenge', async (t) => {
  const { done } = await loggingIn(t, 'plain', async (peer) => {
    const action = await peer.next();
    t.match(action, { Action: 'Login', Secret: SECRET });
    peer.respond(action, success);
  });
  await t.resolves(done);
});

await t.test('the login says which classes of events are wanted', async (t) => {
  for (const method of ['auto', 'plain'] as const) {
    const script = async (peer: Peer) => {
      let action = await peer.next();
      if (method === 'auto') {
        peer.respond(action, ['Response: Success', 'Challenge: 1']);
        action = await peer.next();
      }
      t.equal(action['Events'], 'security,system');
      peer.respond(action, success);
    };
    await t.resolves((await loggingIn(t, method, script, 'security,system')).done);
  }
});

await t.test('a refusal tells what Asterisk said, fit for a line of a log', async (t) => {
  for (const [lines, message] of [
    [
      ['Message: Authentication failed'],
      'login refused: Authentication failed (compare AMI_USERNAME, AMI_SECRET, and its deny and permit, with manager.conf)',
    ],
    [
      ['Message: Login Already In Use'],
      'login refused: Login Already In Use (allowmultiplelogin=no in manager.conf: give the exporter a user of its own)',
    ],
    [[], 'login refused: no reason given'],
    [['Message: a\u001b[31m\nb'], 'login refused: a?[31m?b'],
    [[`Message: ${'x'.repeat(500)}`], `login refused: ${'x'.repeat(120)}`],
  ] as const) {
    const { done } = await loggingIn(t, 'plain', async (peer) =>
      peer.respond(await peer.next(), ['Response: Error', ...lines]),
    );
    await t.rejects(done, { name: 'AmiError', message });
  }
});

await t.test('a connection that ends while the login waits fails it with the reason', async (t) => {
  const scripts = [
    async (peer: Peer) => {
      await peer.next();
      peer.socket.end();
    },
    async (peer: Peer) => {
      peer.respond(await peer.next(), ['Response: Success', 'Challenge: 1']);
      await peer.next();
      peer.socket.end();
    },
  ];
  for (const script of scripts) {
    const { done } = await loggingIn(t, 'auto', script);
    await t.rejects(done, { name: 'AmiError', message: 'closed by Asterisk' });
  }
});
