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
          'More than one service: a scanner. Evenly spaced bars of one height: a device with an old password rather than an attacker. A sharp end: a ban, or it gave up.',
        targets: totals(ITS, -3),
      }),
    ],
    [
      10,
      lines({
        title: 'Its failures since the beginning of the range',
        description:
          'Steep is a tool at full speed, a long flat slope is somebody who guesses slowly to stay below limits. Flat again after a ban is what you want to see.',
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
        description: 'The 20 worst of the range, to go on from here with a click.',
        targets: [greatest(`security.failed_auth.$service.${ADDRESSES}`, -2, 20)],
        links: [toAddress(uidOf('asterisk-attacker', name))],
      }),
    ],
    [
      16,
      bars({
        title: 'All others that failed at the same time',
        description:
          'The ten worst. Those that begin and end with this address belong to it, most likely: block their network.',
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
          'InvalidAccountID: accounts that do not exist. InvalidPassword, ChallengeResponseFailed: passwords. FailedACL, UnexpectedAddress: the right account from a place that it may not come from.',
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
          'distributed: many addresses guess at one account; give it a long password. password_spray: one password at many; look for weak ones. stale_credentials: a device with an old password. breach: somebody got in after failures.',
        targets: totals('security.findings.{breach,distributed,password_spray,enumeration,stale_credentials}', -2),
      }),
    ],
    [
      6,
      text({
        title: 'Which accounts?',
        description: `Where the names of accounts are to be found, and why not in ${words.name}.`,
        content: [
          'An attacker chooses the names that he tries, so they never become names of series: he could fill the disk with them.',
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
