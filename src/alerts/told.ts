import { fieldsText, parseTarget, targetFields } from '../domain/ban-target.js';
import type { EvidenceName, Finding, FindingAction, RuleName, Severity, Subject } from '../domain/finding.js';
import { durationWords, timeWords } from './plain-words.js';
import { shownAddress, shownName } from './shown-text.js';

/** A finding in words that are safe to send; what attackers chose is in it only as it can be shown. */
export interface Told {
  readonly rule: RuleName;
  readonly severity: Severity;
  readonly action: FindingAction;
  readonly kind: Subject['kind'];
  /** What the finding is about. */
  readonly subject: string;
  /** The address or network that the finding is about or its last observation came from; null where it names none. */
  readonly host: string | null;
  /** `account 101`; null where it has none. */
  readonly account: string | null;
  /** Of the last observation; null for a finding about the PBX. */
  readonly address: string | null;
  /** Asterisk's own word. Only to be compared with. */
  readonly service: string;
  /** `the PBX office`, and with the service of the last observation: `PJSIP of the PBX office`. */
  readonly pbx: string;
  readonly place: string;
  readonly attempts: number;
  readonly accounts: number;
  readonly addresses: number;
  readonly sinceTime: string;
  /** `since 2026-03-01T02:00:00Z (2 hours)`. */
  readonly since: string;
  /** `203.0.113.9:5062`; null without a ban. */
  readonly banTarget: string | null;
  /** Null without a length of time. */
  readonly banDuration: string | null;
  readonly isSocketBan: boolean;
  /** A single packet over UDP can carry any address. */
  readonly isForgeable: boolean;
  /** @returns how often the fact was seen; 0: it is no evidence of this finding. */
  count(name: EvidenceName): number;
}

export function toldOf(finding: Finding): Told {
  const { subject, address, service, evidence } = finding;
  const isHost = subject.kind === 'address' || subject.kind === 'prefix';
  const shownSubject = isHost ? shownAddress(subject.text) : shownName(subject.text);
  const shownHost = address === null ? null : shownAddress(address);
  const pbx = `the PBX ${shownName(finding.pbx)}`;
  const sinceTime = timeWords(finding.since);
  const counts = new Map(evidence.map(({ name, count }) => [name, count]));
  return {
    ...banOf(finding),
    rule: finding.rule,
    severity: finding.severity,
    action: finding.action,
    kind: subject.kind,
    subject: shownSubject,
    host: isHost ? shownSubject : shownHost,
    account: accountOf(finding),
    address: shownHost,
    service,
    pbx,
    place: service === '' ? pbx : `${shownName(service)} of ${pbx}`,
    attempts: finding.attempts,
    accounts: finding.accounts,
    addresses: finding.addresses,
    sinceTime,
    since: `since ${sinceTime} (${durationWords(finding.at - finding.since)})`,
    isForgeable: finding.proof === 'none',
    count: (name) => counts.get(name) ?? 0,
  };
}

function accountOf({ subject, account }: Finding): string | null {
  const name = subject.kind === 'account' ? subject.text : account;
  return name === null || name === '' ? null : `account ${shownName(name)}`;
}

function banOf({ banTarget, banSeconds }: Finding): Pick<Told, 'banTarget' | 'banDuration' | 'isSocketBan'> {
  return {
    banTarget: banTarget === null ? null : shownTarget(banTarget),
    banDuration: banSeconds === null ? null : durationWords(banSeconds * 1000),
    isSocketBan: banTarget !== null && (parseTarget(banTarget)?.port ?? null) !== null,
  };
}

const HOST_LENGTH = /(?<=\.\d+)\/32$|\/128$/;

/** A ban's target as operators write it, a single address without its length; what is none as a name. */
export function shownTarget(text: string): string {
  const target = parseTarget(text);
  return target === null ? shownAddress(text) : fieldsText(targetFields(target)).replace(HOST_LENGTH, '');
}
