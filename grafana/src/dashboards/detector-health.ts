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
        description: 'To Asterisk, or to its log. no: the log of the exporter says why; it tries again for ever.',
        targets: [gauge('exporter.connected', 'connected')],
        mappings: YES_NO,
      }),
    ],
    [
      4,
      now({
        title: 'Security events arrive',
        description:
          'no while connected: deaf. manager.conf needs read = security,system for the user and no eventfilter that hides security events; then manager reload.',
        targets: [gauge('exporter.hearing', 'hearing')],
        mappings: YES_NO,
      }),
    ],
    [
      4,
      now({
        title: 'Last event',
        description:
          'Since the last security event. With phones that register, minutes at most; at night on a quiet PBX longer.',
        targets: [gauge('exporter.last_event_seconds', 'ago')],
        unit: 's',
        thresholds: alarm([900, 'orange'], [3600, 'red']),
      }),
    ],
    [
      4,
      now({
        title: 'Running since',
        description: 'Short again and again: it is restarted. Exit codes and what to do are in docs/operations.md.',
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
          'Times at which the connection to Asterisk was lost: events may be missing. More than Asterisk was restarted: look at the log.',
        targets: [total('exporter.gaps', 'gaps')],
        thresholds: alarm([1, 'orange']),
      }),
    ],
    [
      4,
      count({
        title: 'Malformed',
        description:
          'Blocks and lines that are not what Asterisk writes: an attacker tries to forge events, or this Asterisk writes what we do not know. Any deserves a look.',
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
        description: 'Red is a time of which nothing is known, white one in which the exporter did not run.',
        targets: gauges('exporter.{connected,hearing}'),
        mappings: YES_NO,
      }),
    ],
    [
      12,
      lines({
        title: 'Since the last event',
        description: 'Ramps that are longer than usual: the PBX is quiet, or nobody can reach it any more.',
        targets: [gauge('exporter.last_event_seconds', 'seconds')],
        unit: 's',
      }),
    ],
    [
      12,
      bars({
        title: 'Events read, connections lost and made again',
        description: 'Events are all that Asterisk raised, logins too. A gap without a reconnect: it is still away.',
        targets: totals('exporter.{events,gaps,reconnects}', -2),
      }),
    ],
    [
      12,
      bars({
        title: 'Malformed, by reason',
        description:
          'key_order, privilege, no_event and injected are what a forgery looks like; unknown_event and event_tv a version of Asterisk that we do not know: please report it. docs/metrics.md has all reasons.',
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
          'Failures that were counted under other, since more addresses than ADDRESSES_PER_FLUSH attacked at once. The totals are right; single attackers may be missing.',
        targets: [total('exporter.addresses.capped', 'events')],
      }),
    ],
    [
      8,
      bars({
        title: 'Lines that did not reach StatsD',
        description:
          'By the reason: packet_bytes (raise STATSD_PACKET_BYTES), socket (the kernel refused), stream (the TCP connection was lost). The other dashboards miss so many numbers.',
        targets: totals('exporter.statsd.dropped.*', -2),
      }),
    ],
    [
      8,
      bars({
        title: 'Faults on the way to StatsD',
        description: 'A name that is not resolved, a connection that is refused. Sums wait meanwhile: late, not lost.',
        targets: [total('exporter.statsd.errors', 'faults')],
      }),
    ],
    [
      8,
      lines({
        title: 'Log not read yet',
        description:
          'Only where a log is followed. It should go back to 0; rising, the exporter is too slow for the log.',
        targets: [gauge('exporter.log.lag_bytes', 'bytes')],
        unit: 'bytes',
      }),
    ],
    [
      8,
      lines({
        title: 'Addresses remembered',
        description:
          'By the detection. At SCORE_ADDRESSES the least dangerous are forgotten, which evicted counts: raise it if slow attackers matter to you; each takes some 1.4 KB.',
        targets: gauges('exporter.detection.{addresses,evicted}'),
      }),
    ],
    [
      8,
      lines({
        title: 'Memory',
        description:
          'Resident memory of the exporter. It rises and falls with the garbage collector; only ever up is a leak.',
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
          'By where they go and what became of them. failed is tried again. suppressed: the same was told a moment ago, or there were too many.',
        targets: totals('exporter.alerts.*.{sent,failed,suppressed}', -3, -2),
      }),
    ],
    [
      8,
      bars({
        title: 'Alerts that were lost',
        description:
          'refused: the receiver says no, the log says which status. gave_up: it did not answer for five minutes. queue: too many waited. Try the URL by hand.',
        targets: totals('exporter.alerts.*.dropped.*', -4, -2),
      }),
    ],
    [
      8,
      bars({
        title: 'Decisions to the blocker',
        description:
          'dropped: more than 10,000 waited, so the blocker is away for long. malformed: it answered what the exporter does not understand, perhaps since the two are of different versions.',
        targets: totals('exporter.decisions.{sent,dropped,malformed}', -2),
      }),
    ],
    [
      8,
      lines({
        title: 'Decisions that wait',
        description: 'Should be 0. Standing higher: the blocker does not run, or its socket is not DECISION_SOCKET.',
        targets: [gauge('exporter.decisions.queued', 'decisions')],
      }),
    ],
  ]);

export function detectorHealth(language: Language): Dashboard {
  const { variables, annotations } = language;
  return dashboard(language, {
    uid: 'asterisk-detector-health',
    title: 'detector health',
    description: 'Does the exporter hear, count, send and tell all that there is?',
    from: 'now-6h',
    variables: [variables.dataSource, variables.pbx],
    annotations: [...annotations.findings, annotations.gaps],
    rows: [numbers, hearing, limits, telling].map((row) => row(language)),
  });
}
