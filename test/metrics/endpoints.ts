import fc from 'fast-check';
import { type Endpoint, parseEndpoint } from '../../src/domain/remote-address.js';

const hexGroup = fc.integer({ min: 0, max: 0xffff }).map((group) => group.toString(16));
const zoneCharacter = fc.constantFrom(...'zZ_-.:0123456789abcdefg|@!~');
const zone = fc.oneof(
  fc.constantFrom('eth0', 'z', 'z_32', '2', 'bad', 'BAD', 'dead0', '1_z_31'),
  fc.string({ unit: zoneCharacter, minLength: 1, maxLength: 32, size: 'max' }),
);
const address = fc.oneof(
  fc.ipV4().map((host) => ({ family: 'IPV4', host })),
  fc
    .oneof(
      fc.ipV6(),
      fc.array(hexGroup, { minLength: 1, maxLength: 3 }).map((groups) => `fe80::${groups.join(':')}`),
      fc.constant('fe80::'),
    )
    .chain((host) => fc.option(zone, { nil: null }).map((z) => (z === null ? host : `${host}%${z}`)))
    .map((host) => ({ family: 'IPV6', host })),
);
/** Every form of a host that Asterisk can name, with zones that no interface has. */
export const endpoint: fc.Arbitrary<Endpoint> = fc
  .record({ address, transport: fc.constantFrom('', 'UDP/', 'TCP/', 'TLS/', 'WS/', 'WSS/') })
  .map(({ address: { family, host }, transport }) => parseEndpoint(`${family}/${transport}${host}`))
  .filter((parsed) => parsed !== null);
