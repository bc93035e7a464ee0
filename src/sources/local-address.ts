import type { Address, Endpoint } from '../domain/remote-address.js';

/** What a socket is bound to that listens at every address. */
const UNSPECIFIED: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

/** The PBX's own address in a LocalAddress, or null where it says only that there is one. */
export function localAddress({ address }: Endpoint): Address | null {
  return UNSPECIFIED.has(address) ? null : address;
}
