import { once } from 'node:events';
import t from 'tap';
import type { Address } from '../../../src/domain/remote-address.js';
import { parseEndpoint } from '../../../src/domain/remote-address.js';
import type { SecurityEvent } from '../../../src/domain/security-event.js';
import { failToLogIn, isProbe, probeName } from '../../../src/sources/ami/probe.js';
import { OPTIONS } from './running-source.js';
import { BANNER, type Script, serve } from './scripted-server.js';

const HERE = '192.0.2.10' as Address;

function failure(account: string | null, address = HERE as string, more: object = {}): SecurityEvent {
  const remote = { ...parseEndpoint(`IPV4/TCP/${address}`), port: 40_000 };
  return { event: 'InvalidAccountID', service: 'AMI', account, remote, ...more } as unknown as SecurityEvent;
}

await t.test('its own probe is one wherever it comes from, another process\u2019s only from this host', async (t) => {
  const name = probeName();
  const other = probeName();
  t.not(name, other);
  t.ok(isProbe(failure(name, '198.51.100.7'), { name, address: HERE }), 'behind a NAT');
  t.ok(isProbe(failure(other), { name, address: HERE }));
  t.ok(isProbe(failure(other), { name: null, address: HERE }));
  t.notOk(isProbe(failure(other, '198.51.100.7'), { name, address: HERE }), 'an attacker who knows the form');
  t.notOk(isProbe(failure(other), { name, address: null }));
});

await t.test('nothing else is a probe', async (t) => {
  const own = { name: probeName(), address: HERE };
  for (const event of [
    failure('admin'),
    failure(null),
    failure(`${own.name}0`),
    failure('asterisk-auth-stats-probe-'),
    failure(own.name, HERE, { service: 'PJSIP' }),
    failure(own.name, HERE, { event: 'InvalidPassword' }),
  ]) {
    t.notOk(isProbe(event, own), JSON.stringify(event));
  }
});

const CASES: [what: string, Script, expected: boolean][] = [
  [
    'a refused login was a probe',
    async (peer) => {
      peer.send(BANNER);
      const action = await peer.next();
      if (action['Action'] === 'Login') peer.respond(action, ['Response: Error', 'Message: Authentication failed']);
    },
    true,
  ],
  [
    'a login that is let in was none, and ends',
    async (peer) => {
      peer.send(BANNER);
      peer.respond(await peer.next(), ['Response: Success', 'Message: Authentication accepted']);
      await once(peer.socket, 'close');
    },
    false,
  ],
  ['a connection that is closed was none', (peer) => peer.socket.end(), false],
];
for (const [what, script, expected] of CASES) {
  await t.test(what, async (t) => {
    const { port, peers } = await serve(t, script);
    const name = probeName();
    t.equal(await failToLogIn({ ...OPTIONS, port }, name, new AbortController().signal), expected);
    t.notMatch(peers[0]?.received, /Challenge/, 'one action');
    if (expected) t.match(peers[0]?.received, `Username: ${name}\r\n`);
  });
}

await t.test('an abort ends it', async (t) => {
  const abort = new AbortController();
  const { port } = await serve(t, () => abort.abort());
  t.equal(await failToLogIn({ ...OPTIONS, port }, probeName(), abort.signal), false);
});

await t.test('a fault of ours is thrown', async (t) => {
  const options = { ...OPTIONS, port: (await serve(t, (peer) => peer.send(BANNER))).port };
  await t.rejects(failToLogIn(options, 'a\r\nb', new AbortController().signal), TypeError);
});
