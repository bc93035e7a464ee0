import { accountWords, was } from './phrases.js';
import { countWords } from './plain-words.js';
import { lookAt, type Story } from './story.js';
import type { Told } from './told.js';

export const outage: Story = {
  title: ({ pbx, accounts }) => `${pbx} refuses ${accountWords(accounts)} of its own so far`,
  what: ({ pbx, accounts, since }) =>
    `${accountWords(accounts)} ${was(accounts)} refused by ${pbx} ${since}, each at an address from which it otherwise logs in.`,
  tells: ['refused_at_home'],
  next: () =>
    'Look at the PBX: the database of its accounts may be away, or passwords were changed for many phones at once.',
};

/** Of this many logins a failure is no wonder. */
const LOGINS_EACH_FAILURE = 10;

export const storm: Story = {
  title: (told) => `storm on ${told.pbx}: ${minuteWords(told)}`,
  what: (told) => `${told.pbx} had ${minuteWords(told)}, far more than it is used to.`,
  tells: ['failures', 'logins'],
  next: ({ service, count }) =>
    count('failures') * LOGINS_EACH_FAILURE <= count('logins')
      ? 'Phones that all register at once look like this, as after a restart or an outage.'
      : `If phones cannot log in, drop the traffic in front of Asterisk; ${lookAt(service)} who is logged in.`,
};

/** `700 logins and no failures in a minute`. */
function minuteWords({ count }: Told): string {
  const words = (number: number, what: string) => (number === 0 ? `no ${what}s` : countWords(number, what));
  return `${words(count('logins'), 'login')} and ${words(count('failures'), 'failure')} in a minute`;
}

export const unprovenFlood: Story = {
  title: ({ pbx }) => `flood on ${pbx} from addresses that may be forged`,
  what: ({ pbx }) =>
    `Addresses that may be forged attack ${pbx}, and this minute has as many bans on such evidence as it may.`,
  tells: ['unproven'],
  next: () =>
    'Do not block them by hand, since any of them may be a stranger or a carrier; limit the rate of UDP in front of ' +
    'Asterisk, or accept it from known networks only.',
};
