// Each way in which asterisk-ami-client fails on its own connector, and that it does not on ours: docs/decisions/0001-ami-client.md.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import type { SecurityEvent } from '../../../src/domain/security-event.js';
import { goodFrame, goodLines, textOf } from './event-frames.js';
import { begin, SECRET, settled, Witness } from './running-source.js';
import { BANNER, OWN_LOGIN, serve } from './scripted-server.js';

const pem = (name: string) => readFileSync(new URL(`../../fixtures/tls/${name}`, import.meta.url), 'utf8');
const LOCALHOST = { key: pem('localhost.key'), cert: pem('localhost.pem') };

await t.test('events in the segment of the login\u2019s answer are read', async (t) => {
  const server = await serve(t, (peer) => peer.admit(OWN_LOGIN + goodFrame()));
  const { witness } = begin(t, { port: server.port });
  await witness.until(() => witness.events.length === 2 && witness.names.includes('hearing'));
  t.match(witness.events, [{ event: 'SuccessfulAuth' }, { event: 'InvalidPassword' }]);
  t.strictSame(witness.names, ['connected', 'hearing']);
});

await t.test('a server that accepts and stays silent is left, and tried again', async (t) => {
  const server = await serve(t, (peer, connection) => (connection < 3 ? undefined : peer.admit()));
  const { witness } = begin(t, { port: server.port, loginMs: 30 });
  await witness.until(() => witness.names.includes('connected'));
  t.strictSame(witness.reasons.slice(0, 2), Array(2).fill('no answer to the login within 0.03 s'));
});

await t.test('a TLS handshake that is never answered is left, and tried again', async (t) => {
  const server = await serve(t, () => undefined);
  const { witness } = begin(t, { port: server.port, tls: { ca: null, serverName: null, verify: true }, connectMs: 30 });
  await witness.until(() => witness.states.length === 2);
  for (const reason of witness.reasons) t.match(reason, /over TLS: no answer within 0.03 s/);
});

await t.test('after rejected logins it tries again, and nothing of it is left when it ends', async (t) => {
  await t.test('rejected, then admitted', async (t) => {
    const server = await serve(t, (peer, connection) => (connection < 4 ? peer.refuse() : peer.admit()));
    const before = process.getActiveResourcesInfo();
    const { witness, stop } = begin(t, { port: server.port });
    await witness.until(() => witness.names.includes('connected'));
    t.strictSame(
      witness.reasons,
      Array(3).fill(
        'login refused: Authentication failed (compare AMI_USERNAME, AMI_SECRET, and its deny and permit, with manager.conf)',
      ),
    );
    await stop();
    await settled(before);
  });
  await t.test('rejected for ever', async (t) => {
    const server = await serve(t, (peer) => peer.refuse());
    const before = process.getActiveResourcesInfo();
    const { witness, stop } = begin(t, { port: server.port });
    await witness.until(() => witness.reasons.length === 12);
    await stop();
    await settled(before);
  });
});

await t.test('it can be ended while it waits to reconnect', async (t) => {
  const server = await serve(t, (peer) => peer.refuse());
  const before = process.getActiveResourcesInfo();
  const { witness, stop } = begin(t, { port: server.port, reconnectFirstMs: 60_000, reconnectMaxMs: 60_000 });
  await witness.until(() => witness.reasons.length === 1);
  await stop();
  await settled(before);
  t.equal(server.peers.length, 1);
});

await t.test('a mute peer is noticed and left', async (t) => {
  const server = await serve(t, async (peer, connection) => {
    await peer.admit(OWN_LOGIN);
    if (connection === 2) await peer.answerPings();
  });
  const { witness } = begin(t, { port: server.port, pingMs: 30, deadlineMs: 30 });
  await witness.until(() => witness.names.filter((name) => name === 'hearing').length === 2);
  t.strictSame(witness.reasons, ['mute: no answer to a ping within 0.03 s']);
  t.equal(server.peers[0]?.received.split('Action: Ping\r\n').length, 2, 'after one ping');
});

await t.test('a peer that answers pings is kept, and the ActionID of each is its own', async (t) => {
  const actionIds: (string | undefined)[] = [];
  const server = await serve(t, async (peer) => {
    await peer.admit(OWN_LOGIN);
    while (actionIds.length < 3) {
      const action = await peer.next();
      t.equal(action['Action'], 'Ping');
      actionIds.push(action['ActionID']);
      peer.respond(action, ['Response: Success', 'Ping: Pong']);
    }
    peer.send(goodFrame());
  });
  const { witness } = begin(t, { port: server.port, pingMs: 5, deadlineMs: 250 });
  await witness.until(() => witness.events.length === 2);
  t.strictSame(witness.names, ['connected', 'hearing']);
  t.equal(new Set(actionIds).size, 3);
});

await t.test('events named error and disconnect are unknown events and nothing more', async (t) => {
  const names = ['error', 'disconnect', '__proto__'];
  const security = names.map((name) => textOf(goodLines().with(0, `Event: ${name}`)));
  const system = names.map((name) => textOf([`Event: ${name}`, 'Privilege: system,all']));
  const server = await serve(t, (peer) => peer.admit([OWN_LOGIN, ...system, ...security, goodFrame()].join('')));
  const { witness } = begin(t, { port: server.port });
  await witness.until(() => witness.events.length === 2 && witness.names.includes('hearing'));
  t.strictSame(
    witness.malformed,
    names.map(() => 'unknown_event'),
  );
  t.strictSame(witness.names, ['connected', 'hearing']);
});

await t.test('a line of 40 MB without an end costs little time and memory', async (t) => {
  const chunk = Buffer.alloc(1_000_000, 'x');
  const server = await serve(t, async (peer) => {
    await peer.admit(OWN_LOGIN);
    for (let i = 0; i < 40; i++) if (!peer.socket.write(chunk)) await once(peer.socket, 'drain');
    peer.send(`\r\n\r\n${goodFrame()}`);
  });
  const before = process.memoryUsage();
  const cpuBefore = process.cpuUsage();
  const { witness } = begin(t, { port: server.port });
  await witness.until(() => witness.events.length === 2);
  t.strictSame(witness.malformed, ['oversize']);
  const { user, system } = process.cpuUsage(cpuBefore);
  t.ok((user + system) / 1e6 < 3, `${(user + system) / 1e6} s of CPU, the server\u2019s part included`);
  const grown = process.memoryUsage().heapUsed - before.heapUsed;
  t.ok(grown < 30e6, `${grown} bytes more on the heap`);
});

await t.test('a flood of 20 MB never makes the server wait for long, though each event takes its time', async (t) => {
  const flood = Buffer.from(goodFrame().repeat(1_000));
  const writes = Math.ceil(20e6 / flood.length);
  let longestMs = 0;
  const server = await serve(t, async (peer) => {
    await peer.admit(OWN_LOGIN);
    for (let i = 0; i < writes; i++) {
      const startedAt = performance.now();
      if (!peer.socket.write(flood)) await once(peer.socket, 'drain');
      longestMs = Math.max(longestMs, performance.now() - startedAt);
    }
  });
  class SlowWitness extends Witness {
    override onEvent = (event: SecurityEvent) => {
      const until = performance.now() + 0.005;
      while (performance.now() < until);
      this.events.push(event);
      if (this.events.length === writes * 1_000 + 1) this.onState({ state: 'hearing' });
    };
  }
  const { witness } = begin(t, { port: server.port }, new SlowWitness());
  await witness.until(() => witness.events.length === writes * 1_000 + 1);
  t.strictSame(witness.reasons, []);
  t.ok(longestMs < 2_000, `the longest wait was ${longestMs.toFixed(0)} ms`);
});

await t.test('TLS is spoken, and the certificate is looked at', async (t) => {
  const server = await serve(t, (peer) => peer.admit(OWN_LOGIN), LOCALHOST);
  const tls = { ca: pem('ca.pem'), serverName: 'localhost', verify: true };
  const good = begin(t, { port: server.port, tls });
  await good.witness.until(() => good.witness.names.includes('hearing'));
  for (const [wrong, reason] of [
    [{ ...tls, ca: pem('other-ca.pem') }, /AMI_TLS_CA_FILE/],
    [{ ...tls, serverName: 'other.example' }, /AMI_TLS_SERVER_NAME/],
  ] as const) {
    const { witness } = begin(t, { port: server.port, tls: wrong });
    await witness.until(() => witness.reasons.length === 1);
    t.match(witness.reasons[0], reason);
  }
  const careless = begin(t, { port: server.port, tls: { ...tls, ca: pem('other-ca.pem'), verify: false } });
  await careless.witness.until(() => careless.witness.names.includes('hearing'));
});

await t.test('the secret does not travel, and the login says which events are wanted', async (t) => {
  const server = await serve(t, (peer) => peer.admit(OWN_LOGIN));
  const { witness } = begin(t, { port: server.port, events: 'security' });
  await witness.until(() => witness.names.includes('hearing'));
  const sent = server.peers[0]?.received ?? '';
  t.match(sent, /Action: Challenge\r\nAuthType: MD5\r\n/);
  t.match(sent, /\r\nKey: [0-9a-f]{32}\r\n/);
  t.match(sent, '\r\nEvents: security\r\n');
  t.notMatch(sent, SECRET);
});

await t.test('a secret is not sent where a challenge is insisted on and none is offered', async (t) => {
  const server = await serve(t, async (peer) => {
    peer.send(BANNER);
    peer.respond(await peer.next(), ['Response: Error', 'Message: No']);
  });
  const { witness, stop } = begin(t, { port: server.port, method: 'challenge' });
  await witness.until(() => witness.reasons.length === 3);
  await stop();
  await sleep(1);
  t.notMatch(server.peers.map(({ received }) => received).join(), /Login|correct-horse/);
});
