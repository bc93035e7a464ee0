import fc from 'fast-check';
import { maskedPrefix, type Prefix, parsePrefix } from '../../../src/domain/address-set.js';
import { parseAddress } from '../../../src/domain/remote-address.js';

/** @throws for what is none */
export function prefixOf(text: string): Prefix {
  const prefix = parsePrefix(text);
  if (prefix === null) throw new Error(`${text} is no prefix`);
  return prefix;
}

const prefixes = (address: fc.Arbitrary<string>, lengthMin: number, lengthMax: number) =>
  fc.tuple(address, fc.integer({ min: lengthMin, max: lengthMax })).map(([text, length]) => {
    const parsed = parseAddress(text);
    if (parsed === null) throw new Error(`${text} is no address`);
    return parsed.includes(':') === text.includes(':') ? prefixOf(maskedPrefix(parsed, length)) : null;
  });

/** Any prefix that a firewall may be told, IPv6 without what maps IPv4. */
export const anyPrefix: fc.Arbitrary<Prefix> = fc
  .oneof(prefixes(fc.ipV4(), 1, 32), prefixes(fc.ipV6(), 1, 128))
  .filter((prefix) => prefix !== null);
