import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Heard, Order } from '../driver/packet-process.js';
import { install, labPort } from './place.js';

/** A network namespace with a process in it that hears and sends packets. */
export interface Host {
  readonly name: string;
  order(order: Order): Promise<Heard | null>;
  /** Runs a program there. @returns whether it was done */
  run(command: readonly string[], input?: string): boolean;
}

/** An attacker on a cable to a server, and a container behind the server. All of them are namespaces of their own. */
export interface BanNetwork {
  readonly attacker: Host;
  readonly server: Host;
  readonly container: Host;
  remove(): void;
}

/** The server's and the attacker's, in two networks of IPv4 and two of IPv6 each. */
export const SERVER = { v4: '198.51.100.1', otherV4: '198.51.101.1', v6: 'fd51:1::1', otherV6: 'fd51:2::1' };
export const ATTACKER = {
  v4: ['198.51.100.10', '198.51.100.11', '198.51.100.12'],
  otherV4: ['198.51.101.10'],
  v6: ['fd51:1::10', 'fd51:1::11'],
  otherV6: ['fd51:2::10'],
} as const;
export const CONTAINER = '10.51.0.2';
/** Of the server. What comes to the last one goes on to SIP of the container. */
export const PORTS = { sip: 5060, other: 8080, published: 5070 };

const PROCESS = fileURLToPath(new URL('../driver/packet-process.js', import.meta.url));

/** Of networks that an earlier run has left nothing remains. Null where this machine does not let us make any. */
export async function makeBanNetwork(): Promise<BanNetwork | null> {
  install('install-iproute.sh');
  install('install-nftables.sh');
  const [attacker, server, container] = ['attacker', 'server', 'container'].map((role) => `nft-${labPort(0)}-${role}`);
  if (attacker === undefined || server === undefined || container === undefined) return null;
  const names = [attacker, server, container];
  const children: { kill(): void }[] = [];
  const remove = () => {
    for (const child of children) child.kill();
    for (const name of names) ip('netns', 'delete', name);
  };
  remove();
  if (!names.every((name) => ip('netns', 'add', name)) || !lay(attacker, server, container)) {
    remove();
    return null;
  }
  const start = async (name: string): Promise<Host> => {
    const command = ['netns', 'exec', name, process.execPath, ...process.execArgv, PROCESS];
    const child = spawn('ip', command, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    children.push(child);
    await once(child, 'message');
    return {
      name,
      order: async (order) => {
        const answered = once(child, 'message', { signal: AbortSignal.timeout(20_000) });
        child.send(order);
        const [{ answer, error }] = (await answered) as [{ answer?: Heard | null; error?: string }];
        if (error !== undefined) throw new Error(`${name}: ${error}`);
        return answer ?? null;
      },
      run: (program, input = '') =>
        spawnSync('ip', ['netns', 'exec', name, ...program], { input, timeout: 10_000 }).status === 0,
    };
  };
  const [attackerHost, serverHost, containerHost] = await Promise.all([
    start(attacker),
    start(server),
    start(container),
  ]);
  for (const port of [PORTS.sip, PORTS.other]) await serverHost.order({ kind: 'listen', port });
  await containerHost.order({ kind: 'listen', port: PORTS.sip });
  return { attacker: attackerHost, server: serverHost, container: containerHost, remove };
}

/** Lays the cables. @returns whether all was done */
function lay(attacker: string, server: string, container: string): boolean {
  const address = (host: string, device: string, own: string) =>
    ip('-n', host, 'address', 'add', own, 'dev', device, ...(own.includes(':') ? ['nodad'] : []));
  const withLength = (own: string) => `${own}/${own.includes(':') ? 64 : 24}`;
  return (
    ip('-n', server, 'link', 'add', 'outside', 'type', 'veth', 'peer', 'name', 'cable', 'netns', attacker) &&
    ip('-n', server, 'link', 'add', 'inside', 'type', 'veth', 'peer', 'name', 'cable', 'netns', container) &&
    Object.values(SERVER).every((own) => address(server, 'outside', withLength(own))) &&
    Object.values(ATTACKER)
      .flat()
      .every((own) => address(attacker, 'cable', withLength(own))) &&
    address(server, 'inside', '10.51.0.1/24') &&
    address(container, 'cable', `${CONTAINER}/24`) &&
    [
      [server, 'outside'],
      [server, 'inside'],
      [attacker, 'cable'],
      [container, 'cable'],
    ].every(([host = '', device = '']) => ip('-n', host, 'link', 'set', device, 'up')) &&
    ip('-n', container, 'route', 'add', 'default', 'via', '10.51.0.1') &&
    ip('netns', 'exec', server, 'sh', '-c', 'echo 1 > /proc/sys/net/ipv4/ip_forward')
  );
}

/** @returns whether it was done. */
function ip(...args: readonly string[]): boolean {
  return spawnSync('ip', args, { timeout: 5000 }).status === 0;
}
