import { spawnSync } from 'node:child_process';
import { install, labPort } from './place.js';

/** A server and its attackers, each in a network namespace, with nothing but a cable between them. */
export interface TwoHosts {
  /** The namespace's name. */
  readonly server: string;
  readonly attacker: string;
  remove(): void;
}

/** The attackers' hosts are 10 to 13 of each of the networks 1 and 2: see `attackerOf`. */
export const SERVER = { ipv4: '10.9.0.1', ipv6: 'fd09::1' } as const;
const NETWORKS = [1, 2];
const HOSTS = [10, 11, 12, 13];

export function attackerOf(network: number, host: number): { readonly ipv4: string; readonly ipv6: string } {
  return { ipv4: `10.9.${network}.${host}`, ipv6: `fd09:0:0:${network}::${host}` };
}

/** Makes both; of those that an earlier run has left nothing remains. Null where this machine does not let us. */
export function makeTwoHosts(): TwoHosts | null {
  install('install-iproute.sh');
  const server = `e2e-server-${labPort(0)}`;
  const attacker = `e2e-attacker-${labPort(0)}`;
  const remove = () => {
    ip('netns', 'delete', server);
    ip('netns', 'delete', attacker);
  };
  remove();
  const attackers = NETWORKS.flatMap((network) => HOSTS.map((host) => attackerOf(network, host)));
  const isMade =
    ip('netns', 'add', server) &&
    ip('netns', 'add', attacker) &&
    ip('-n', server, 'link', 'add', 'cable', 'type', 'veth', 'peer', 'name', 'cable', 'netns', attacker) &&
    addAddresses(server, SERVER) &&
    attackers.every((own) => addAddresses(attacker, own)) &&
    [server, attacker].every(
      (host) => ip('-n', host, 'link', 'set', 'cable', 'up') && ip('-n', host, 'link', 'set', 'lo', 'up'),
    );
  if (isMade) return { server, attacker, remove };
  remove();
  return null;
}

function addAddresses(host: string, { ipv4, ipv6 }: { readonly ipv4: string; readonly ipv6: string }): boolean {
  return (
    ip('-n', host, 'address', 'add', `${ipv4}/16`, 'dev', 'cable') &&
    ip('-n', host, 'address', 'add', `${ipv6}/32`, 'dev', 'cable', 'nodad')
  );
}

/** @returns whether it was done. */
function ip(...args: readonly string[]): boolean {
  return spawnSync('ip', args, { timeout: 5000 }).status === 0;
}
