import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import type { SecurityEvent } from '../../domain/security-event.js';
import type { MalformedReason } from '../../domain/source.js';
import { AmiError } from './ami-error.js';
import { BlockFramer } from './block-framer.js';
import { EventReader, type EventReaderOptions } from './event-reader.js';
import { type AmiMessage, encodeMessage, parseMessage } from './message.js';

export interface ConnectionOptions extends EventReaderOptions {
  /** Told of each security event, straight from the socket's bytes: they are not emitted. */
  readonly onEvent: (event: SecurityEvent) => void;
  readonly onMalformed: (reason: MalformedReason) => void;
}

const BANNER = 'Asterisk Call Manager/';
/** The greeting has some 30 bytes; whoever sends more without a line end is not Asterisk. */
const BANNER_BYTES_MAX = 256;
/** Messages that wait until AmiClient listens: after a login there is one, FullyBooted. */
const HELD_MESSAGES_MAX = 100;

/**
 * One connection to AMI, as AmiClient wants it: emits `event` and `response` for the messages that it does not read itself, and
 * `close`, once, at the end.
 *
 * It takes what Asterisk sends as fast as it comes: Asterisk closes a connection that it cannot write to for 100 ms.
 */
export class AmiConnection extends EventEmitter {
  readonly #socket: Socket;
  readonly #framer: BlockFramer;
  readonly #reader: EventReader;
  readonly #onMalformed: (reason: MalformedReason) => void;
  readonly #requests = new Map<string, (response: AmiMessage | AmiError) => void>();
  #banner: Buffer | null = Buffer.alloc(0);
  #held: [name: 'event' | 'response', message: AmiMessage][] | null = [];
  #closeReason: string | null = null;
  #lastByteAt: number;
  lastEvent: AmiMessage | null = null;
  lastResponse: AmiMessage | null = null;

  constructor(socket: Socket, options: ConnectionOptions) {
    super();
    this.#socket = socket;
    this.#onMalformed = options.onMalformed;
    this.#framer = new BlockFramer(options.blockBytesMax, () => options.onMalformed('oversize'));
    this.#reader = new EventReader(options, {
      onEvent: options.onEvent,
      onMalformed: options.onMalformed,
      onMessage: (block) => this.#onMessage(block),
    });
    this.#lastByteAt = performance.now();
    socket.on('data', (bytes: Buffer) => this.#onData(bytes));
    socket.on('error', (error) => this.close(error.message));
    socket.on('end', () => this.close(this.#endReason()));
    socket.on('close', () => this.close('the connection was lost'));
  }

  get isConnected(): boolean {
    return this.#closeReason === null;
  }

  /** Why it was closed, for the operator; null while it is open. */
  get closeReason(): string | null {
    return this.#closeReason;
  }

  /** When something was received last, on the clock of `performance.now()`. */
  get lastByteAt(): number {
    return this.#lastByteAt;
  }

  /** Sends a message; does nothing once closed. */
  write(message: AmiMessage): void {
    if (this.isConnected) this.#socket.write(encodeMessage(message));
  }

  /**
   * Sends an action and waits for its response: until the connection is closed, so the caller sets the deadline.
   * @throws AmiError when it is closed before.
   */
  async request(action: AmiMessage): Promise<AmiMessage> {
    // Nobody can write a response of his own: he would have to guess this.
    const actionId = crypto.randomUUID();
    const response = await new Promise<AmiMessage | AmiError>((resolve) => {
      if (this.#closeReason !== null) resolve(new AmiError(this.#closeReason));
      this.#requests.set(actionId, resolve);
      this.write({ ...action, ActionID: actionId });
    });
    this.#requests.delete(actionId);
    if (response instanceof AmiError) throw response;
    return response;
  }

  /** From now on messages are emitted; those that came before come first. */
  release(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const [name, message] of held) this.emit(name, message);
  }

  /** Ends it at once. Only the first call has an effect. */
  close(reason = 'closed'): this {
    if (this.#closeReason !== null) return this;
    this.#closeReason = reason;
    if (this.#framer.isMidBlock) this.#onMalformed('truncated');
    this.#socket.destroy();
    for (const answer of this.#requests.values()) answer(new AmiError(reason));
    this.emit('close');
    return this;
  }

  #onData(bytes: Buffer): void {
    if (!this.isConnected) return;
    this.#lastByteAt = performance.now();
    const rest = this.#banner === null ? bytes : this.#readBanner(this.#banner, bytes);
    if (rest === null) return;
    this.#framer.push(rest, (blocks) => this.#reader.read(blocks));
  }

  /** @returns what follows the greeting; null while it is not complete. */
  #readBanner(before: Buffer, bytes: Buffer): Buffer | null {
    const joined = Buffer.concat([before, bytes]);
    const end = joined.indexOf('\r\n');
    const isPossible = joined.subarray(0, BANNER.length).equals(Buffer.from(BANNER).subarray(0, joined.length));
    if (!isPossible || (end < 0 && joined.length > BANNER_BYTES_MAX)) {
      this.close('what answers there is not the Asterisk Manager Interface');
      return null;
    }
    this.#banner = end < 0 ? joined : null;
    return end < 0 ? null : joined.subarray(end + 2);
  }

  #onMessage(block: string): void {
    const message = parseMessage(block);
    const answer = this.#requests.get(message['ActionID'] ?? '');
    if (answer !== undefined) {
      answer(message);
      return;
    }
    const name = 'Response' in message ? 'response' : 'event';
    if (name === 'event') this.lastEvent = message;
    else this.lastResponse = message;
    if (this.#held === null) this.emit(name, message);
    else if (this.#held.length < HELD_MESSAGES_MAX) this.#held.push([name, message]);
  }

  #endReason(): string {
    if (this.#banner !== null) {
      return 'closed by Asterisk before its greeting (authlimit in manager.conf, or too many connections)';
    }
    const restart = this.lastEvent?.['Event'] === 'Shutdown' ? this.lastEvent['Restart'] : undefined;
    if (restart === undefined) return 'closed by Asterisk';
    return restart === 'True' ? 'Asterisk restarts' : 'Asterisk shuts down';
  }
}
