import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { install, labPort } from './place.js';

/** A network of its own behind a cable to this machine, for attackers whose addresses are not ours. */
export interface Namespace {
  /** Our end of the cable. */
  readonly host: string;
  /** The address of the other end with this last number, from 10 to 59. */
  address(last: number): string;
  /** Runs a program there. @throws with what it said where it fails */
  run(command: readonly string[]): Promise<void>;
  remove(): void;
}

/** Makes the namespace; of one that an earlier run has left nothing remains. Null where this machine does not let us. */
export function makeNamespace(): Namespace | null {
  install('install-iproute.sh');
  const name = `e2e-${labPort(0)}`;
  // Runs on different ports do not share a network.
  const network = `10.213.${Math.floor(labPort(0) / 256)}`;
  const address = (last: number) => `${network}.${last}`;
  const remove = () => void ip('netns', 'delete', name);
  remove();
  const isMade =
    ip('netns', 'add', name) &&
    ip('link', 'add', name, 'type', 'veth', 'peer', 'name', 'attackers', 'netns', name) &&
    ip('address', 'add', `${address(1)}/24`, 'dev', name) &&
    ip('link', 'set', name, 'up') &&
    Array.from({ length: 50 }, (_, index) => `${address(10 + index)}/24`).every((own) =>
      ip('-n', name, 'address', 'add', own, 'dev', 'attackers'),
    ) &&
    ip('-n', name, 'link', 'set', 'attackers', 'up');
  if (!isMade) {
    remove();
    return null;
  }
  return {
    host: address(1),
    address,
    run: async (command) => {
      await promisify(execFile)('ip', ['netns', 'exec', name, ...command], { timeout: 60_000 });
    },
    remove,
  };
}

/** @returns whether it was done. */
function ip(...args: readonly string[]): boolean {
  return spawnSync('ip', args, { timeout: 5000 }).status === 0;
}
