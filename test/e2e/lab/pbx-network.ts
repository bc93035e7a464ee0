import { spawnSync } from 'node:child_process';
import { install, labPort } from './place.js';

/** A PBX in a network of its own, and the world around it: two namespaces with nothing but a cable between them. */
export interface PbxNetwork {
  /** The PBX' end of the cable. */
  readonly pbx: string;
  /** The world's address with this last number, from 2 to 99. */
  address(last: number): string;
  /** What starts a command at either end. */
  readonly insidePbx: readonly string[];
  readonly insideWorld: readonly string[];
  /** Runs `ip` with these words in either namespace. */
  ipInPbx(...words: readonly string[]): boolean;
  ipInWorld(...words: readonly string[]): boolean;
  remove(): void;
}

const LAST_ADDRESS = 99;

/** Makes both; of those that an earlier run has left nothing remains. Null where this machine does not let us. */
export function makePbxNetwork(): PbxNetwork | null {
  install('install-iproute.sh');
  const pbx = `e2e-pbx-${labPort(0)}`;
  const world = `e2e-world-${labPort(0)}`;
  const address = (last: number) => `10.214.0.${last}`;
  const remove = () => [pbx, world].every((name) => ip('netns', 'delete', name));
  remove();
  const isMade =
    ip('netns', 'add', pbx) &&
    ip('netns', 'add', world) &&
    ip('-n', pbx, 'link', 'add', 'cable', 'type', 'veth', 'peer', 'name', 'cable', 'netns', world) &&
    ip('-n', pbx, 'address', 'add', `${address(1)}/24`, 'dev', 'cable') &&
    Array.from({ length: LAST_ADDRESS - 1 }, (_, index) => `${address(2 + index)}/24`).every((own) =>
      ip('-n', world, 'address', 'add', own, 'dev', 'cable'),
    ) &&
    [pbx, world].every((name) => ['lo', 'cable'].every((link) => ip('-n', name, 'link', 'set', link, 'up')));
  if (!isMade) {
    remove();
    return null;
  }
  return {
    pbx: address(1),
    address,
    insidePbx: ['ip', 'netns', 'exec', pbx],
    insideWorld: ['ip', 'netns', 'exec', world],
    ipInPbx: (...words) => ip('-n', pbx, ...words),
    ipInWorld: (...words) => ip('-n', world, ...words),
    remove,
  };
}

/** @returns whether it was done. */
function ip(...args: readonly string[]): boolean {
  return spawnSync('ip', args, { timeout: 5000 }).status === 0;
}
