// The port of the PBX that is attacked: notes which packets of each address came through, by the times that they carry: when
// they were sent. So it does not matter when a busy machine lets this process read them. Nothing is answered.
import { createSocket } from 'node:dgram';

const [address, port] = process.argv.slice(2);
const times = new Map();

const socket = createSocket({ type: 'udp4', recvBufferSize: 4_194_304 });
socket.on('message', (packet, { address: from }) => {
  const sentAt = Number(packet.readBigUInt64BE());
  const known = times.get(from);
  if (known === undefined) times.set(from, [sentAt]);
  else known.push(sentAt);
});
socket.bind(Number(port), address, () => process.send('started'));
process.on('disconnect', () => process.exit());

/** How many packets came of an address, how many of them were sent after a time, and when the last was; nanoseconds of the monotonic clock, which all processes share. */
process.on('message', ({ from, after = 0 }) => {
  const known = times.get(from) ?? [];
  process.send({ packets: known.length, late: known.filter((at) => at > after).length, last: known.at(-1) ?? 0 });
});
