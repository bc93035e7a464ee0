/**
 * What tells people from attackers. Each number is a bound on what an innocent device or person does, with the reason
 * beside it; docs/detection.md has what was measured.
 */
export interface Limits {
  /** Guesses no device makes, at three accounts or more, until their sender is an attacker; BAN_THRESHOLD. */
  readonly guesses: number;
  /** Distinct names asked for without a password. */
  readonly names: number;
  /** Requests without a name or a password, in some two minutes. */
  readonly probes: number;
  /** Distinct accounts that are each guessed a few times only. */
  readonly sprayAccounts: number;
  /** Distinct networks that guess at one account, in some days. */
  readonly attackers: number;
  /** How long a login makes an account at home, in ms. */
  readonly homeMs: number;
  readonly stormPerMinute: number;
  readonly stormFactor: number;
  /** Accounts that nobody uses: whoever asks for one is an attacker. */
  readonly honeypots: ReadonlySet<string>;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** Somebody who mistypes, or a device whose sockets change: twice what at many accounts is an attack. */
export const ONE_ACCOUNT = 2;
/** A device that never logged in here and keeps its socket: a customer mends it within an hour at a try a minute. */
export const DEVICE = 6;
/** However slowly: so many times as much in all. */
export const EVER = 3;
/** A device that tries every ten seconds makes 24 in this time; a program that guesses makes more than PACE_MAX. */
export const PACE_MS = 4 * MINUTE_MS;
export const PACE_MAX = 30;
/** A stranger with fewer accounts than this may be one person. */
export const SEVERAL = 3;
/** The share of guesses that no device makes from which on they are no accident of a NAT. */
export const RESTLESS_SHARE = 0.4;
/** The share of a limit from which on it is told, before anybody is banned. */
export const EARLY = 0.4;
/** Whoever tried so many accounts, each hardly more than once, and fell silent was no fleet of phones. */
export const SCATTERED = 5;
/** Phones that were all given wrong passwords try again and again; who guesses at many accounts is soon at the next one. */
export const FEW_TRIES = 3;
/** How long a fleet of phones may take to show that it repeats itself. */
export const FLEET_MS = 10 * MINUTE_MS;
/** Lines of a gateway or a DECT base: as many accounts may fail through one socket. */
export const GATEWAY_LINES = 8;
/** Guesses through one socket, as multiples of the limit, that no gateway makes before somebody mends it. */
export const GATEWAY = 24;
/** Source ports of one account that are remembered: a device with two registrars over TCP has four within a reconnect. */
export const PORTS_KEPT = 4;
/** Failing sockets of one place, and ports of its residents. */
export const SOCKETS_KEPT = 64;
export const FRIENDLY_PORTS_KEPT = 512;
/** Pairs of one place, homes and latest attackers of one account. */
export const PAIRS_KEPT = 64;
export const HOMES_KEPT = 8;
export const LATEST_KEPT = 64;

/** Which accounts were guessed is known for longer than how often. */
export const ACCOUNTS_HALF_LIFE_MS = 30 * DAY_MS;
/** Knowledge about passwords halves in a week, about names in a day, about requests without either in two minutes. */
export const GUESS_HALF_LIFE_MS = 7 * DAY_MS;
export const NAME_HALF_LIFE_MS = 24 * HOUR_MS;
export const PROBE_HALF_LIFE_MS = 2 * MINUTE_MS;
/** Of requests from ever new sockets; a monitor that asks each minute has 30 in it. */
export const STRAY_HALF_LIFE_MS = 20 * MINUTE_MS;
export const STRAYS_MAX = 100;
/** Who guesses at an account, from wherever they do. */
export const ATTACKERS_HALF_LIFE_MS = 7 * DAY_MS;
/** What happens in a network or at the PBX from many places. */
export const SPREAD_HALF_LIFE_MS = 3 * DAY_MS;

/** Guesses with so much time between them are no person who tries again. */
export const SLOW_MS = 60 * MINUTE_MS;
/** Whoever guesses here and there for so long is patient. */
export const PATIENT_MS = DAY_MS / 2;
/** A guess now and then, at so many accounts: of an account that nobody else guesses at it may be a typing error. */
export const PATIENT_GUESSES = 3;
