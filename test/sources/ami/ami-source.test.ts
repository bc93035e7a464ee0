import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import type { SecurityEventName } from '../../../src/domain/security-event.js';
import type { SourceState } from '../../../src/domain/source.js';
import { SimulatedPbx } from '../../../src/simulator/pbx.js';
import type { PbxUser } from '../../../src/simulator/pbx-options.js';
import { AmiSource, type AmiSourceOptions } from '../../../src/sources/ami/ami-source.js';
import { goodFrame } from './event-frames.js';
import { begin, OPTIONS, SECRET, settled, Witness } from './running-source.js';
import { BANNER, OWN_LOGIN, type Script, serve } from './scripted-server.js';

const restart = 'Event: Shutdown\r\nPrivilege: system,all\r\nShutdown: Uncleanly\r\nRestart: True\r\n\r\n';

await t.test('its own login as a security event means that it hears', async (t) => {
  const server = await serve(t, async (peer) => {
    await peer.admit();
    await peer.next();
    peer.send(OWN_LOGIN);
  });
  const { witness } = begin(t, { port: server.port, pingMs: 10 });
  await witness.until(() => witness.names.includes('hearing'));
  t.strictSame(witness.names, ['connected', 'hearing'], 'after the connection, and once');
});

await t.test(
  'without that event it says that it is deaf and how to mend it, and hears with the first event',
  async (t) => {
    const server = await serve(t, async (peer) => {
      await peer.admit('Event: FullyBooted\r\nPrivilege: system,all\r\n\r\n');
      await peer.next();
      peer.send(goodFrame() + goodFrame());
    });
    const { witness } = begin(t, { port: server.port, canaryMs: 20, pingMs: 60 });
    await witness.until(() => witness.names.includes('deaf'));
    t.match(witness.states.at(-1), {
      state: 'deaf',
      reason: /within 0.02 s.*manager.conf.*read = security.*manager reload/,
    });
    await witness.until(() => witness.events.length === 2);
    t.strictSame(witness.names, ['connected', 'deaf', 'partly-deaf'], 'its own login is still missing');
  },
);

/** A simulated PBX from whose user some types are hidden. */
async function simulated(t: Test, hides: readonly SecurityEventName[]) {
  const abort = new AbortController();
  t.teardown(() => abort.abort());
  const user: PbxUser = { secret: SECRET, read: ['security', 'system'], hides: (name) => hides.includes(name) };
  return SimulatedPbx.listen({ users: new Map([['secmon', user]]), rejectMs: 5 }, abort.signal);
}

await t.test('a probe that is reported is nobody\u2019s event, and all is well', async (t) => {
  const pbx = await simulated(t, []);
  const { witness } = begin(t, { port: pbx.port, probe: true, canaryMs: 60 });
  await witness.until(() => witness.names.includes('hearing'));
  await sleep(150);
  t.strictSame(witness.names, ['connected', 'hearing']);
  t.strictSame(
    witness.events.map(({ event }) => event),
    ['SuccessfulAuth'],
  );
});

await t.test('a probe that is not reported makes it partly deaf, until it logs in anew and hears', async (t) => {
  const hidden: SecurityEventName[] = ['InvalidAccountID'];
  const pbx = await simulated(t, hidden);
  const { witness } = begin(t, { port: pbx.port, probe: true, canaryMs: 40, deafMs: 120 });
  await witness.until(() => witness.names.includes('partly-deaf'));
  hidden.pop();
  t.match(witness.states.at(-1), { missing: ['InvalidAccountID'], reason: /eventfilter/ });
  await witness.until(() => witness.names.filter((name) => name === 'hearing').length === 2);
  t.strictSame(witness.names, ['connected', 'hearing', 'partly-deaf', 'disconnected', 'connected', 'hearing']);
});

await t.test('a connection soon after another makes no second probe', async (t) => {
  const pbx = await simulated(t, ['InvalidAccountID']);
  const { witness } = begin(t, { port: pbx.port, probe: true, canaryMs: 10 });
  await witness.until(() => witness.names.includes('partly-deaf'));
  pbx.closeAll();
  await witness.until(() => witness.names.filter((name) => name === 'hearing').length === 2);
  await sleep(50);
  t.equal(witness.names.at(-1), 'hearing');
});

await t.test('who is deaf for long logs in anew, and hears once manager.conf is mended', async (t) => {
  const server = await serve(t, (peer, connection) => peer.admit(connection === 1 ? '' : OWN_LOGIN));
  const { witness } = begin(t, { port: server.port, canaryMs: 20, deafMs: 40 });
  await witness.until(() => witness.names.includes('hearing'));
  t.strictSame(witness.names, ['connected', 'deaf', 'disconnected', 'connected', 'hearing']);
  t.match(witness.reasons, [/^deaf: logging in anew/]);
});

await t.test('who hears is not said to be deaf, and stays', async (t) => {
  const server = await serve(t, (peer) => peer.admit(OWN_LOGIN));
  const { witness } = begin(t, { port: server.port, canaryMs: 10, deafMs: 20 });
  await witness.until(() => witness.names.includes('hearing'));
  await sleep(60);
  t.strictSame(witness.names, ['connected', 'hearing']);
});

await t.test('a disconnection says why, and how long it waits', async (t) => {
  const scripts: [RegExp | string, Script][] = [
    [/not the Asterisk Manager Interface/, (peer) => peer.send('HTTP/1.1 400 Bad Request\r\n\r\n')],
    [/before its greeting \(authlimit/, (peer) => peer.socket.end()],
    [
      'login refused: Authentication failed (compare AMI_USERNAME, AMI_SECRET, and its deny and permit, with manager.conf)',
      (peer) => peer.refuse(),
    ],
    [
      'login refused: Login Already In Use (allowmultiplelogin=no in manager.conf: give the exporter a user of its own)',
      (peer) => peer.refuse('Login Already In Use'),
    ],
    ['closed by Asterisk', (peer) => peer.socket.end(BANNER)],
    [
      'closed by Asterisk',
      async (peer) => {
        await peer.admit(OWN_LOGIN);
        peer.socket.end();
      },
    ],
    [
      'Asterisk restarts',
      async (peer) => {
        await peer.admit(OWN_LOGIN + restart);
        peer.socket.end();
      },
    ],
  ];
  for (const [reason, script] of scripts) {
    const server = await serve(t, script);
    const { witness, stop } = begin(t, { port: server.port });
    await witness.until(() => witness.reasons.length === 1);
    t.match(witness.reasons[0], reason);
    const last = witness.states.at(-1);
    t.ok(last?.state === 'disconnected' && last.retryMs >= 2 && last.retryMs <= 4);
    await stop();
  }
});

await t.test('the waits grow up to the longest, and begin anew after a good login', async (t) => {
  let isAdmitting = false;
  const server = await serve(t, async (peer) => {
    if (!isAdmitting) return peer.refuse();
    await peer.admit(OWN_LOGIN);
    return peer.socket.end();
  });
  const { witness } = begin(t, { port: server.port, reconnectFirstMs: 4, reconnectMaxMs: 32 });
  const waits = () => witness.states.flatMap((state) => (state.state === 'disconnected' ? [state.retryMs] : []));
  await witness.until(() => waits().length === 7);
  const steps = [4, 8, 16, 32, 32, 32, 32];
  for (const [i, wait] of waits().entries()) {
    const step = steps[i] ?? 0;
    t.ok(wait >= step / 2 && wait <= step, `wait ${i}: ${wait} of ${step}`);
  }
  isAdmitting = true;
  await witness.until(() => witness.names.includes('connected'));
  const before = waits().length;
  await witness.until(() => waits().length > before + 1);
  for (const wait of waits().slice(before)) t.ok(wait >= 2 && wait <= 4, `${wait} after a good login`);
});

await t.test('a connection that comes back is read from its beginning, with what was cut off counted', async (t) => {
  const server = await serve(t, async (peer, connection) => {
    await peer.admit(OWN_LOGIN);
    if (connection === 1) peer.socket.end(goodFrame().slice(0, 60));
    else peer.send(goodFrame());
  });
  const { witness } = begin(t, { port: server.port });
  await witness.until(() => witness.events.length === 3);
  t.strictSame(witness.malformed, ['truncated']);
  t.match(
    witness.events.map(({ event }) => event),
    ['SuccessfulAuth', 'SuccessfulAuth', 'InvalidPassword'],
  );
  t.strictSame(witness.names, ['connected', 'hearing', 'disconnected', 'connected', 'hearing']);
});

await t.test('an event before the login\u2019s answer is heard, but the connection is told first', async (t) => {
  const server = await serve(t, async (peer) => {
    peer.send(BANNER + goodFrame());
    peer.respond(await peer.next(), ['Response: Error']);
    peer.respond(await peer.next(), ['Response: Success']);
  });
  const { witness } = begin(t, { port: server.port });
  await witness.until(() => witness.names.includes('hearing'));
  t.strictSame(witness.names, ['connected', 'hearing']);
});

await t.test('no state tells the secret, a challenge or a key', async (t) => {
  const told: SourceState[] = [];
  let sent = '';
  const scripts: Script[] = [
    (peer) => peer.refuse(),
    (peer) => peer.admit(),
    (peer) => peer.socket.end(),
    (peer) => peer.socket.end(BANNER),
    async (peer) => {
      peer.send(BANNER);
      peer.respond(await peer.next(), ['Response: Success', 'Challenge: 157067672']);
      await peer.next();
    },
    async (peer) => {
      peer.send(BANNER);
      await peer.next();
      peer.socket.resetAndDestroy();
    },
  ];
  for (const script of scripts) {
    for (const method of ['auto', 'plain', 'challenge'] as const) {
      const server = await serve(t, script);
      const { witness, stop } = begin(t, {
        port: server.port,
        method,
        loginMs: 30,
        canaryMs: 1,
        pingMs: 10,
        deadlineMs: 10,
      });
      await witness.until(() => witness.reasons.length === 1);
      await stop();
      told.push(...witness.states);
      sent += server.peers.map(({ received }) => received).join('');
    }
  }
  const keys = [...sent.matchAll(/Key: (\w+)/g)].map(([, key]) => key ?? '');
  t.ok(sent.includes(SECRET) && keys.length > 0);
  for (const secret of [SECRET, '157067672', ...keys]) t.notMatch(JSON.stringify(told), secret);
});

await t.test('a fault of our own is thrown, and leaves nothing behind', async (t) => {
  const server = await serve(t, (peer) => peer.admit(OWN_LOGIN));
  const before = process.getActiveResourcesInfo();
  const onState = () => {
    throw new Error('a fault of ours');
  };
  const source = new AmiSource({ ...OPTIONS, port: server.port });
  await t.rejects(source.start({ ...new Witness(), onState }, new AbortController().signal), {
    message: 'a fault of ours',
  });
  await settled(before);
});

await t.test('a source that is aborted before it starts does nothing', async (t) => {
  const server = await serve(t, (peer) => peer.admit());
  const witness = new Witness();
  await new AmiSource({ ...OPTIONS, port: server.port }).start(witness, AbortSignal.abort());
  t.strictSame([witness.states, server.peers], [[], []]);
});

await t.test('who ends it in a callback hears of no disconnection, and nothing is left behind', async (t) => {
  for (const last of ['connected', 'hearing', 'disconnected'] as const) {
    const server = await serve(t, async (peer) => {
      await peer.admit(OWN_LOGIN);
      if (last === 'disconnected') peer.socket.end();
    });
    const before = process.getActiveResourcesInfo();
    const witness = new Witness();
    const { onState } = witness;
    const running = begin(
      t,
      { port: server.port, reconnectFirstMs: 60_000, reconnectMaxMs: 60_000 },
      Object.assign(witness, {
        onState: (state: SourceState) => {
          onState(state);
          if (state.state === last) running.abort.abort();
        },
      }),
    );
    await running.ended;
    await settled(before);
    t.equal(witness.names.includes('disconnected'), last === 'disconnected');
  }
});

await t.test(
  'it ends promptly and leaves nothing behind, whenever it is ended and whatever the server does',
  async (t) => {
    const states: [Script, Partial<AmiSourceOptions>][] = [
      [() => undefined, {}],
      [() => undefined, { tls: { ca: null, serverName: null, verify: true } }],
      [(peer) => peer.send(BANNER), {}],
      [(peer) => peer.refuse(), {}],
      [(peer) => peer.admit(), { canaryMs: 5, deafMs: 10 }],
      [(peer) => peer.admit(OWN_LOGIN), { pingMs: 5, deadlineMs: 5 }],
      [
        async (peer) => {
          await peer.admit(OWN_LOGIN);
          await peer.answerPings();
        },
        { pingMs: 2 },
      ],
      [
        async (peer) => {
          await peer.admit(OWN_LOGIN);
          while (!peer.socket.closed) if (!peer.socket.write(goodFrame().repeat(20))) await once(peer.socket, 'drain');
        },
        {},
      ],
      [(peer) => peer.socket.end(), {}],
      [(peer) => peer.socket.resetAndDestroy(), {}],
    ];
    const servers = await Promise.all(
      states.map(async ([script, options]) => ({ ...options, ...(await serve(t, script)) })),
    );
    const before = process.getActiveResourcesInfo();
    const check = await fc.check(
      fc.asyncProperty(fc.constantFrom(...servers), fc.nat(50), async ({ peers: _, ...options }, ms) => {
        const { witness, stop } = begin(t, options);
        await sleep(ms);
        const startedAt = performance.now();
        await stop();
        const tookMs = performance.now() - startedAt;
        const told = witness.states.length + witness.events.length + witness.malformed.length;
        await settled(before);
        return tookMs < 1_000 && told === witness.states.length + witness.events.length + witness.malformed.length;
      }),
      { numRuns: 40 },
    );
    t.notOk(check.failed, fc.defaultReportMessage(check) ?? 'holds');
  },
);
