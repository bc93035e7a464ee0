// The process of startFlood: one core of its own, for a flood that is not slowed down by the test that measures it.
import { once } from 'node:events';
import type { FloodOptions, FloodResult } from './flood.js';
import { registration } from './register.js';
import { connectSip, type SipConnection } from './sip-connection.js';

/**
 * Where nothing is answered for so long, all that is in flight was dropped: PJSIP does that while one of Asterisk's queues
 * is over its high water mark of 500 (`Taskprocessor ... queue reached 500` in its messages log).
 */
const LOST_MS = 100;

const { port, sources, window } = JSON.parse(process.argv[2] ?? '') as FloodOptions;
const host = '127.0.0.1';
let sent = 0;
let answered = 0;
let inFlight = 0;
let flooding = true;

function attack(connection: SipConnection): void {
  sent += 1;
  inFlight += 1;
  const request = registration({
    transport: 'udp',
    local: connection.local,
    server: `${host}:${port}`,
    user: `guess-${sent}`,
  });
  connection.send(request(1, null));
}

const connections = await Promise.all(
  Array.from({ length: sources }, (_, index) =>
    connectSip({ transport: 'udp', host, port, from: `127.0.1.${index + 1}`, ca: Buffer.alloc(0) }),
  ),
);
/** Fills the window, each address in turn. */
function fill(): void {
  while (flooding && inFlight < window) attack(connections[sent % sources] as SipConnection);
}
for (const connection of connections) {
  connection.onMessage(() => {
    answered += 1;
    inFlight = Math.max(0, inFlight - 1);
    fill();
  });
}
let answeredBefore = 0;
setInterval(() => {
  if (answered === answeredBefore) inFlight = 0;
  answeredBefore = answered;
  fill();
}, LOST_MS);
process.once('disconnect', () => process.exit());
process.send?.('started');
fill();

await once(process, 'message');
flooding = false;
for (let waited = 0; waited < 1000 && answered < sent; waited += 20)
  await new Promise((resolve) => setTimeout(resolve, 20));
process.send?.({ sent, answered } satisfies FloodResult, () => process.exit());
