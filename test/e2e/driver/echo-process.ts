// `serve PORT...`: gives back over UDP and TCP what it gets. `call`: sends from where it is told and counts what comes back. It ends with its stdin.
import { createSocket } from 'node:dgram';
import { connect, createServer } from 'node:net';
import { createInterface } from 'node:readline';

/** Messages of one flow: the same ends are the same socket, from the first call on. */
export interface Call {
  readonly id: number;
  readonly transport: 'udp' | 'tcp';
  readonly from: string;
  /** Its port; one that is free where it is not said. */
  readonly fromPort?: number;
  readonly to: string;
  readonly port: number;
  readonly messages: number;
  /** How long it waits for all of them. */
  readonly waitMs: number;
}

export interface Called {
  readonly id: number;
  /** How many of its messages came back. */
  readonly echoes: number;
}

interface Flow {
  send(line: string): void;
}

const [mode, ...ports] = process.argv.slice(2);
const waiting = new Map<string, () => void>();
const flows = new Map<string, Flow>();

const input = createInterface(process.stdin);
input.on('close', () => process.exit());
if (mode === 'serve') await serve(ports.map(Number));
else input.on('line', (line) => void call(JSON.parse(line) as Call).then(tell));
tell('ready');

async function serve(all: readonly number[]): Promise<void> {
  for (const port of all) {
    for (const type of ['udp4', 'udp6'] as const) {
      const socket = createSocket({ type, ipv6Only: type === 'udp6' });
      socket.on('message', (message, { port: from, address }) => socket.send(message, from, address));
      await new Promise<void>((resolve) => void socket.bind(port, resolve));
    }
    const server = createServer((socket) => socket.on('error', () => socket.destroy()).pipe(socket));
    await new Promise<void>((resolve) => void server.listen(port, '::', resolve));
  }
}

function call({ id, transport, from, fromPort = 0, to, port, messages, waitMs }: Call): Promise<Called> {
  const key = [transport, from, fromPort, to, port].join();
  const ends = { from, fromPort, to, port };
  const flow = flows.get(key) ?? (transport === 'udp' ? overUdp(ends) : overTcp(key, ends));
  flows.set(key, flow);
  let echoes = 0;
  return new Promise((resolve) => {
    const end = () => resolve({ id, echoes });
    const timer = setTimeout(end, waitMs);
    for (let index = 0; index < messages; index++) {
      waiting.set(`${id}.${index}`, () => {
        if (++echoes < messages) return;
        clearTimeout(timer);
        end();
      });
      flow.send(`${id}.${index}\n`);
    }
  });
}

type Ends = Required<Pick<Call, 'from' | 'fromPort' | 'to' | 'port'>>;

function overUdp({ from, fromPort, to, port }: Ends): Flow {
  const socket = createSocket(to.includes(':') ? 'udp6' : 'udp4');
  socket.bind({ address: from, port: fromPort });
  socket.on('message', (message) => echoed(message.toString().trim()));
  return { send: (line) => socket.send(line, port, to) };
}

function overTcp(key: string, { from, fromPort, to, port }: Ends): Flow {
  const socket = connect({ host: to, port, localAddress: from, localPort: fromPort });
  socket.on('error', () => flows.delete(key));
  createInterface(socket).on('line', echoed);
  return { send: (line) => void socket.write(line) };
}

function echoed(message: string): void {
  waiting.get(message)?.();
  waiting.delete(message);
}

function tell(answer: unknown): void {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
