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
        description: 'All bans that should be in force now, including those of operators.',
        targets: [gauge('security.bans.desired', 'wanted')],
      }),
    ],
    [
      4,
      now({
        title: 'Bans in force',
        description: 'The bans that the kernel itself lists. There should be as many as are wanted.',
        targets: [gauge('security.bans.enforced', 'in force')],
      }),
    ],
    [
      4,
      now({
        title: 'Wanted but not in force',
        description:
          'More than 0 for over a minute: the firewall does not accept changes. See Firewall failures below, and the log of the blocker, which says what to do.',
        targets: [lacking('security.bans.desired', 'security.bans.enforced', 'not in force')],
        thresholds: alarm([1, 'red']),
      }),
    ],
    [
      4,
      now({
        title: 'Last looked',
        description:
          'Time since the blocker read the bans back from the kernel. Seconds are normal; minutes mean that the firewall does not answer.',
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
          'Packets of banned addresses in the range: they never reached Asterisk. 0 with bans in force: the attackers gave up, or another rule accepts the packets first.',
        targets: [total('security.bans.dropped_packets', 'packets')],
      }),
    ],
    [
      4,
      count({
        title: 'Repairs',
        description:
          'How often the blocker found its rules changed or gone, and restored them. Something else writes to the firewall: make it leave our table alone.',
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
          'The two lines should coincide. In force below wanted: not everything is blocked. In force above wanted: bans that nobody asked for, which the blocker removes.',
        targets: gauges('security.bans.{desired,enforced}'),
      }),
    ],
    [
      12,
      bars({
        title: 'Added and removed',
        description:
          'Added: new bans. Removed: bans that were lifted early. Many of both: bans are too short for attackers who return (BAN_SECONDS, BAN_UNPROVEN_SECONDS).',
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
          'What the exporter asked for. Bans here but none added above: the blocker refuses them, or is not running.',
        targets: totals('security.decisions.*', -2),
      }),
    ],
    [
      12,
      bars({
        title: 'Refused, by reason',
        description:
          'Bans that the blocker refused. allowlisted: somebody forges a friend, or a friend attacks. bans_max, bans_per_minute: a limit was reached, probably because of forged senders. firewall: the ban could not be put in force, and is retried.',
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
        description: 'From banned addresses. Tools that go on although nobody answers do not look at the results.',
        targets: [total('security.bans.dropped_packets', 'packets')],
      }),
    ],
    [
      12,
      bars({
        title: 'Bytes dropped',
        description: 'The same in bytes. If this approaches the capacity of your line, only your provider can help.',
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
          'Before each repair, nothing was blocked for up to a few seconds. At the same time every day: a cron job reloads the firewall.',
        targets: [total('blocker.repairs', 'repairs')],
      }),
    ],
    [
      8,
      bars({
        title: 'Firewall and store failures',
        description:
          'firewall: the kernel did not accept a change (rights, missing program, timeout). store: the bans could not be saved and would be forgotten at a restart; check the disk.',
        targets: totals('blocker.{firewall,store}.failures', -3),
      }),
    ],
    [
      8,
      lines({
        title: 'Since the bans were last read back',
        description: 'A sawtooth of seconds is right. A ramp: the firewall hangs, or the blocker cannot run it.',
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
    description: 'Does the kernel have every ban, and what do they keep out?',
    from: 'now-6h',
    variables: [variables.dataSource, variables.pbx],
    annotations: [...annotations.findings, annotations.repairs],
    rows: [numbers, bans, decisions, dropped, work].map((row) => row(language)),
  });
}
