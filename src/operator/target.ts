import { maskedPrefix, parsePrefix } from '../domain/address-set.js';
import { type BanTarget, fieldsText, parseTarget, type TargetFields } from '../domain/ban-target.js';
import { type Address, parseAddress } from '../domain/remote-address.js';
import { visibleText } from '../text/visible-text.js';

/** Reads an address, a prefix or a socket that somebody typed. @returns what is wrong with it, in words fit for a terminal. */
export function readTyped(text: string): BanTarget | Error {
  return parseTarget(text) ?? new Error(faultOf(text));
}

function faultOf(text: string): string {
  const shown = `"${visibleText(text)}"`;
  const [, host] = /^(\[.*\]|\d+\.[\d./]*):/s.exec(text) ?? [];
  return `${shown} ${host === undefined ? prefixFault(text) : socketFault(host.replace(/^\[|\]$/g, ''))}`;
}

function socketFault(host: string): string {
  const isAddress = parseAddress(host) !== null && !host.includes('%');
  if (isAddress) return 'has no port behind the last colon: a port is a number from 1 to 65535';
  return parsePrefix(host) === null
    ? 'is no socket: write 203.0.113.9:5062 or [2001:db8::1]:5062'
    : 'has a port, which goes with a single address only';
}

function prefixFault(text: string): string {
  const [host = '', ...rest] = text.split('/');
  const address = parseAddress(host);
  if (address === null) return 'is no IP address and no prefix';
  if (host.includes('%')) return 'has a zone, and a ban holds on every link: leave out what follows the %';
  // An address of IPv6 that maps one of IPv4 has 96 bits in front of it.
  const mappingBits = host.includes(':') && !address.includes(':') ? 96 : 0;
  const network = networkOf(address, lengthOf(rest.join('/')) - mappingBits);
  if (network === null) return 'is no prefix: no address of its kind has a length like that';
  return `has bits set behind its length: write ${address} for that address, or ${network} for its network`;
}

/** NaN for what is no decimal number. */
function lengthOf(digits: string): number {
  return /^(0|[1-9]\d{0,2})$/.test(digits) ? Number(digits) : Number.NaN;
}

/** Null where no prefix of the address is so long. */
function networkOf(address: Address, length: number): string | null {
  try {
    return maskedPrefix(address, length);
  } catch {
    // A RangeError.
    return null;
  }
}

/** A target as people write it: a single address without its length. */
export function shownTarget({ address, port }: TargetFields): string {
  return port === null
    ? address.replace(address.includes(':') ? /\/128$/ : /\/32$/, '')
    : fieldsText({ address, port });
}
