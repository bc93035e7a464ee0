import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';
import { type Address, parseAddress } from '../domain/remote-address.js';

/** What `os.networkInterfaces` gives. It throws in a sandbox without AF_NETLINK, as systemd's RestrictAddressFamilies= makes it. */
export type Interfaces = () => NodeJS.Dict<Pick<NetworkInterfaceInfo, 'address'>[]>;

/** The addresses of this host's own interfaces, without the networks that they are in. */
export function ownAddresses(interfaces: Interfaces = networkInterfaces): Address[] {
  const infos = Object.values(interfaces()).flatMap((list) => list ?? []);
  return infos.flatMap(({ address }) => parseAddress(address) ?? []);
}
