import { accountList, boolean, choice, wholeNumber } from '../formats.js';
import type { Checked, SettingTree } from '../setting.js';

/** Whoever judges: the exporter, a replay, and a program that imports the detector. */
const JUDGES = ['exporter', 'replay', 'detector'] as const;

/** What counts as an attack, and how long a ban is. */
export const detectionSettings = {
  detect: {
    env: 'DETECT',
    format: boolean,
    default: true,
    readBy: ['exporter'],
    doc: 'Group events into attempts, look for attacks, report them and decide on bans',
  },
  score: {
    addresses: {
      env: 'SCORE_ADDRESSES',
      format: wholeNumber(100, 10_000_000),
      default: 100_000,
      readBy: JUDGES,
      doc: 'Addresses remembered, and as many accounts; the least telling is forgotten first',
    },
  },
  ban: {
    threshold: {
      env: 'BAN_THRESHOLD',
      format: wholeNumber(3, 100_000),
      default: 10,
      readBy: JUDGES,
      doc: 'Guesses at several accounts that get their sender banned; at one, six times as many',
    },
    seconds: {
      env: 'BAN_SECONDS',
      format: wholeNumber(1, 31_536_000),
      unit: 'seconds',
      default: 3600,
      // It sees few logins, so that a friend may be hit.
      defaultWith: (given) => (given.get('SOURCE')?.text === 'messages-log' ? 600 : undefined),
      readBy: JUDGES,
      doc: 'Length of the first ban of a proven attacker; 600 with SOURCE=messages-log',
    },
    growth: {
      env: 'BAN_GROWTH',
      format: wholeNumber(1, 100),
      default: 2,
      readBy: JUDGES,
      doc: 'Each further ban is this many times as long as the one before',
    },
    secondsMax: {
      env: 'BAN_SECONDS_MAX',
      format: wholeNumber(1, 31_536_000),
      unit: 'seconds',
      default: 604_800,
      readBy: JUDGES,
      doc: 'Length of the longest ban',
    },
    unproven: {
      env: 'BAN_UNPROVEN',
      format: choice('short', 'always', 'never'),
      default: 'short',
      readBy: JUDGES,
      doc: 'Bans where an address may be forged, as over UDP: short, as all others, or none',
    },
    unprovenSeconds: {
      env: 'BAN_UNPROVEN_SECONDS',
      format: wholeNumber(1, 31_536_000),
      unit: 'seconds',
      default: 600,
      readBy: JUDGES,
      doc: 'Length of a first short ban; each further one is twice as long, up to four hours',
    },
    unprovenPerMinute: {
      env: 'BAN_UNPROVEN_PER_MINUTE',
      format: wholeNumber(1, 100_000),
      default: 60,
      readBy: JUDGES,
      doc: 'Bans a minute where the address may be forged',
    },
  },
  enumeration: {
    accounts: {
      env: 'ENUMERATION_ACCOUNTS',
      format: wholeNumber(2, 100_000),
      default: 12,
      readBy: JUDGES,
      doc: 'Names that one address asks for without a password that make an enumeration',
    },
    challenges: {
      env: 'ENUMERATION_CHALLENGES',
      format: wholeNumber(2, 100_000),
      default: 40,
      readBy: JUDGES,
      doc: 'Requests without a name within some two minutes that make one',
    },
  },
  spray: {
    accounts: {
      env: 'SPRAY_ACCOUNTS',
      format: wholeNumber(2, 100_000),
      default: 12,
      readBy: JUDGES,
      doc: 'Accounts guessed at from one address, a few times each, that make a spray',
    },
  },
  distributed: {
    addresses: {
      env: 'DISTRIBUTED_ADDRESSES',
      format: wholeNumber(2, 100_000),
      default: 30,
      readBy: JUDGES,
      doc: 'Addresses that guess at one account within days that make a distributed attack',
    },
  },
  honeypot: {
    accounts: {
      env: 'HONEYPOT_ACCOUNTS',
      format: accountList,
      default: [],
      readBy: JUDGES,
      doc: 'Accounts no one uses: the first request for one bans its sender, over UDP the second',
    },
  },
  trust: {
    days: {
      env: 'TRUST_DAYS',
      format: wholeNumber(1, 365),
      unit: 'days',
      default: 30,
      readBy: JUDGES,
      doc: 'How long a network stays the home of an account that logged in from it',
    },
  },
  storm: {
    perMinute: {
      env: 'STORM_PER_MINUTE',
      format: wholeNumber(1, 10_000_000),
      default: 600,
      readBy: JUDGES,
      doc: 'Failures and logins a minute below which nothing is a storm',
    },
    factor: {
      env: 'STORM_FACTOR',
      format: wholeNumber(1, 10_000),
      default: 10,
      readBy: JUDGES,
      doc: 'How many times the usual rate is a storm',
    },
  },
} as const satisfies SettingTree;

export function detectionFaults({ ban }: Checked<typeof detectionSettings>): string[] {
  const { seconds, secondsMax } = ban;
  if (seconds === undefined || secondsMax === undefined || seconds <= secondsMax) return [];
  return [`BAN_SECONDS is ${seconds}, more than BAN_SECONDS_MAX, which is ${secondsMax}: change one of them`];
}
