import { Increments } from '../domain/increments.js';
import type { Reading } from '../domain/reading.js';
import {
  isFailedAuth,
  SECURITY_EVENT_NAMES,
  type SecurityEvent,
  type SecurityEventName,
} from '../domain/security-event.js';
import { MALFORMED_REASONS, type MalformedReason, type SourceState } from '../domain/source.js';

/** Why lines were dropped on their way to StatsD: a line longer than a datagram, a stream that takes no more, a socket's error. */
export const STATSD_DROP_REASONS = ['packet_bytes', 'stream', 'socket'] as const;
export type StatsdDropReason = (typeof STATSD_DROP_REASONS)[number];

/** The services that Asterisk names in security events, and IAX2, of which its log alone tells. `other` takes every word beyond them, so that no text becomes a series. */
export const KNOWN_SERVICES = ['PJSIP', 'SIP', 'AMI', 'IAX2', 'other'] as const;
type KnownService = (typeof KNOWN_SERVICES)[number];

/** What the exporter knows about itself at one moment. Counts are since the start; times are milliseconds of Health's clock. */
export interface HealthSnapshot {
  readonly startedAt: number;
  /** When the last security event arrived, as of the flush or question after it; the start until there is one. */
  readonly lastEventAt: number;
  /** When the last flush ended; the start until there is one. */
  readonly lastFlushAt: number;
  readonly connected: boolean;
  /** Whether it is proven that security events reach the source. */
  readonly hearing: boolean;
  /** 1 for a type of which events are known not to arrive, although others do. */
  readonly missing: Readonly<Record<SecurityEventName, number>>;
  /** Why a restart is needed, for people; null when healthy. */
  readonly unhealthy: string | null;
  /** Why no events can be counted now, for people; null when ready. */
  readonly unready: string | null;
  readonly events: Readonly<Record<SecurityEventName, number>>;
  /** The same by service. */
  readonly heard: Readonly<Record<KnownService, Readonly<Record<SecurityEventName, number>>>>;
  readonly failedAuth: Readonly<Record<KnownService, number>>;
  readonly malformed: Readonly<Record<MalformedReason, number>>;
  /** Connections after the first one. */
  readonly reconnects: number;
  /** Connections lost: each time events may have been missed. */
  readonly gaps: number;
  readonly statsdErrors: number;
  /** In lines. */
  readonly statsdDropped: Readonly<Record<StatsdDropReason, number>>;
  /** Connections to the HTTP server that were closed unanswered. */
  readonly httpRefused: number;
  /** Lines of a log that are no security events and do not try to be. */
  readonly logIgnored: number;
  /** Bytes of the log that were not read yet; null where the source is no log. */
  readonly logLagBytes: number | null;
}

export interface HealthOptions {
  /** Milliseconds since the Unix epoch. */
  readonly clock: () => number;
  /** How often the meters are flushed. */
  readonly flushMs: number;
  /** Resident memory of the process, in bytes. */
  readonly rssBytes?: () => number;
}

/** A flush may be late by this much beyond three intervals before a restart is asked for: longer than a slow name server answers. */
const FLUSH_GRACE_MS = 10_000;

const STARTING: SourceState = { state: 'disconnected', reason: 'the first connection is still being made', retryMs: 0 };
const STOPPED: SourceState = { state: 'disconnected', reason: 'the exporter is stopping', retryMs: 0 };

/**
 * Records what happens to the exporter, and gives it out as readings for StatsD and as a snapshot for HTTP.
 * Everything it counts by is a closed list, so its size never changes.
 */
export class Health {
  readonly #clock: () => number;
  readonly #flushMs: number;
  readonly #rssBytes: () => number;
  readonly #startedAt: number;
  #lastEventAt: number;
  /** An event arrived that #lastEventAt does not know of yet: to ask the clock for each event would cost more than to count it. */
  #isFresh = false;
  #lastFlushAt: number;
  #source = STARTING;
  #connects = 0;
  #gaps = 0;
  #statsdErrors = 0;
  #httpRefused = 0;
  #logIgnored = 0;
  #logLagBytes: number | null = null;
  readonly #heard = Object.fromEntries(
    KNOWN_SERVICES.map((service) => [service, zeros(SECURITY_EVENT_NAMES)]),
  ) as Record<KnownService, Record<SecurityEventName, number>>;
  readonly #failedAuth = zeros(KNOWN_SERVICES);
  readonly #malformed = zeros(MALFORMED_REASONS);
  readonly #statsdDropped = zeros(STATSD_DROP_REASONS);
  readonly #increments = new Increments();

  constructor({ clock, flushMs, rssBytes = process.memoryUsage.rss }: HealthOptions) {
    this.#clock = clock;
    this.#flushMs = flushMs;
    this.#rssBytes = rssBytes;
    this.#startedAt = clock();
    this.#lastEventAt = this.#startedAt;
    this.#lastFlushAt = this.#startedAt;
  }

  eventRead(event: SecurityEvent): void {
    const service = knownService(event.service);
    this.#heard[service][event.event] += 1;
    if (isFailedAuth(event)) this.#failedAuth[service] += 1;
    this.#isFresh = true;
  }

  malformed(reason: MalformedReason): void {
    this.#malformed[reason] += 1;
  }

  sourceState(state: SourceState): void {
    const before = isConnected(this.#source);
    const after = isConnected(state);
    if (after && !before) this.#connects += 1;
    if (before && !after) this.#gaps += 1;
    this.#source = state;
  }

  /** The source was stopped on purpose: the last gauges must not say for ever that it is connected, and it is no gap. */
  sourceStopped(): void {
    this.#source = STOPPED;
  }

  statsdDropped(reason: StatsdDropReason, lines: number): void {
    this.#statsdDropped[reason] += lines;
  }

  statsdError(): void {
    this.#statsdErrors += 1;
  }

  /**
   * A flush has ended, also one that kept its sums because the receiver could not be reached:
   * a restart mends a flush that hangs, but for a missing receiver it would only lose the sums.
   */
  flushed(): void {
    this.#lastFlushAt = this.#clock();
  }

  /** The HTTP server closed a connection unanswered: it has as many as it may have, or the process has no descriptor left. */
  httpRefused(): void {
    this.#httpRefused += 1;
  }

  logIgnored(): void {
    this.#logIgnored += 1;
  }

  logLag(bytes: number): void {
    this.#logLagBytes = bytes;
  }

  /** What was counted since the last call, without zeros, and the gauges as they are now. */
  take(): Reading[] {
    const { startedAt, lastEventAt, connected, hearing, missing, logLagBytes, ...counts } = this.snapshot();
    const readings = this.#increments.take(totals(counts));
    const gauge = (name: string, value: number) => readings.push({ kind: 'gauge', name: `exporter.${name}`, value });
    gauge('connected', Number(connected));
    gauge('hearing', Number(hearing));
    gauge(
      'types_missing',
      Object.values(missing).reduce((sum, one) => sum + one, 0),
    );
    gauge('last_event_seconds', this.#msSince(lastEventAt) / 1000);
    gauge('uptime_seconds', this.#msSince(startedAt) / 1000);
    gauge('memory_rss_bytes', this.#rssBytes());
    if (logLagBytes !== null) gauge('log.lag_bytes', logLagBytes);
    return readings;
  }

  snapshot(): HealthSnapshot {
    if (this.#isFresh) this.#lastEventAt = this.#clock();
    this.#isFresh = false;
    return {
      startedAt: this.#startedAt,
      lastEventAt: this.#lastEventAt,
      lastFlushAt: this.#lastFlushAt,
      connected: isConnected(this.#source),
      hearing: this.#source.state === 'hearing' || this.#source.state === 'partly-deaf',
      missing: missingOf(this.#source),
      unhealthy: this.#unhealthy(),
      unready: unready(this.#source),
      events: this.#eventsByType(),
      heard: structuredClone(this.#heard),
      failedAuth: { ...this.#failedAuth },
      malformed: { ...this.#malformed },
      reconnects: Math.max(0, this.#connects - 1),
      gaps: this.#gaps,
      statsdErrors: this.#statsdErrors,
      statsdDropped: { ...this.#statsdDropped },
      httpRefused: this.#httpRefused,
      logIgnored: this.#logIgnored,
      logLagBytes: this.#logLagBytes,
    };
  }

  #eventsByType(): Record<SecurityEventName, number> {
    const events = zeros(SECURITY_EVENT_NAMES);
    for (const types of Object.values(this.#heard)) {
      for (const name of SECURITY_EVENT_NAMES) events[name] += types[name];
    }
    return events;
  }

  /** The event loop needs no probe: where it stands still, nobody calls this and the question itself runs into its time-out. */
  #unhealthy(): string | null {
    const sinceFlushMs = this.#msSince(this.#lastFlushAt);
    const limitMs = 3 * this.#flushMs + FLUSH_GRACE_MS;
    if (sinceFlushMs <= limitMs) return null;
    return `no flush has ended for ${Math.round(sinceFlushMs / 1000)} s, and the limit is ${limitMs / 1000} s: restart the exporter`;
  }

  /** Whole milliseconds. Never negative, although a wall clock can be set back: StatsD reads a signed gauge as a change. */
  #msSince(then: number): number {
    return Math.max(0, Math.round(this.#clock() - then));
  }
}

function zeros<Key extends string>(keys: readonly Key[]): Record<Key, number> {
  return Object.fromEntries(keys.map((key) => [key, 0])) as Record<Key, number>;
}

function knownService(service: string): KnownService {
  return service === 'PJSIP' || service === 'SIP' || service === 'AMI' || service === 'IAX2' ? service : 'other';
}

function missingOf(source: SourceState): Record<SecurityEventName, number> {
  const missing = zeros(SECURITY_EVENT_NAMES);
  if (source.state === 'partly-deaf') for (const name of source.missing) missing[name] = 1;
  return missing;
}

function isConnected({ state }: SourceState): boolean {
  return state !== 'disconnected';
}

/** A source that has not yet heard an event is ready: on a quiet PBX that can take hours. */
function unready(source: SourceState): string | null {
  switch (source.state) {
    case 'connected':
    case 'hearing':
      return null;
    case 'disconnected':
      return `not connected: ${source.reason}`;
    case 'partly-deaf':
      return `connected, but not every type of security event arrives: ${source.reason}`;
    case 'deaf':
      return `connected, but security events do not arrive: ${source.reason}`;
    /* c8 ignore next 2 */ // Never reached: the compiler asks for a case for each state.
    default:
      return source satisfies never;
  }
}

type Counts = Pick<
  HealthSnapshot,
  'events' | 'malformed' | 'reconnects' | 'gaps' | 'statsdErrors' | 'statsdDropped' | 'httpRefused' | 'logIgnored'
>;

/** Each counter's meter name and its total since the start. */
function totals(counts: Counts): [name: string, total: number][] {
  return [
    ['exporter.events', Object.values(counts.events).reduce((sum, count) => sum + count, 0)],
    ...prefixed('exporter.malformed', counts.malformed),
    ['exporter.reconnects', counts.reconnects],
    ['exporter.gaps', counts.gaps],
    ['exporter.statsd.errors', counts.statsdErrors],
    ...prefixed('exporter.statsd.dropped', counts.statsdDropped),
    ['exporter.http.refused', counts.httpRefused],
    ['exporter.log.ignored', counts.logIgnored],
  ];
}

function prefixed(prefix: string, counts: Readonly<Record<string, number>>): [name: string, total: number][] {
  return Object.entries(counts).map(([reason, count]) => [`${prefix}.${reason}`, count]);
}
