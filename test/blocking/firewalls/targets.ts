import fc from 'fast-check';
import { maskedPrefix } from '../../../src/domain/address-set.js';
import { type BanTarget, parseTarget } from '../../../src/domain/ban-target.js';
import { parseAddress } from '../../../src/domain/remote-address.js';

/** @throws for what is none */
export function targetOf(text: string): BanTarget {
  const target = parseTarget(text);
  if (target === null) throw new Error(`${text} is no target`);
  return target;
}

const prefixes = (address: fc.Arbitrary<string>, lengthMin: number, lengthMax: number) =>
  fc.tuple(address, fc.integer({ min: lengthMin, max: lengthMax })).map(([text, length]) => {
    const parsed = parseAddress(text);
    if (parsed === null) throw new Error(`${text} is no address`);
    return parsed.includes(':') === text.includes(':') ? targetOf(maskedPrefix(parsed, length)) : null;
  });

const sockets = (address: fc.Arbitrary<string>) =>
  fc.tuple(address, fc.integer({ min: 1, max: 65_535 })).map(([text, port]) => targetOf(`${text}:${port}`));

/** Any target that a firewall may be told, IPv6 without what maps IPv4. */
export const anyTarget: fc.Arbitrary<BanTarget> = fc
  .oneof(
    prefixes(fc.ipV4(), 1, 32),
    prefixes(fc.ipV6(), 1, 128),
    sockets(fc.ipV4()),
    sockets(fc.ipV6().map((text) => `[${text}]`)),
  )
  .filter((target) => target !== null);
