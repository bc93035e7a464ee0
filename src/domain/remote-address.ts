import { isIP, SocketAddress } from 'node:net';

declare const addressBrand: unique symbol;
/** An IP address in canonical text: IPv4 dotted, IPv6 lower case and compressed, with `%zone` where there is one. */
export type Address = string & { readonly [addressBrand]: true };

export type Family = 'IPV4' | 'IPV6';

const TRANSPORTS = ['UDP', 'TCP', 'TLS', 'WS', 'WSS'] as const;
type Transport = (typeof TRANSPORTS)[number];

/** Where a request came from, as Asterisk says it. */
export interface RemoteAddress {
  readonly family: Family;
  /** Null where Asterisk leaves it out. */
  readonly transport: Transport | null;
  readonly address: Address;
  readonly port: number;
  /** Family, transport and address without the port, as Asterisk writes them: `IPV4/UDP/203.0.113.9`. Names a host in a map. */
  readonly endpoint: string;
}

/** A RemoteAddress without the port: what is the same for all requests of one host over one transport. */
export type Endpoint = Omit<RemoteAddress, 'port'>;

const ZONE = /^[\x21-\x7e]{1,32}$/;

/**
 * Reads `IPV4/UDP/203.0.113.9`, the part of Asterisk's RemoteAddress before the port
 * (`ast_json_ipaddr` in Asterisk's main/json.c; it leaves the transport out where it knows none).
 * @returns null for anything else.
 */
export function parseEndpoint(text: string): Endpoint | null {
  const [family, ...rest] = text.split('/');
  const [host = '', word, ...more] = rest.reverse();
  const transport = word === undefined ? null : TRANSPORTS.find((known) => known === word);
  if ((family !== 'IPV4' && family !== 'IPV6') || transport === undefined || more.length > 0) return null;
  const address = canonicalAddress(host, family);
  if (address === null) return null;
  const actualFamily = address.includes(':') ? 'IPV6' : 'IPV4';
  const endpoint = transport === null ? `${actualFamily}/${address}` : `${actualFamily}/${transport}/${address}`;
  return { family: actualFamily, transport, address, endpoint };
}

/**
 * Reads an IP address in any of its texts.
 * @returns null for anything else.
 */
export function parseAddress(text: string): Address | null {
  return canonicalAddress(text, text.includes(':') ? 'IPV6' : 'IPV4');
}

/** An IPv4-mapped address is the IPv4 host that it maps, as Asterisk itself shows it. */
function canonicalAddress(text: string, family: Family): Address | null {
  if (family === 'IPV4') return isIP(text) === 4 ? (text as Address) : null;
  const [host = '', zone, ...rest] = text.split('%');
  if (isIP(host) !== 6 || rest.length > 0 || (zone !== undefined && !ZONE.test(zone))) return null;
  const canonical = new SocketAddress({ address: host, family: 'ipv6' }).address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(canonical)?.[1];
  if (mapped !== undefined) return mapped as Address;
  return (zone === undefined ? hexOnly(canonical) : `${hexOnly(canonical)}%${zone}`) as Address;
}

/** `::1.2.3.4`, the obsolete IPv4-compatible form, as `::102:304`, so that one address has one text. */
function hexOnly(canonical: string): string {
  return canonical.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a, b, c, d) => {
    const word = (high: string, low: string) => ((Number(high) << 8) | Number(low)).toString(16);
    return `${word(a, b)}:${word(c, d)}`;
  });
}
