import type { AmiConnection } from './connection.js';

export interface WatchdogOptions {
  /** How long nothing may be heard before a ping is sent. */
  readonly pingMs: number;
  /** How long after the ping something must be heard. */
  readonly deadlineMs: number;
}

/**
 * Finds a peer that has gone mute: a crashed host or a stopped Asterisk says nothing, not even that it is gone.
 * A mute peer is dropped `pingMs + deadlineMs` after its last byte.
 * @returns ends the watch; it ends by itself with the connection.
 */
export function watch(connection: AmiConnection, sendPing: () => void, options: WatchdogOptions): () => void {
  const { pingMs, deadlineMs } = options;
  let timer: NodeJS.Timeout;
  const listen = () => {
    const idleMs = performance.now() - connection.lastByteAt;
    if (idleMs < pingMs) {
      timer = setTimeout(listen, pingMs - idleMs);
      return;
    }
    const heardAt = connection.lastByteAt;
    sendPing();
    timer = setTimeout(() => {
      if (connection.lastByteAt === heardAt)
        connection.close(`mute: no answer to a ping within ${deadlineMs / 1000} s`);
      else listen();
    }, deadlineMs);
  };
  timer = setTimeout(listen, pingMs);
  const stop = () => clearTimeout(timer);
  connection.once('close', stop);
  return stop;
}
