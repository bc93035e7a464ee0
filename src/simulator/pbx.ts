import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { AmiSession } from './ami-session.js';
import { encodeEvent, encodeSecurityEvent, type RaisedEvent, type Stamp } from './frames.js';
import { PBX_DEFAULTS, type PbxOptions, type Voice } from './pbx-options.js';

/**
 * A PBX that speaks AMI as Asterisk 22 does, for the demo and for tests of AMI clients. It can hang, restart and fall
 * silent like real ones. Runs until the signal is aborted.
 */
export class SimulatedPbx {
  readonly options: PbxOptions;
  readonly startedAt: number;
  /** What was refused at a limit. */
  readonly refused = { connections: 0, slowReaders: 0, longRequests: 0 };
  /** May be changed at any time. */
  voice: Voice = 'all';
  readonly #server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
  readonly #sessions = new Set<AmiSession>();
  #reading = true;

  private constructor(options: PbxOptions) {
    this.options = options;
    this.startedAt = options.clock();
  }

  /** @throws what `listen` throws, for example EADDRINUSE. */
  static async listen(options: Partial<PbxOptions>, signal: AbortSignal): Promise<SimulatedPbx> {
    const pbx = new SimulatedPbx({ ...PBX_DEFAULTS, ...options });
    const { host, port } = pbx.options;
    pbx.#server.listen({ host, port, signal });
    await once(pbx.#server, 'listening');
    signal.addEventListener('abort', () => pbx.closeAll(), { once: true });
    return pbx;
  }

  get port(): number {
    // A server that listens on a host and a port has an address of this kind.
    return (this.#server.address() as AddressInfo).port;
  }

  /** The names of the users who are logged in, once for each session. */
  get loggedIn(): string[] {
    return [...this.#sessions].flatMap((session) => session.user ?? []);
  }

  /** Sends a security event to every user that may read it and wants to. */
  raise(event: RaisedEvent): void {
    const { clock, systemName, timestamps } = this.options;
    const stamp: Stamp = { at: clock(), systemName, timestamps };
    const frame = encodeSecurityEvent(event, stamp);
    for (const session of this.#sessions) {
      if (session.hears('security', event.event)) session.write(frame);
    }
  }

  /** Sends any bytes to every client that is logged in. */
  send(bytes: string | Uint8Array): void {
    for (const session of this.#sessions) {
      if (session.user !== null) session.write(bytes);
    }
  }

  /** Stops reading from all connections, so that the buffers that clients write to fill up. */
  stopReading(): void {
    this.#reading = false;
    for (const session of this.#sessions) session.socket.pause();
  }

  /**
   * Closes all connections and goes on listening: `eof` like a killed Asterisk, `reset` like a host that went away,
   * `restart` with the event that Asterisk sends when it is told to restart.
   */
  closeAll(how: 'eof' | 'reset' | 'restart' = 'eof'): void {
    const shutdown = { SystemName: this.options.systemName, Shutdown: 'Cleanly', Restart: 'True' };
    for (const session of this.#sessions) {
      if (how === 'reset') session.socket.resetAndDestroy();
      else if (how === 'restart' && session.hears('system')) session.end(encodeEvent('Shutdown', 'system', shutdown));
      else session.end();
    }
  }

  #accept(socket: Socket): void {
    // A client that has already gone has no address.
    if (this.#sessions.size >= this.options.connectionsMax || socket.remoteAddress === undefined) {
      this.refused.connections += 1;
      socket.destroy();
      return;
    }
    const session = new AmiSession(this, socket);
    this.#sessions.add(session);
    socket.on('close', () => this.#sessions.delete(session));
    if (!this.#reading) socket.pause();
  }
}
