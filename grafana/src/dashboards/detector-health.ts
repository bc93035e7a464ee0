import { dashboard } from '../dashboard.js';
import type { Language } from '../language.js';
import { row } from '../layout.js';
import { alarm, bars, count, lines, meaning, now, states } from '../panels.js';
import type { Dashboard } from '../schema.js';

const YES_NO = meaning({ 0: ['no', 'red'], 1: ['yes', 'green'] });

const numbers = ({ gauge, total }: Language) =>
  row('Can I believe the other dashboards?', 4, [
    [
      4,
      now({
        title: 'Connected',
        description: 'To Asterisk, or to its log. no: the log of the exporter says why. It keeps trying.',
        targets: [gauge('exporter.connected', 'connected')],
        mappings: YES_NO,
      }),
    ],
    [
      4,
      now({
        title: 'Security events arrive',
        description:
          'no while connected: deaf. In manager.conf, give the user read = security,system and no eventfilter that hides security events, then run manager reload.',
        targets: [gauge('exporter.hearing', 'hearing')],
        mappings: YES_NO,
      }),
    ],
    [
      4,
      now({
        title: 'Last event',
        description:
          'Time since the last security event. With phones that register, minutes at most; longer at night on a quiet PBX.',
        targets: [gauge('exporter.last_event_seconds', 'ago')],
        unit: 's',
        thresholds: alarm([900, 'orange'], [3600, 'red']),
      }),
    ],
    [
      4,
      now({
        title: 'Running since',
        description: 'Short again and again: something restarts it. docs/operations.md explains the exit codes.',
        targets: [gauge('exporter.uptime_seconds', 'up')],
        unit: 's',
        thresholds: alarm(),
      }),
    ],
    [
      4,
      count({
        title: 'Gaps',
        description:
          'How often the connection to Asterisk was lost: events may be missing. If there are more gaps than restarts of Asterisk, look at the log.',
        targets: [total('exporter.gaps', 'gaps')],
        thresholds: alarm([1, 'orange']),
      }),
    ],
    [
      4,
      count({
        title: 'Malformed',
        description:
          'Blocks and lines that are not what Asterisk writes: somebody tries to forge events, or this Asterisk writes what we do not know. Look into any.',
        targets: [total('exporter.malformed.*', 'malformed')],
        thresholds: alarm([1, 'orange']),
      }),
    ],
  ]);

const hearing = ({ gauge, gauges, totals }: Language) =>
  row('Does it hear?', 8, [
    [
      12,
      states({
        title: 'Connected and hearing',
        description: 'Red: the exporter saw nothing. White: the exporter was not running.',
        targets: gauges('exporter.{connected,hearing}'),
        mappings: YES_NO,
      }),
    ],
    [
      12,
      lines({
        title: 'Since the last event',
        description: 'Ramps that are longer than usual: the PBX is quiet, or nobody can reach it any longer.',
        targets: [gauge('exporter.last_event_seconds', 'seconds')],
        unit: 's',
      }),
    ],
    [
      12,
      bars({
        title: 'Events read, connections lost and made again',
        description:
          'Events are everything that Asterisk raised, logins included. A gap without a reconnect: the connection is still down.',
        targets: totals('exporter.{events,gaps,reconnects}', -2),
      }),
    ],
    [
      12,
      bars({
        title: 'Malformed, by reason',
        description:
          'key_order, privilege, no_event and injected look like a forgery; unknown_event and event_tv like a version of Asterisk that we do not know: please report it. docs/metrics.md explains all reasons.',
        targets: totals('exporter.malformed.*', -2),
      }),
    ],
  ]);

const limits = ({ gauge, gauges, total, totals }: Language) =>
  row('Limits and losses', 8, [
    [
      8,
      bars({
        title: 'Beyond the cap of addresses',
        description:
          'Failures counted as other, because more addresses than ADDRESSES_PER_FLUSH attacked at once. The totals are right; single attackers may be missing.',
        targets: [total('exporter.addresses.capped', 'events')],
      }),
    ],
    [
      8,
      bars({
        title: 'Lines that did not reach StatsD',
        description:
          'By reason: packet_bytes (raise STATSD_PACKET_BYTES), socket (the kernel refused), stream (the TCP connection was lost). That many lines are missing from the other dashboards.',
        targets: totals('exporter.statsd.dropped.*', -2),
      }),
    ],
    [
      8,
      bars({
        title: 'Faults on the way to StatsD',
        description:
          'A name that is not resolved, a connection that is refused. Meanwhile sums wait: they are late, not lost.',
        targets: [total('exporter.statsd.errors', 'faults')],
      }),
    ],
    [
      8,
      lines({
        title: 'Log not read yet',
        description:
          'Only with a log as source. It should return to 0; if it keeps rising, the exporter is too slow for the log.',
        targets: [gauge('exporter.log.lag_bytes', 'bytes')],
        unit: 'bytes',
      }),
    ],
    [
      8,
      lines({
        title: 'Addresses remembered',
        description:
          'By the detector. Beyond SCORE_ADDRESSES the least dangerous are forgotten, which evicted counts. Raise it if slow attackers matter to you; each address takes some 1.4 KB.',
        targets: gauges('exporter.detection.{addresses,evicted}'),
      }),
    ],
    [
      8,
      lines({
        title: 'Memory',
        description:
          'Resident memory of the exporter. It rises and falls with the garbage collector; if it only ever rises, that is a leak.',
        targets: [gauge('exporter.memory_rss_bytes', 'bytes')],
        unit: 'bytes',
      }),
    ],
  ]);

const telling = ({ gauge, totals }: Language) =>
  row('Does it tell?', 8, [
    [
      8,
      bars({
        title: 'Alerts',
        description:
          'By receiver and outcome. failed: is retried. suppressed: the same was sent a moment ago, or there were too many.',
        targets: totals('exporter.alerts.*.{sent,failed,suppressed}', -3, -2),
      }),
    ],
    [
      8,
      bars({
        title: 'Alerts that were lost',
        description:
          'refused: the receiver refused it; the log says with which status. gave_up: it was not accepted within five minutes. queue: too many were waiting. Try the URL by hand.',
        targets: totals('exporter.alerts.*.dropped.*', -4, -2),
      }),
    ],
    [
      8,
      bars({
        title: 'Decisions to the blocker',
        description:
          'dropped: more than 10,000 were waiting, so the blocker has been away for long. malformed: the exporter did not understand its answer, perhaps because their versions differ.',
        targets: totals('exporter.decisions.{sent,dropped,malformed}', -2),
      }),
    ],
    [
      8,
      lines({
        title: 'Decisions that wait',
        description:
          'Should be 0. If it stays higher, the blocker is not running, or its socket is not DECISION_SOCKET.',
        targets: [gauge('exporter.decisions.queued', 'decisions')],
      }),
    ],
  ]);

export function detectorHealth(language: Language): Dashboard {
  const { variables, annotations } = language;
  return dashboard(language, {
    uid: 'asterisk-detector-health',
    title: 'detector health',
    description: 'Does the exporter hear, count, send and report everything?',
    from: 'now-6h',
    variables: [variables.dataSource, variables.pbx],
    annotations: [...annotations.findings, annotations.gaps],
    rows: [numbers, hearing, limits, telling].map((row) => row(language)),
  });
}
