import { dashboard, uidOf } from '../dashboard.js';
import { ADDRESSES } from '../graphite.js';
import type { Language } from '../language.js';
import { row } from '../layout.js';
import { bars, count, lines, ranking, text } from '../panels.js';
import type { Dashboard } from '../schema.js';

const ITS = 'security.failed_auth.$service.$address';
const EVENTS = 'security.events.$service';

const one = ({ total, totals, running, words }: Language) =>
  row('Address $address', 9, [
    [
      4,
      count({
        title: 'Its failures',
        description: `Failed authentications from this address in the range. ${words.keeps}. 0: it did nothing, or was beyond the cap (see Detector health).`,
        targets: [total(ITS, 'failures')],
      }),
    ],
    [
      10,
      bars({
        title: 'Its failures by service',
        description:
          'More than one service: a scanner. Evenly spaced bars of the same height: a device with an old password rather than an attacker. A sharp end: it was banned, or it gave up.',
        targets: totals(ITS, -3),
      }),
    ],
    [
      10,
      lines({
        title: 'Its failures since the beginning of the range',
        description:
          'Steep: a tool at full speed. A long gentle slope: somebody guesses slowly to stay below limits. After a ban it should be flat.',
        targets: [running(ITS, 'failures')],
      }),
    ],
  ]);

const neighbours = ({ name, greatest, toAddress }: Language) =>
  row('Beside it', 9, [
    [
      8,
      ranking({
        title: 'Other addresses',
        description: 'The 20 worst in the range. Click one to see what it did.',
        targets: [greatest(`security.failed_auth.$service.${ADDRESSES}`, -2, 20)],
        links: [toAddress(uidOf('asterisk-attacker', name))],
      }),
    ],
    [
      16,
      bars({
        title: 'All others that failed at the same time',
        description:
          'The ten worst. Those that begin and end together with this address most likely belong to the same attacker: block their network.',
        targets: [greatest(`security.failed_auth.$service.${ADDRESSES}`, -2, 10)],
      }),
    ],
  ]);

const accounts = ({ totals, words }: Language) =>
  row('Accounts', 9, [
    [
      9,
      bars({
        title: 'What was tried at accounts',
        description:
          'InvalidAccountID: accounts that do not exist. InvalidPassword, ChallengeResponseFailed: passwords. FailedACL, UnexpectedAddress: an account that is used from where it must not be.',
        targets: totals(
          `${EVENTS}.{InvalidAccountID,InvalidPassword,ChallengeResponseFailed,FailedACL,UnexpectedAddress}`,
          -2,
        ),
      }),
    ],
    [
      9,
      bars({
        title: 'Findings about accounts',
        description:
          'distributed: many addresses guess at one account; give it a long password. password_spray: one address tries common passwords at many accounts; look for weak ones. stale_credentials: a device has an old password. breach: somebody logged in after failures.',
        targets: totals('security.findings.{breach,distributed,password_spray,enumeration,stale_credentials}', -2),
      }),
    ],
    [
      6,
      text({
        title: 'Which accounts?',
        description: `Where to find the names of accounts, and why not in ${words.name}.`,
        content: [
          'Attackers choose the names that they try, so these never become names of series: they could fill the disk.',
          '',
          'They are in',
          '',
          ...words.accounts,
          "- the exporter's **log**, with `finding`;",
          '- a **replay** of a log: `asterisk-auth-stats replay /var/log/asterisk/security`.',
          '',
          'Who is logged in now: `asterisk -rx "pjsip show contacts"`.',
        ].join('\n'),
      }),
    ],
  ]);

export function attacker(language: Language): Dashboard {
  const { variables, annotations } = language;
  return dashboard(language, {
    uid: 'asterisk-attacker',
    title: 'attacker and account detail',
    description: 'What one address did, who did the same, and what was tried at accounts.',
    from: 'now-24h',
    variables: [variables.dataSource, variables.pbx, variables.service, variables.address],
    annotations: annotations.findings,
    rows: [one, neighbours, accounts].map((row) => row(language)),
  });
}
