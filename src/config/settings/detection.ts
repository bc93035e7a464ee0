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
      doc: 'Attackers remembered; beyond them the least dangerous is forgotten',
    },
    halfLifeSeconds: {
      env: 'SCORE_HALF_LIFE_SECONDS',
      format: wholeNumber(60, 604_800),
      unit: 'seconds',
      default: 3600,
      readBy: JUDGES,
      doc: 'Time in which an address loses half of its points',
    },
  },
  ban: {
    threshold: {
      env: 'BAN_THRESHOLD',
      format: wholeNumber(1, 100_000),
      default: 10,
      readBy: JUDGES,
      doc: 'Points (guesses, mostly) that get an address banned',
    },
    seconds: {
      env: 'BAN_SECONDS',
      format: wholeNumber(1, 31_536_000),
      unit: 'seconds',
      default: 3600,
      readBy: JUDGES,
      doc: 'Length of a first ban',
    },
    growth: {
      env: 'BAN_GROWTH',
      format: wholeNumber(1, 100),
      default: 4,
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
      doc: 'Length of a first short ban; further ones grow up to BAN_SECONDS',
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
      default: 5,
      readBy: JUDGES,
      doc: 'Accounts that do not exist, tried from one address, that make an enumeration',
    },
    challenges: {
      env: 'ENUMERATION_CHALLENGES',
      format: wholeNumber(2, 100_000),
      default: 20,
      readBy: JUDGES,
      doc: 'The same for challenges that were not answered',
    },
  },
  spray: {
    accounts: {
      env: 'SPRAY_ACCOUNTS',
      format: wholeNumber(2, 100_000),
      default: 5,
      readBy: JUDGES,
      doc: 'Accounts with wrong passwords from one address that make a password spray',
    },
  },
  distributed: {
    addresses: {
      env: 'DISTRIBUTED_ADDRESSES',
      format: wholeNumber(2, 100_000),
      default: 10,
      readBy: JUDGES,
      doc: 'Addresses guessing at one account that make a distributed attack',
    },
  },
  slow: {
    threshold: {
      env: 'SLOW_THRESHOLD',
      format: wholeNumber(1, 100_000),
      default: 20,
      readBy: JUDGES,
      doc: 'Points over days that get a slow attacker banned',
    },
    halfLifeHours: {
      env: 'SLOW_HALF_LIFE_HOURS',
      format: wholeNumber(1, 8760),
      unit: 'hours',
      default: 72,
      readBy: JUDGES,
      doc: 'Time in which half of these points are lost',
    },
  },
  breach: {
    failures: {
      env: 'BREACH_FAILURES',
      format: wholeNumber(1, 100_000),
      default: 2,
      readBy: JUDGES,
      doc: 'Failures before a login that make the login a finding',
    },
    warning: {
      env: 'BREACH_WARNING',
      format: wholeNumber(1, 100_000),
      default: 5,
      readBy: JUDGES,
      doc: 'The same for a warning',
    },
    critical: {
      env: 'BREACH_CRITICAL',
      format: wholeNumber(1, 100_000),
      default: 20,
      readBy: JUDGES,
      doc: 'The same for a critical finding',
    },
  },
  honeypot: {
    accounts: {
      env: 'HONEYPOT_ACCOUNTS',
      format: accountList,
      default: [],
      readBy: JUDGES,
      doc: 'Accounts no one uses; the first request for one bans its sender',
    },
  },
  trust: {
    days: {
      env: 'TRUST_DAYS',
      format: wholeNumber(1, 365),
      unit: 'days',
      default: 14,
      readBy: JUDGES,
      doc: 'How long a login makes its account trusted at its address',
    },
  },
  storm: {
    perMinute: {
      env: 'STORM_PER_MINUTE',
      format: wholeNumber(1, 10_000_000),
      default: 600,
      readBy: JUDGES,
      doc: 'Guesses and logins a minute below which nothing is a storm',
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

export function detectionFaults({ ban, breach }: Checked<typeof detectionSettings>): string[] {
  return [
    ...disorder(['BAN_SECONDS', ban.seconds], ['BAN_SECONDS_MAX', ban.secondsMax]),
    ...disorder(['BREACH_FAILURES', breach.failures], ['BREACH_WARNING', breach.warning]),
    ...disorder(['BREACH_WARNING', breach.warning], ['BREACH_CRITICAL', breach.critical]),
  ];
}

type Named = readonly [name: string, value: number | undefined];

function disorder([lowName, low]: Named, [highName, high]: Named): string[] {
  if (low === undefined || high === undefined || low <= high) return [];
  return [`${lowName} is ${low}, more than ${highName}, which is ${high}: change one of them`];
}
