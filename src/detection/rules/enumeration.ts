import {
  DEVICE,
  FEW_TRIES,
  FLEET_MS,
  type Limits,
  NAME_HALF_LIFE_MS,
  PACE_MAX,
  PORTS_KEPT,
  PROBE_HALF_LIFE_MS,
  STRAY_HALF_LIFE_MS,
  STRAYS_MAX,
} from '../limits.js';
import type { PlaceRecord, SocketRecord } from '../places.js';
import { placeVerdict, type Rule, type Verdict, type Wanted } from '../rule.js';
import type { AttemptScene, ProbeScene } from '../scene.js';
import { pointsAt, reaches } from '../score.js';

/** Asterisk's endpoint for whoever it does not know: a REGISTER in any name shows as this one. */
const ANONYMOUS = 'anonymous';
/** An extension, or a number that costs money: what a scan dials. A keepalive calls itself by a word. */
const DIALLED = /^(\+?\d{1,6}|9*(00|011|810|900)\d+|\d{16,})$/;

/** Requests in many names, or in the name of an extension that does not exist again and again, without a password. */
export function enumeration(limits: Limits): Rule {
  return {
    name: 'enumeration',
    onAttempt: (scene) => (scene.nature === 'ask' ? judgeNames(scene, limits) : null),
    onProbe: (scene) => judgeProbes(scene, limits),
  };
}

function judgeNames(scene: AttemptScene, limits: Limits): Verdict | null {
  const { place, pair, socket, now, observation } = scene;
  const names = Math.round(pointsAt(place.names, now, NAME_HALF_LIFE_MS));
  const asks = pair === null ? 0 : pointsAt(pair.asks, now, NAME_HALF_LIFE_MS);
  if (names >= limits.names && !mayBeFleet(place, names, now)) {
    return verdict(
      place,
      targetOf(place, socket, observation.proof === 'handshake'),
      { name: 'names', count: names, weight: 1 },
      names,
    );
  }
  const isScan =
    pair !== null && (observation.service === 'AMI' || observation.account === ANONYMOUS || DIALLED.test(pair.account));
  if (isScan && (reaches(asks, DEVICE * limits.guesses) || pair.pace >= PACE_MAX)) {
    const isStray = (place.sockets?.size ?? 0) > PORTS_KEPT;
    return verdict(
      place,
      isStray ? { target: 'place', term: 'churn' } : { target: 'socket', term: 'device' },
      { name: 'persistence', count: Math.round(asks), weight: 1 },
      names,
    );
  }
  return null;
}

/** No office has so many phones that all came into being at once. */
const FLEET_NAMES = 48;

/** Phones of a new office, or of one whose accounts are gone: a socket for each name, and each name again and again. */
function mayBeFleet({ sockets, firstAt, failures }: PlaceRecord, names: number, now: number): boolean {
  const isOneEach = (sockets?.size ?? 0) >= 0.7 * names;
  return isOneEach && names < FLEET_NAMES && (now - firstAt < FLEET_MS || failures >= FEW_TRIES * names);
}

function judgeProbes({ place, socket, now, observation }: ProbeScene, limits: Limits): Verdict | null {
  const probes = Math.round(pointsAt(place.probes, now, PROBE_HALF_LIFE_MS));
  const strays = Math.round(pointsAt(place.strays, now, STRAY_HALF_LIFE_MS));
  if (strays >= STRAYS_MAX)
    return verdict(place, { target: 'place', term: 'churn' }, { name: 'probes', count: strays, weight: 1 }, 0);
  if (probes < limits.probes) return null;
  return verdict(
    place,
    targetOf(place, socket, observation.proof === 'handshake'),
    { name: 'probes', count: probes, weight: 1 },
    0,
  );
}

/** One socket over UDP is a scanner's own, and a ban of it harms nobody else. */
function targetOf({ sockets }: PlaceRecord, socket: SocketRecord | null, isProven: boolean): Wanted {
  const isOne = socket !== null && !isProven && (sockets?.size ?? 0) === 1;
  return { target: isOne ? 'socket' : 'place', term: 'attack' };
}

function verdict(place: PlaceRecord, ban: Wanted, evidence: Verdict['evidence'][number], accounts: number): Verdict {
  return placeVerdict(place, { severity: 'warning', ban, evidence: [evidence], attempts: place.failures, accounts });
}
