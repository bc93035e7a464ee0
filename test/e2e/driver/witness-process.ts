// The process of startWitness.
import { loginAmi } from './ami-login.js';
import type { WitnessReport } from './witness.js';

const [, , port, secret = ''] = process.argv;
const socket = await loginAmi({ port: Number(port), ca: null, username: 'security-only', secret, method: 'plain' });
if (socket === null) throw new Error('Asterisk refuses the witness');

const events: Record<string, number> = {};
let closed = false;
let rest = '';
socket.on('data', (chunk: Buffer) => {
  const received = rest + chunk.toString('latin1');
  const end = received.lastIndexOf('\n') + 1;
  rest = received.slice(end);
  for (const [, name = ''] of received.slice(0, end).matchAll(/^Event: (\w+)/gm))
    events[name] = (events[name] ?? 0) + 1;
});
socket.on('close', () => {
  closed = true;
});
process.on('message', () => process.send?.({ events, closed } satisfies WitnessReport));
process.once('disconnect', () => process.exit());
process.send?.('started');
