import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Finding } from '../../src/domain/finding.js';
import type { Address } from '../../src/domain/remote-address.js';

export const AT = Date.parse('2026-03-01T04:00:00Z');

/** An address that guessed for two hours and is banned for one. */
export const FINDING: Finding = {
  rule: 'brute_force',
  severity: 'warning',
  subject: { kind: 'address', text: '203.0.113.9' },
  pbx: 'office',
  service: 'PJSIP',
  at: AT,
  since: AT - 7_200_000,
  attempts: 1000,
  accounts: 3,
  addresses: 1,
  address: '203.0.113.9' as Address,
  account: '101',
  proof: 'handshake',
  action: 'ban',
  banTarget: '203.0.113.9/32',
  banSeconds: 3600,
  evidence: [
    { name: 'sockets', count: 950, weight: 1 },
    { name: 'guesses_here', count: 1000, weight: 0.9 },
  ],
};

/** The finding, about the host with this number. */
export function findingOf(host: number, changes: Partial<Finding> = {}): Finding {
  return { ...FINDING, subject: { kind: 'address', text: `203.0.113.${host}` }, ...changes };
}

interface Received {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

type Answer = (response: ServerResponse, received: Received) => void;

export interface Receiver extends AsyncDisposable {
  readonly origin: string;
  readonly requests: Received[];
  /** The most that were open at once. */
  readonly openMax: number;
  /** Resolves once so many requests are there. */
  received(count: number): Promise<readonly Received[]>;
}

/** An HTTP server that answers each request by the next of the answers, and by the last one from then on. */
export async function receiver(...answers: readonly (Answer | number)[]): Promise<Receiver> {
  const requests: Received[] = [];
  let open = 0;
  let openMax = 0;
  const server = createServer((request, response) => {
    open += 1;
    openMax = Math.max(openMax, open);
    response.on('close', () => {
      open -= 1;
    });
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method, url: path, headers } = request;
      const received = { method, path, headers, body: Buffer.concat(chunks).toString() };
      const answer = answers[Math.min(requests.length, answers.length - 1)] ?? 204;
      requests.push(received);
      if (typeof answer === 'number') response.writeHead(answer).end();
      else answer(response, received);
      server.emit('received');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    get openMax() {
      return openMax;
    },
    async received(count) {
      while (requests.length < count) await once(server, 'received');
      return requests;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Leaves the request without an answer. */
export const mute: Answer = () => undefined;

/** A wait that is over at once, and the clock that it moves on. */
export function fakeWait() {
  const waits: number[] = [];
  const clock = { now: 0 };
  const wait = async (ms: number) => {
    waits.push(ms);
    clock.now += ms;
  };
  return { waits, clock, wait, now: () => clock.now };
}

/** The first fenced block of the language in a Markdown text. */
export function codeBlock(markdown: string, language: string): string {
  return new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 's').exec(markdown)?.[1] ?? '';
}
