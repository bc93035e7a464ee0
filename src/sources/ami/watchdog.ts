import type { AmiConnection } from './connection.js';

export interface WatchdogOptions {
  /** How long nothing may be heard before a ping is sent. */
  readonly pingMs: number;
  /** How long after the ping something must be heard. */
  readonly deadlineMs: number;
}

/**
 * Finds a peer that has gone mute: a crashed host or a stopped Asterisk says nothing, not even that it is gone.
 * A mute peer is dropped `pingMs + deadlineMs` after its last byte. The watch ends with the connection.
 */
export function watch(connection: AmiConnection, sendPing: () => void, options: WatchdogOptions): void {
  const { pingMs, deadlineMs } = options;
  let pingedAt = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout;
  const wait = (ms: number) => {
    timer = setTimeout(check, ms);
  };
  const check = () => {
    const now = performance.now();
    const isAnswered = connection.lastByteAt >= pingedAt;
    const leftMs = isAnswered ? connection.lastByteAt + pingMs - now : pingedAt + deadlineMs - now;
    if (leftMs > 0) wait(leftMs);
    else if (isAnswered) ping(now);
    // Timers run before sockets are read: after a pause of this process the answer may only wait to be read.
    else setImmediate(giveUpOrGoOn);
  };
  const ping = (now: number) => {
    pingedAt = now;
    sendPing();
    wait(Math.min(pingMs, deadlineMs));
  };
  const giveUpOrGoOn = () => {
    if (!connection.isConnected) return;
    if (connection.lastByteAt >= pingedAt) check();
    else connection.close(`mute: no answer to a ping within ${deadlineMs / 1000} s`);
  };
  connection.once('close', () => clearTimeout(timer));
  wait(pingMs);
}
