import { numberWords } from '../text/words.js';
import {
  accountOf,
  accountWords,
  addressesWords,
  addressOf,
  atAccounts,
  guessWords,
  sender,
  timesWords,
} from './phrases.js';
import { countWords } from './plain-words.js';
import type { Story } from './story.js';
import type { Told } from './told.js';

export const bruteForce: Story = {
  title: ({ subject, attempts }) => `${subject} guesses passwords: ${guessWords(attempts)}`,
  what: madeGuesses,
  tells: ['guesses_here'],
  next: mendOrBlock,
};

export const passwordSpray: Story = {
  title: ({ subject, count, accounts }) =>
    `${subject} tries a few passwords at each of ${accountWords(count('spread') || accounts)}`,
  what: madeGuesses,
  tells: ['guesses_here'],
  next: () => 'See that no account has an easy password, such as its own number.',
};

export const enumeration: Story = {
  title: ({ subject, count }) =>
    count('names') > 0
      ? `${subject} searches for accounts: ${countWords(count('names'), 'name')} tried`
      : `${subject} sends requests without a password again and again`,
  what: failed,
  tells: [],
  next: mendOrBlock,
};

/** What neither its rule nor its evidence says more of. */
export const persistent: Story = {
  title: (told) => `${accountOf(told)} fails again and again from ${told.subject}`,
  what: failed,
  tells: [],
  next: mendOrBlock,
};

export const distributedAccount: Story = {
  title: (told) =>
    `the password of ${accountOf(told)} is guessed from ${addressesWords(told.count('attackers'))}: ${guessWords(told.attempts)}`,
  what: (told) => {
    const { place, attempts, since, count } = told;
    return (
      `The password of ${accountOf(told)} of ${place} was tried ${timesWords(attempts)} ${since}, ` +
      `from ${addressesWords(count('attackers'))}; the last was ${addressOf(told)}.`
    );
  },
  tells: ['attackers', 'guesses_elsewhere'],
  next: (told) =>
    `Give ${accountOf(told)} a long password, and let it log in only from where it has to (permit, deny).`,
};

export const distributedNetwork: Story = {
  title: ({ subject, attempts }) => `addresses of ${subject} guess at the same accounts: ${guessWords(attempts)}`,
  what: (told) => `Addresses of ${told.subject} made ${guessWords(told.attempts)}${atAccounts(told)} ${told.since}.`,
  tells: [],
  next: mendOrBlock,
};

export const lowAndSlow: Story = {
  title: ({ pbx }) => `${pbx} is guessed at slowly from many addresses`,
  what: ({ pbx, count }) =>
    `Many addresses${about(count('attackers'))} guess at passwords of ${pbx}, each a little at a time with long pauses.`,
  tells: ['attackers'],
  next: () =>
    'See that every account has a long password, and let accounts log in only from where they have to (permit, deny).',
};

export const staleCredentials: Story = {
  title: (told) =>
    isAtHome(told)
      ? `${accountOf(told)} fails at ${addressOf(told)}, where it otherwise logs in`
      : `${accountOf(told)} fails again and again from ${addressOf(told)}`,
  what: (told) => {
    const { place, attempts, since } = told;
    const home = isAtHome(told) ? ', where it otherwise logs in,' : '';
    return `${accountOf(told)} was refused ${timesWords(attempts)} by ${place} from ${addressOf(told)}${home} ${since}.`;
  },
  tells: ['persistence', 'tries_at_home'],
  next: (told) =>
    isAtHome(told)
      ? 'This looks like a device with an old password: enter the new one there.'
      : `This is either a device with an old password or somebody who guesses as patiently: if ${addressOf(told)} is yours, enter the right password there.`,
};

export const honeypot: Story = {
  title: (told) => `${told.subject} asked for ${accountOf(told)}, a honeypot`,
  what: (told) =>
    `${sender(told)} asked for ${accountOf(told)}, a honeypot of ${told.place}, ${timesWords(told.attempts)}.`,
  tells: ['honeypot'],
  next: mendOrBlock,
};

export const unknownTrunk: Story = {
  title: (told) => `${told.subject} sends calls, and the PBX does not know it: a trunk?`,
  what: (told) =>
    `${sender(told)} sent ${countWords(told.attempts, 'call')} of numbers that are no accounts to ${told.place} ${told.since}, and nothing else.`,
  tells: ['calls'],
  next: ({ host }) =>
    `If ${host ?? 'it'} is a carrier's new gateway, add it to the trunk (match of its identify section, or ALLOWLIST here); ` +
    'if not, nothing needs to be done: no call got through.',
};

function isAtHome({ count }: Told): boolean {
  return count('tries_at_home') > 0;
}

function madeGuesses(told: Told): string {
  return `${sender(told)} made ${guessWords(told.attempts)}${atAccounts(told)} ${told.since}.`;
}

function failed(told: Told): string {
  return `${countWords(told.attempts, 'try', 'tries')} from ${sender(told)} at ${told.place} failed ${told.since}.`;
}

function about(addresses: number): string {
  return addresses > 1 ? `, about ${numberWords(addresses)} so far,` : '';
}

function mendOrBlock({ action, host, isForgeable }: Told): string {
  const who = host ?? 'the address';
  const mend = `If ${who} is yours, mend the device there`;
  if (action === 'allowlisted') return 'Find out what fails there, and mend it.';
  const isBanned = action === 'ban' || action === 'already_banned';
  if (isBanned) return `${mend}, and add it to ALLOWLIST if it must never be banned.`;
  return isForgeable ? `${mend}; do not block it by hand unless you know who it is.` : `${mend}; if not, block it.`;
}
