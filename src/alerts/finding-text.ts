import type { Finding, FindingAction } from '../domain/finding.js';
import { countWords, durationWords, timeWords } from './plain-words.js';
import { ruleWording, type Told } from './rule-wording.js';
import { shownAddress, shownName } from './shown-text.js';

export interface FindingText {
  /** One line, at most 255 characters: what Graphite keeps of an event. */
  readonly title: string;
  /** Up to three sentences in one line: what, what was done, what to do. */
  readonly text: string;
}

/**
 * What a person needs to know of a finding. What attackers chose is in it only as `shownText` shows it, so that the text is
 * safe in JSON, in a log and in a chat.
 */
export function findingText(finding: Finding): FindingText {
  const { title, what, next } = ruleWording[finding.rule];
  const told = toldOf(finding);
  const sentences = [what(told), actionWording[finding.action](told), next(told)];
  return { title: title(told), text: sentences.filter((sentence) => sentence !== '').join(' ') };
}

/** What was done. Who blocks is another program, so that all that is known here is what was decided. */
const actionWording = {
  ban: ({ target, ban }) => `A ban of ${target}${ban === null ? '' : ` for ${ban}`} was decided.`,
  already_banned: ({ target }) => `There is a ban of ${target} already.`,
  none: ({ isCalm }) => (isCalm ? '' : 'Nothing was blocked.'),
  allowlisted: ({ target }) => `There is no ban: ${target} is on the allowlist.`,
  trusted: ({ target }) => `There is no ban: ${target} has logged in lately.`,
  unproven: () => `There is no ban: nothing proves that the address is the sender's, and BAN_UNPROVEN=never is set.`,
  unproven_cap: () => 'There is no ban: as many unproven addresses as may be in a minute were banned already.',
} satisfies Record<FindingAction, (told: Told) => string>;

function toldOf(finding: Finding): Told {
  const { subject, account, address, service, attempts } = finding;
  const isCalm = finding.severity === 'info';
  const isHost = subject.kind === 'address' || subject.kind === 'prefix';
  const shownSubject = isHost ? shownAddress(subject.text) : shownName(subject.text);
  const shownHost = address === null ? null : shownAddress(address);
  return {
    subject: shownSubject,
    target: isHost ? shownSubject : (shownHost ?? shownSubject),
    account: account === null || account === '' ? 'somebody' : shownName(account),
    address: shownHost ?? 'an unknown address',
    service,
    place: `${service === '' ? '' : `${shownName(service)} of `}the PBX ${shownName(finding.pbx)}`,
    guesses: isCalm ? countWords(attempts, 'failure') : countWords(attempts, 'failed guess', 'failed guesses'),
    accounts: countWords(finding.accounts, 'account'),
    addresses: countWords(finding.addresses, 'address', 'addresses'),
    since: `since ${timeWords(finding.since)} (${durationWords(finding.at - finding.since)})`,
    sinceTime: timeWords(finding.since),
    duration: durationWords(finding.at - finding.since),
    ban: finding.banSeconds === null ? null : durationWords(finding.banSeconds * 1000),
    isCalm,
    isForgeable: finding.proof === 'none',
  };
}
