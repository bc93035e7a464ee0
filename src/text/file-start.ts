import { closeSync, openSync, readSync } from 'node:fs';

/**
 * The first `bytesMax` bytes of a file, or all of it; also of what has no end, as `/dev/zero`, and of what comes a page at a time,
 * as what /proc tells.
 * @throws what node:fs throws.
 */
export function fileStart(path: string, bytesMax: number): Buffer {
  const descriptor = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(bytesMax);
    let length = 0;
    for (let read = -1; read !== 0 && length < bytesMax; length += read) {
      read = readSync(descriptor, bytes, length, bytesMax - length, null);
    }
    return bytes.subarray(0, length);
  } finally {
    closeSync(descriptor);
  }
}
