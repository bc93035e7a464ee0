import fc from 'fast-check';
import t from 'tap';
import { settings } from '../../src/config/schema.js';
import { suggest } from '../../src/config/suggest.js';

const known = [...settings.values()].map(({ env }) => env);

await t.test('a misspelt name, or another word for it, leads to the right one', async (t) => {
  const meant = {
    AMI_PASWORD: 'AMI_SECRET',
    AMI_PASSWORD: 'AMI_SECRET',
    AMI_PASS: 'AMI_SECRET',
    AMI_PASSWORD_FILE: 'AMI_SECRET_FILE',
    AMI_USER: 'AMI_USERNAME',
    AMI_SERVER: 'AMI_HOST',
    AMI_HSOT: 'AMI_HOST',
    AMI_SSL: 'AMI_TLS',
    AMI_TLS_CA: 'AMI_TLS_CA_FILE',
    AMI_CONNECT_TIMEOUT: 'AMI_CONNECT_SECONDS',
    AMI_PING_INTERVAL: 'AMI_PING_SECONDS',
    STATSD_SERVER: 'STATSD_HOST',
    STATSD_TYPE: 'STATSD_METER_TYPE',
    STATSD_PREFX: 'STATSD_PREFIX',
    FLUSH_INTERVAL: 'FLUSH_MS',
    ADDRESSES_MAX: 'ADDRESSES_PER_FLUSH',
  };
  for (const [name, right] of Object.entries(meant)) t.equal(suggest(name, known), right, name);
});

await t.test('a name that is like none gets no suggestion', async (t) => {
  for (const name of ['STATSD_FOO_BAR', 'AMI_', 'X', '', 'AMI_HOST'.repeat(10_000)])
    t.equal(suggest(name, known), null);
});

await t.test('one slip in a name still leads to it, or to one that is as near', async (t) => {
  const slip = fc.record({ name: fc.constantFrom(...known), at: fc.nat(), letter: fc.constantFrom('', 'X', '_') });
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(slip, ({ name, at, letter }) => {
        const index = at % name.length;
        return suggest(name.slice(0, index) + letter + name.slice(index + 1), known) !== null;
      }),
    ),
  );
  for (const name of known) t.equal(suggest(name, known), name);
});
