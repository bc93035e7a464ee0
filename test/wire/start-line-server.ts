import { LineServer, type LineServerOptions } from '../../src/wire/server/line-server.js';

/**
 * Listens until the signal is aborted.
 * @returns when it listens.
 * @throws SocketFileError, which names the variable and what to do; the signal's reason where that was aborted.
 */
export async function startLineServer(options: LineServerOptions, signal: AbortSignal): Promise<LineServer> {
  signal.throwIfAborted();
  const server = new LineServer(options);
  await server.listen();
  signal.addEventListener('abort', () => void server.close(), { once: true });
  if (signal.aborted) await server.close();
  signal.throwIfAborted();
  return server;
}
