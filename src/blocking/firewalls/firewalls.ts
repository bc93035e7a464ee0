import type { Log } from '../../domain/log.js';
import type { PortRange } from '../../domain/port-range.js';
import type { Firewall } from '../firewall.js';
import { DryRunFirewall } from './dry-run.js';
import { CHANGE_ARGUMENTS } from './ipset-text.js';
import { IptablesFirewall } from './iptables.js';
import { openNftables } from './nftables.js';
import { systemProgram } from './program.js';
import { Standby } from './standby.js';

/** What bans can be put in force with. A new one is a file, its name here and its line in OPENERS. */
export const FIREWALLS = ['dry-run', 'nftables', 'iptables'] as const;
export type FirewallName = (typeof FIREWALLS)[number];

export interface FirewallOptions {
  /** Those of UDP and TCP that the banned do not reach; null for all traffic. */
  readonly ports: readonly PortRange[] | null;
  readonly log: Log;
  /** In milliseconds. */
  readonly now: () => number;
}

const OPENERS: Readonly<Record<FirewallName, (options: FirewallOptions) => Firewall>> = {
  'dry-run': (options) => new DryRunFirewall(options),
  nftables: openNftables,
  iptables: openIptables,
};

/** Changes nothing yet: that is what `install` is for. */
export function openFirewall(name: FirewallName, options: FirewallOptions): Firewall {
  return OPENERS[name](options);
}

function openIptables({ ports, log }: FirewallOptions): Firewall {
  const ipset = { name: 'ipset', packageName: 'ipset' };
  const ofIptables = (name: string) => systemProgram({ name, packageName: 'iptables' });
  return new IptablesFirewall({
    ipset: systemProgram(ipset),
    standby: new Standby(ipset, CHANGE_ARGUMENTS),
    ipv4: { tables: ofIptables('iptables'), restore: ofIptables('iptables-restore') },
    ipv6: { tables: ofIptables('ip6tables'), restore: ofIptables('ip6tables-restore') },
    ports,
    log,
  });
}
