// What Graphite keeps of single attackers, read from its files themselves: statsd writes a count and a rate of each.
import { closeSync, openSync, readdirSync, readSync, statSync, utimesSync } from 'node:fs';

const ADDRESS = /^IPV[46]-/;
const FILES = ['count.wsp', 'rate.wsp'] as const;
/** Of Whisper's file format: a header, then 12 bytes on each archive, then the archives, points of 12 bytes each. */
const HEADER_BYTES = 16;
const ARCHIVE_BYTES = 12;
const POINT_BYTES = 12;

/** The folders of the attackers of a service: one for each address. `service` is a folder. */
export function attackersIn(service: string): string[] {
  return readdirSync(service).filter((name) => ADDRESS.test(name));
}

/** Of an attacker's files those that are there. */
export function filesOf(folder: string): string[] {
  return FILES.map((name) => `${folder}/${name}`).filter(
    (file) => statSync(file, { throwIfNoEntry: false }) !== undefined,
  );
}

/** What a file or a folder takes on the disk, in bytes. */
export function bytesOnDisk(path: string): number {
  return statSync(path).blocks * 512;
}

/** As if it had last been written so many hours ago. */
export function age(path: string, hours: number): void {
  const at = Date.now() / 1000 - hours * 3600;
  utimesSync(path, at, at);
}

/** The sum of all points of the first archive, that of the shortest step. */
export function storedSum(file: string): number {
  const descriptor = openSync(file, 'r');
  try {
    const archive = read(descriptor, HEADER_BYTES, ARCHIVE_BYTES);
    const points = read(descriptor, archive.readUInt32BE(0), archive.readUInt32BE(8) * POINT_BYTES);
    let sum = 0;
    for (let at = 0; at < points.length; at += POINT_BYTES) {
      // A point that was never written has the time 0.
      if (points.readUInt32BE(at) !== 0) sum += points.readDoubleBE(at + 4);
    }
    return sum;
  } finally {
    closeSync(descriptor);
  }
}

function read(descriptor: number, from: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  const taken = readSync(descriptor, bytes, 0, length, from);
  if (taken !== length) throw new Error(`a file ends after ${from + taken} bytes`);
  return bytes;
}
