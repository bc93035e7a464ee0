import type { RuleName } from '../domain/finding.js';

/** A finding in words that are safe to send; what attackers chose is in it only as it can be shown. */
export interface Told {
  /** What the finding is about. */
  readonly subject: string;
  /** The address or prefix that a ban is or would be about. */
  readonly target: string;
  /** Of the last observation, or `somebody`. */
  readonly account: string;
  /** Of the last observation, or `an unknown address`. */
  readonly address: string;
  /** Asterisk's own word. Only to be compared with. */
  readonly service: string;
  /** The service and the PBX. */
  readonly place: string;
  /** `1,000 failed guesses` (failures, where it is calm), `1 account`, `40 addresses`. */
  readonly guesses: string;
  readonly accounts: string;
  readonly addresses: string;
  /** `since 2026-03-01T02:00:00Z (2 hours)`. */
  readonly since: string;
  readonly sinceTime: string;
  readonly duration: string;
  /** Null without a length of time. */
  readonly ban: string | null;
  /** Of severity info: nobody has to get up. */
  readonly isCalm: boolean;
  /** Nothing proves that the address is the sender's. */
  readonly isForgeable: boolean;
}

interface Wording {
  readonly title: (told: Told) => string;
  /** A sentence: who, what, how often, since when. */
  readonly what: (told: Told) => string;
  /** A sentence: what to do next. */
  readonly next: (told: Told) => string;
}

/** How each rule's findings are told. */
export const ruleWording = {
  breach: {
    title: ({ account, address, guesses, isCalm }) =>
      `${isCalm ? '' : 'BREAK-IN? '}${account} logged in from ${address} after ${guesses}`,
    what: ({ account, address, place, guesses, since }) =>
      `${account} logged in to ${place} from ${address} after ${guesses} ${since}.`,
    next: (told) => (told.isCalm ? 'This is what a typing error looks like; nothing needs to be done.' : evict(told)),
  },
  brute_force: {
    title: ({ subject, guesses }) => `${subject} guesses passwords: ${guesses}`,
    what: (told) => `${sender(told)} made ${told.guesses} on ${told.accounts} of ${told.place} ${told.since}.`,
    next: blockOrAllow,
  },
  enumeration: {
    title: ({ subject, accounts }) => `${subject} searches for accounts: ${accounts} tried`,
    what: (told) => `${sender(told)} tried ${told.accounts} of ${told.place} in ${told.guesses} ${told.since}.`,
    next: blockOrAllow,
  },
  password_spray: {
    title: ({ subject, accounts }) => `${subject} tries common passwords on ${accounts}`,
    what: (told) => `${sender(told)} made ${told.guesses} spread over ${told.accounts} of ${told.place} ${told.since}.`,
    next: () => 'See that no account has an easy password, such as its own number.',
  },
  distributed: {
    title: ({ subject, addresses, guesses }) => `${subject} is guessed from ${addresses}: ${guesses}`,
    what: ({ subject, addresses, guesses, place, since }) =>
      `${addresses} made ${guesses} on account ${subject} of ${place} ${since}.`,
    next: ({ subject }) =>
      `Give account ${subject} a long password, and let it log in only from where it has to (permit, deny).`,
  },
  low_and_slow: {
    title: ({ subject, guesses, duration }) => `${subject} guesses slowly: ${guesses} in ${duration}`,
    what: (told) => `${sender(told)} made ${told.guesses} on ${told.accounts} of ${told.place} ${told.since}, slowly.`,
    next: blockOrAllow,
  },
  trusted_at_risk: {
    title: ({ subject, guesses }) => `${subject}, from where logins succeeded lately, may soon be banned: ${guesses}`,
    what: (told) => `${sender(told)} made ${told.guesses} on ${told.accounts} of ${told.place} ${told.since}.`,
    next: ({ account, subject }) =>
      `If this is an office or a carrier of yours, mend the device that fails (the last account was ${account}) or add ${subject} to ALLOWLIST; if not, somebody there has a password already.`,
  },
  stale_credentials: {
    title: ({ account, address }) => `${account} at ${address} keeps using a wrong password`,
    what: ({ account, address, place, guesses, since }) =>
      `${account} was refused by ${place} from ${address}: ${guesses} ${since}.`,
    next: () => 'This is what a phone with an old password looks like: enter the new one there.',
  },
  storm: {
    title: ({ subject, guesses, addresses }) => `Storm on ${subject}: ${guesses} from ${addresses}`,
    what: ({ addresses, guesses, accounts, place, since }) =>
      `${addresses} made ${guesses} on ${accounts} of ${place} ${since}.`,
    next: ({ service }) =>
      `If phones cannot log in, drop the traffic in front of Asterisk; ${lookAt(service)} who is logged in.`,
  },
  unproven_flood: {
    title: ({ subject, addresses, guesses }) => `Flood on ${subject} from ${addresses} that may be forged: ${guesses}`,
    what: ({ addresses, guesses, place, since }) =>
      `${addresses}, none of them proven to be the sender's, made ${guesses} on ${place} ${since}.`,
    next: () =>
      'Do not block these addresses by hand, since any of them may be a stranger or a carrier; limit the rate of UDP in front of Asterisk, or accept it from known networks only.',
  },
} satisfies Record<RuleName, Wording>;

function sender({ subject, isForgeable }: Told): string {
  return isForgeable ? `${subject} (nothing proves that this is the sender)` : subject;
}

function evict({ account, address, service, sinceTime }: Told): string {
  return (
    `If that was not its owner, change the password of account ${account} now, block ${address}, ` +
    `look at its calls and commands since ${sinceTime}, and ${lookAt(service)} who is logged in.`
  );
}

function blockOrAllow({ target }: Told): string {
  return `If ${target} is yours, mend the device there and add it to ALLOWLIST; if not, see that it is blocked.`;
}

/** Nothing that attackers chose is part of a command. */
const COMMANDS: ReadonlyMap<string, string> = new Map([
  ['PJSIP', 'pjsip show contacts'],
  ['SIP', 'sip show peers'],
  ['AMI', 'manager show connected'],
]);

function lookAt(service: string): string {
  const command = COMMANDS.get(service);
  return command === undefined ? 'see' : `see with asterisk -rx '${command}'`;
}
