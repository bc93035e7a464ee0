import type { Reading } from '../domain/reading.js';
import { DIALECTS, type DialectName } from './dialects/dialects.js';

export interface Line {
  /** Without an end of line. */
  readonly text: string;
  readonly bytes: number;
}

export interface LineOptions {
  /** Goes before every name, with a dot between; null: nothing does. */
  readonly prefix: string | null;
  /** As what readings of the kind `meter` are sent. */
  readonly meterType: 'c' | 'm';
  readonly dialect: DialectName;
  /** What a dialect with tags calls the PBX; null: no such tag. */
  readonly pbx: string | null;
}

/** How a reading is said in StatsD. */
export function lineOf(reading: Reading, { prefix, meterType, dialect, pbx }: LineOptions): Line {
  const { kind, name, endpoint, value } = reading;
  const type = ({ meter: meterType, counter: 'c', gauge: 'g' } as const)[kind];
  const text = DIALECTS[dialect]({ prefix: prefix === null ? '' : `${prefix}.`, name, endpoint, value, type, pbx });
  return { text, bytes: Buffer.byteLength(text) };
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
