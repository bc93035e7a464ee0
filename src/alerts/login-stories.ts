import { accountOf, addressOf, capital, guessWords, timesWords } from './phrases.js';
import { lookAt, type Story } from './story.js';
import type { Told } from './told.js';

/** More tries than this are no typing error. */
const TYPING_ERRORS_MAX = 10;

/** A login that others' guesses, or where it came from, make doubtful. The evidence shows which of them it is. */
export function loginStory({ count }: Told): Story {
  if (count('burst') > 0) return burst;
  const isHere = FROM_ELSEWHERE.some((name) => count(name) > 0);
  return !isHere && count('home_in_use') > 0 && count('guesses_elsewhere') > 0 ? secondHome : firstLogin;
}

/** Facts about where the login came from: with one of them it is not its owner's at home. */
const FROM_ELSEWHERE = ['new_network', 'first_login', 'guesses_here', 'guesses_nearby', 'guesses_at_others'] as const;

/** The account came in from where somebody guessed, or from where it never did before. */
const firstLogin: Story = {
  title: (told) => `${alarmed(told)} logged in from ${addressOf(told)}${reason(told)}`,
  what: (told) => {
    const isFirst = told.count('first_login') + told.count('new_network') > 0;
    const first = isFirst ? ' for the first time' : '';
    return `${accountOf(told)} logged in to ${told.place} from ${addressOf(told)}${first}.`;
  },
  tells: ['first_login'],
  next: (told) => {
    if (isTypingError(told)) return 'This is what a typing error looks like; nothing needs to be done.';
    if (told.severity !== 'info') return evict(told, `block ${addressOf(told)}`);
    return `An owner who mistypes looks like this, and so does somebody who guesses right: make sure that ${addressOf(told)} is the owner's.`;
  },
};

/** The account logs in again and again from where it has been for less than a day. */
const burst: Story = {
  title: (told) => `${alarmed(told)} logs in again and again from ${addressOf(told)}, which is new to it`,
  what: (told) =>
    `${accountOf(told)} has been logging in to ${told.place} from ${addressOf(told)} ${told.since}, and not before.`,
  tells: ['first_login', 'new_network'],
  next: (told) => evict(told, `block ${addressOf(told)}`),
};

/** The owner is at home, after the account had come in from elsewhere. */
const secondHome: Story = {
  title: (told) => `${alarmed(told)} was in use elsewhere after guesses at its password`,
  what: (told) => {
    const { place, sinceTime, count } = told;
    const guesses = guessWords(count('guesses_elsewhere'));
    return (
      `${accountOf(told)} logged in to ${place} from ${addressOf(told)}, where it usually does. ` +
      `At ${sinceTime}, after ${guesses} at its password, it had logged in from another network for the first time.`
    );
  },
  tells: ['guesses_elsewhere', 'attackers', 'home_in_use'],
  next: (told) => evict(told, null),
};

function alarmed(told: Told): string {
  const account = accountOf(told);
  if (told.severity === 'info') return account;
  return `${told.severity === 'warning' ? 'Break-in?' : 'BREAK-IN?'} ${capital(account)}`;
}

function reason({ count }: Told): string {
  if (count('guesses_here') > 0) return ` after ${guessWords(count('guesses_here'))} from there`;
  if (count('guesses_nearby') > 0) return ' after guesses from the same network';
  if (count('guesses_at_others') > 0) return ' after guesses from there at other accounts';
  if (count('guesses_elsewhere') > 0) return ` after ${guessWords(count('guesses_elsewhere'))} from elsewhere`;
  if (count('tries_at_home') > 0) return ` after failing there ${timesWords(count('tries_at_home'))}`;
  return '';
}

/** A person's own few tries at home, and nothing else. */
function isTypingError({ severity, count }: Told): boolean {
  const tries = count('tries_at_home');
  const isAlone = [...FROM_ELSEWHERE, 'guesses_elsewhere' as const].every((name) => count(name) === 0);
  return severity === 'info' && tries > 0 && tries <= TYPING_ERRORS_MAX && isAlone;
}

/** @param block how to keep out whoever came in; null where they are not known. */
function evict(told: Told, block: string | null): string {
  const { action, service, sinceTime, count } = told;
  const isBlockable = (action === 'none' || action === 'unproven') && count('residents') === 0;
  const steps = [
    `change the password of ${accountOf(told)} now`,
    ...(block !== null && isBlockable ? [block] : []),
    `look at its calls and commands since ${sinceTime}`,
  ];
  const passed = action === 'already_banned' ? 'If that ban is older than the login, see why it did not hold. ' : '';
  return `${passed}If it was not its owner who came from ${block === null ? 'elsewhere' : 'there'}, ${steps.join(', ')}, and ${lookAt(service)} who is logged in.`;
}
