import { dashboard } from '../dashboard.js';
import type { Language } from '../language.js';
import { row } from '../layout.js';
import { alarm, bars, count, lines, now } from '../panels.js';
import type { Dashboard } from '../schema.js';

const numbers = ({ gauge, lacking, total }: Language) =>
  row('Is it so in the kernel?', 4, [
    [
      4,
      now({
        title: 'Bans wanted',
        description: 'All bans that should be in force now, those of an operator too.',
        targets: [gauge('security.bans.desired', 'wanted')],
      }),
    ],
    [
      4,
      now({
        title: 'Bans in force',
        description: 'What the kernel itself lists. It should be as many as are wanted.',
        targets: [gauge('security.bans.enforced', 'in force')],
      }),
    ],
    [
      4,
      now({
        title: 'Wanted but not in force',
        description:
          'More than 0 for over a minute: the firewall does not take what it is told. Look at Firewall failures below, and at the log of the blocker, which names the remedy.',
        targets: [lacking('security.bans.desired', 'security.bans.enforced', 'not in force')],
        thresholds: alarm([1, 'red']),
      }),
    ],
    [
      4,
      now({
        title: 'Last looked',
        description:
          'Since the blocker read the bans back from the kernel. Seconds are normal; minutes mean that the firewall does not answer.',
        targets: [gauge('blocker.verified_seconds', 'ago')],
        unit: 's',
        thresholds: alarm([30, 'orange'], [120, 'red']),
      }),
    ],
    [
      4,
      count({
        title: 'Packets dropped',
        description:
          'Of banned addresses, in the range: so much never reached Asterisk. 0 with bans in force: the attackers gave up, or the rule stands behind one that accepts.',
        targets: [total('security.bans.dropped_packets', 'packets')],
      }),
    ],
    [
      4,
      count({
        title: 'Repairs',
        description:
          'How often the blocker found its rules changed or gone and put them back. Somebody else writes the firewall: let him leave our table alone.',
        targets: [total('blocker.repairs', 'repairs')],
        thresholds: alarm([1, 'orange']),
      }),
    ],
  ]);

const bans = ({ gauges, totals }: Language) =>
  row('Bans', 9, [
    [
      12,
      lines({
        title: 'Wanted and in force',
        description:
          'Two lines on each other are right. In force below wanted: not everything is blocked. In force without wanted: bans that nobody asked for, which the blocker takes away.',
        targets: gauges('security.bans.{desired,enforced}'),
      }),
    ],
    [
      12,
      bars({
        title: 'Added and removed',
        description:
          'Added is what was put in force, removed what was lifted or ended. Many of both: bans are too short for attackers who come again (BAN_SECONDS, BAN_UNPROVEN_SECONDS).',
        targets: totals('security.bans.{added,removed}', -2),
      }),
    ],
  ]);

const decisions = ({ totals }: Language) =>
  row('Decisions', 9, [
    [
      12,
      bars({
        title: 'Decided by the detection',
        description:
          'What the exporter asked for. Bans here and none added above: the blocker refuses, or does not run.',
        targets: totals('security.decisions.*', -2),
      }),
    ],
    [
      12,
      bars({
        title: 'Refused, by reason',
        description:
          'Bans that the blocker did not take. allowlisted: a friend of yours is attacked, or attacks. bans_max, bans_per_minute: a limit, likely because of forged senders. firewall: it could not be put in force and is tried again.',
        targets: totals('security.bans.refused.*', -2),
      }),
    ],
  ]);

const dropped = ({ total }: Language) =>
  row('Dropped', 9, [
    [
      12,
      bars({
        title: 'Packets dropped',
        description: 'From banned addresses. Attackers who go on although nobody answers are tools without eyes.',
        targets: [total('security.bans.dropped_packets', 'packets')],
      }),
    ],
    [
      12,
      bars({
        title: 'Bytes dropped',
        description: 'The same in bytes. If this is near what your line carries, only your provider can help.',
        targets: [total('security.bans.dropped_bytes', 'bytes')],
        unit: 'bytes',
      }),
    ],
  ]);

const work = ({ gauge, total, totals }: Language) =>
  row('The blocker', 9, [
    [
      8,
      bars({
        title: 'Repairs',
        description:
          'Each is a time in which nothing was blocked, seconds at most. At the same time every day: a cron job that reloads the firewall.',
        targets: [total('blocker.repairs', 'repairs')],
      }),
    ],
    [
      8,
      bars({
        title: 'Firewall and store failures',
        description:
          'firewall: the kernel did not take a change (rights, missing program, time-out). store: the bans could not be saved and would be forgotten at a restart; look at the disk.',
        targets: totals('blocker.{firewall,store}.failures', -3),
      }),
    ],
    [
      8,
      lines({
        title: 'Since the bans were last read back',
        description: 'A saw-tooth of seconds is right. A ramp: the firewall hangs, or the blocker cannot run it.',
        targets: [gauge('blocker.verified_seconds', 'seconds')],
        unit: 's',
      }),
    ],
  ]);

export function blocking(language: Language): Dashboard {
  const { variables, annotations } = language;
  return dashboard(language, {
    uid: 'asterisk-blocking',
    title: 'blocking',
    description: 'Is who should be banned banned in the kernel, and what does it keep out?',
    from: 'now-6h',
    variables: [variables.dataSource, variables.pbx],
    annotations: [...annotations.findings, annotations.repairs],
    rows: [numbers, bans, decisions, dropped, work].map((row) => row(language)),
  });
}
