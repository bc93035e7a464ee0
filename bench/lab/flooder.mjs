// Sends packets as fast as it can. On a cable of this kind the whole way of a packet, the other end's firewall included, is
// gone within the send, so that its CPU time is this process's.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';

const port = Number(process.argv[2]);
const packet = Buffer.alloc(400);

process.on('disconnect', () => process.exit());
process.on('message', async ({ host, packets }) => {
  const socket = createSocket('udp4');
  socket.on('error', () => undefined);
  socket.connect(port, host);
  await once(socket, 'connect');
  const before = process.cpuUsage();
  for (let n = 0; n < packets; n += 1) socket.send(packet);
  const { user, system } = process.cpuUsage(before);
  socket.close();
  process.send({ nanoseconds: ((user + system) * 1000) / packets });
});
process.send('started');
