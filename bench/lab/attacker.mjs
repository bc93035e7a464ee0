// Sends a packet every 0.5 ms from one address, until it is told to stop. A packet carries the time of its sending, in
// nanoseconds of the monotonic clock.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setPriority } from 'node:os';

const [host, port] = process.argv.slice(2);
/** A wait of so long and a send take half a millisecond. */
const WAIT_MS = 0.4;
/** So long it does not hear what it is told. */
const PACKETS_AT_ONCE = 20;

const packet = Buffer.alloc(400);
// A clock that stands still measures nothing.
setPriority(-20);
const nobody = new Int32Array(new SharedArrayBuffer(4));
let sending = null;
/** When each packet was sent. */
let times = [];

function send() {
  for (let n = 0; n < PACKETS_AT_ONCE && sending !== null; n += 1) {
    Atomics.wait(nobody, 0, 0, WAIT_MS);
    const now = process.hrtime.bigint();
    packet.writeBigUInt64BE(now);
    sending.send(packet);
    times.push(Number(now));
  }
  if (sending !== null) setImmediate(send);
}

process.on('disconnect', () => process.exit());
/**
 * @param from the address to send from next; null: none
 * @param after when the last packet that came through was sent: when the first one after it was is answered
 */
process.on('message', async ({ from, after = 0 }) => {
  const socket = sending;
  sending = null;
  socket?.close();
  const answer = { next: times.find((at) => at > after) ?? null, last: times.at(-1) ?? 0 };
  if (from !== null) {
    times = [];
    const next = createSocket('udp4');
    // A firewall that rejects says so.
    next.on('error', () => undefined);
    next.bind(0, from);
    await once(next, 'listening');
    next.connect(Number(port), host);
    await once(next, 'connect');
    sending = next;
    setImmediate(send);
  }
  process.send(answer);
});
process.send('started');
