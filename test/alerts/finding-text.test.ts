import { readFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import t from 'tap';
import { findingText } from '../../src/alerts/finding-text.js';
import {
  EVIDENCE_NAMES,
  type Evidence,
  type EvidenceName,
  type Finding,
  type FindingAction,
  RULE_NAMES,
  type RuleName,
  SEVERITIES,
} from '../../src/domain/finding.js';
import type { Address } from '../../src/domain/remote-address.js';
import { AT, FINDING } from './fixtures.js';

const ACCOUNT = { kind: 'account', text: '101' } as const;
const PBX = { kind: 'pbx', text: 'office' } as const;
const UNBANNED = { action: 'none', banTarget: null, banSeconds: null } as const;
const OF_PBX = { ...UNBANNED, subject: PBX, address: null, account: null, proof: null } as const;
const OF_ACCOUNT = { ...UNBANNED, subject: ACCOUNT, accounts: 1 } as const;

function facts(counts: Partial<Record<EvidenceName, number>>): readonly Evidence[] {
  return Object.entries(counts).map(([name, count]) => ({ name: name as EvidenceName, count, weight: 1 }));
}

/** A finding of each rule as an operator may meet it. */
const EXAMPLES: Record<RuleName, Partial<Finding>> = {
  breach: {
    ...OF_ACCOUNT,
    attempts: 360,
    addresses: 40,
    evidence: facts({ guesses_elsewhere: 360, attackers: 40, new_network: 1 }),
  },
  brute_force: {},
  enumeration: {
    accounts: 512,
    attempts: 512,
    proof: 'none',
    banTarget: '203.0.113.9:5071',
    banSeconds: 600,
    since: AT - 90_000,
    evidence: facts({ names: 512 }),
  },
  password_spray: {
    accounts: 150,
    attempts: 300,
    banSeconds: 86_400,
    evidence: facts({ spread: 150, guesses_here: 300 }),
  },
  distributed: {
    ...OF_ACCOUNT,
    addresses: 40,
    action: 'ban',
    banTarget: '203.0.113.9/32',
    banSeconds: 86_400,
    evidence: facts({ attackers: 40, guesses_elsewhere: 1000 }),
  },
  low_and_slow: { ...OF_PBX, attempts: 40, addresses: 40, evidence: facts({ attackers: 40 }) },
  trusted_at_risk: {
    ...UNBANNED,
    attempts: 120,
    accounts: 4,
    action: 'lived_in',
    evidence: facts({ sockets: 115, guesses_here: 120, residents: 12 }),
  },
  stale_credentials: {
    accounts: 1,
    attempts: 120,
    banTarget: '203.0.113.9:5062',
    banSeconds: 300,
    evidence: facts({ persistence: 120 }),
  },
  honeypot: { accounts: 1, attempts: 2, account: '1000', proof: 'none', evidence: facts({ honeypot: 2 }) },
  unknown_trunk: {
    severity: 'info',
    accounts: 0,
    attempts: 12,
    account: '493012345678',
    evidence: facts({ calls: 12 }),
  },
  outage: {
    ...OF_PBX,
    attempts: 100,
    accounts: 100,
    addresses: 0,
    since: AT - 60_000,
    evidence: facts({ refused_at_home: 100 }),
  },
  storm: {
    ...OF_PBX,
    attempts: 0,
    accounts: 0,
    addresses: 0,
    since: AT - 40_000,
    evidence: facts({ logins: 700, failures: 0 }),
  },
  unproven_flood: { ...OF_PBX, attempts: 1, accounts: 0, addresses: 0, evidence: facts({ unproven: 1 }) },
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

/** The text of the rule's example with these changes. */
const textOf = (rule: RuleName, changes: Partial<Finding>) =>
  findingText({ ...FINDING, rule, ...EXAMPLES[rule], ...changes });

await t.test('a break-in says whose guesses they were, and what to do', async (t) => {
  t.same(exampleOf('breach'), {
    title: 'Break-in? Account 101 logged in from 203.0.113.9 after 360 guesses from elsewhere',
    text:
      'Account 101 logged in to PJSIP of the PBX office from 203.0.113.9 for the first time. Its password had been tried 360 times ' +
      'from at least 40 addresses, none of them 203.0.113.9. No earlier login from that network is known. No ban was decided on ' +
      'this. If it was not its owner who came from there, change the password of account 101 now, block 203.0.113.9, look at its ' +
      "calls and commands since 2026-03-01T02:00:00Z, and see with asterisk -rx 'pjsip show contacts' who is logged in.",
  });
});

await t.test('a login after guesses from the same place says so, and the ban of it is no step to take', async (t) => {
  const evidence = facts({ guesses_here: 40, guesses_at_others: 12 });
  const { title, text } = textOf('breach', {
    severity: 'critical',
    evidence,
    action: 'ban',
    banTarget: '203.0.113.9/32',
  });
  t.equal(title, 'BREAK-IN? Account 101 logged in from 203.0.113.9 after 40 guesses from there');
  t.match(text, 'from 203.0.113.9. Its password had been tried 40 times from 203.0.113.9 before. 12 guesses at other');
  t.match(text, 'A ban of 203.0.113.9 was decided.');
  t.notMatch(text, 'block 203.0.113.9');
});

await t.test('a household of IPv6 is its /64', async (t) => {
  const evidence = facts({ guesses_here: 40 });
  const { text } = textOf('breach', { address: '2001:db8::1' as Address, evidence });
  t.match(text, 'tried 40 times from the /64 of 2001:db8::1 before.');
});

await t.test('neighbours and other accounts are told by their own facts', async (t) => {
  const nearby = textOf('breach', {
    addresses: 1,
    evidence: facts({ guesses_nearby: 50, guesses_elsewhere: 60, attackers: 1, new_network: 1 }),
  });
  t.match(nearby.title, / after guesses from the same network$/);
  t.match(
    nearby.text,
    'had made 50 guesses, and this account was among those that they tried. Its password had been tried 60 times from other addresses.',
  );
  const others = textOf('breach', { evidence: facts({ guesses_at_others: 9 }) });
  t.match(others.title, / after guesses from there at other accounts$/);
});

await t.test('a burst from a new home, and an owner who is at home again, are no first logins', async (t) => {
  const since = AT - 3_600_000;
  const burst = textOf('breach', { since, evidence: facts({ burst: 150, new_network: 1, home_in_use: 1 }) });
  t.equal(burst.title, 'Break-in? Account 101 logs in again and again from 203.0.113.9, which is new to it');
  t.match(
    burst.text,
    /^Account 101 has been logging in to PJSIP of the PBX office from 203\.0\.113\.9 since .* \(1 hour\), and not before\. Within an hour it logged in there in 150 different spells of ten seconds\. The account was in use where it usually logs in, too\. /,
  );
  const home = textOf('breach', { since, evidence: facts({ guesses_elsewhere: 80, home_in_use: 1 }) });
  t.equal(home.title, 'Break-in? Account 101 was in use elsewhere after guesses at its password');
  t.match(
    home.text,
    'At 2026-03-01T03:00:00Z, after 80 guesses at its password, it had logged in from another network for',
  );
  t.notMatch(home.text, 'block');
  t.match(home.text, 'not its owner who came from elsewhere');
});

await t.test('only a few tries at home are a typing error', async (t) => {
  const own = (evidence: readonly Evidence[]) => textOf('breach', { severity: 'info', evidence });
  const typed = own(facts({ tries_at_home: 2 }));
  t.equal(typed.title, 'Account 101 logged in from 203.0.113.9 after failing there twice');
  t.match(typed.text, / This is what a typing error looks like; nothing needs to be done\.$/);
  for (const evidence of [{ guesses_here: 4 }, { tries_at_home: 11 }, { tries_at_home: 2, guesses_elsewhere: 1 }, {}]) {
    t.match(own(facts(evidence)).text, /: make sure that 203\.0\.113\.9 is the owner's\.$/);
  }
});

await t.test('a login that came in although its sender is banned asks why', async (t) => {
  const { text } = textOf('breach', { action: 'already_banned' });
  t.match(
    text,
    'decided before. If that ban is older than the login, see why it did not hold. If it was not its owner',
  );
});

await t.test('the command to look with is that of the service, and an unknown service has none', async (t) => {
  const of = (service: string) => textOf('breach', { service }).text;
  t.match(of('AMI'), "see with asterisk -rx 'manager show connected' who");
  t.match(of('SIP'), "see with asterisk -rx 'sip show peers' who");
  t.match(of('IAX2'), 'and see who is logged in.');
  t.match(of(''), 'Account 101 logged in to the PBX office from');
});

await t.test('what was done is said, with the target and the length of a ban', async (t) => {
  const done: Record<FindingAction, string> = {
    ban: 'A ban of 203.0.113.9 for 1 hour was decided.',
    already_banned: 'There is no new ban: one that covers the sender was decided before.',
    none: 'No ban was decided on this.',
    allowlisted: 'There is no ban: 203.0.113.9 is never banned.',
    lived_in:
      "There is no ban: others may log in from 203.0.113.9, so only a socket could be banned, and none could be told to be the attacker's alone.",
    unproven: "There is no ban: no handshake proves that the address is the sender's, and BAN_UNPROVEN=never is set.",
    unproven_cap: 'There is no ban: this minute has as many bans on unproven evidence as it may.',
  };
  for (const [action, sentence] of Object.entries(done)) {
    t.match(findingText({ ...FINDING, action: action as FindingAction }).text, ` ${sentence} `);
  }
  t.match(findingText({ ...FINDING, banSeconds: null }).text, ' A ban of 203.0.113.9 was decided. ');
  t.match(findingText({ ...FINDING, banTarget: null }).text, ' A ban of the sender for 1 hour was decided. ');
  t.match(
    findingText({ ...FINDING, banTarget: '203.0.113.0/24' }).text,
    ' A ban of 203.0.113.0/24 for 1 hour was decided. ',
  );
  for (const banTarget of ['203.0.113.9:5062', '[2001:db8::1]:5062']) {
    t.match(
      findingText({ ...FINDING, banTarget }).text,
      ` A ban of ${banTarget} for 1 hour was decided: its address and port only; other devices at the address are not affected. `,
    );
  }
  t.match(textOf('low_and_slow', { action: 'lived_in' }).text, 'others may log in from there, so');
  t.match(textOf('low_and_slow', { action: 'allowlisted' }).text, 'There is no ban: the last of them is never banned.');
  t.match(textOf('low_and_slow', { action: 'already_banned' }).text, 'one that covers the last of them was decided');
  t.match(
    findingText({ ...FINDING, action: 'allowlisted', address: '2001:db8::1' as Address }).text,
    'There is no ban: the /64 of 2001:db8::1 holds an address that is never banned.',
  );
});

await t.test('what to do follows from what was done', async (t) => {
  const nextOf = (changes: Partial<Finding>) => findingText({ ...FINDING, ...changes }).text;
  const mend = 'If 203.0.113.9 is yours, mend the device there';
  t.match(nextOf({}), `${mend}, and add it to ALLOWLIST if it must never be banned.`);
  t.match(nextOf({ action: 'none' }), `${mend}; if not, block it.`);
  t.match(nextOf({ action: 'none', proof: 'none' }), `${mend}; do not block it by hand unless you know who it is.`);
  t.match(nextOf({ action: 'allowlisted' }), 'Find out what fails there, and mend it.');
  t.match(nextOf({ subject: PBX, address: null }), 'If the address is yours, mend');
});

await t.test('an address where others live is told with how many, by what its sender did', async (t) => {
  const of = (counts: Partial<Record<EvidenceName, number>>, changes: Partial<Finding> = {}) =>
    textOf('trusted_at_risk', { evidence: facts(counts), ...changes });
  const { title, text } = exampleOf('trusted_at_risk');
  t.equal(title, '203.0.113.9 guesses passwords: 120 guesses (not banned)');
  t.match(
    text,
    'There is no ban: 12 accounts log in from 203.0.113.9, so only a socket could be banned, and none could',
  );
  t.match(
    text,
    'Find the device that fails there (it was account 101 last). If it is an attacker whose port changes, let the site',
  );
  t.match(
    text,
    'or ban 203.0.113.9 by hand (asterisk-auth-stats bans add), with all who log in from there. Name 203.0.113.9 in ALLOWLIST',
  );
  t.match(of({ pace: 40, residents: 1 }).text, '1 account logs in from 203.0.113.9, so');
  t.match(of({ spread: 30 }).title, '203.0.113.9 tries a few passwords at each of 30 accounts (not banned)');
  t.match(of({ names: 30 }).title, 'searches for accounts: 30 names tried (not banned)');
  t.match(of({ probes: 200 }).title, 'sends requests without a password again and again (not banned)');
  t.match(of({ honeypot: 1 }).title, '203.0.113.9 asked for account 101, a honeypot (not banned)');
  t.match(of({ persistence: 120 }).title, 'Account 101 fails again and again from 203.0.113.9 (not banned)');
  t.match(of({ persistence: 120 }).text, '120 tries from 203.0.113.9 at PJSIP of the PBX office failed since');
  t.match(of({ shared_accounts: 9 }).title, 'Addresses of 203.0.113.9 guess at the same accounts');
  t.match(
    of({ attackers: 9 }, { subject: ACCOUNT }).title,
    'The password of account 101 is guessed from at least 9 addresses',
  );
  t.match(of({ attackers: 9 }, OF_PBX).title, 'The PBX office is guessed at slowly from many addresses (not banned)');
  t.match(of({ attackers: 9 }, OF_PBX).text, 'device that fails there. If it is an attacker');
  const login = of({ guesses_nearby: 50, new_network: 1 }, { ...OF_ACCOUNT, action: 'lived_in', severity: 'critical' });
  t.equal(
    login.title,
    'BREAK-IN? Account 101 logged in from 203.0.113.9 after guesses from the same network (not banned)',
  );
  t.match(login.text, 'change the password of account 101 now, look at');
});

await t.test('an old password at home is told as such, a stranger with one as either', async (t) => {
  const home = textOf('stale_credentials', {
    ...UNBANNED,
    severity: 'info',
    evidence: facts({ tries_at_home: 120, residents: 3 }),
  });
  t.equal(home.title, 'Account 101 fails at 203.0.113.9, where it otherwise logs in');
  t.match(
    home.text,
    'was refused 120 times by PJSIP of the PBX office from 203.0.113.9, where it otherwise logs in, since',
  );
  t.match(
    home.text,
    / 3 accounts log in from 203\.0\.113\.9\. This looks like a device with an old password: enter the new/,
  );
  t.match(
    exampleOf('stale_credentials').text,
    'This is either a device with an old password or somebody who guesses as patiently',
  );
});

await t.test('a storm of right logins is no attack', async (t) => {
  t.same(exampleOf('storm'), {
    title: 'Storm on the PBX office: 700 logins and no failures in a minute',
    text:
      'The PBX office had 700 logins and no failures in a minute, far more than it is used to. No ban was decided on this. ' +
      'Phones that all register at once look like this, as after a restart or an outage.',
  });
  const attack = textOf('storm', { evidence: facts({ logins: 0, failures: 1 }) });
  t.match(attack.title, 'Storm on the PBX office: no logins and 1 failure in a minute');
  t.match(attack.text, 'drop the traffic in front of Asterisk');
});

await t.test('a manager has no ports to tell', async (t) => {
  t.match(findingText(FINDING).text, '950 guesses were of a kind that no phone makes');
  t.notMatch(findingText({ ...FINDING, service: 'AMI' }).text, 'phone');
});

await t.test('more addresses than are remembered are not counted', async (t) => {
  t.match(
    textOf('distributed', { evidence: facts({ attackers: 430 }) }).title,
    'is guessed from more than 64 addresses',
  );
});

await t.test('an address that may be forged is told as such', async (t) => {
  t.match(findingText({ ...FINDING, proof: 'none' }).text, /^203\.0\.113\.9 \(an address that may be forged\) made/);
  t.match(findingText({ ...FINDING, proof: null }).text, /^203\.0\.113\.9 made/);
});

await t.test('a finding without account and address is told all the same', async (t) => {
  for (const account of [null, '']) {
    const { title } = findingText({ ...FINDING, rule: 'breach', account, address: null });
    t.equal(title, 'Break-in? An unknown account logged in from an unknown address after 1,000 guesses from there');
  }
});

/** A finding as no rule may make it: any of the closed lists in any combination. */
const anyFinding = fc.record({
  rule: fc.constantFrom(...RULE_NAMES),
  severity: fc.constantFrom(...SEVERITIES),
  action: fc.constantFrom<FindingAction>(
    'ban',
    'already_banned',
    'none',
    'allowlisted',
    'lived_in',
    'unproven',
    'unproven_cap',
  ),
  subject: fc.constantFrom(ACCOUNT, PBX, FINDING.subject, { kind: 'prefix', text: '2001:db8::/64' }),
  account: fc.constantFrom('101', null),
  address: fc.constantFrom('203.0.113.9', '2001:db8::1', null),
  proof: fc.constantFrom('none', 'handshake', null),
  service: fc.constantFrom('PJSIP', 'AMI', ''),
  banTarget: fc.constantFrom('203.0.113.9/32', '[2001:db8::1]:5062', '2001:db8::/56', null),
  banSeconds: fc.constantFrom(1, 3600, null),
  attempts: fc.constantFrom(1, 2, 1000),
  accounts: fc.constantFrom(0, 1, 2),
  addresses: fc.constantFrom(0, 1, 2),
  evidence: fc.uniqueArray(
    fc.record({
      name: fc.constantFrom(...EVIDENCE_NAMES),
      count: fc.constantFrom(0, 1, 2, 1000),
      weight: fc.constant(1),
    }),
    { selector: ({ name }) => name },
  ),
});

const CLUMSY = [
  [/undefined|null|NaN|\[object/, 'a value that is missing'],
  [/ {2}|^ | $| [.,;:)]|\.\.|,,/, 'a blank or a stop too many'],
  [/(?<![\d,.:])1 (guesses|accounts|addresses|times|names|tries|spells|logins|failures|challenges)/, 'one as many'],
  [/(?<![\w/.:,])(?!1 )[\d,]+ (guess|account|address|time|name|try|spell|login|failure|challenge)\b/, 'many as one'],
  [/(?<![\d,.:])0 [a-z]/, 'none as a number'],
  [/(?<![\d,.:])1 \w+ (were|log) |[02-9] \w+s (was|logs) /, 'a verb of the wrong number'],
  [/[.?] [a-z]/, 'a sentence that begins small'],
] as const;

await t.test(
  'whatever the rule, the severity, what was done and the evidence, the sentences are whole ones',
  async (t) => {
    t.doesNotThrow(() =>
      fc.assert(
        fc.property(anyFinding, (changes) => {
          const { title, text } = findingText({ ...FINDING, ...changes } as Finding);
          for (const [fault, what] of CLUMSY) {
            if (fault.test(title.replace('? ', ' ')) || fault.test(text))
              throw new Error(`${what}: ${title} / ${text}`);
          }
          return /^[A-Z\d]|^2001:/.test(title) && /^[A-Z\d]/.test(text) && text.endsWith('.') && title.length <= 255;
        }),
        { numRuns: 3000 },
      ),
    );
  },
);

await t.test('each fact has its sentence, or is told by another one', async (t) => {
  for (const name of EVIDENCE_NAMES) {
    const { text } = textOf('breach', { evidence: facts({ [name]: 7 }) });
    t.not(text, textOf('breach', { evidence: [] }).text, name);
    t.equal(textOf('breach', { evidence: facts({ [name]: 0 }) }).text, textOf('breach', { evidence: [] }).text, name);
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
      evidence: fc.subarray(EVIDENCE_NAMES.map((name) => ({ name, count: 1000, weight: 1 }))),
      action: fc.constantFrom('ban', 'lived_in', 'already_banned', 'allowlisted'),
      banTarget: hostile,
    });
    t.doesNotThrow(() =>
      fc.assert(
        fc.property(finding, (changes) => {
          const { title, text } = findingText({ ...FINDING, ...changes } as Finding);
          const isSafe = [title, text].every(
            (words) => !/[^\x20-\x7eÀ-ÿĀ-ſ]|[<>@`*#&|](?!\])|\w\.[a-z]{2,}|:\/\/|\]\(/i.test(words),
          );
          return isSafe && title.length <= 255 && text.length <= 4000;
        }),
        { numRuns: 500 },
      ),
    );
  },
);
