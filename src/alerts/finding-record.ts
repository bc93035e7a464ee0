import type { Finding } from '../domain/finding.js';
import { shownAddress, shownText } from './shown-text.js';
import { shownTarget } from './told.js';

/**
 * A finding as JSON for programs: times in ISO 8601, and what attackers chose as it can be shown, so that a template which
 * puts a field into a chat does no harm.
 */
export function findingRecord(finding: Finding): object {
  const { subject, at, since, address, account, pbx, service, banTarget } = finding;
  const isHost = subject.kind === 'address' || subject.kind === 'prefix';
  return {
    ...finding,
    subject: { kind: subject.kind, text: isHost ? shownAddress(subject.text) : shownText(subject.text) },
    pbx: shownText(pbx),
    service: shownText(service),
    at: new Date(at).toISOString(),
    since: new Date(since).toISOString(),
    address: address === null ? null : shownAddress(address),
    account: account === null ? null : shownText(account),
    banTarget: banTarget === null ? null : shownTarget(banTarget),
  };
}
