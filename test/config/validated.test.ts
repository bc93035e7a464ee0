import t from 'tap';
import { schema } from '../../src/config/schema.js';
import type { GivenSettings } from '../../src/config/setting.js';
import { validated } from '../../src/config/validated.js';

const given = (texts: Readonly<Record<string, string>>): GivenSettings =>
  new Map(Object.entries(texts).map(([label, text]) => [label, { text, origin: 'environment', label }]));

await t.test('what is given is coerced, and the rest has its default', async (t) => {
  const { refusals, value } = validated(
    schema,
    given({ AMI_TLS: 'yes', BLOCKER_PORTS: '5060', ALLOWLIST: '::1' }),
    'exporter',
  );
  t.equal(refusals.size, 0);
  t.same(['ami.tls', 'ami.port', 'ami.loginSeconds', 'ami.host'].map(value), [true, 5039, 10, null]);
  t.same(['blocker.ports', 'allowlist', 'honeypot.accounts'].map(value).map(String), ['5060', '::1/128', '']);
});

await t.test('all that cannot be read is refused at once, without the text', async (t) => {
  const texts = { AMI_PORT: '5038abc', AMI_SECRET: 'hunter2\n', LOG_LEVEL: '\u009b2J', ALLOWLIST: 'a;\nb: c' };
  t.same(
    validated(schema, given(texts), 'exporter').refusals,
    new Map([
      ['ami.port', 'must be a whole number from 1 to 65535'],
      ['ami.secret', 'must not contain a line break or another control character'],
      ['logLevel', 'must be debug, info, warn, error or silent'],
      ['allowlist', "must list addresses, prefixes and host names: 'a;' is none"],
    ]),
  );
});
