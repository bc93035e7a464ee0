import { dashboard, uidOf } from '../dashboard.js';
import { ADDRESSES } from '../graphite.js';
import type { Language } from '../language.js';
import { row } from '../layout.js';
import { alarm, bars, count, meaning, now, ranking, text } from '../panels.js';
import type { Dashboard } from '../schema.js';

const FAILED = 'security.failed_auth.$service';
const UNKNOWN = 'security.events.$service.InvalidAccountID';
const WRONG = 'security.events.$service.{InvalidPassword,ChallengeResponseFailed}';

const numbers = ({ total, distinct, gauge, words }: Language) =>
  row('At a glance', 4, [
    [
      3,
      count({
        title: 'Failed authentications',
        description:
          'Events in the range: a wrong password, an account that does not exist. A PBX on the internet always has some. What matters is what got through, to the right.',
        targets: [total(`${FAILED}.count`, 'failures')],
      }),
    ],
    [
      3,
      count({
        title: 'Guesses',
        description:
          'Each attempt once, although Asterisk raises up to three failures for it: this is how often somebody tried. Empty with DETECT=false.',
        targets: [total(`${FAILED}.attempts`, 'guesses')],
      }),
    ],
    [
      3,
      count({
        title: 'Addresses',
        description: `Different addresses with failures in the range, ${words.forgets}. Over UDP they can be forged, so many may be one sender.`,
        targets: [distinct(`${FAILED}.${ADDRESSES}`, -2, 'addresses')],
      }),
    ],
    [
      3,
      count({
        title: 'Break-ins suspected',
        description:
          'Logins after failures (rule breach). A single one can be a mistyped password; the annotation and the log say whose. If it was not the owner, change the password now, block the address, and look at the calls since then.',
        targets: [total('security.findings.breach', 'breach')],
        thresholds: alarm([1, 'red']),
      }),
    ],
    [
      3,
      count({
        title: 'Logins',
        description:
          'Successful logins, including those of your own phones. If a service that nobody should use has logins, look into it.',
        targets: [total('security.events.$service.SuccessfulAuth', 'logins')],
      }),
    ],
    [
      3,
      count({
        title: 'Bans decided',
        description:
          'How often the detector decided to ban. The dashboard Blocking says whether the bans are in force; without a blocker none are.',
        targets: [total('security.decisions.ban', 'bans')],
      }),
    ],
    [
      3,
      now({
        title: 'Bans in force',
        description: 'Read back from the kernel by the blocker. "no data": there is no blocker, or it is not running.',
        targets: [gauge('security.bans.enforced', 'in force')],
      }),
    ],
    [
      3,
      now({
        title: 'Detector',
        description: 'Whether security events arrive. DEAF: ignore this page, and see the dashboard Detector health.',
        targets: [gauge('exporter.hearing', 'hearing')],
        mappings: meaning({ 0: ['DEAF', 'red'], 1: ['hears', 'green'] }),
      }),
    ],
  ]);

const attack = ({ totals, total, remainder, words }: Language) =>
  row('Am I under attack?', 9, [
    [
      12,
      bars({
        title: 'Failed authentications by service',
        description: `A low line all day is the noise of the internet. Steps and plateaus are attack tools at work. ${words.exactness}`,
        targets: totals(`${FAILED}.count`, -3),
      }),
    ],
    [
      12,
      bars({
        title: 'Guesses beside events',
        description:
          'Guesses are what somebody tried; the other failures are what Asterisk raised on top for the same guesses. If there are failures but no guesses, the detection is off (DETECT).',
        targets: [
          total(`${FAILED}.attempts`, 'guesses'),
          remainder(`${FAILED}.count`, `${FAILED}.attempts`, 'further failures of the same guesses'),
        ],
      }),
    ],
  ]);

const attackers = ({ name, greatest, transports, toAddress, words }: Language) =>
  row('By whom?', 11, [
    [
      8,
      ranking({
        title: 'Top attackers',
        description: `The 20 addresses with the most failures${words.namesOfAddresses}. Click one to see what it did. If it is yours, fix the device there and put the address on ALLOWLIST.`,
        targets: [greatest(`${FAILED}.${ADDRESSES}`, -2, 20)],
        links: [toAddress(uidOf('asterisk-attacker', name))],
      }),
    ],
    [
      10,
      bars({
        title: 'When they attacked',
        description:
          'The ten worst over time. If several start and end together, one attacker has many addresses. After a ban a bar should end; if it goes on, see Blocking.',
        targets: [greatest(`${FAILED}.${ADDRESSES}`, -2, 10)],
      }),
    ],
    [
      6,
      bars({
        title: 'Over which transport',
        description: `UDP addresses can be forged, so bans that rest on UDP alone are short. TCP, TLS and WebSockets prove the address. ${words.transportNotSaid}: Asterisk did not report the transport, as in its messages log.`,
        targets: transports(`${FAILED}.${ADDRESSES}`),
      }),
    ],
  ]);

const accounts = ({ totals, total }: Language) =>
  row('At which accounts?', 9, [
    [
      12,
      bars({
        title: 'Security events by kind',
        description:
          "Asterisk's own names. ChallengeSent and SuccessfulAuth are normal; many challenges without any login are an enumeration that names no account. FailedACL: an ACL keeps the address out.",
        targets: totals('security.events.$service.*', -2),
      }),
    ],
    [
      12,
      bars({
        title: 'Accounts that do not exist, and wrong passwords',
        description:
          'Unknown accounts: somebody is searching. Wrong passwords: they found accounts, or a phone has an old password. PJSIP raises both for a guess with a password at an unknown account. The annotations and the log say which accounts.',
        targets: [total(UNKNOWN, 'account does not exist'), total(WRONG, 'wrong password')],
      }),
    ],
  ]);

const found = ({ totals }: Language) =>
  row('What was found, and what got through?', 9, [
    [
      12,
      bars({
        title: 'Findings by rule',
        description:
          'What the detector found. breach and trusted_at_risk: look now. storm and unproven_flood: drop traffic in front of Asterisk. stale_credentials: enter the new password on the phone. The rest is blocked, if there is a blocker.',
        targets: totals('security.findings.*', -2),
      }),
    ],
    [
      12,
      bars({
        title: 'Logins by service',
        description:
          'Phones log in at a steady pace. Look into a rise during an attack, or one marked as a breach: asterisk -rx "pjsip show contacts" lists who is logged in.',
        targets: totals('security.events.$service.SuccessfulAuth', -3),
      }),
    ],
  ]);

const elsewhere = ({ everyPbx, words }: Language) =>
  row('Where?', 9, [
    [
      12,
      bars({
        title: 'Failed authentications by PBX',
        description: `${words.everyPbx}, whatever is selected above. A rise at all of them is a campaign; at a single one, look there.`,
        targets: everyPbx(),
      }),
    ],
    [
      12,
      text({
        title: 'Countries and networks',
        description: 'How to find out where an address is located.',
        content: [
          `${words.name} does not know countries, and a UDP address may be forged, so there is no map here.`,
          '',
          'For an address under *Top attackers*:',
          '',
          "- `whois -h whois.cymru.com ' -v 203.0.113.9'` names its network and country;",
          '- `mmdblookup --file GeoLite2-Country.mmdb --ip 203.0.113.9 country names en` names the country without asking anybody.',
          '',
          'If all your users are in a few countries, allow only those in front of Asterisk, rather than ban single addresses.',
        ].join('\n'),
      }),
    ],
  ]);

export function attackOverview(language: Language): Dashboard {
  const { variables, annotations } = language;
  return dashboard(language, {
    uid: 'asterisk-attack-overview',
    title: 'attack overview',
    description: 'Am I under attack, by whom, at which service, and what got through?',
    from: 'now-6h',
    variables: [variables.dataSource, variables.pbx, variables.service],
    annotations: annotations.findings,
    rows: [numbers, attack, attackers, accounts, found, elsewhere].map((row) => row(language)),
  });
}
