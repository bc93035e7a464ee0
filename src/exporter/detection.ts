import type { Alerts } from '../alerts/alerts.js';
import { openAlerts } from '../alerts/open-alerts.js';
import { Allowlist } from '../allowlist/allowlist.js';
import type { ExporterConfig } from '../config/load-config.js';
import { peersOf } from '../config/peers.js';
import { Detector } from '../detection/detector.js';
import { detectorOptions, friendsOf, HOSTS_MAX } from '../detector.js';
import { fieldsText } from '../domain/ban-target.js';
import { Increments } from '../domain/increments.js';
import type { Log } from '../domain/log.js';
import type { Reading } from '../domain/reading.js';
import type { SecurityEvent } from '../domain/security-event.js';
import { repeat } from '../lifecycle/repeat.js';
import type { Meters } from '../metrics/meters.js';
import { UnixFeed } from '../wire/client/unix-feed.js';
import { ExporterState } from './state.js';
import { TrustedWords } from './trusted-words.js';

export interface DetectionOptions {
  readonly config: ExporterConfig;
  readonly log: Log;
  readonly version: string;
  readonly meters: Meters;
}

/** The detector with all that it needs and feeds. */
export interface Detection {
  read(event: SecurityEvent): void;
  /** Looks at what waited for events that did not come. */
  flush(): void;
  /** Its own health since the last call. */
  readings(): readonly Reading[];
  /**
   * Runs until the signal is aborted, and then until all that is known is saved and told.
   * @returns false when the grace time ended before that; the log says what was left.
   */
  run(signal: AbortSignal): Promise<boolean>;
}

const TICK_MS = 1_000;

/**
 * Opens what the detection works with: who is spared, what was learnt before, who is told, the way to the blocker.
 * @throws StateError where STATE_DIR cannot be used.
 */
export async function openDetection(options: DetectionOptions, signal: AbortSignal): Promise<Detection> {
  const { config, log, version, meters } = options;
  const graceMs = config.stopSeconds * 1000;
  const { stateDir: directory } = config;
  const keysMax = 2 * config.score.addresses;
  const state = directory === null ? null : await ExporterState.open({ directory, keysMax, graceMs, log });
  const alerts = openAlerts({ ...alertTargets(config), log, version, graceMs });
  const feed = config.decision.socket === null ? null : openFeed(config.decision.socket, graceMs, log);
  const allowlist = new Allowlist({ entries: [...config.allowlist, ...peersOf(config)], log });
  const sparing = allowlist.run(signal);

  const detector = new Detector(
    {
      ...detectorOptions(config),
      hostsMax: HOSTS_MAX,
      clock: Date.now,
      random: Math.random,
      friends: friendsOf(allowlist),
      onDirty: (section, key) => state?.mark(section, key),
    },
    {
      onObservation: (observation) => {
        if (observation.kind === 'attempt') meters.attempt(observation.service, observation.guesses);
      },
      onKeptOut: ({ kind, service }) => meters.keptOut(service, kind === 'success' ? 'logins' : 'attempts'),
      onFinding: (finding) => {
        meters.finding(finding.rule);
        alerts.push(finding);
      },
      onDecision: (decision) => {
        feed?.push(decision);
        meters.decision(decision.type);
        log.info({ decision, target: fieldsText(decision) }, `${decision.type} decided`);
      },
    },
  );
  await state?.attach(detector.memory);
  const trusted = directory === null ? null : trustedWords(directory, detector, log);
  await trusted?.look();
  await allowlist.ready();

  const feedReadings = feed === null ? () => [] : countsOf(feed);
  const limitsReached = new Increments();
  return {
    read: (event) => detector.read(event),
    flush: () => detector.flush(),
    readings: () => [
      ...alerts.readings(),
      ...sizesOf(detector),
      ...limitsReached.take(limitsOf(detector)),
      ...feedReadings(),
      ...(state?.readings() ?? []),
      ...(trusted?.readings() ?? []),
    ],
    run: async (stop) => {
      const ends = [tellAll(alerts, log, stop)];
      if (state !== null) ends.push(state.run(stop));
      if (feed !== null) ends.push(sendAll(feed, log, stop));
      const flushing = repeat(() => detector.flush(), TICK_MS, stop);
      const looking = repeat(() => trusted?.look(), TICK_MS, stop);
      const [done] = await Promise.all([Promise.all(ends), flushing, looking, sparing]);
      return !done.includes(false);
    },
  };
}

function trustedWords(directory: string, detector: Detector, log: Log): TrustedWords {
  return new TrustedWords({
    directory,
    log,
    onWord: ({ at, ...word }) => {
      const text = word.isTrusted
        ? 'an operator says that an account lives there'
        : 'an operator says that it does no more';
      if (detector.trust(word, at)) log.info(word, text);
    },
  });
}

function alertTargets({ alert, graphite }: ExporterConfig) {
  const { severity, webhookUrl: url, webhookSecret: secret } = alert;
  return {
    severity,
    webhook: url === null ? null : { url: url.reveal(), secret: secret?.reveal() ?? null },
    graphiteEventsUrl: graphite.eventsUrl,
  };
}

function openFeed(path: string, graceMs: number, log: Log): UnixFeed {
  let said = '';
  return new UnixFeed({
    path,
    graceMs,
    onState: ({ state, ...details }) => {
      const reason = 'reason' in details ? details.reason : '';
      if (state === 'connected') log.info({ path }, 'connected to the blocker');
      else if (reason !== said) log.warn({ path, ...details }, 'no connection to the blocker; trying again for ever');
      said = reason;
    },
  });
}

function sizesOf({ memory }: Detector): Reading[] {
  const { places, evicted } = memory.size;
  return [
    { kind: 'gauge', name: 'exporter.detection.addresses', value: places },
    { kind: 'gauge', name: 'exporter.detection.evicted', value: evicted },
  ];
}

/** How often what a guess may still have needed was forgotten for lack of room. */
function limitsOf({ limitsReached: { hosts, sessions, guesses } }: Detector): [name: string, total: number][] {
  return Object.entries({ hosts, sessions, guesses }).map(([what, total]) => [
    `exporter.detection.limits_reached.${what}`,
    total,
  ]);
}

/** @returns false when the grace time ended before every alert was sent. */
async function tellAll(alerts: Alerts, log: Log, stop: AbortSignal): Promise<boolean> {
  await alerts.run(stop);
  const unsent = [...alerts.counts().values()].reduce((sum, { dropped }) => sum + dropped.stopped, 0);
  if (unsent > 0) log.warn({ alerts: unsent }, 'the grace time ended before all alerts were sent');
  return unsent === 0;
}

/** @returns false when the grace time ended before every decision was sent. */
async function sendAll(feed: UnixFeed, log: Log, stop: AbortSignal): Promise<boolean> {
  const unsent = await feed.run(stop);
  if (unsent > 0) log.warn({ decisions: unsent }, 'the grace time ended before all decisions were sent to the blocker');
  return unsent === 0;
}

/** What was counted since the last call, and how many decisions wait. */
function countsOf(feed: UnixFeed): () => Reading[] {
  const increments = new Increments();
  return () => {
    const { queued, answers, ...counts } = feed.counts;
    const totals = [...Object.entries(counts), ...Object.entries(answers)].map(
      ([what, total]) => [`exporter.decisions.${what}`, total] as const,
    );
    return [{ kind: 'gauge', name: 'exporter.decisions.queued', value: queued }, ...increments.take(totals)];
  };
}
