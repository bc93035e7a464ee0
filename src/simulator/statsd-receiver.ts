import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

/** A line of StatsD: `name:value|type`, with the type c (counter), m (meter) or g (gauge). */
export interface StatsdLine {
  readonly name: string;
  readonly value: number;
  readonly type: 'c' | 'm' | 'g';
}

const LINE = /^([^:|]+):(-?\d{1,15}(?:\.\d{1,15})?)\|([cmg])$/;

/** @returns null for anything that is not exactly such a line: sample rates, tags and other types too. */
export function parseStatsdLine(line: string): StatsdLine | null {
  const [, name, value, type] = LINE.exec(line) ?? [];
  if (name === undefined || (type !== 'c' && type !== 'm' && type !== 'g')) return null;
  return { name, value: Number(value), type };
}

/** A small StatsD for the demo: adds up what it receives and keeps it in memory. */
export class StatsdReceiver {
  /** Lines that were not understood. */
  badLines = 0;
  /** Lines with a new name when there was no room for one more. */
  overflow = 0;
  readonly #socket: Socket = createSocket('udp4');
  readonly #totals = new Map<string, number>();
  readonly #gauges = new Map<string, number>();
  readonly #namesMax: number;

  /** @param namesMax how many totals are kept, and how many gauges. */
  constructor(namesMax = 10_000) {
    this.#namesMax = namesMax;
  }

  /** Receives on a free UDP port of 127.0.0.1 until the signal. */
  static async listen(signal: AbortSignal): Promise<StatsdReceiver> {
    const receiver = new StatsdReceiver();
    const socket = receiver.#socket;
    socket.on('message', (datagram) => receiver.receive(datagram.toString()));
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    signal.addEventListener('abort', () => socket.close(), { once: true });
    return receiver;
  }

  get port(): number {
    return this.#socket.address().port;
  }

  /** The sums of all counters and meters by name; they keep growing. */
  totals(): ReadonlyMap<string, number> {
    return this.#totals;
  }

  /** The last value of each gauge. */
  gauges(): ReadonlyMap<string, number> {
    return this.#gauges;
  }

  /** Takes one datagram: one or more lines. */
  receive(datagram: string): void {
    for (const text of datagram.split('\n')) {
      if (text === '') continue;
      const line = parseStatsdLine(text);
      if (line === null) this.badLines += 1;
      else this.#keep(line);
    }
  }

  #keep({ name, value, type }: StatsdLine): void {
    const values = type === 'g' ? this.#gauges : this.#totals;
    const before = values.get(name);
    if (before === undefined && values.size >= this.#namesMax) this.overflow += 1;
    else values.set(name, type === 'g' ? value : (before ?? 0) + value);
  }
}
