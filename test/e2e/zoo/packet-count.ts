import { execFileSync } from 'node:child_process';
import type { ZooHost } from './zoo-network.js';

/** Packets to the ports of SIP from one address, or from one port of it. */
export interface PacketCount {
  readonly sent: number;
  /** Those that no ban stopped. */
  readonly through: number;
}

export interface PacketCounter {
  /** `port` is the sender's; without it, all of the address' ports. */
  count(address: string, port?: number): PacketCount;
}

const TABLE = 'zoo';
/** One set before the blocker's chain, which hooks in at `raw`, and one behind it. */
const RULES = `table inet ${TABLE} {
  set sent { type ipv4_addr . inet_service; size 65535; flags dynamic; counter; }
  set through { type ipv4_addr . inet_service; size 65535; flags dynamic; counter; }
  chain before { type filter hook prerouting priority -400; th dport @@ports add @sent { ip saddr . th sport }; }
  chain after { type filter hook input priority 0; th dport @@ports add @through { ip saddr . th sport }; }
}`;

interface Listing {
  readonly nftables: readonly { readonly set?: { readonly name: string; readonly elem?: readonly Element[] } }[];
}

interface Element {
  readonly elem: {
    readonly val: { readonly concat: readonly [string, number] };
    readonly counter: { readonly packets: number };
  };
}

/** Counts on the PBX with nftables of its own, beside the blocker's. */
export function countPackets({ inside: [ip = '', ...words] }: ZooHost, ports: readonly number[]): PacketCounter {
  const nft = (args: readonly string[], input = '') =>
    execFileSync(ip, [...words, 'nft', ...args], { input, encoding: 'utf8', maxBuffer: 2 ** 24, timeout: 10_000 });
  nft(['-f', '-'], RULES.replaceAll('@@ports', `{ ${ports.join(', ')} }`));
  return {
    count: (address, port) => {
      const { nftables } = JSON.parse(nft(['-j', 'list', 'table', 'inet', TABLE])) as Listing;
      const packetsOf = (name: string) =>
        nftables
          .flatMap(({ set }) => (set?.name === name ? (set.elem ?? []) : []))
          .filter(({ elem: { val } }) => val.concat[0] === address && (port ?? val.concat[1]) === val.concat[1])
          .reduce((sum, { elem }) => sum + elem.counter.packets, 0);
      return { sent: packetsOf('sent'), through: packetsOf('through') };
    },
  };
}
