import { once } from 'node:events';
import t from 'tap';
import { AmiError } from '../../../src/sources/ami/ami-error.js';
import { Connector, type ConnectorOptions } from '../../../src/sources/ami/connector.js';
import { OPTIONS, SECRET, settled, Witness } from './running-source.js';
import { BANNER, OWN_LOGIN, serve } from './scripted-server.js';

const connectorTo = (port: number, options: Partial<ConnectorOptions> = {}) =>
  new Connector({ ...new Witness(), ...OPTIONS, port, ...options });

await t.test('a connection is handed out logged in, and gives its messages a turn later', async (t) => {
  const server = await serve(t, (peer) => peer.admit('Event: FullyBooted\r\nPrivilege: system,all\r\n\r\n'));
  const connection = await connectorTo(server.port).connect('secmon', SECRET);
  t.teardown(() => connection.close());
  const [message] = await once(connection, 'event');
  t.match({ ...message }, { Event: 'FullyBooted' });
});

await t.test('a server that does not answer the login is left after the deadline', async (t) => {
  const before = process.getActiveResourcesInfo();
  await t.test('whether it greets or not', async (t) => {
    for (const greeting of ['', BANNER]) {
      const server = await serve(t, (peer) => peer.send(greeting));
      await t.rejects(connectorTo(server.port, { loginMs: 40 }).connect('secmon', SECRET), {
        name: 'AmiError',
        message: 'no answer to the login within 0.04 s',
      });
    }
  });
  await settled(before);
});

await t.test('a refused login closes the connection', async (t) => {
  const server = await serve(t, (peer) => peer.refuse());
  await t.rejects(
    connectorTo(server.port).connect('secmon', SECRET),
    new AmiError(
      'login refused: Authentication failed (compare AMI_USERNAME, AMI_SECRET, and its deny and permit, with manager.conf)',
    ),
  );
  const socket = server.peers[0]?.socket;
  if (socket !== undefined && !socket.closed) await once(socket, 'close');
});

await t.test('an attempt that is aborted ends at once, while it dials and while it logs in', async (t) => {
  const server = await serve(t, (peer) => peer.send(BANNER));
  const connector = connectorTo(server.port);
  const dialling = connector.connect('secmon', SECRET);
  connector.abort();
  await t.rejects(dialling, { name: 'AmiError', message: /stopped$/ });

  const loggingIn = connector.connect('secmon', SECRET);
  const peer = () => server.peers.find(({ received }) => received !== '');
  while (peer() === undefined) await new Promise(setImmediate);
  connector.abort();
  await t.rejects(loggingIn, new AmiError('stopped'));
});

await t.test(
  'an attempt that is aborted by the event in the segment of its acceptance gives no connection',
  async (t) => {
    const server = await serve(t, (peer) => peer.admit(OWN_LOGIN));
    const connector: Connector = connectorTo(server.port, { onEvent: () => connector.abort() });
    await t.rejects(connector.connect('secmon', SECRET), new AmiError('stopped'));
  },
);

await t.test('to abort what has ended changes nothing', async (t) => {
  const server = await serve(t, (peer) => peer.admit());
  const connector = connectorTo(server.port);
  connector.abort();
  const connection = await connector.connect('secmon', SECRET);
  t.teardown(() => connection.close());
  connector.abort();
  t.ok(connection.isConnected);
});
