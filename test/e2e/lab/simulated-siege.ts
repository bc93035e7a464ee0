// Every kind of attack on one simulated PBX, in half a minute, with the number of failures that must come out.
import { setTimeout as delay } from 'node:timers/promises';
import type { SecurityEventName } from '../../../src/domain/security-event.js';
import { isFailedAuthName } from '../../../src/domain/security-event.js';
import {
  amiBruteForce,
  breakIn,
  chanSipGuessing,
  distributedGuessing,
  enumeration,
  goodPhone,
  guessing,
  ipv6Guessing,
  type Step,
} from '../../../src/simulator/attacks.js';
import { type RaisedEvent, remoteAddress } from '../../../src/simulator/frames.js';
import type { SimulatedPbx } from '../../../src/simulator/pbx.js';
import { seededRandom } from '../../../src/simulator/random.js';

/** How often a failure was raised: by service, and by service and address as Graphite names them. */
export interface Raised {
  readonly failures: Map<string, number>;
  readonly addresses: Map<string, number>;
  readonly events: Map<string, number>;
}

const TICKS = 40;
const TICK_MS = 400;

/** The events of a minute or two, told in `TICKS` parts. `between` is called after half of them. */
export async function besiegeSimulated(pbx: SimulatedPbx, between: () => Promise<void>): Promise<Raised> {
  const raised: Raised = { failures: new Map(), addresses: new Map(), events: new Map() };
  const acts = everyAttack();
  for (let tick = 0; tick < TICKS; tick += 1) {
    if (tick === TICKS / 2) await between();
    for (const events of acts) {
      for (const event of events.slice(share(events, tick), share(events, tick + 1))) {
        pbx.raise(event);
        note(raised, event);
      }
    }
    await delay(TICK_MS);
  }
  return raised;
}

function share(events: readonly unknown[], tick: number): number {
  return Math.floor((events.length * tick) / TICKS);
}

function everyAttack(): RaisedEvent[][] {
  const random = seededRandom(7);
  return [
    first(160, enumeration(random)),
    first(160, guessing(random)),
    first(120, chanSipGuessing(random)),
    first(240, distributedGuessing(random)),
    first(120, ipv6Guessing(random)),
    first(60, amiBruteForce(random)),
    // Twenty wrong passwords, then the right one, each after its challenge.
    first(42, breakIn(random)),
    ...[201, 202, 203].map((extension) => first(40, goodPhone(random, extension))),
    // Somebody at the address of a good phone guesses at another account, from a new port each time: no ban would hit them alone.
    first(80, guessing(random)).map((event, index) => asNeighbour(event, 40_000 + Math.floor(index / 2))),
    Array.from({ length: 5 }, () => refusedByAcl()),
    Array.from({ length: 4 }, () => withoutTransport()),
  ];
}

function first(count: number, steps: Generator<Step>): RaisedEvent[] {
  return Array.from({ length: count }, () => steps.next().value as Step).map(({ event }) => event);
}

function asNeighbour(event: RaisedEvent, port: number): RaisedEvent {
  return { ...event, account: '300', remote: remoteAddress('IPV4/TCP/192.0.2.201', port) } as RaisedEvent;
}

function refusedByAcl(): RaisedEvent {
  const remote = remoteAddress('IPV4/UDP/203.0.113.200', 5060);
  return { event: 'FailedACL', service: 'PJSIP', account: '201', sessionId: 'acl', remote, aclName: 'office' };
}

/** As Asterisk writes an address of which it knows no transport. */
function withoutTransport(): RaisedEvent {
  const remote = remoteAddress('IPV4/203.0.113.201', 5060);
  return { event: 'InvalidAccountID', service: 'PJSIP', account: '9', sessionId: 'bare', remote };
}

function note({ failures, addresses, events }: Raised, { event, service, remote }: RaisedEvent): void {
  add(events, `${service}.${event}`);
  if (!isFailedAuthName(event satisfies SecurityEventName)) return;
  add(failures, service);
  add(addresses, remote.endpoint.replace(/[.:]/g, '_').replaceAll('/', '-'));
}

function add(sums: Map<string, number>, name: string): void {
  sums.set(name, (sums.get(name) ?? 0) + 1);
}
