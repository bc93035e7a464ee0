import type { BanAnswer, BanResult, Refusal } from '../domain/ban.js';
import type { TargetFields } from '../domain/ban-target.js';
import { visibleText } from '../text/visible-text.js';
import { durationWords, numberWords } from '../text/words.js';
import type { BanTest, BlockerStatus, FlushResult, Removal } from '../wire/operator.js';
import { shownTarget } from './target.js';

/** What became of a ban, in a line. */
export function addedText({ result, reason, ...target }: BanAnswer): string {
  const why = reason === null ? '' : `: ${reasonText(reason)}`;
  return `${shownTarget(target)} ${RESULTS[result]}${why}`;
}

/** What has ended, and whether that will last. */
export function removedText(target: TargetFields, removal: Removal): string {
  return `${endedText(shownTarget(target), removal)}${removal.isSaved ? '' : UNSAVED}`;
}

function endedText(shown: string, { isRemoved, sockets, ports }: Removal): string {
  if (sockets === 0) return `${shown} ${isRemoved ? 'is banned no more' : 'was not banned'}`;
  const [noun, verb] = sockets === 1 ? ['socket', 'is'] : ['sockets', 'are'];
  const more = sockets > ports.length ? ` and ${numberWords(sockets - ports.length)} more` : '';
  const named = `its ${noun} ${ports.map((port) => `:${port}`).join(', ')}${more}`;
  return isRemoved
    ? `${shown} is banned no more, nor ${verb} ${named}`
    : `${shown} itself was not banned; ${named} ${verb} banned no more`;
}

export function flushedText({ count, isSaved }: FlushResult): string {
  return count === 0 ? 'nobody was banned' : `${plural(count, 'ban')} ended${isSaved ? '' : UNSAVED}`;
}

const UNSAVED = '; but the disk did not take that, and a restart of the blocker may bring it back: see bans status';

/** @param now milliseconds since the Unix epoch. */
export function testedText(target: TargetFields, { refusal, ban, sockets }: BanTest, now: number): string {
  const ofSockets =
    sockets === 0 ? '' : `; ${numberWords(sockets)} of its sockets ${sockets === 1 ? 'is' : 'are'}: see bans list`;
  if (ban === null) {
    const would = refusal === null ? 'can be' : `cannot be: ${REFUSAL_TEXTS[refusal]}`;
    return `${shownTarget(target)} is not banned, and ${would}${ofSockets}`;
  }
  const [shown, by] = [shownTarget(target), shownTarget(ban)];
  const around = by === shown ? '' : ` with ${by}`;
  const left = durationWords((ban.until - now) / 1000);
  const not = ban.isEnforced ? '' : ', but not in the firewall yet';
  const more = refusal === null ? '' : `; a new ban would be refused: ${REFUSAL_TEXTS[refusal]}`;
  return `${shown} is banned${around} (${ban.origin}: ${visibleText(ban.reason)}) for another ${left}${not}${more}${ofSockets}`;
}

export function statusText(status: BlockerStatus, now: number): string {
  const { firewall, fault, desired, sockets, enforced, verifiedAt, bansMax, bansPerMinute } = status;
  const verified = verifiedAt === null ? 'not yet' : `${durationWords((now - verifiedAt) / 1000)} ago`;
  return [
    `firewall   ${visibleText(firewall)}${fault === null ? '' : `: ${visibleText(fault, 256)}`}`,
    `desired    ${plural(desired, 'ban')}${sockets === 0 ? '' : `, ${numberWords(sockets)} of single sockets`}`,
    `enforced   ${plural(enforced, 'ban')}`,
    `verified   ${verified}`,
    `limits     ${plural(bansMax, 'ban')}, ${numberWords(bansPerMinute)} new a minute`,
  ].join('\n');
}

const RESULTS: Readonly<Record<BanResult, string>> = {
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
