import { once } from 'node:events';
import { connect, type NetConnectOpts, type Socket } from 'node:net';
import type { Test } from 'tap';
import type { Log } from '../../src/domain/log.js';

/** A client of a line server that keeps what it reads, and can wait for it. */
export class LineClient {
  readonly socket: Socket;
  readonly closed: Promise<unknown>;
  text = '';
  #changed: () => void = () => undefined;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('error', () => undefined); // A reset is as good an end as any here.
    socket.on('data', (chunk) => {
      this.text += chunk.toString();
      this.#changed();
    });
    this.closed = new Promise((resolve) => socket.once('close', resolve));
  }

  static async open(t: Test, path: string, options: Partial<NetConnectOpts> = {}): Promise<LineClient> {
    const client = new LineClient(connect({ path, ...options } as NetConnectOpts));
    t.teardown(() => client.socket.destroy());
    await once(client.socket, 'connect');
    return client;
  }

  get lines(): string[] {
    return this.text.split('\n').slice(0, -1);
  }

  write(text: string): void {
    this.socket.write(text);
  }

  async line(count: number): Promise<string[]> {
    while (this.lines.length < count) {
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
    return this.lines;
  }
}

/** A log that keeps what is written. */
export function keptLog() {
  const written: { level: string; fields: object; message: string }[] = [];
  const at = (level: string) => (fields: object, message: string) => {
    written.push({ level, fields, message });
  };
  const log: Log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
  return { log, written };
}
