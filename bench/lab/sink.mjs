// A port that packets come to and that nobody reads: the kernel drops them after the firewall let them through.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';

const [address, port] = process.argv.slice(2);
const socket = createSocket({ type: 'udp4', recvBufferSize: 1 }).bind(Number(port), address);
await once(socket, 'listening');
process.on('disconnect', () => process.exit());
process.send('started', () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
