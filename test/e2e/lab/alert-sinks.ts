import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { encodeAnswer } from '../../../src/wire/ban-answer-codec.js';
import { decodeDecision } from '../../../src/wire/decision-codec.js';

/** A receiver of alerts that is out of order for its first request, refuses the second for good, and takes all others. */
export async function startWebhook(port: number): Promise<() => void> {
  let requests = 0;
  const server = createHttpServer((request, response) => {
    request.resume().once('end', () => {
      requests += 1;
      response.writeHead(requests === 1 ? 503 : requests === 2 ? 400 : 204).end();
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return () => {
    server.close();
    server.closeAllConnections();
  };
}

/** Says of every ban that it is done, and nonsense once. */
export async function startBanSink(path: string): Promise<() => void> {
  let isFirst = true;
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    if (isFirst) socket.write('nonsense\n');
    isFirst = false;
    createInterface({ input: socket }).on('line', (line) => {
      const decision = decodeDecision(line);
      if ('fault' in decision || decision.type !== 'ban') return;
      socket.write(
        `${encodeAnswer({ address: decision.address, port: decision.port, result: 'banned', reason: null })}\n`,
      );
    });
  });
  server.listen(path);
  await once(server, 'listening');
  return () => server.close();
}
