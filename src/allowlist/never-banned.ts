import { type Prefix, parsePrefix } from '../domain/address-set.js';

/**
 * What no ban can be meant for, whoever it is that is said to have guessed from there. Private networks (RFC 1918, RFC 4193)
 * are not among them: attackers sit there too, and who trusts a network names it.
 */
const TEXTS = [
  // "This host on this network" and loopback (RFC 1122, section 3.2.1.3; RFC 4291, section 2.5): the PBX's own traffic.
  '0.0.0.0/8',
  '127.0.0.0/8',
  '::/128',
  '::1/128',
  // Link-local (RFC 3927; RFC 4291, section 2.5.6). A cloud's DHCP, name server and metadata answer from the first. From the
  // second come router advertisements, and without its zone such an address is another host on every link.
  '169.254.0.0/16',
  'fe80::/10',
  // Multicast and broadcast (RFC 5771; RFC 4291, section 2.7; RFC 919) are no one's source address, and others need them.
  '224.0.0.0/4',
  '255.255.255.255/32',
  'ff00::/8',
];

export const NEVER_BANNED: readonly Prefix[] = TEXTS.map(parsePrefix).filter((prefix) => prefix !== null);
