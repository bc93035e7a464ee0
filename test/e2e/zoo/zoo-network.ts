import { spawnSync } from 'node:child_process';
import { install, labPort } from '../lab/place.js';

/** A host with one address, in a namespace of its own. */
export interface ZooHost {
  readonly address: string;
  /** What starts a command there. */
  readonly inside: readonly string[];
}

/** Namespaces on one bridge, each with a single address of a documentation range: whoever has one reaches all. */
export interface ZooNetwork {
  /** @throws where the machine does not make it */
  addHost(address: string): ZooHost;
  remove(): void;
}

const PREFIX = `zoo-${labPort(0)}-`;

/** Makes the bridge; of a network that an earlier run has left nothing remains. Null where this machine does not let us. */
export function makeZooNetwork(): ZooNetwork | null {
  install('install-iproute.sh');
  const hub = `${PREFIX}hub`;
  const remove = () => {
    for (const name of namespaces()) ip('netns', 'delete', name);
  };
  remove();
  const isMade =
    ip('netns', 'add', hub) &&
    ip('-n', hub, 'link', 'add', 'bridge', 'type', 'bridge') &&
    ip('-n', hub, 'link', 'set', 'bridge', 'up');
  if (!isMade) {
    remove();
    return null;
  }
  let hosts = 0;
  const addHost = (address: string): ZooHost => {
    hosts += 1;
    const name = `${PREFIX}${hosts}`;
    const port = `port-${hosts}`;
    const isAdded =
      ip('netns', 'add', name) &&
      ip('link', 'add', 'cable', 'netns', name, 'type', 'veth', 'peer', 'name', port, 'netns', hub) &&
      ip('-n', hub, 'link', 'set', port, 'master', 'bridge', 'up') &&
      ip('-n', name, 'address', 'add', `${address}/32`, 'dev', 'cable') &&
      ['lo', 'cable'].every((link) => ip('-n', name, 'link', 'set', link, 'up')) &&
      ip('-n', name, 'route', 'add', 'default', 'dev', 'cable');
    if (!isAdded) throw new Error(`no namespace for ${address}`);
    return { address, inside: ['ip', 'netns', 'exec', name] };
  };
  return { addHost, remove };
}

/** Those of this lab. */
function namespaces(): string[] {
  const { stdout } = spawnSync('ip', ['netns', 'list'], { encoding: 'utf8', timeout: 5000 });
  return stdout
    .split('\n')
    .map((line) => line.split(' ')[0] ?? '')
    .filter((name) => name.startsWith(PREFIX));
}

/** @returns whether it was done. */
function ip(...args: readonly string[]): boolean {
  return spawnSync('ip', args, { timeout: 5000 }).status === 0;
}
