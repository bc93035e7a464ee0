import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';

/** The path of a socket that is not there yet, short enough for the system's 107 bytes, in a folder of its own. */
export function socketPath(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'socket-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  return join(folder, 's');
}
