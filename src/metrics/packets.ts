import type { Reading } from '../domain/reading.js';

export interface Line {
  readonly name: string;
  readonly value: number;
  /** `m` is the meter of Asterisk's res_statsd; most receivers refuse it. */
  readonly type: 'c' | 'm' | 'g';
  /** Of `name:value|type`, without an end of line. */
  readonly bytes: number;
}

export interface LineOptions {
  /** Goes before every name, with a dot between; may be empty. */
  readonly prefix: string;
  /** As what readings of the kind `meter` are sent. */
  readonly meterType: 'c' | 'm';
}

/** How a reading is said in StatsD. */
export function lineOf(reading: Reading, { prefix, meterType }: LineOptions): Line {
  const name = prefix === '' ? reading.name : `${prefix}.${reading.name}`;
  const type = ({ meter: meterType, counter: 'c', gauge: 'g' } as const)[reading.kind];
  return { name, value: reading.value, type, bytes: Buffer.byteLength(`${name}:${reading.value}|${type}`) };
}

/** Puts the lines, in their order, into as few packets as hold at most `bytesMax` bytes, newlines between lines included. */
export function packets(lines: Iterable<Line>, bytesMax: number): Line[][] {
  const filled: Line[][] = [];
  let packet: Line[] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const line of lines) {
    bytes += 1 + line.bytes;
    if (bytes > bytesMax) {
      packet = [];
      filled.push(packet);
      bytes = line.bytes;
    }
    packet.push(line);
  }
  return filled;
}
