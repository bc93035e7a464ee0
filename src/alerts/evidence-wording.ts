import type { EvidenceName } from '../domain/finding.js';
import { accountOf, accountWords, addressesWords, addressOf, around, guessWords, timesWords, was } from './phrases.js';
import { countWords } from './plain-words.js';
import type { Told } from './told.js';

type Sentence = (count: number, told: Told) => string;

/** What each fact says after the first sentence of a finding; '' where another one has told it. */
export const evidenceWording = {
  guesses_here: (count, { address }) =>
    `Its password had been tried ${timesWords(count)} from ${around(address)} before.`,
  guesses_elsewhere: triedElsewhere,
  guesses_nearby: (count) =>
    `Addresses of the same network had made ${guessWords(count)}, and this account was among those that they tried.`,
  guesses_at_others: (count, { address }) => `${guessWords(count)} at other accounts had come from ${around(address)}.`,
  tries_at_home: (count) => `It had failed ${timesWords(count)} there, where it otherwise logs in.`,
  names: (count) => `${countWords(count, 'name')} ${was(count)} asked for without a password.`,
  probes: (count) => `${countWords(count, 'challenge')} of the PBX ${was(count)} left without a right answer lately.`,
  // Whoever guesses a manager's password may well have a new connection for each.
  sockets: (count, { service }) => (service === 'AMI' ? '' : `${guessWords(count)} ${was(count)} ${RESTLESS}.`),
  pace: (count) => `${guessWords(count)} at one account came within four minutes, faster than any device tries again.`,
  persistence: (count, told) => `${accountOf(told)} was tried ${timesWords(count)}.`,
  spread: (count) => `The guesses are spread over ${accountWords(count)}, a few at each.`,
  attackers: (_, told) =>
    told.count('guesses_elsewhere') > 0 ? '' : `Its password had been tried from ${addressesWords(attackersOf(told))}.`,
  shared_accounts: (count) =>
    `${timesWords(count)} an address of it tried an account that another one had tried before.`,
  first_login: (_, { address }) => `No earlier login from ${around(address)} is known.`,
  new_network: () => 'No earlier login from that network is known.',
  home_in_use: () => 'The account was in use where it usually logs in, too.',
  burst: (count) => `Within an hour it logged in there in ${countWords(count, 'different spell')} of ten seconds.`,
  residents: (count, { host, action }) => (action === 'lived_in' ? '' : `${loggingIn(count, host)}.`),
  refused_at_home: (count) =>
    `${accountWords(count)} ${was(count)} refused, each at an address from which it otherwise logs in.`,
  logins: (count) => `${countWords(count, 'login')} succeeded.`,
  failures: (count) => `${countWords(count, 'try', 'tries')} failed.`,
  calls: (count) => `${countWords(count, 'call')} came from numbers that are no accounts.`,
  honeypot: (count) => `A honeypot was asked for ${timesWords(count)}.`,
  unproven: () => `No handshake proves that the addresses are the senders'.`,
} satisfies Record<EvidenceName, Sentence>;

const RESTLESS = 'of a kind that no phone makes: from ever new ports, or at ever other accounts from one port';

function triedElsewhere(count: number, told: Told): string {
  const attackers = attackersOf(told);
  const isElsewhere = attackers > 1 && told.count('guesses_here') === 0 && told.address !== null;
  const except = isElsewhere ? `, none of them ${addressOf(told)}` : '';
  return `Its password had been tried ${timesWords(count)} from ${addressesWords(attackers)}${except}.`;
}

/** Its evidence fades; the finding may remember more of them. */
function attackersOf({ count, addresses }: Told): number {
  return count('attackers') > 0 ? Math.max(count('attackers'), addresses) : 0;
}

/** `3 accounts log in from 203.0.113.9`. */
export function loggingIn(count: number, host: string | null): string {
  return `${accountWords(count)} ${count === 1 ? 'logs' : 'log'} in from ${around(host)}`;
}
