import { isFailedAuthName } from '../domain/security-event.js';
import type { SourceState } from '../domain/source.js';

/** What the live page shows, counted from the meters that a StatsD server received. */
export interface LiveView {
  readonly title: string;
  readonly uptimeMs: number;
  readonly connection: Connection;
  /** Failed authentications by service, the busiest service first. */
  readonly services: readonly Count[];
  /** The addresses with the most failures, the worst first; at most fifty. */
  readonly attackers: readonly Attacker[];
  /** How many addresses there are in all. */
  readonly addresses: number;
  /** All security events that are not failures, the most frequent first. */
  readonly otherEvents: readonly Count[];
  /** One line: what this page shows, and what to do next. */
  readonly notice: string;
}

/** The state of the connection to Asterisk: what its source said last. */
export type Connection = SourceState | { readonly state: 'connecting' };

export interface Count {
  /** The service, or for other events the service and the event. */
  readonly name: string;
  readonly count: number;
  /** Mean of the last ten seconds. */
  readonly perSecond: number;
  /** Events per second in each two seconds of the last minute, the newest last. */
  readonly recent: readonly number[];
}

export interface Attacker extends Count {
  readonly service: string;
  /** UDP, TCP, ...; empty if Asterisk names none. */
  readonly transport: string;
}

/** All totals by meter name, without a prefix, at a time in milliseconds. */
export interface Sample {
  readonly at: number;
  readonly totals: ReadonlyMap<string, number>;
}

/** Two seconds: a sender that flushes every second then never seems to pause. */
const SAMPLE_MS = 2_000;
const SAMPLES_MAX = 31;
const RATE_MS = 10_000;

/**
 * The history with the totals as they are now as its last sample; the others are two seconds apart and at most a minute
 * old. The totals are copied.
 */
export function withSample(history: readonly Sample[], { at, totals }: Sample): readonly Sample[] {
  const [beforeLast, last] = history.slice(-2);
  const unfinished = beforeLast !== undefined && last !== undefined && last.at - beforeLast.at < SAMPLE_MS;
  const kept = unfinished ? history.slice(0, -1) : history;
  return [...kept, { at, totals: new Map(totals) }].slice(-SAMPLES_MAX);
}

/** Reads the meters `security.failed_auth.*` and `security.events.*` out of a history; others are not shown. */
export function liveViewOf(
  history: readonly Sample[],
  about: Pick<LiveView, 'title' | 'uptimeMs' | 'connection' | 'notice'>,
): LiveView {
  const services: Count[] = [];
  const hosts: Host[] = [];
  const otherEvents: Count[] = [];
  for (const [meter, count] of history.at(-1)?.totals ?? []) {
    const [, subject, service = '', what] = METER.exec(meter) ?? [];
    if (what === undefined) continue;
    const host = hostOf(what);
    if (subject === 'events') {
      if (!isFailedAuthName(what)) otherEvents.push({ name: `${service} ${what}`, ...countOf(history, meter) });
    } else if (what === 'count') services.push({ name: service, ...countOf(history, meter) });
    else if (host !== null) hosts.push({ meter, count, service, ...host });
  }
  const worst = hosts.sort(byCount).slice(0, ATTACKERS_MAX);
  return {
    ...about,
    services: services.sort(byCount),
    attackers: worst.map(({ meter, ...host }) => ({ ...host, ...countOf(history, meter) })),
    addresses: hosts.length,
    otherEvents: otherEvents.sort(byCount),
  };
}

/** An attacker whose rate is not known yet; rates are computed only for the few that are shown. */
type Host = Omit<Attacker, 'perSecond' | 'recent'> & { readonly meter: string };

const ATTACKERS_MAX = 50;
const METER = /^security\.(failed_auth|events)\.([^.]+)\.([^.]+)$/;

function countOf(history: readonly Sample[], meter: string): Omit<Count, 'name'> {
  const points = history.map(({ at, totals }): Point => ({ at, total: totals.get(meter) ?? 0 }));
  const [now = { at: 0, total: 0 }, ...earlier] = points.toReversed();
  const past = earlier.find(({ at }) => now.at - at >= RATE_MS) ?? earlier.at(-1) ?? now;
  const recent = earlier.map((to, index) => perSecond(earlier[index + 1] ?? to, to));
  return { count: now.total, perSecond: perSecond(past, now), recent: recent.slice(0, -1).toReversed() };
}

interface Point {
  readonly at: number;
  readonly total: number;
}

function perSecond(from: Point, to: Point): number {
  return to.at > from.at ? ((to.total - from.total) * 1000) / (to.at - from.at) : 0;
}

/** `IPV6/TLS/2001_db8__1` in a meter's name is the host 2001:db8::1 over TLS. Null for anything that is no host, such as `other`. */
function hostOf(segment: string): { name: string; transport: string } | null {
  const [, family, transport = '', host] = /^IPV([46])\/(?:([A-Z]+)\/)?([^/]+)$/.exec(segment) ?? [];
  return host === undefined ? null : { name: host.replaceAll('_', family === '6' ? ':' : '.'), transport };
}

function byCount(a: Pick<Count, 'name' | 'count'>, b: Pick<Count, 'name' | 'count'>): number {
  return b.count - a.count || a.name.localeCompare(b.name);
}
