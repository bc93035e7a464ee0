import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PROMETHEUS_CONTENT_TYPE } from './prometheus-families.js';

/** What one client may take from the server. A connection beyond a limit is closed. */
export interface HttpLimits {
  /** Connections at one time; those beyond are closed unanswered and counted. */
  readonly connectionsMax: number;
  readonly headerBytesMax: number;
  /** From the connection to the end of the request's headers. */
  readonly headersMs: number;
  /** From the connection to the end of the request. */
  readonly requestMs: number;
  /** Between two requests of one connection. */
  readonly keepAliveMs: number;
  /** Without a byte read or written: for clients that do not take their answers. */
  readonly idleMs: number;
}

export const HTTP_LIMITS: HttpLimits = {
  connectionsMax: 64,
  headerBytesMax: 8192,
  headersMs: 5000,
  requestMs: 10_000,
  keepAliveMs: 5000,
  idleMs: 15_000,
};

/** What a process tells of itself over HTTP. */
export interface Status {
  /** Why a restart is needed, for people; null when healthy. */
  unhealthy(): string | null;
  /** Why it cannot do its work now, for people; null when ready. */
  unready(): string | null;
  /** In Prometheus' text format. */
  metrics(): string;
  /** A connection was closed unanswered: there are as many as there may be, or the process has no descriptor left. */
  httpRefused(): void;
}

export interface HttpOptions {
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  /** The variable that holds it, for faults. */
  readonly portVariable?: string;
  readonly limits?: HttpLimits;
}

export interface HttpServer {
  readonly port: number;
  /** Ends at once, with all connections. */
  close(): Promise<void>;
}

/**
 * Serves /healthz (does the process need a restart), /readyz (can it do its work now) and /metrics, until the signal is aborted.
 * @returns when it listens.
 * @throws an error that names HTTP_HOST or the port's variable and the fix where it cannot listen; the signal's reason where that was aborted.
 */
export async function startHttpServer(options: HttpOptions, status: Status, signal: AbortSignal): Promise<HttpServer> {
  signal.throwIfAborted();
  const { host, port, portVariable = 'HTTP_PORT', limits = HTTP_LIMITS } = options;
  const server = createServer(
    {
      maxHeaderSize: limits.headerBytesMax,
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      keepAliveTimeout: limits.keepAliveMs,
      connectionsCheckingInterval: limits.headersMs / 5,
    },
    (request, response) => {
      const { code, headers, body } = page(request.method, request.url, status);
      response.writeHead(code, {
        'Content-Type': 'text/plain; charset=utf-8',
        'Content-Length': Buffer.byteLength(body),
        'Cache-Control': 'no-store',
        'X-Content-Type-Options': 'nosniff',
        ...headers,
      });
      response.end(body);
    },
  );
  server.maxConnections = limits.connectionsMax;
  server.timeout = limits.idleMs;

  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  signal.addEventListener('abort', () => void close(), { once: true });
  const refused = () => status.httpRefused();
  server.on('drop', refused);
  // Besides a failed start, this is a failed accept: the process has no file descriptor left.
  server.on('error', refused);
  server.listen({ host, port });
  try {
    await once(server, 'listening', { signal });
  } catch (error) {
    throw signal.aborted ? signal.reason : listenError(error as NodeJS.ErrnoException, host, port, portVariable);
  }
  return { port: (server.address() as AddressInfo).port, close };
}

interface Page {
  readonly code: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

function page(method: string | undefined, url: string | undefined, status: Status): Page {
  const pages = new Map<string, () => Page>([
    ['/healthz', () => verdict(status.unhealthy())],
    ['/readyz', () => verdict(status.unready())],
    ['/metrics', () => ({ code: 200, headers: { 'Content-Type': PROMETHEUS_CONTENT_TYPE }, body: status.metrics() })],
  ]);
  const known = pages.get(String(url).replace(/\?.*/, ''));
  if (known === undefined) return { code: 404, body: `not found; there are ${[...pages.keys()].join(', ')}\n` };
  if (method === 'GET' || method === 'HEAD') return known();
  return { code: 405, headers: { Allow: 'GET, HEAD' }, body: 'only GET and HEAD\n' };
}

function verdict(fault: string | null): Page {
  return fault === null ? { code: 200, body: 'ok\n' } : { code: 503, body: `${fault}\n` };
}

/** What the user can do about a server that cannot listen. */
export function listenError(cause: NodeJS.ErrnoException, host: string, port: number, portVariable: string): Error {
  const { code, message } = cause;
  switch (String(code)) {
    case 'EADDRINUSE':
      return new Error(
        `${portVariable}: port ${port} of ${host} is in use; choose a free port, or stop the program that has it`,
        { cause },
      );
    case 'EACCES':
      return new Error(`${portVariable}: this user may not listen on port ${port}; choose one from 1024 on`, { cause });
    case 'EADDRNOTAVAIL':
      return new Error(
        `HTTP_HOST: ${host} is not an address of this machine; choose one that is, or 0.0.0.0 or :: for all`,
        { cause },
      );
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new Error(`HTTP_HOST: the name ${host} cannot be looked up; correct it, or write an IP address`, {
        cause,
      });
    default:
      return new Error(
        `HTTP_HOST, ${portVariable}: cannot listen on port ${port} of ${host}: ${message}; choose others`,
        {
          cause,
        },
      );
  }
}
