import type { Reading } from '../domain/reading.js';

/** Where readings go. */
export interface Sink {
  /** False while the receiver cannot be reached (its name not resolved yet, TCP down): keep the sums, ask again at the next flush. */
  ready(): boolean;
  /** Resolves when the readings have left the process or are counted as dropped; never rejects. Not to be called again before that. */
  send(readings: readonly Reading[]): Promise<void>;
  /** Ends a `send` that still waits. May be called more than once. */
  close(): Promise<void>;
}

/**
 * Why lines were not sent.
 * - `packet_bytes`: one line is longer than a packet may be.
 * - `stream`: the TCP connection was lost, or the receiver stopped reading.
 * - `socket`: the kernel refused the datagram, or the sink was closed before its turn.
 */
export type DropReason = 'packet_bytes' | 'stream' | 'socket';
