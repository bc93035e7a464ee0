import { type Address, parseAddress } from '../domain/remote-address.js';
import { fileStart } from '../text/file-start.js';

/** The start of a file's text; empty where there is no such file. */
export type ReadStart = (path: string) => string;

/** A router has many routes, and the default ones come first. */
const BYTES_MAX = 1_048_576;
/** Of include/uapi/linux/route.h: the route goes through another host. */
const RTF_GATEWAY = 0x2;

/** The hosts that this one cannot do without, and through which all others are seen where somebody translates addresses: its gateways and name servers. */
export function neighbours(read: ReadStart = readStart): Address[] {
  return [
    ...linesOf(read('/proc/net/route')).flatMap(ipv4Gateway),
    ...linesOf(read('/proc/net/ipv6_route')).flatMap(ipv6Gateway),
    // Where the first names systemd's own server, the second has those that it asks.
    ...linesOf(read('/etc/resolv.conf')).flatMap(nameServer),
    ...linesOf(read('/run/systemd/resolve/resolv.conf')).flatMap(nameServer),
  ];
}

function linesOf(text: string): string[] {
  return text.split('\n');
}

/** `eth0 00000000 0101A8C0 0003 ...`: interface, destination, gateway, flags; the gateway as a number of this machine's, whose bytes are the address. */
function ipv4Gateway(line: string): Address[] {
  const [, , gateway = '', flags = ''] = line.trim().split(/\s+/);
  if (!/^[0-9A-F]{8}$/i.test(gateway) || (Number.parseInt(flags, 16) & RTF_GATEWAY) === 0) return [];
  return addressOf([...new Uint8Array(Uint32Array.of(Number.parseInt(gateway, 16)).buffer)].join('.'));
}

/** `<destination> 00 <source> 00 <gateway> ...`, addresses as 32 hex digits; a gateway of zeros is none. */
function ipv6Gateway(line: string): Address[] {
  const [, , , , gateway = ''] = line.trim().split(/\s+/);
  if (!/^[0-9a-f]{32}$/i.test(gateway) || /^0+$/.test(gateway)) return [];
  return addressOf([...gateway.matchAll(/.{4}/g)].join(':'));
}

/** resolv.conf(5). The zone of a link-local server does not count. */
function nameServer(line: string): Address[] {
  const [keyword, server = ''] = line.trim().split(/\s+/);
  return keyword === 'nameserver' ? addressOf(server.replace(/%.*/, '')) : [];
}

function addressOf(text: string): Address[] {
  const address = parseAddress(text);
  return address === null ? [] : [address];
}

/** @throws where the file is there and cannot be read. */
export function readStart(path: string): string {
  try {
    return fileStart(path, BYTES_MAX).toString('latin1');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
