import { once } from 'node:events';
import t from 'tap';
import { Client } from '../../../src/sources/ami/client.js';
import { Connector } from '../../../src/sources/ami/connector.js';
import { textOf } from './event-frames.js';
import { OPTIONS, SECRET, Witness } from './running-source.js';
import { serve } from './scripted-server.js';

const clientTo = (port: number) => new Client(new Connector({ ...new Witness(), ...OPTIONS, port }));

await t.test('messages of a connection are the events and responses of the client', async (t) => {
  const server = await serve(t, async (peer) => {
    await peer.admit('Event: FullyBooted\r\nPrivilege: system,all\r\n\r\n');
    await peer.answerPings();
  });
  const client = clientTo(server.port);
  t.teardown(() => client.disconnect());
  await client.connect('secmon', SECRET);
  const [event] = await once(client, 'event');
  t.equal(event.Event, 'FullyBooted');
  client.action({ Action: 'Ping', ActionID: '1' });
  const [response] = await once(client, 'response');
  t.match({ ...response }, { Ping: 'Pong', ActionID: '1' });
});

await t.test('a disconnect is told once, whoever ends the connection', async (t) => {
  for (const isOurs of [true, false]) {
    const server = await serve(t, async (peer) => {
      await peer.admit();
      if (!isOurs) peer.socket.end();
    });
    const client = clientTo(server.port);
    const connection = await client.connect('secmon', SECRET);
    let disconnects = 0;
    client.on('disconnect', () => disconnects++);
    const closed = once(connection, 'close');
    if (isOurs) client.disconnect();
    await closed;
    client.disconnect();
    t.equal(disconnects, 1);
  }
});

await t.test('a disconnect ends the attempt to connect', async (t) => {
  const server = await serve(t, () => undefined);
  const client = clientTo(server.port);
  const attempt = client.connect('secmon', SECRET);
  t.equal(client.disconnect(), client);
  await t.rejects(attempt, { name: 'AmiError', message: /stopped/ });
  t.equal(client.connection, null);
});

await t.test('a message cannot pass for an event of the client itself', async (t) => {
  const names = ['error', 'disconnect', 'connect', 'internalError', 'resp_1'];
  const server = await serve(t, (peer) =>
    peer.admit(names.map((name) => textOf([`Event: ${name}`, 'Privilege: system,all'])).join('')),
  );
  const client = clientTo(server.port);
  t.teardown(() => client.disconnect());
  await client.connect('secmon', SECRET);
  const told: string[] = [];
  for (const name of names) client.on(name, () => told.push(name));
  const messages: string[] = [];
  client.on('event', ({ Event }) => messages.push(Event));
  while (messages.length < names.length) await once(client, 'event');
  t.strictSame(messages, names);
  t.strictSame(told, []);
});
