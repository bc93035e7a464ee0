import { type Evidence, type Severity, severityRank } from '../../domain/finding.js';
import { type AccountRecord, type Home, isRoaming } from '../accounts.js';
import {
  ATTACKERS_HALF_LIFE_MS,
  DAY_MS,
  DEVICE,
  EARLY,
  FEW_TRIES,
  GATEWAY_LINES,
  GUESS_HALF_LIFE_MS,
  HOUR_MS,
  type Limits,
  ONE_ACCOUNT,
  SEVERAL,
  SPREAD_HALF_LIFE_MS,
} from '../limits.js';
import { findPair } from '../pairs.js';
import { networkOfPlace, type PlaceRecord } from '../places.js';
import type { Rule, Verdict } from '../rule.js';
import type { SuccessScene } from '../scene.js';
import { pointsAt, reaches } from '../score.js';
import { findSocket, isFriendly } from '../sockets.js';
import { deedsOf, isRestless, isSpray } from '../suspicion.js';

/** A slot of ten seconds in which an account logged in; an hour has 360. A phone that registers each minute fills 60. */
const SLOT_MS = 10_000;
/**
 * From so many slots of an hour on, a new home is a call machine's: of an account that nobody guessed at; of one that strangers
 * guessed at; while its owner is at home. But at least so many times as many as its owner's phone has.
 */
const BURST_SLOTS = 150;
const BURST_SLOTS_GUESSED = 45;
const BURST_SLOTS_IN_USE = 30;
const BURST_FACTOR = 4;
/** Whoever came back after a ban and was banned again is no friend. */
const KNOWN_BANS = 2;
/** After so long all phones have registered once, and their homes are known. */
const SETTLED_MS = 2 * HOUR_MS;
/** Phones of people who work log in once in so long. */
const DORMANT_MS = 12 * HOUR_MS;
/** For so long a new home is one. */
const NEW_MS = 2 * DAY_MS;

/**
 * A login by somebody who guessed. What counts is whose guesses they were: those of the same place or network at this
 * account, those of the same place at others, or those of others at this account before it logs in from where it never did.
 * A success at home is no news, whatever strangers did there before.
 */
export function breach(limits: Limits): Rule {
  return {
    name: 'breach',
    onSuccess: (scene) =>
      scene.home === null ? ofStranger(scene, limits) : (ofNewHome(scene, limits) ?? ofOldHome(scene, limits)),
  };
}

function ofStranger(scene: SuccessScene, limits: Limits): Verdict | null {
  const own = ownGuesses(scene);
  return worst([
    own > 0 ? ofGuesser(scene, own, limits) : null,
    ofAttacker(scene),
    ofBesieged(scene, own, limits),
    ofSocket(scene),
  ]);
}

/** @returns of equals the first. */
function worst(verdicts: readonly (Verdict | null)[]): Verdict | null {
  return verdicts.reduce((most, verdict) => {
    if (most === null || verdict === null) return most ?? verdict;
    return severityRank(verdict.severity) > severityRank(most.severity) ? verdict : most;
  }, null);
}

/** The place guessed at this very account. */
function ofGuesser(scene: SuccessScene, own: number, limits: Limits): Verdict | null {
  const { place, now } = scene;
  const deeds = deedsOf(place, now);
  const evidence: Evidence[] = [
    { name: 'guesses_here', count: Math.round(own), weight: own / (DEVICE * limits.guesses) },
  ];
  if (deeds.accounts > 1)
    evidence.push({ name: 'guesses_at_others', count: Math.round(deeds.guesses - own), weight: 0.5 });
  const isEarly = place.residents === 0 && isRestless(deeds, limits, EARLY);
  const isAttack = place.residents === 0 && (isRestless(deeds, limits) || isSpray(deeds, place, now, limits));
  const isMany = reaches(deeds.guesses, ONE_ACCOUNT * limits.guesses);
  const isAttacker = scene.isBannedAttacker || isKnownAttacker(place, now);
  if (isAttacker || (isAttack && isMany)) return verdict(scene, 'critical', evidence);
  const isScattered = place.residents === 0 && deeds.accounts >= SEVERAL && deeds.guesses < FEW_TRIES * deeds.accounts;
  const isLong = own > DEVICE * limits.guesses && (place.residents === 0 || isRestless(deeds, limits));
  if (isAttack || isEarly || isScattered || isLong) return verdict(scene, 'warning', evidence);
  return reaches(own, SEVERAL) ? verdict(scene, 'info', evidence) : null;
}

/** Whether the place was banned as an attacker's again and again, until a day ago at most, and nobody lives there. */
function isKnownAttacker({ ban, residents }: PlaceRecord, now: number): boolean {
  return residents === 0 && !ban.isMild && ban.count >= KNOWN_BANS && now - ban.until < DAY_MS;
}

/**
 * The very socket guessed at other accounts. A login shows that answers arrive there, so that nobody forged those guesses; and
 * where nobody else logs in through it, it is no gateway's.
 */
function ofSocket(scene: SuccessScene): Verdict | null {
  const { place, account, observation, now } = scene;
  const socket = findSocket(place, observation.remote);
  if (socket === null || isFriendly(place, socket, now) || place.residents >= SEVERAL) return null;
  const own = findPair(place, account.account)?.attempts ?? 0;
  const others = Math.round(pointsAt(socket.guesses, now, DAY_MS)) - own;
  const accounts = socket.accounts.filter((name) => name !== account.account).length;
  // Lines of a gateway that were given wrong passwords are tried again and again.
  const isGateway = accounts < GATEWAY_LINES && others >= FEW_TRIES * accounts;
  if (accounts === 0 || isGateway || others < SEVERAL) return null;
  return verdict(scene, 'warning', [{ name: 'guesses_at_others', count: others, weight: 1 }]);
}

/** The place guessed at other accounts, a day ago at most, and nothing shows that anybody else lives there. */
function ofAttacker(scene: SuccessScene): Verdict | null {
  const { place, account, now } = scene;
  const deeds = deedsOf(place, now);
  // In a /64 with several hosts it was somebody else's guesses.
  if (
    place.host === null ||
    place.residents > 0 ||
    deeds.accounts < SEVERAL ||
    deeds.guesses >= FEW_TRIES * deeds.accounts
  )
    return null;
  const evidence: Evidence[] = [{ name: 'guesses_at_others', count: Math.round(deeds.guesses), weight: 1 }];
  if (place.isCounted && account.attempts > 0) {
    return verdict(scene, 'critical', [...evidence, { name: 'guesses_elsewhere', count: account.attempts, weight: 1 }]);
  }
  const isLate = now - latestGuessAt(scene) > DAY_MS;
  return deeds.isProven && !isLate && reaches(deeds.guesses, SEVERAL) ? verdict(scene, 'warning', evidence) : null;
}

/** Others guessed at this account, and now it logs in from where it never did. */
function ofBesieged(scene: SuccessScene, own: number, limits: Limits): Verdict | null {
  const { place, account, observation, now } = scene;
  const { network } = place;
  if (account.homes.some((home) => home.network === network.prefix)) return null;
  const attackers = pointsAt(account.attackers, now, ATTACKERS_HALF_LIFE_MS);
  const guesses = pointsAt(account.guesses, now, GUESS_HALF_LIFE_MS) - own;
  const elsewhere = account.attempts - (findPair(place, account.account)?.attempts ?? 0);
  const evidence: Evidence[] = [
    { name: 'guesses_elsewhere', count: elsewhere, weight: guesses / (ONE_ACCOUNT * limits.guesses) },
    { name: 'attackers', count: Math.round(attackers), weight: attackers / limits.attackers },
    { name: 'new_network', count: 1, weight: 0 },
  ];
  const nearbyGuesses = isNearby(scene) ? pointsAt(network.guesses, now, SPREAD_HALF_LIFE_MS) : 0;
  if (reaches(nearbyGuesses, limits.guesses / 2)) {
    const nearby: Evidence = { name: 'guesses_nearby', count: network.attempts, weight: 1 };
    const isMany = reaches(nearbyGuesses, ONE_ACCOUNT * limits.guesses);
    return verdict(scene, isMany && network.residentAt === 0 ? 'critical' : 'warning', [nearby, ...evidence]);
  }
  if (isRoaming(account, now)) return null;
  // Programs that manage a PBX run on hosts that stay.
  if (observation.service === 'AMI' && reaches(guesses, 1)) return verdict(scene, 'warning', evidence);
  const isInUse = isHomeInUse(account, now);
  if (isInUse) evidence.push({ name: 'home_in_use', count: account.homes.length, weight: 0.5 });
  if (reaches(attackers, limits.attackers / 2)) return verdict(scene, 'warning', evidence);
  const isAttacked = reaches(guesses, ONE_ACCOUNT * limits.guesses) || reaches(attackers, 2 * SEVERAL);
  const isHeavy = reaches(guesses, 5 * limits.guesses);
  // Nobody has used the account for half a day at least, and now somebody does.
  const isDormant =
    account.homes.length === 0 &&
    (now - account.guessedSince >= DORMANT_MS || (isHeavy && now - scene.pbx.startedAt >= SETTLED_MS));
  return isAttacked && (isInUse || isDormant) ? verdict(scene, 'warning', evidence) : null;
}

/** An account with an old home elsewhere that calls and calls from a new one: a password that somebody had already. */
function ofNewHome(scene: SuccessScene, limits: Limits): Verdict | null {
  const { account, home, place, now } = scene;
  if (home === null || home.trustedAt > 0 || now - home.since > DAY_MS || isRoaming(account, now)) return null;
  const old = oldestElsewhere(account, home, reaches(home.guessesBefore, limits.guesses) ? HOUR_MS : DAY_MS);
  if (old === null) return null;
  const slots = countSlot(account, place.key, now);
  const isInUse = old.lastAt > home.since;
  if (slots < burstOf(home, old, isInUse)) return null;
  const evidence: Evidence[] = [
    { name: 'burst', count: slots, weight: 1 },
    { name: 'new_network', count: 1, weight: 0 },
  ];
  if (isInUse) evidence.push({ name: 'home_in_use', count: 1, weight: 0.5 });
  if (home.guessesBefore > 0) evidence.push({ name: 'guesses_elsewhere', count: home.guessesBefore, weight: 0.5 });
  const isGuessed = reaches(home.guessesBefore, limits.guesses) && isInUse;
  return { ...verdict(scene, isGuessed ? 'critical' : 'warning', evidence), since: home.since, holder: home };
}

/** @returns in how many slots of an hour nobody's phone logs in. */
function burstOf({ guessesBefore }: Home, old: Home, isInUse: boolean): number {
  if (!isInUse && guessesBefore === 0) return BURST_SLOTS;
  const least = isInUse ? BURST_SLOTS_IN_USE : BURST_SLOTS_GUESSED;
  return Math.min(BURST_SLOTS, Math.max(least, BURST_FACTOR * hourlyLogins(old)));
}

/** The owner logs in at home, after the account, at which strangers had guessed, first logged in from elsewhere. */
function ofOldHome(scene: SuccessScene, limits: Limits): Verdict | null {
  const { account, home, now } = scene;
  if (home === null || now - home.since < DAY_MS || account.homes.length < 2 || isRoaming(account, now)) return null;
  const foreign = account.homes.find(
    ({ network, since, guessesBefore }) =>
      network !== home.network &&
      now - since < NEW_MS &&
      since - home.since >= DAY_MS &&
      reaches(guessesBefore, limits.guesses),
  );
  if (foreign === undefined || foreign.told?.breach !== undefined || foreign.doubtedUntil > 0) return null;
  return {
    ...verdict(scene, 'warning', [
      { name: 'guesses_elsewhere', count: foreign.guessesBefore, weight: 1 },
      { name: 'home_in_use', count: 1, weight: 1 },
    ]),
    since: foreign.since,
    holder: foreign,
  };
}

/** @returns a home in another network that is so much older; null where there is none. */
function oldestElsewhere({ homes }: AccountRecord, home: Home, olderMs: number): Home | null {
  let oldest: Home | null = null;
  for (const other of homes) {
    if (other.network === home.network || home.since - other.since < olderMs) continue;
    if (oldest === null || other.lastAt > oldest.lastAt) oldest = other;
  }
  return oldest;
}

function hourlyLogins({ logins, since, lastAt }: Home): number {
  return (logins * HOUR_MS) / Math.max(HOUR_MS, lastAt - since);
}

function verdict(
  { account, place, now }: Pick<SuccessScene, 'account' | 'place' | 'now' | 'observation'>,
  severity: Severity,
  evidence: readonly Evidence[],
): Verdict {
  const own = findPair(place, account.account);
  return {
    severity,
    subject: { kind: 'account', text: account.account },
    holder: { told: null },
    since: own?.firstAt ?? (account.guessedSince === 0 ? now : account.guessedSince),
    attempts: own?.attempts ?? account.attempts,
    accounts: 1,
    addresses: Math.max(1, account.latest.length),
    // Whoever came in this way calls next.
    ban: severity === 'critical' ? { target: 'place', term: 'attack' } : null,
    evidence,
  };
}

/** AMI's challenged logins fail without a name. */
function ownGuesses({ pair, place, observation, now }: SuccessScene): number {
  const unnamed = observation.service === 'AMI' ? findPair(place, '') : null;
  const guesses = (of: SuccessScene['pair']) => (of === null ? 0 : pointsAt(of.guesses, now, GUESS_HALF_LIFE_MS));
  const sum = guesses(pair) + guesses(unnamed);
  return sum < 0.5 ? 0 : sum;
}

function latestGuessAt({ place }: SuccessScene): number {
  return place.pairs.reduce((latest, { lastAt }) => Math.max(latest, lastAt), 0);
}

/** Whether places of this network guessed at this account. */
function isNearby({ place, account }: SuccessScene): boolean {
  return [...account.latest].some((key) => key !== place.key && networkOfPlace(key) === place.network.prefix);
}

/** Whether the owner went on logging in at home in the last day: whoever is at the new place is somebody else. */
function isHomeInUse(account: AccountRecord, now: number): boolean {
  return account.homes.some(({ since, lastAt }) => now - lastAt < HOUR_MS && lastAt - since >= HOUR_MS);
}

/** @returns in how many slots of the hour the account logged in at the place; 0 for one more login in the same slot. */
function countSlot(account: AccountRecord, place: string, now: number): number {
  const slot = Math.floor(now / SLOT_MS);
  if (account.burst === null || account.burst.place !== place || now - account.burst.at > HOUR_MS) {
    account.burst = { place, at: now, slot: 0, slots: 0 };
  }
  if (account.burst.slot === slot) return 0;
  account.burst.slot = slot;
  account.burst.slots++;
  return account.burst.slots;
}
