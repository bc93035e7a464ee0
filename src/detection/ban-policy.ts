import type { FindingAction } from '../domain/finding.js';
import type { Address } from '../domain/remote-address.js';
import { detached } from '../text/detached.js';
import { DAY_MS, GATEWAY_LINES, HOUR_MS, type Limits, SEVERAL } from './limits.js';
import {
  type BanRecord,
  isNetworkBanned,
  networkKey,
  newBan,
  type PlaceRecord,
  partOf,
  partPrefix,
  placeKey,
  type SocketRecord,
} from './places.js';
import type { Wanted } from './rule.js';
import type { Scene } from './scene.js';
import { addPoints, newScore, pointsAt, reaches } from './score.js';
import { isFriendly } from './sockets.js';
import { deedsOf } from './suspicion.js';

/** Who is never banned, whatever happens. */
export interface Friends {
  has(address: Address): boolean;
  /** Whether the prefix contains a friend. */
  overlaps(prefix: string): boolean;
}

export interface BanPolicyOptions {
  readonly limits: Limits;
  /** The first ban of a proven attacker; each further one is `banGrowth` times as long, up to the longest. */
  readonly banSeconds: number;
  readonly banGrowth: number;
  readonly banSecondsMax: number;
  /** What is done where nothing proves that the address is the sender's. */
  readonly unproven: 'short' | 'always' | 'never';
  /** The first short ban. */
  readonly unprovenSeconds: number;
  /** Bans on unproven evidence at most. */
  readonly unprovenPerMinute: number;
  readonly friends: Friends;
  /** From 0 to 1. */
  readonly random: () => number;
}

/** What was decided. */
export interface Sentence {
  readonly action: FindingAction;
  /** With its length: `203.0.113.9/32`; null where nothing is banned. */
  readonly address: string | null;
  /** Of a socket. */
  readonly port: number | null;
  readonly seconds: number | null;
  readonly isProven: boolean;
}

/** Texts of a PBX's own addresses, three each. */
const OWN_KEPT = 768;
const MINUTE_MS = 60_000;
/** Whoever behaved for so long begins anew. */
const FORGET_MS = 7 * DAY_MS;
/** Bans of the same moment do not end at the same moment. */
const JITTER = 0.1;
/** The longest bans, in seconds: of a socket that may be a phone's, of an attacker's, of an address that may be shared or forged. */
const DEVICE_SECONDS = { first: 300, longest: 7_200 } as const;
/** Where others live, whoever fails is most likely one of them, and mends it some time. */
const LODGER_SECONDS_MAX = 900;
const SOCKET_SECONDS_MAX = 86_400;
const DOUBTFUL_SECONDS_MAX = 14_400;
const CAMPAIGN_SECONDS = 86_400;
const NETWORK_SECONDS_MAX = 86_400;
/** So many sockets banned within an hour: bans of sockets lead nowhere here. */
const SOCKETS_IN_VAIN = 4;
/** Who lives alone at an address and guesses at so many accounts of others is no friend. */
const ALONE = 1;
/** Ports below are what devices use where nothing else is said (5060, 5062, 5080): whoever forges packets needs no more to guess. */
const FIRST_OTHER_PORT = 10_000;
/** Or so many times as many as an attacker is banned for: nobody lets a second device of one's own fail for so long. */
const INSIDER = 20;

/**
 * The law of bans: the smallest thing that stops an attacker, for as long as the evidence is worth. Where people live, a
 * socket; where nobody does, the address; a network only after an hour, and only where nobody lives in it.
 */
export class BanPolicy {
  readonly #options: BanPolicyOptions;
  readonly #isLivedIn: (place: Pick<PlaceRecord, 'residentAt'>, now: number) => boolean;
  /** The PBX's own addresses, their places and their networks. */
  readonly #own = new Set<string>();
  #minute = 0;
  #unprovenBans = 0;

  constructor(options: BanPolicyOptions, isLivedIn: (place: Pick<PlaceRecord, 'residentAt'>, now: number) => boolean) {
    this.#options = options;
    this.#isLivedIn = isLivedIn;
  }

  /** An address at which the PBX was ever spoken to is the PBX's own: whoever sends in its name is somebody else. */
  spareOwn(address: Address): void {
    if (this.#own.size >= OWN_KEPT) return;
    const family = address.includes(':') ? 'IPV6' : 'IPV4';
    for (const text of [address, placeKey({ address, family }), networkKey({ address, family })]) {
      this.#own.add(detached(text));
    }
  }

  /** Decides on what a rule wants banned, and takes it into the record. */
  decide(scene: Scene, wanted: Wanted): Sentence {
    const { place, now } = scene;
    if (isBanned(scene)) return refusal('already_banned', false);
    if (this.#isFriend(scene)) return refusal('allowlisted', false);
    const isProven = this.#isProven(scene);
    const target = this.#targetOf(scene, wanted);
    if (target === 'none') return refusal('lived_in', isProven);
    const withheld = this.#withheld(isProven, now);
    if (withheld !== null) return refusal(withheld, isProven);
    if (target === 'socket') return this.#banSocket(scene, wanted, isProven);
    if (target === 'part') return this.#banPart(scene, wanted, isProven);
    if (target === 'network')
      return this.#pass(
        place.network.prefix,
        place.network.ban,
        scene,
        this.#term(wanted, 'network', isProven),
        isProven,
      );
    return this.#pass(placePrefix(place), place.ban, scene, this.#term(wanted, 'place', isProven), isProven);
  }

  #isFriend({ observation, place }: Scene): boolean {
    const { friends } = this.#options;
    const { address } = observation.remote;
    if (this.#own.has(place.key)) return true;
    return friends.has(address) || (place.host === null && friends.overlaps(place.key));
  }

  /** A login lately from the same address and port shows that answers arrive there. */
  #isProven({ observation, place, now }: Scene): boolean {
    if (observation.proof === 'handshake') return true;
    const login = place.friendlyPorts?.get(observation.remote.port);
    return (login !== undefined && now - login < DAY_MS) || this.#options.unproven === 'always';
  }

  /** The smallest guilty thing. */
  #targetOf(scene: Scene, { target, term }: Wanted): Target | 'none' {
    const { place, now } = scene;
    const { limits, friends } = this.#options;
    const isLivedIn = this.#isLivedIn(place, now);
    if (target === 'network') {
      const { network } = place;
      const isFree =
        !this.#own.has(network.prefix) && (network.residentAt === 0 || now - network.residentAt > limits.homeMs);
      const isOld = now - network.firstAt >= HOUR_MS;
      if (isFree && isOld && !friends.overlaps(network.prefix)) return 'network';
      const { address, family } = scene.observation.remote;
      const part = partOf(address, family);
      if (part !== null && isOld && network.livedParts?.has(part) !== true && !friends.overlaps(partPrefix(address)))
        return 'part';
    }
    if (target === 'socket') {
      const isInVain =
        !isLivedIn && term !== 'device' && reaches(pointsAt(place.socketBans, now, HOUR_MS), SOCKETS_IN_VAIN);
      // Some logs do not say the port: where nobody lives, the address is the smallest thing they know.
      if (isInVain || (!isLivedIn && socketOf(scene) === null)) return 'place';
      return isOwnSocket(scene, limits) ? 'socket' : 'none';
    }
    // All of it over UDP through one socket: the socket is enough, and whoever's address was forged loses nothing.
    if (!isLivedIn && scene.observation.proof === 'none' && term !== 'campaign' && isOnlySocket(scene)) return 'socket';
    if (!isLivedIn || this.#isInsider(scene)) return 'place';
    return isOwnSocket(scene, limits) && isGuilty(socketOf(scene), limits, now) ? 'socket' : 'none';
  }

  /** Over UDP anybody can write the only resident's address, and many its port. */
  #isInsider({ place, now, observation }: Scene): boolean {
    const deeds = deedsOf(place, now);
    const isProven = deeds.isProven && observation.proof === 'handshake';
    const isMany = deeds.accounts >= 2 * SEVERAL || deeds.guesses >= INSIDER * this.#options.limits.guesses;
    return place.residents <= ALONE && isProven && isMany;
  }

  /** @returns why evidence that anybody could have forged leads to no ban now. */
  #withheld(isProven: boolean, now: number): FindingAction | null {
    const { unproven, unprovenPerMinute } = this.#options;
    if (isProven) return null;
    if (unproven === 'never') return 'unproven';
    const minute = Math.floor(now / MINUTE_MS);
    if (minute !== this.#minute) {
      this.#minute = minute;
      this.#unprovenBans = 0;
    }
    if (this.#unprovenBans >= unprovenPerMinute) return 'unproven_cap';
    this.#unprovenBans++;
    return null;
  }

  #banSocket(scene: Scene, wanted: Wanted, isProven: boolean): Sentence {
    const { place, now } = scene;
    const socket = socketOf(scene);
    if (socket === null) return refusal('lived_in', isProven);
    place.socketBans ??= newScore(place.firstAt);
    addPoints(place.socketBans, 1, now, HOUR_MS);
    const sentence = this.#pass(
      hostPrefix(socket.address),
      socket.ban,
      scene,
      this.#socketTerm(wanted, this.#isLivedIn(place, now)),
      isProven,
    );
    return { ...sentence, port: socket.port };
  }

  #banPart(scene: Scene, wanted: Wanted, isProven: boolean): Sentence {
    const { network, family } = scene.place;
    const { address } = scene.observation.remote;
    const part = partOf(address, family) ?? 0;
    network.partBans ??= new Map();
    const ban = network.partBans.get(part) ?? newBan();
    network.partBans.set(part, ban);
    return this.#pass(partPrefix(address), ban, scene, this.#term(wanted, 'network', isProven), isProven);
  }

  #pass(
    address: string,
    ban: BanRecord,
    { now }: Scene,
    { first, longest, growth, isMild }: Term,
    isProven: boolean,
  ): Sentence {
    if (ban.count > 0 && now - ban.until > FORGET_MS) ban.count = 0;
    const jitter = 1 - JITTER + 2 * JITTER * this.#options.random();
    const seconds = Math.round(Math.min(longest, first * growth ** ban.count) * jitter);
    ban.until = now + seconds * 1000;
    ban.isMild = isMild === true;
    ban.count++;
    return { action: 'ban', address, port: null, seconds, isProven };
  }

  #socketTerm({ term }: Wanted, isLivedIn: boolean): Term {
    const growth = 2;
    if (term !== 'device') return { first: this.#options.unprovenSeconds, longest: SOCKET_SECONDS_MAX, growth };
    const { first, longest } = DEVICE_SECONDS;
    return { first, longest: isLivedIn ? LODGER_SECONDS_MAX : longest, growth, isMild: true };
  }

  #term({ term }: Wanted, target: 'place' | 'network', isProven: boolean): Term {
    const { banSeconds, banGrowth, banSecondsMax, unprovenSeconds } = this.#options;
    const growth = 2;
    if (target === 'network') return { first: banSeconds, longest: Math.max(banSeconds, NETWORK_SECONDS_MAX), growth };
    if (term === 'device') return { ...DEVICE_SECONDS, growth, isMild: true };
    if (term === 'campaign')
      return { first: CAMPAIGN_SECONDS, longest: Math.max(CAMPAIGN_SECONDS, banSecondsMax), growth };
    if (term === 'attack' && isProven) return { first: banSeconds, longest: banSecondsMax, growth: banGrowth };
    return { first: unprovenSeconds, longest: Math.max(unprovenSeconds, DOUBTFUL_SECONDS_MAX), growth };
  }
}

type Target = Wanted['target'] | 'part';

interface Term {
  /** In seconds. */
  readonly first: number;
  readonly longest: number;
  readonly growth: number;
  readonly isMild?: true;
}

/** Whether the scene's sender is banned now, by whatever name. */
export function isBanned(
  scene: Pick<Scene, 'place' | 'now' | 'observation'> & { readonly socket?: SocketRecord | null },
): boolean {
  const { place, now, observation } = scene;
  return (
    place.ban.until > now ||
    isNetworkBanned(place, observation.remote.address, now) ||
    (scene.socket?.ban.until ?? 0) > now
  );
}

function refusal(action: FindingAction, isProven: boolean): Sentence {
  return { action, address: null, port: null, seconds: null, isProven };
}

function socketOf(scene: Scene): SocketRecord | null {
  return 'socket' in scene ? scene.socket : null;
}

/** Whether whatever failed at the place came through this one socket. */
function isOnlySocket(scene: Scene): boolean {
  const socket = socketOf(scene);
  return socket !== null && scene.place.sockets?.size === 1 && socket.ban.count < SOCKETS_IN_VAIN;
}

/** Whether nobody logs in through the socket: a phone's, and not that of a gateway or of a session border controller. */
function isOwnSocket({ place, now, ...scene }: Scene, limits: Limits): boolean {
  const socket = 'socket' in scene ? scene.socket : null;
  if (socket === null) return false;
  if (!isFriendly(place, socket, now)) return true;
  // Whoever lives alone and guesses at many from the socket they log in with is no friend; but a usual port is anybody's guess,
  // and whoever forges packets over UDP can name it.
  const isForgeable = scene.observation.proof === 'none' && socket.port < FIRST_OTHER_PORT;
  const isMany = isGuilty(socket, limits, now) && socket.accounts.length >= SEVERAL;
  return place.residents <= ALONE && isMany && !isForgeable;
}

function isGuilty(socket: SocketRecord | null, limits: Limits, now: number): boolean {
  return (
    socket !== null &&
    (reaches(pointsAt(socket.guesses, now, DAY_MS), limits.guesses) || socket.accounts.length > GATEWAY_LINES)
  );
}

/** The one address that failed, or the whole /64. A zone says on which of our own interfaces it is, and is no part of it. */
function placePrefix({ host, key, family }: PlaceRecord): string {
  if (host === null) return key;
  return `${host.replace(/%.*/, '')}/${family === 'IPV4' ? 32 : 128}`;
}

export function hostPrefix(address: Address): string {
  return `${address.replace(/%.*/, '')}/${address.includes(':') ? 128 : 32}`;
}
