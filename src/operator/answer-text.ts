import type { Refusal } from '../domain/ban.js';
import type { BanAnswer } from '../domain/ban-answer.js';
import { visibleText } from '../text/visible-text.js';
import { durationWords, numberWords } from '../text/words.js';
import type { BanTest, BlockerStatus } from '../wire/operator.js';
import { targetText } from './target.js';

type Added = Pick<BanAnswer, 'address' | 'result' | 'reason'>;

/** What became of a ban, in a line. */
export function addedText({ address, result, reason }: Added): string {
  const why = reason === null ? '' : `: ${reasonText(reason)}`;
  return `${targetText(address)} ${RESULTS[result]}${why}`;
}

export function removedText(address: string, isRemoved: boolean): string {
  return `${targetText(address)} ${isRemoved ? 'is banned no more' : 'was not banned'}`;
}

export function flushedText(count: number): string {
  return count === 0 ? 'nobody was banned' : `${plural(count, 'ban')} ended`;
}

/** @param now milliseconds since the Unix epoch. */
export function testedText(address: string, { refusal, ban }: BanTest, now: number): string {
  if (ban === null) {
    const would = refusal === null ? 'can be' : `cannot be: ${REFUSAL_TEXTS[refusal]}`;
    return `${targetText(address)} is not banned, and ${would}`;
  }
  const by = ban.address === address ? '' : ` with ${targetText(ban.address)}`;
  const left = durationWords((ban.until - now) / 1000);
  const not = ban.isEnforced ? '' : ', but not in the firewall yet';
  const more = refusal === null ? '' : `; a new ban would be refused: ${REFUSAL_TEXTS[refusal]}`;
  return `${targetText(address)} is banned${by} (${ban.origin}: ${visibleText(ban.reason)}) for another ${left}${not}${more}`;
}

export function statusText(status: BlockerStatus, now: number): string {
  const { firewall, fault, desired, enforced, verifiedAt, bansMax, bansPerMinute } = status;
  const verified = verifiedAt === null ? 'not yet' : `${durationWords((now - verifiedAt) / 1000)} ago`;
  return [
    `firewall   ${visibleText(firewall)}${fault === null ? '' : `: ${visibleText(fault, 256)}`}`,
    `desired    ${plural(desired, 'ban')}`,
    `enforced   ${plural(enforced, 'ban')}`,
    `verified   ${verified}`,
    `limits     ${plural(bansMax, 'ban')}, ${numberWords(bansPerMinute)} new a minute`,
  ].join('\n');
}

const RESULTS: Readonly<Record<BanAnswer['result'], string>> = {
  banned: 'is banned',
  already_banned: 'is banned already, for as long or longer',
  refused: 'is not banned',
};

const REFUSAL_TEXTS: Readonly<Record<Refusal, string>> = {
  allowlisted: 'it is on the allowlist, or has an address that is',
  too_wide: 'the widest ban is a /16 of IPv4 or a /32 of IPv6',
  bans_max: 'there are as many bans as there may be',
  bans_per_minute: 'there were as many new bans in the last minute as there may be; try again soon',
  firewall: 'the firewall has not taken it; it is tried again (see bans status)',
};

/** The blocker's words, and those of a newer one. */
function reasonText(reason: string): string {
  if (reason === 'unsaved') return 'but it could not be saved, and ends with a restart';
  return Object.hasOwn(REFUSAL_TEXTS, reason) ? REFUSAL_TEXTS[reason as Refusal] : reason;
}

function plural(count: number, noun: string): string {
  return `${numberWords(count)} ${noun}${count === 1 ? '' : 's'}`;
}
