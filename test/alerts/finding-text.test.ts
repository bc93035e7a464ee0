import { readFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import t from 'tap';
import { findingText } from '../../src/alerts/finding-text.js';
import { type Finding, type FindingAction, RULE_NAMES, type RuleName, SEVERITIES } from '../../src/domain/finding.js';
import type { Address } from '../../src/domain/remote-address.js';
import { AT, FINDING } from './fixtures.js';

const ACCOUNT = { kind: 'account', text: '101' } as const;
const PBX = { kind: 'pbx', text: 'office' } as const;

/** A finding of each rule as an operator may meet it. */
const EXAMPLES: Record<RuleName, Partial<Finding>> = {
  breach: { severity: 'critical', subject: ACCOUNT, accounts: 1, action: 'none', banSeconds: null },
  brute_force: {},
  enumeration: { accounts: 512, attempts: 512, proof: 'none', banSeconds: 600, since: AT - 90_000 },
  password_spray: { accounts: 150, attempts: 300, banSeconds: 86_400 },
  distributed: { severity: 'critical', subject: ACCOUNT, accounts: 1, addresses: 40, action: 'none', banSeconds: null },
  low_and_slow: { attempts: 30, since: AT - 259_200_000, action: 'already_banned', banSeconds: null },
  trusted_at_risk: { attempts: 30, action: 'trusted', banSeconds: null },
  stale_credentials: { severity: 'info', accounts: 1, attempts: 120, action: 'none', banSeconds: null },
  storm: { subject: PBX, accounts: 900, addresses: 300, action: 'none', banSeconds: null, since: AT - 60_000 },
  unproven_flood: { subject: PBX, addresses: 300, proof: 'none', action: 'unproven_cap', banSeconds: null },
};

const exampleOf = (rule: RuleName) => findingText({ ...FINDING, rule, ...EXAMPLES[rule] });

const DOCUMENT = new URL('../../docs/alerts.md', import.meta.url);
const REGION = /(?<=<!-- examples -->\n).*?(?=<!-- \/examples -->)/s;

await t.test('docs/alerts.md shows what each rule says; UPDATE_DOCS=1 npm test writes it', async (t) => {
  const examples = RULE_NAMES.map((rule) => {
    const { title, text } = exampleOf(rule);
    return `\`${rule}\`\n\n> **${title}**\n>\n> ${text}\n\n`;
  });
  const region = `\n${examples.join('')}`;
  const document = readFileSync(DOCUMENT, 'utf8');
  if (process.env['UPDATE_DOCS'] === '1') {
    writeFileSync(
      DOCUMENT,
      document.replace(REGION, () => region),
    );
  }
  t.equal(REGION.exec(readFileSync(DOCUMENT, 'utf8'))?.[0], region);
});

await t.test('a break-in says who, from where, after what, since when, and what to do', async (t) => {
  t.same(exampleOf('breach'), {
    title: 'BREAK-IN? 101 logged in from 203.0.113.9 after 1,000 failed guesses',
    text:
      '101 logged in to PJSIP of the PBX office from 203.0.113.9 after 1,000 failed guesses since 2026-03-01T02:00:00Z (2 hours). ' +
      'Nothing was blocked. If that was not its owner, change the password of account 101 now, block 203.0.113.9, look at its ' +
      "calls and commands since 2026-03-01T02:00:00Z, and see with asterisk -rx 'pjsip show contacts' who is logged in.",
  });
});

await t.test('a login after a typing error calls nobody out of bed', async (t) => {
  const typed = findingText({ ...FINDING, rule: 'breach', ...EXAMPLES.breach, severity: 'info', attempts: 2 });
  t.equal(typed.title, '101 logged in from 203.0.113.9 after 2 failures');
  t.match(typed.text, /\(2 hours\)\. This is what a typing error looks like; nothing needs to be done\.$/);
});

await t.test('the command to look with is that of the service, and an unknown service has none', async (t) => {
  const textOf = (service: string) => findingText({ ...FINDING, rule: 'breach', service }).text;
  t.match(textOf('AMI'), "see with asterisk -rx 'manager show connected' who");
  t.match(textOf('SIP'), "see with asterisk -rx 'sip show peers' who");
  t.match(textOf('IAX2'), 'and see who is logged in.');
  t.match(textOf(''), '101 logged in to the PBX office from');
});

await t.test('what was done is said, with the length of a ban', async (t) => {
  const done: Record<FindingAction, string> = {
    ban: 'A ban of 203.0.113.9 for 1 hour was decided.',
    already_banned: 'There is a ban of 203.0.113.9 already.',
    none: 'Nothing was blocked.',
    allowlisted: 'There is no ban: 203.0.113.9 is on the allowlist.',
    trusted: 'There is no ban: 203.0.113.9 has logged in lately.',
    unproven: "There is no ban: nothing proves that the address is the sender's, and BAN_UNPROVEN=never is set.",
    unproven_cap: 'There is no ban: as many unproven addresses as may be in a minute were banned already.',
  };
  for (const [action, sentence] of Object.entries(done)) {
    t.match(findingText({ ...FINDING, action: action as FindingAction }).text, ` ${sentence} `);
  }
  t.match(findingText({ ...FINDING, banSeconds: null }).text, ' A ban of 203.0.113.9 was decided. ');
  const subject = { kind: 'prefix', text: '203.0.113.0/24' } as const;
  t.match(findingText({ ...FINDING, subject }).text, ' A ban of 203.0.113.0/24 for 1 hour was decided. ');
  t.match(findingText({ ...FINDING, subject: ACCOUNT }).text, ' A ban of 203.0.113.9 for 1 hour was decided. ');
  t.match(findingText({ ...FINDING, subject: PBX, address: null }).text, ' A ban of office for 1 hour was decided. ');
});

await t.test('an address that may be forged is told as such', async (t) => {
  t.match(
    findingText({ ...FINDING, proof: 'none' }).text,
    /^203\.0\.113\.9 \(nothing proves that this is the sender\) made/,
  );
  t.match(findingText({ ...FINDING, proof: null }).text, /^203\.0\.113\.9 made/);
});

await t.test('a finding without account and address is told all the same', async (t) => {
  for (const account of [null, '']) {
    const { title } = findingText({ ...FINDING, rule: 'breach', account, address: null });
    t.equal(title, 'BREAK-IN? somebody logged in from an unknown address after 1,000 failed guesses');
  }
});

await t.test(
  'whatever attackers choose, title and text are one line each, short, and without mention, link or markup',
  async (t) => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('@here', '<!channel>', 'http://evil.example', '\n## x', '[a](http://b)', '\u202e', '"', '`x`'),
      fc.string({ minLength: 300, maxLength: 400 }),
    );
    const finding = fc.record({
      rule: fc.constantFrom(...RULE_NAMES),
      severity: fc.constantFrom(...SEVERITIES),
      subject: fc.record({ kind: fc.constantFrom('address', 'prefix', 'account', 'pbx'), text: hostile }),
      account: fc.option(hostile),
      address: fc.option(hostile) as fc.Arbitrary<Address | null>,
      pbx: hostile,
      service: hostile,
      proof: fc.constantFrom('none', 'handshake', null),
    });
    t.doesNotThrow(() =>
      fc.assert(
        fc.property(finding, (changes) => {
          const { title, text } = findingText({ ...FINDING, ...changes } as Finding);
          const isSafe = [title, text].every(
            (words) => !/[^\x20-\x7eÀ-ÿĀ-ſ]|[<>@`*#&|](?!\])|\w\.[a-z]{2,}|:\/\/|\]\(/i.test(words),
          );
          return isSafe && title.length <= 255 && text.length <= 1500;
        }),
        { numRuns: 500 },
      ),
    );
  },
);
