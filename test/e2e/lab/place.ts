import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { ROOT } from '../../root.js';

/** What a run leaves for the next one: unpacked programs and their throw-away state. */
export const CACHE = `${ROOT}/.cache/e2e/`;
const LAB = fileURLToPath(new URL('.', import.meta.url));

/** Below the ephemeral range of Linux (32768 on), so that no outgoing connection sits on one of ours. */
const BASE_PORT = Number(process.env['E2E_BASE_PORT'] ?? 31000);

/** The port that a part of the lab listens on; `offset` is its own number of 0 to 299. */
export function labPort(offset: number): number {
  return BASE_PORT + offset;
}

/**
 * For a program that goes on without a port that it does not get, as Asterisk does.
 * @throws where somebody listens on the port of 127.0.0.1
 */
export async function demandFree(port: number): Promise<void> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw new Error(`Port ${port} is taken, perhaps by another run; E2E_BASE_PORT chooses other ports.`, { cause });
  }
  server.close();
  await once(server, 'close');
}

/** Path of a file beside this one. */
export function labFile(name: string): string {
  return `${LAB}${name}`;
}

/**
 * Runs one of the lab's install scripts.
 * @throws where the machine is not a Debian that we are root of, or with what the script said.
 */
export function install(script: string, ...args: readonly string[]): void {
  if (process.getuid?.() !== 0) throw new Error('The end-to-end tests install packages and chroot: run them as root.');
  const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  if (!/^ID=debian$/m.test(release)) {
    throw new Error(
      'The end-to-end tests take Asterisk and Graphite from Debian packages: run them on Debian 12, e.g. in a node:20-bookworm container.',
    );
  }
  const { status, stderr, error } = spawnSync('bash', [labFile(script), ...args], {
    encoding: 'utf8',
    timeout: 400_000,
  });
  if (error !== undefined) throw new Error(`${script} did not run`, { cause: error });
  if (status !== 0) throw new Error(`${script} ended with ${status}: ${stderr.trim()}`);
}
