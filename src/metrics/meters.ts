import type { Decision } from '../domain/decision.js';
import { RULE_NAMES, type RuleName } from '../domain/finding.js';
import type { Reading } from '../domain/reading.js';
import type { RemoteAddress } from '../domain/remote-address.js';
import { isFailedAuth, SECURITY_EVENT_NAMES, type SecurityEvent } from '../domain/security-event.js';
import { detached } from '../text/detached.js';
import type { AddressCap } from './address-cap.js';
import { addressId, segment } from './meter-name.js';

/** Asterisk itself has three services. */
const SERVICES_MAX = 64;

/** What failed, and what did not: a login of somebody who is banned is a friend's, or the worst news of all. */
type KeptOut = 'attempts' | 'logins';

/** A sum under its full name. */
interface Cell {
  readonly name: string;
  /** Of the host that it is a sum of; null for all others, which so have one form for V8. */
  readonly endpoint: string | null;
  value: number;
}

/**
 * Sums security events into meters, one window at a time. In every window, for every service, `.count` is the sum of
 * its addresses and `.other`.
 *
 * Bounded: 64 services, then all others as the service `other`; per service the addresses that the cap admits, then all
 * others as `.other` (`exporter.addresses.capped` counts them). An event finds its sums by Asterisk's own strings; a name
 * is built once for each service, and once a window for each address.
 */
export class Meters {
  readonly #cap: AddressCap;
  readonly #services = new Map<string, ServiceMeters>();
  readonly #otherServices = new ServiceMeters('other');
  readonly #capped = cell('exporter.addresses.capped');
  readonly #findings = cells('security.findings', RULE_NAMES);
  readonly #decisions = cells('security.decisions', ['ban', 'unban']);

  constructor(cap: AddressCap) {
    this.#cap = cap;
  }

  count(event: SecurityEvent): void {
    const service = this.#of(event.service);
    service.event(event.event).value += 1;
    if (!isFailedAuth(event)) return;
    service.failed.value += 1;
    const address = service.address(event.remote, this.#cap);
    address.value += 1;
    if (address === service.other) this.#capped.value += 1;
  }

  /** Guesses, however many events Asterisk raised for each. */
  attempt(service: string, guesses: number): void {
    this.#of(service).attempts.value += guesses;
  }

  /** What somebody sent who is banned: with a blocker it would not have reached the PBX. */
  keptOut(service: string, what: KeptOut): void {
    this.#of(service).keptOut[what].value += 1;
  }

  finding(rule: RuleName): void {
    this.#findings[rule].value += 1;
  }

  decision(type: Decision['type']): void {
    this.#decisions[type].value += 1;
  }

  /** The sums since the last call, without those that are zero; the next window starts. */
  take(): Reading[] {
    const readings: Reading[] = [];
    for (const service of new Set([this.#otherServices, ...this.#services.values()])) {
      for (const sum of service.cells()) take(sum, 'meter', readings);
      service.addresses.clear();
    }
    for (const sum of [...Object.values(this.#findings), ...Object.values(this.#decisions)])
      take(sum, 'meter', readings);
    take(this.#capped, 'counter', readings);
    this.#cap.nextWindow();
    return readings;
  }

  #of(service: string): ServiceMeters {
    return this.#services.get(service) ?? this.#open(service);
  }

  /** Services whose names have the same segment share their meters. */
  #open(service: string): ServiceMeters {
    if (this.#services.size === SERVICES_MAX) return this.#otherServices;
    const name = segment(service);
    const known = [this.#otherServices, ...this.#services.values()].find((meters) => meters.name === name);
    const meters = known ?? new ServiceMeters(detached(name));
    this.#services.set(detached(service), meters);
    return meters;
  }
}

class ServiceMeters {
  readonly name: string;
  readonly failed: Cell;
  readonly other: Cell;
  readonly attempts: Cell;
  readonly keptOut: Readonly<Record<KeptOut, Cell>>;
  /** Of this window alone, by RemoteAddress.endpoint. */
  readonly addresses = new Map<string, Cell>();
  readonly #events: Readonly<Record<SecurityEvent['event'], Cell>>;

  constructor(name: string) {
    this.name = name;
    this.failed = cell(`security.failed_auth.${name}.count`);
    this.other = cell(`security.failed_auth.${name}.other`);
    this.attempts = cell(`security.failed_auth.${name}.attempts`);
    this.keptOut = cells(`security.kept_out.${name}`, ['attempts', 'logins']);
    this.#events = cells(`security.events.${name}`, SECURITY_EVENT_NAMES);
  }

  event(name: SecurityEvent['event']): Cell {
    return this.#events[name];
  }

  address(remote: RemoteAddress, cap: AddressCap): Cell {
    const known = this.addresses.get(remote.endpoint);
    if (known !== undefined) return known;
    if (!cap.admit(remote.endpoint)) return this.other;
    const endpoint = detached(remote.endpoint);
    const opened = cell(`security.failed_auth.${this.name}.${addressId({ endpoint })}`, endpoint);
    this.addresses.set(endpoint, opened);
    return opened;
  }

  cells(): Iterable<Cell> {
    const events = Object.values(this.#events);
    const kept = Object.values(this.keptOut);
    return [...events, ...this.addresses.values(), this.other, this.failed, this.attempts, ...kept];
  }
}

function cell(name: string, endpoint: string | null = null): Cell {
  return { name, endpoint, value: 0 };
}

/** A sum for each of a closed list. */
function cells<Key extends string>(prefix: string, keys: readonly Key[]): Readonly<Record<Key, Cell>> {
  return Object.fromEntries(keys.map((key) => [key, cell(`${prefix}.${key}`)])) as Record<Key, Cell>;
}

function take(sum: Cell, kind: Reading['kind'], readings: Reading[]): void {
  const { name, endpoint, value } = sum;
  if (value > 0) readings.push(endpoint === null ? { kind, name, value } : { kind, name, value, endpoint });
  sum.value = 0;
}
