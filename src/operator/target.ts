import { maskedPrefix, type Prefix, parsePrefix } from '../domain/address-set.js';
import { type Address, parseAddress } from '../domain/remote-address.js';
import { visibleText } from '../text/visible-text.js';

/** Reads an address or a prefix that somebody typed. @returns what is wrong with it, in words fit for a terminal. */
export function parseTarget(text: string): Prefix | Error {
  return parsePrefix(text) ?? new Error(faultOf(text));
}

function faultOf(text: string): string {
  const shown = `"${visibleText(text)}"`;
  const [host = '', ...rest] = text.split('/');
  const address = parseAddress(host);
  if (address === null) return `${shown} is no IP address and no prefix`;
  if (host.includes('%')) return `${shown} has a zone, and a ban holds on every link: leave out what follows the %`;
  // An address of IPv6 that maps one of IPv4 has 96 bits in front of it.
  const mappingBits = host.includes(':') && !address.includes(':') ? 96 : 0;
  const network = networkOf(address, lengthOf(rest.join('/')) - mappingBits);
  if (network === null) return `${shown} is no prefix: no address of its kind has a length like that`;
  return `${shown} has bits set behind its length: write ${address} for that address, or ${network} for its network`;
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

/** A prefix as people write it: a single address without its length. */
export function targetText(address: string): string {
  return address.replace(address.includes(':') ? /\/128$/ : /\/32$/, '');
}
